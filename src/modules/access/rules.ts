import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { roleOf, roles } from '../../platform/access.ts';
import type { Actor, Role } from '../../platform/access.ts';
import type { Config } from '../../platform/config.ts';

export const roleInput = z.enum(roles);

/** A moment as it leaves: ISO 8601 in UTC. Inside it is a Date. */
export const momentOutput = z
  .date()
  .transform((moment) => moment.toISOString())
  .pipe(z.iso.datetime());

export const emailInput = z.string().trim().toLowerCase().pipe(z.email('is not an e-mail address')).pipe(z.string().max(254));
export const personName = z.string().trim().min(1, 'is empty').max(100);
export const userIdInput = z.string().min(1).max(64).describe('Id of a user, such as usr_… in `access.people`.');

/** Length is what counts (NIST SP 800-63B): no rules about kinds of characters. */
export const passwordLength = { min: 12, max: 128 };
export const passwordInput = z
  .string()
  .min(passwordLength.min, `needs at least ${String(passwordLength.min)} characters: a few words are good`)
  .max(passwordLength.max, `may have at most ${String(passwordLength.max)} characters`)
  .meta({ secret: true });

/** A name that both JavaScript and PostgreSQL know; offsets such as +02:00 have no summer time and are refused. */
export const timeZoneInput = z.string().refine((zone) => {
  if (!/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}, 'is not a time zone: use a name such as Europe/Berlin or UTC');

/** `@Example.com` → `example.com`. */
const domainInput = z
  .string()
  .trim()
  .toLowerCase()
  .transform((text) => text.replace(/^.*@/, ''))
  .pipe(
    z
      .string()
      .max(253)
      .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/, 'is not a domain: use one such as example.com'),
  );
export const domainsInput = z
  .array(domainInput)
  .max(200)
  .transform((domains) => [...new Set(domains)].sort());

/** `read` and `write` stand for all modules; `members:read` for one. */
export const scopeInput = z
  .string()
  .regex(/^([a-z][a-z-]*:)?(read|write)$/, 'is not a scope: use read, write, or one module such as members:read');

/** 256 random bits that fit a link. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Enough for random tokens of 256 bits, which nobody guesses; passwords are hashed by better-auth. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function newUserId(): string {
  return `usr_${randomBytes(12).toString('hex')}`;
}

const keyStart = 'rapport_';

/** A new API key: shown once, kept as a hash, recognised by its prefix. */
export function newKey(): { key: string; prefix: string; hash: string } {
  const key = `${keyStart}${newToken()}`;
  return { key, prefix: key.slice(0, keyStart.length + 6), hash: hashToken(key) };
}

/** The API key of an `Authorization` header; undefined when it carries something else. */
export function readBearer(authorization: string | null): string | undefined {
  const match = /^Bearer\s+(\S+)$/i.exec(authorization ?? '');
  return match?.[1]?.startsWith(keyStart) === true ? match[1] : undefined;
}

/** The token of the first visit: known to whoever has the secret key, the same at every start until it is used. */
export function setupTokenOf(derived: string, nonce: string): string {
  return createHmac('sha256', derived).update(nonce).digest('base64url');
}

export function sameToken(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(one)), Buffer.from(hashToken(other)));
}

export function lowerRole(one: Role, other: Role): Role {
  return roles.indexOf(one) <= roles.indexOf(other) ? one : other;
}

/** Whether the actor may hand out this role. */
export function mayGive(actor: Actor, role: Role): boolean {
  const own = roleOf(actor);
  return own !== undefined && lowerRole(own, role) === role;
}

export function showRole(role: Role): string {
  return role.replace('_', ' ');
}

/** The address that links start with. */
export function addressOf(config: Pick<Config, 'publicUrl' | 'host' | 'port'>): string {
  const everywhere = config.host === '0.0.0.0' || config.host === '::';
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return config.publicUrl ?? `http://${everywhere ? 'localhost' : host}:${String(config.port)}`;
}

/** Pages that a mail or a terminal links to. The token is in the fragment: it reaches no log and no other site. */
export const pages = {
  setUp: (address: string, token: string) => `${address}/set-up#${token}`,
  join: (address: string, token: string) => `${address}/join#${token}`,
  resetPassword: (address: string, token: string) => `${address}/reset-password#${token}`,
};
