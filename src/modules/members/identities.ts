import { createHash } from 'node:crypto';
import type { Identity } from '../../connectors/contract.ts';
import { cleanLine, cleanValue } from './text.ts';

/** An identity as it is stored and compared. */
export interface NormalIdentity {
  platform: string;
  host: string;
  type: 'email' | 'account' | 'name';
  value: string;
  valueKey: string;
  platformUserId: string | null;
}

/** Where the same letters in another case are another account. */
const caseSensitive = new Set(['youtube', 'reddit-id', 'slack', 'matrix']);
const longest = 320;

/** Where an account lives when nobody said it: a host of one's own is always said. */
const homes: Record<string, string> = { github: 'github.com', gitlab: 'gitlab.com' };

/** Addresses by which a forge hides an account: they name it. */
const noreply: { pattern: RegExp; platform: string; host: string }[] = [
  { pattern: /^(?:(?<id>\d+)\+)?(?<name>[^@+]+)@users\.noreply\.github\.com$/, platform: 'github', host: 'github.com' },
  { pattern: /^(?:(?<id>\d+)-)?(?<name>[^@]+)@users\.noreply\.gitlab\.com$/, platform: 'gitlab', host: 'gitlab.com' },
];

/**
 * One account or address in the one way that it is known by: e-mail addresses lower case on the platform `email`,
 * wherever they were met; accounts without case where the platform has none; forges' noreply addresses as the account
 * that they name; nothing invisible. An empty value falls back to the name, then to `(unknown)`.
 */
export function normaliseIdentity(identity: Identity & { name?: string }): NormalIdentity {
  const value = cleanValue(identity.value);
  if (value === '') return nameless(identity);
  if (identity.type === 'email') return normaliseEmail(value.replace(/^mailto:/i, '').replace(/^<(.+)>$/, '$1'));
  const platform = identity.platform.toLowerCase();
  const shown = identity.type === 'account' ? value.replace(/^@(?=.)/, '') : value;
  return {
    platform,
    host: cleanValue(identity.host ?? '').toLowerCase() || (homes[platform] ?? ''),
    type: identity.type,
    value: short(shown),
    valueKey: short(caseSensitive.has(platform) ? shown : shown.toLowerCase()),
    platformUserId:
      identity.platformUserId === undefined || identity.platformUserId === '' ? null : short(cleanValue(identity.platformUserId)),
  };
}

function normaliseEmail(value: string): NormalIdentity {
  const email = value.toLowerCase();
  if (email.includes('noreply')) {
    for (const forge of noreply) {
      const found = forge.pattern.exec(email)?.groups;
      if (found?.['name'] === undefined) continue;
      // The name in its own case.
      const name = value
        .slice(email.indexOf(found['name'], found['id'] === undefined ? 0 : found['id'].length + 1))
        .slice(0, found['name'].length);
      return {
        platform: forge.platform,
        host: forge.host,
        type: 'account',
        value: name,
        valueKey: found['name'],
        platformUserId: found['id'] ?? null,
      };
    }
  }
  // The address is what is unique, not where it was seen; a user id of the source's says nothing about it.
  return { platform: 'email', host: '', type: 'email', value: short(email), valueKey: short(email), platformUserId: null };
}

function nameless(identity: Identity & { name?: string }): NormalIdentity {
  const name = short(cleanLine(identity.name ?? '', longest)) || '(unknown)';
  return {
    platform: identity.platform.toLowerCase(),
    host: cleanValue(identity.host ?? '').toLowerCase(),
    type: 'name',
    value: name,
    valueKey: name.toLowerCase(),
    platformUserId: null,
  };
}

/** Too long for an index: cut, with a digest so that two long ones stay two. */
function short(value: string): string {
  if (value.length <= longest) return value;
  return `${value.slice(0, 250).toWellFormed()}…${createHash('sha256').update(value).digest('hex').slice(0, 32)}`;
}
