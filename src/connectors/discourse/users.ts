import { z } from 'zod';
import type { Derived, Json, Page } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { readTime, timeText } from '../kit/time.ts';
import { personOf, pick, profileOf, username } from './people.ts';
import type { DiscourseIo, DiscourseSettings } from './settings.ts';
import { ask } from './settings.ts';

const userRecord = z.object({
  id: z.int(),
  username,
  name: z.string().nullish(),
  avatar_template: z.string().nullish(),
  created_at: timeText,
  location: z.string().nullish(),
  website: z.string().nullish(),
  bio_excerpt: z.string().nullish(),
});

const kept = 'id username name avatar_template created_at title location website bio_excerpt trust_level moderator admin'.split(' ');

/** A user the same whether read or sent by webhook. E-mail addresses are never kept. */
export function userItem(user: { [key: string]: unknown }): Json {
  return pick(user, kept) as Json;
}

const cards = z.object({ users: z.array(z.looseObject({ id: z.int() })) });
const about = z.object({ about: z.object({ stats: z.looseObject({}) }) });

const batch = 50;
/** Behind the last user that was found so many numbers are tried: those of spammers and of unfinished sign-ups are empty. */
const mostEmpty = 200;
/** Profiles are filled in, and shown to the public, only some days after signing up. */
const again = 14 * 86_400_000;
/** `again`: the first who was young then. `at` only tells the pages of one reading apart. */
const cursorSchema = z.object({ next: z.int().positive(), again: z.int().positive().optional(), at: z.int() });

export const users = defineStream({
  name: 'users',
  title: 'Members',
  order: 'oldest-first',
  record: userRecord,
  externalId: (user) => String(user.id),
  derive,
  pages,
});

/**
 * The member directory ends after 550 people, so users are asked for by number, fifty cards a request. Numbers rise with each
 * sign-up; the forum's own count says how far at least to go.
 */
async function* pages(io: DiscourseIo, cursor: Json | undefined): AsyncGenerator<Page> {
  if (!io.settings.members) return;
  const parsed = cursorSchema.safeParse(cursor);
  const count = await countUsers(io);
  const settled = io.now().getTime() - again;
  let next = parsed.success ? (parsed.data.again ?? parsed.data.next) : 1;
  let last = parsed.success ? parsed.data.next - 1 : 0;
  let young: number | undefined;
  while (next <= Math.max(last, count) + mostEmpty) {
    const ids = Array.from({ length: batch }, (_, i) => next + i);
    const { users: found } = await ask(io, '/user-cards.json', cards, 'its members', { user_ids: ids.join(',') });
    next += batch;
    if (found.length === 0) continue;
    last = Math.max(last, ...found.map(({ id }) => id));
    young ??= found.map((user) => (readTime(String(user['created_at'])) > settled ? user.id : Infinity)).find((id) => id < Infinity);
    const wanted = found.filter((user) => !(readTime(String(user['created_at'])) < (io.since?.getTime() ?? 0)));
    const reached = { next: last + 1, at: next, ...(young === undefined ? {} : { again: young }) };
    yield { items: wanted.map(userItem), cursor: reached, ...(count > 0 ? { total: count } : {}) };
  }
}

/** How many users the forum says it has: 0 when it does not say. */
async function countUsers(io: DiscourseIo): Promise<number> {
  const { stats } = (await ask(io, '/about.json', about, 'its figures')).about;
  const count = stats['users_count'] ?? stats['user_count'];
  return typeof count === 'number' && Number.isFinite(count) ? Math.min(count, 100_000_000) : 0;
}

function derive(user: z.infer<typeof userRecord>, settings: DiscourseSettings): Derived {
  const account = { username: user.username, id: user.id, name: user.name, avatar: user.avatar_template };
  const person = { ...personOf(account, settings), ...profileOf(user) };
  return { activities: [{ kind: 'join', at: readTime(user.created_at), person, url: person.url ?? '' }] };
}
