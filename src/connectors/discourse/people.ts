import { z } from 'zod';
import type { Person } from '../contract.ts';
import { isBotName } from '../kit/people.ts';
import { cleanName, clip, htmlToText, webUrl } from '../kit/text.ts';
import type { DiscourseSettings } from './settings.ts';
import { baseOf, hostOf } from './settings.ts';

export const username = z
  .string()
  .max(3000)
  .refine((text) => cleanName(text) !== '', 'the user has no name');

/** What posts, likes and badges say about a user, beside the name. */
interface Account {
  username: string;
  id?: number | null | undefined;
  name?: string | null | undefined;
  avatar?: string | null | undefined;
}

/** Users with negative ids are the forum itself: system, discobot. */
export function personOf(account: Account, settings: DiscourseSettings): Person {
  const value = cleanName(account.username);
  const name = cleanName(account.name ?? '');
  const avatarUrl = avatarOf(account.avatar, settings);
  const isOwn = account.id === undefined || account.id === null ? /^(?:system|discobot)$/i.test(value) : account.id < 0;
  return {
    platform: 'discourse',
    host: hostOf(settings),
    type: 'account',
    value,
    url: `${baseOf(settings)}/u/${encodeURIComponent(value)}`,
    ...(account.id === undefined || account.id === null ? {} : { platformUserId: String(account.id) }),
    ...(name === '' || name === value ? {} : { name }),
    ...(avatarUrl === undefined ? {} : { avatarUrl }),
    ...(isOwn || isBotName(value) ? { bot: true } : {}),
  };
}

interface Profile {
  location?: string | null | undefined;
  website?: string | null | undefined;
  bio_excerpt?: string | null | undefined;
}

/** What people write about themselves; a website stands with the text, since the person's own page is the profile. */
export function profileOf(profile: Profile): Pick<Person, 'location' | 'bio'> {
  const location = cleanName(profile.location ?? '');
  const website = webUrl(profile.website ?? undefined);
  const bio = [htmlToText(profile.bio_excerpt ?? '', 2000), website ?? ''].filter((part) => part !== '').join('\n');
  return { ...(location === '' ? {} : { location }), ...(bio === '' ? {} : { bio: clip(bio, 2500) }) };
}

function avatarOf(template: string | null | undefined, settings: DiscourseSettings): string | undefined {
  if (template === undefined || template === null || template === '') return undefined;
  const path = template.replace('{size}', '120');
  return webUrl(URL.canParse(path, baseOf(settings)) ? new URL(path, baseOf(settings)).href : undefined);
}

/** Only these fields are kept: what depends on who asks, or on how often, would make every reading look like a change. */
export function pick(value: { [key: string]: unknown }, fields: readonly string[]): { [key: string]: unknown } {
  return Object.fromEntries(fields.filter((field) => value[field] !== undefined).map((field) => [field, value[field]]));
}
