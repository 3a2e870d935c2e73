import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ConnectorIo } from '../contract.ts';
import { sourceRefused } from '../kit/failures.ts';

export const gitSettings = z.object({
  repository: z
    .string()
    .trim()
    .min(1, 'enter the folder or the address of a repository')
    .max(2000)
    .refine((text) => !text.startsWith('-'), 'must not begin with a dash')
    .refine((text) => !hasControls(text), 'must not hold control characters')
    .refine((text) => !/^https?:\/\/[^/]*@/.test(text), 'must not hold a user name or token: use the field for it')
    .meta({ title: 'Repository', description: 'A folder on this machine, or an address: https://…, ssh://…, git@host:path.' }),
  branch: z
    .string()
    .trim()
    .max(250)
    .regex(/^[^-\s~^:?*[\\]+[^\s~^:?*[\\]*$/, 'is not the name of a branch')
    .optional()
    .meta({ title: 'Branch', description: 'Read this branch only. Without it, the default branch (HEAD).' }),
  user: z.string().trim().max(200).optional().meta({
    title: 'User name',
    description: 'For a private repository by https, where the token needs one. GitHub and GitLab need none.',
  }),
  token: z
    .string()
    .trim()
    .max(2000)
    .optional()
    .meta({ title: 'Access token', description: 'For a private repository by https: may read the code, nothing more.', secret: true }),
  webUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      title: 'Web address',
      description: 'Page of the repository, so that each commit links to it. Known by itself for the large forges.',
    }),
});

export type GitSettings = z.infer<typeof gitSettings>;
export type GitIo = ConnectorIo<GitSettings>;

/** Where the repository lies: read in place, or copied to the working folder first. */
export type Location = { kind: 'local'; folder: string } | { kind: 'remote'; url: string; host: string };

/** Errors: `git.address` for what git could take for a command or an option. */
export function locate(repository: string): Location {
  if (repository.startsWith('-') || repository.includes('::')) throw refused(repository);
  if (repository.startsWith('file://')) return { kind: 'local', folder: fileURLToPath(repository) };
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(repository)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    if (!['https', 'http', 'ssh', 'git+ssh'].includes(scheme) || !URL.canParse(repository)) throw refused(repository);
    const { hostname } = new URL(repository);
    // ssh would take a host that begins with a dash for an option.
    if (hostname === '' || hostname.startsWith('-') || decodeURIComponent(hostname).startsWith('-')) throw refused(repository);
    return { kind: 'remote', url: repository, host: hostname };
  }
  // git@host:path, as git reads it: a colon before the first slash.
  const short = /^(?:([\w.-]+)@)?([a-z\d][\w.-]*):(?!\\)(.+)$/i.exec(repository);
  if (short?.[2] !== undefined && short[2].length > 1 && !repository.slice(0, repository.indexOf(':')).includes('/')) {
    if (short[3]?.startsWith('-') === true || short[1]?.startsWith('-') === true) throw refused(repository);
    return { kind: 'remote', url: repository, host: short[2] };
  }
  return { kind: 'local', folder: path.resolve(repository) };
}

/** `git/git`, or the folder's name. */
export function repositoryName(settings: Pick<GitSettings, 'repository'>): string {
  const plain = settings.repository.replace(/[/\\]+$/, '').replace(/(?:\/\.git|\.git)$/, '');
  const parts = plain.split(/[/\\:]+/).filter((part) => part !== '');
  const isAddress = /^[a-z][a-z\d+.-]+:\/\/|^[^/\\]+@[^/\\]+:/i.test(settings.repository) && !settings.repository.startsWith('file:');
  return parts.slice(isAddress ? -2 : -1).join('/') || settings.repository;
}

/** The page of one commit, on hosts whose addresses are known. Nothing for a folder without a web address. */
export function commitUrl(settings: Pick<GitSettings, 'repository' | 'webUrl'>, sha: string): string | undefined {
  const base = webAddress(settings);
  if (base === undefined) return undefined;
  const middle = /\/\/gitlab\./i.test(base) ? '/-/commit/' : /\/\/bitbucket\.org\//i.test(base) ? '/commits/' : '/commit/';
  return `${base}${middle}${sha}`;
}

/** The page of a tag, as `commitUrl`. */
export function tagUrl(settings: Pick<GitSettings, 'repository' | 'webUrl'>, tag: string): string | undefined {
  const base = webAddress(settings);
  if (base === undefined) return undefined;
  const name = tag.split('/').map(encodeURIComponent).join('/');
  if (/\/\/gitlab\./i.test(base)) return `${base}/-/tags/${name}`;
  return /\/\/github\.com\//i.test(base) ? `${base}/releases/tag/${name}` : `${base}/src/tag/${name}`;
}

const webAddresses = new WeakMap<object, string | undefined>();

/** Asked for each commit with the same settings, so it is remembered with them. */
function webAddress(settings: Pick<GitSettings, 'repository' | 'webUrl'>): string | undefined {
  if (!webAddresses.has(settings)) webAddresses.set(settings, findWebAddress(settings));
  return webAddresses.get(settings);
}

function findWebAddress({ repository, webUrl }: Pick<GitSettings, 'repository' | 'webUrl'>): string | undefined {
  if (webUrl !== undefined) return webUrl.replace(/\/+$/, '');
  const found =
    /^(?:https?:\/\/|ssh:\/\/(?:[\w.-]+@)?|[\w.-]+@)((?:github\.com|gitlab\.[\w.-]+|codeberg\.org|bitbucket\.org))(?::\d+)?[/:](.+?)(?:\.git)?\/*$/i.exec(
      repository,
    );
  return found === null ? undefined : `https://${found[1]?.toLowerCase()}/${found[2]}`;
}

function hasControls(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the range that must not be in an address
  return /[\u0000-\u001f\u007f]/.test(text);
}

function refused(repository: string) {
  return sourceRefused(
    'git.address',
    `"${repository.slice(0, 200)}" is not an address that can be read. Enter a folder, https://…, ssh://… or git@host:path.`,
  );
}
