import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { invalidInput } from './errors.ts';

/**
 * Every setting of the program, typed and documented: `rapport config` prints this list. The environment is read
 * here and nowhere else; a `.env` file beside package.json is read first, the environment wins.
 */
const settings = z.object({
  DATA_DIR: z.string().default('data').describe('Folder for the embedded database, working copies of repositories, uploads and keys.'),
  DATABASE_URL: z
    .string()
    .optional()
    .describe('A PostgreSQL 15 or newer to use instead of the embedded one: postgres://user:password@host:5432/rapport.'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on. 0.0.0.0 serves other machines: put TLS in front.'),
  PORT: z.coerce.number().int().min(0).max(65535).default(4600).describe('Port to listen on. 0 takes a free one.'),
  PUBLIC_URL: z
    .url()
    .optional()
    .describe('The address that people use, for links in mails, cookies and sign-in. Default: http://HOST:PORT.'),
  ROLES: z.string().default('web,worker').describe('What this process does: web, worker or both.'),
  SECRET_KEY: z
    .string()
    .min(32)
    .optional()
    .describe('Encrypts secrets at rest. Default: a key file (mode 0600) made in DATA_DIR at first start.'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info').describe('How much the structured log says.'),
  POOL_SIZE: z.coerce.number().int().min(3).max(200).default(12).describe('Database connections of this process.'),
  TRUST_PROXY: z.stringbool().default(false).describe('Believe X-Forwarded-* of the proxy in front.'),
  ALLOW_PRIVATE_HOSTS: z
    .string()
    .default('')
    .describe('Comma-separated hosts on private addresses that outgoing requests may reach (a forge inside the company).'),
  SMTP_URL: z
    .string()
    .optional()
    .describe('Mail server: smtp://user:password@host:587. Without it mails wait on the outbox page, and the log says so.'),
  MAIL_FROM: z.string().default('Rapport <rapport@localhost>').describe('Sender of mails.'),
  OIDC_ISSUER: z.url().optional().describe('Sign-in by OpenID Connect: the issuer, for example https://id.example.com.'),
  OIDC_CLIENT_ID: z.string().optional().describe('OpenID Connect client id.'),
  OIDC_CLIENT_SECRET: z.string().optional().describe('OpenID Connect client secret.'),
  OIDC_NAME: z.string().default('Single sign-on').describe('What the sign-in button says.'),
});

export type Settings = z.infer<typeof settings>;

export interface Config {
  dataDir: string;
  databaseUrl: string | undefined;
  host: string;
  port: number;
  publicUrl: string | undefined;
  roles: ReadonlySet<'web' | 'worker'>;
  secretKey: string | undefined;
  logLevel: Settings['LOG_LEVEL'];
  poolSize: number;
  trustProxy: boolean;
  allowPrivateHosts: string[];
  smtpUrl: string | undefined;
  mailFrom: string;
  oidc: { issuer: string; clientId: string; clientSecret: string; name: string } | undefined;
}

/** Reads the settings. Errors: `config.invalid`, naming each setting that cannot be read. */
export function readConfig(environment: Record<string, string | undefined> = process.env, root = projectRoot): Config {
  const merged = { ...readEnvFile(path.join(root, '.env')), ...dropEmpty(environment) };
  const parsed = settings.safeParse(merged);
  if (!parsed.success) {
    throw invalidInput(
      'config.invalid',
      `These settings cannot be used: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} (${issue.message})`).join('; ')}. \`rapport config\` lists what each takes.`,
    );
  }
  const s = parsed.data;
  return {
    dataDir: path.resolve(root, s.DATA_DIR),
    databaseUrl: s.DATABASE_URL,
    host: s.HOST,
    port: s.PORT,
    publicUrl: s.PUBLIC_URL?.replace(/\/$/, ''),
    roles: readRoles(s.ROLES),
    secretKey: s.SECRET_KEY,
    logLevel: s.LOG_LEVEL,
    poolSize: s.POOL_SIZE,
    trustProxy: s.TRUST_PROXY,
    allowPrivateHosts: s.ALLOW_PRIVATE_HOSTS.split(',')
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ''),
    smtpUrl: s.SMTP_URL,
    mailFrom: s.MAIL_FROM,
    oidc: readOidc(s),
  };
}

export const projectRoot = path.resolve(import.meta.dirname, '../..');

export function readRoles(text: string): ReadonlySet<'web' | 'worker'> {
  const roles = new Set<'web' | 'worker'>();
  for (const role of text.split(',').map((part) => part.trim())) {
    if (role !== 'web' && role !== 'worker') {
      throw invalidInput('config.roles', `"${role}" is not a role. Use web, worker, or web,worker.`);
    }
    roles.add(role);
  }
  return roles;
}

/** Name, default and meaning of every setting, for `rapport config` and the documentation. */
export function describeSettings(): { name: string; default: string; meaning: string }[] {
  return Object.entries(settings.shape).map(([name, schema]) => {
    const given = schema.safeParse(undefined);
    return {
      name,
      default: given.success && given.data !== undefined ? String(given.data) : '',
      meaning: schema.description ?? '',
    };
  });
}

/** What a program that we start may inherit: how to find things and the way out, none of our settings or secrets. */
export function childEnvironment(environment: Record<string, string | undefined> = process.env): Record<string, string> {
  const names =
    /^(PATH|HOME|USER|LOGNAME|TMPDIR|TEMP|TMP|SSH_AUTH_SOCK|SystemRoot|(https?|all|no)_proxy|GIT_SSL_CAINFO|SSL_CERT_FILE|SSL_CERT_DIR|MALLOC_\w+)$/i;
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => names.test(entry[0]) && entry[1] !== undefined),
  );
}

function readOidc(s: Settings): Config['oidc'] {
  if (s.OIDC_ISSUER === undefined) return undefined;
  if (s.OIDC_CLIENT_ID === undefined || s.OIDC_CLIENT_SECRET === undefined) {
    throw invalidInput('config.oidc', 'OIDC_ISSUER is set: set OIDC_CLIENT_ID and OIDC_CLIENT_SECRET too.');
  }
  return { issuer: s.OIDC_ISSUER, clientId: s.OIDC_CLIENT_ID, clientSecret: s.OIDC_CLIENT_SECRET, name: s.OIDC_NAME };
}

function readEnvFile(file: string): Record<string, string> {
  if (!existsSync(file)) return {};
  const found: Record<string, string> = {};
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const match = /^\s*([A-Z_]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) found[match[1]] = match[2].replace(/^(["'])(.*)\1$/, '$2');
  }
  return found;
}

function dropEmpty(environment: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}
