import { z } from 'zod';
import type { Derived, Json, Page } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { readAnswer } from '../kit/http.ts';
import { cleanName } from '../kit/text.ts';
import { readTime, timeText } from '../kit/time.ts';
import { grantList } from './badges.ts';
import { personOf, pick, username } from './people.ts';
import { threadKind, topicUrl } from './posts.ts';
import type { DiscourseIo, DiscourseSettings } from './settings.ts';
import { ask, baseOf } from './settings.ts';

const likeRecord = z.object({
  created_at: timeText,
  post_id: z.int().positive(),
  post_number: z.int().positive(),
  topic_id: z.int().positive(),
  slug: z.string().nullish(),
  title: z.string().nullish(),
  category_id: z.int().nullish(),
  acting_username: username,
  acting_user_id: z.int(),
  acting_name: z.string().nullish(),
  acting_avatar_template: z.string().nullish(),
});

const kept = (
  'created_at post_id post_number topic_id slug title category_id username user_id acting_username acting_user_id ' +
  'acting_name acting_avatar_template'
).split(' ');

/** `done`: when the last complete reading began. `began`, `page`: of the one that goes on; `step` tells its pages apart. */
const cursorSchema = z.object({
  done: z.number().optional(),
  now: z.object({ began: z.number(), page: z.int().nonnegative(), step: z.int() }).optional(),
});

export const likes = defineStream({
  name: 'likes',
  title: 'Likes',
  order: 'newest-first',
  record: likeRecord,
  externalId: (like) => `${like.acting_user_id}:${like.post_id}`,
  derive,
  pages,
});

/** The forum counts who liked how much once a day: what lies further back than that was seen by the last reading. */
const overlap = 2 * 86_400_000;

/**
 * Nothing lists all likes with their times, but each person's own list does. Whoever ever gave a like holds the badge "First
 * Like"; later it is enough to ask those whom the directory of the time since names as having given some.
 */
async function* pages(io: DiscourseIo, given: Json | undefined): AsyncGenerator<Page> {
  if (!io.settings.members) return;
  const parsed = cursorSchema.safeParse(given);
  const { done, now } = parsed.success ? parsed.data : {};
  const began = now?.began ?? io.now().getTime();
  const until = Math.max(done === undefined ? -Infinity : done - overlap, io.since?.getTime() ?? -Infinity);
  const before = done === undefined ? {} : { done };
  let step = now?.step ?? 0;
  let page: number | undefined = now?.page ?? 0;
  while (page !== undefined) {
    const at: number = page;
    const { people, next } = done === undefined ? await firstLikers(io, at) : await recentLikers(io, at, began - done + overlap);
    for (const person of people) {
      for await (const items of likesOf(io, person, until)) {
        step++;
        yield { items, cursor: { ...before, now: { began, page: at, step } } };
      }
    }
    page = next;
    if (page !== undefined) yield { items: [], cursor: { ...before, now: { began, page, step: ++step } } };
  }
  yield { items: [], cursor: { done: began } };
}

interface Likers {
  people: string[];
  next: number | undefined;
}

/** The badge's number is the same on every forum (app/models/badge.rb). */
const firstLikeBadge = 11;

async function firstLikers(io: DiscourseIo, offset: number): Promise<Likers> {
  const answer = await io.http.get(`${baseOf(io.settings)}/user_badges.json`, { query: { badge_id: firstLikeBadge, offset } });
  // A forum without badges: its directory names the 550 who liked most.
  if (answer.status === 404) return recentLikers(io, offset, Infinity);
  const { users, user_badge_info: info } = readAnswer(answer, grantList, 'who gave likes');
  const holders = new Set(info.user_badges.map((grant) => grant.user_id));
  const people = users.filter(({ id }) => holders.has(id)).map((user) => user.username);
  return { people, next: info.user_badges.length > 0 ? offset + info.user_badges.length : undefined };
}

const directory = z.object({
  directory_items: z.array(z.object({ likes_given: z.number().default(0), user: z.looseObject({ username: z.string() }).nullish() })),
});
const lastDirectoryPage = 10;

async function recentLikers(io: DiscourseIo, page: number, ageMs: number): Promise<Likers> {
  const days = ageMs / 86_400_000;
  const period = days < 7 ? 'weekly' : days < 30 ? 'monthly' : days < 365 ? 'yearly' : 'all';
  const query = { period, order: 'likes_given', page };
  const { directory_items: items } = await ask(io, '/directory_items.json', directory, 'its members', query);
  const people = items.filter((item) => item.likes_given > 0).flatMap(({ user }) => (user ? [user.username] : []));
  const isEnd = (items.at(-1)?.likes_given ?? 0) === 0 || page >= lastDirectoryPage;
  return { people, next: isEnd ? undefined : page + 1 };
}

const actions = z.object({ user_actions: z.array(z.looseObject({})) });
const likeGiven = 1;

/** What one person liked, the last first, back to a time. Nothing where the profile is hidden. */
async function* likesOf(io: DiscourseIo, person: string, until: number): AsyncGenerator<Json[]> {
  for (let offset = 0; ;) {
    const query = { username: person, filter: likeGiven, offset };
    const answer = await io.http.get(`${baseOf(io.settings)}/user_actions.json`, { query });
    if (answer.status === 403 || answer.status === 404) return;
    const { user_actions: found } = readAnswer(answer, actions, 'likes');
    const news = found.filter((like) => !(readTime(String(like['created_at'])) < until));
    if (news.length > 0) yield news.map((like) => pick(like, kept) as Json);
    if (found.length === 0 || news.length < found.length) return;
    offset += found.length;
  }
}

function derive(like: z.infer<typeof likeRecord>, settings: DiscourseSettings): Derived {
  const title = cleanName(like.title ?? '', 300);
  const url = topicUrl(settings, like.topic_id, like.slug);
  const account = { username: like.acting_username, id: like.acting_user_id, name: like.acting_name, avatar: like.acting_avatar_template };
  return {
    activities: [
      {
        kind: 'reaction',
        platformType: 'like',
        at: readTime(like.created_at),
        person: personOf(account, settings),
        thread: {
          externalId: String(like.topic_id),
          kind: threadKind(like.category_id, settings),
          url,
          ...(title === '' ? {} : { title }),
        },
        url: `${url}/${like.post_number}`,
        ...(title === '' ? {} : { title }),
      },
    ],
  };
}
