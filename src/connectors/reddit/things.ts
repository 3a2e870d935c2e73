import { z } from 'zod';
import type { Json, Person } from '../contract.ts';
import type { Entry, Listing } from '../kit/newest.ts';
import { isBotName } from '../kit/people.ts';
import { cleanName } from '../kit/text.ts';
import { timeSeconds } from '../kit/time.ts';
import { ask } from './api.ts';
import type { RedditIo } from './settings.ts';
import { web } from './settings.ts';

const fullname = (kind: string) => z.string().regex(new RegExp(`^${kind}_[a-z0-9]{1,20}$`));

const thing = {
  author: z.string().refine((text) => cleanName(text) !== '', 'nobody wrote it'),
  author_fullname: z.string().nullish(),
  created_utc: timeSeconds,
  subreddit: z.string(),
  permalink: z.string().nullish(),
  score: z.number().nullish(),
};

export const postRecord = z.object({
  ...thing,
  name: fullname('t3'),
  title: z.string(),
  selftext: z.string().nullish(),
  link_flair_text: z.string().nullish(),
  removed_by_category: z.string().nullish(),
  locked: z.boolean().nullish(),
});

export const commentRecord = z.object({
  ...thing,
  name: fullname('t1'),
  body: z.string(),
  link_id: fullname('t3'),
  link_title: z.string().nullish(),
  link_permalink: z.string().nullish(),
  parent_id: z.string(),
});

const kept = (
  'name author author_fullname created_utc subreddit permalink score title selftext url is_self link_flair_text ' +
  'link_flair_template_id removed_by_category locked over_18 edited num_comments body link_id link_title link_permalink parent_id ' +
  'distinguished stickied crosspost_parent'
).split(' ');

const listing = z.object({ data: z.object({ after: z.string().nullish(), children: z.array(z.object({ data: z.looseObject({}) })) }) });

/** One page of a listing, the newest first. Reddit keeps the newest thousand of each. */
export async function readListing(io: RedditIo, path: string, query: Record<string, string>, next: Json | undefined): Promise<Listing> {
  const after = typeof next === 'string' ? next : undefined;
  const { data } = await ask(io, path, { limit: 100, ...query, after }, listing, 'what was written');
  return { entries: data.children.map((child) => entryOf(child.data)), next: data.after ?? undefined };
}

function entryOf(data: { [key: string]: unknown }): Entry {
  const at = typeof data['created_utc'] === 'number' ? data['created_utc'] * 1000 : Number.NaN;
  const item = Object.fromEntries(
    kept.filter((field) => data[field] !== undefined && data[field] !== null).map((field) => [field, data[field]]),
  );
  return { rank: at, id: String(data['name']), at, item: item as Json };
}

/** What its author took back: Reddit's terms want all of it forgotten. */
export function isDeleted(author: string, text: string | null | undefined, removedBy?: string | null): boolean {
  return removedBy === 'deleted' || (author === '[deleted]' && (text === '[deleted]' || text === '[removed]'));
}

/** Nobody is known by "[deleted]": such an author is a different one for each post. */
export function personOf(given: { author: string; author_fullname?: string | null | undefined; name: string }): Person {
  const value = cleanName(given.author);
  if (value === '[deleted]') return { platform: 'reddit', type: 'name', value: `[deleted] ${given.name}`, name: '[deleted]' };
  const id = cleanName(given.author_fullname ?? '', 50);
  return {
    platform: 'reddit',
    type: 'account',
    value,
    url: `${web}/user/${encodeURIComponent(value)}`,
    ...(/^t2_[a-z0-9]+$/.test(id) ? { platformUserId: id } : {}),
    ...(value === 'AutoModerator' || isBotName(value) ? { bot: true } : {}),
  };
}

export function pageOf(permalink: string | null | undefined, thread: string): string {
  const short = `${web}/comments/${thread.slice(3)}/`;
  if (permalink === undefined || permalink === null || permalink === '') return short;
  return URL.canParse(permalink, web) && new URL(permalink, web).origin === web && permalink.length < 1500
    ? new URL(permalink, web).href
    : short;
}

export function valueOf(score: number | null | undefined): { value?: number } {
  return typeof score === 'number' && Number.isSafeInteger(score) ? { value: score } : {};
}
