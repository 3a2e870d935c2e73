import { z } from 'zod';
import type { ActivityKind, Derived, Json, Page } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { walkNewest } from '../kit/newest.ts';
import type { Entry, Listing } from '../kit/newest.ts';
import { cleanName, htmlToText } from '../kit/text.ts';
import { readTime, timeText } from '../kit/time.ts';
import { personOf, pick, username } from './people.ts';
import type { DiscourseIo, DiscourseSettings } from './settings.ts';
import { ask, baseOf } from './settings.ts';

export const postRecord = z.object({
  id: z.int().positive(),
  username,
  user_id: z.int().nullish(),
  name: z.string().nullish(),
  avatar_template: z.string().nullish(),
  created_at: timeText,
  updated_at: z.string().nullish(),
  cooked: z.string(),
  post_number: z.int().positive(),
  topic_id: z.int().positive(),
  topic_slug: z.string().nullish(),
  topic_title: z.string().nullish(),
  category_id: z.int().nullish(),
});

export type Post = z.infer<typeof postRecord>;

const kept = (
  'id username user_id name avatar_template created_at updated_at raw cooked post_number post_type ' +
  'reply_to_post_number topic_id topic_slug topic_title category_id version edit_reason hidden user_deleted ' +
  'deleted_at primary_group_name moderator admin staff wiki'
).split(' ');

/** A post the same whether it was read or sent by webhook. */
export function postItem(post: { [key: string]: unknown }): Json {
  return pick(post, kept) as Json;
}

const latest = z.object({ latest_posts: z.array(z.looseObject({})) });

/** Forums before 3.3 looked at fifty ids at a time, however many of them may be seen: so much may be empty in a row. */
const oldWindow = 50;
const mostEmptyWindows = 20;

export const posts = defineStream({
  name: 'posts',
  title: 'Posts',
  order: 'newest-first',
  record: postRecord,
  externalId: (post) => String(post.id),
  version: (post) => (typeof post.updated_at === 'string' ? readTime(post.updated_at) : undefined),
  derive,
  async *pages(io: DiscourseIo, cursor: Json | undefined): AsyncGenerator<Page> {
    yield* walkNewest(io, cursor, { places: [{ id: 'posts' }], read: (_, next) => readPosts(io, next) });
  },
});

/**
 * `/posts.json?before=` gives the posts of all topics, newest first: fifty a request, where reading topic by topic takes at
 * least one for each. Newer forums leave `before` itself out, older ones do not.
 */
async function readPosts(io: DiscourseIo, next: Json | undefined): Promise<Listing> {
  let before = typeof next === 'number' ? next : undefined;
  for (let empty = 0; empty < mostEmptyWindows && (before === undefined || before > 1); empty++) {
    const { latest_posts: all } = await ask(io, '/posts.json', latest, 'its posts', { before });
    const entries = all.map(entryOf).filter(({ rank }) => before === undefined || !(rank >= before));
    if (entries.length > 0) {
      const lowest = Math.min(...entries.map(({ rank }) => rank).filter((rank) => Number.isFinite(rank)));
      return { entries, next: lowest > 1 && lowest < Infinity ? lowest : undefined };
    }
    if (before === undefined) break;
    before -= oldWindow;
  }
  return { entries: [], next: undefined };
}

/** What has no number is still handed on, for quarantine to show. */
function entryOf(post: { [key: string]: unknown }): Entry {
  const { id, created_at: at } = post;
  const rank = typeof id === 'number' ? id : Number.NaN;
  return { rank, id: String(rank), at: readTime(typeof at === 'string' ? at : ''), item: postItem(post) };
}

function derive(post: Post, settings: DiscourseSettings): Derived {
  const title = cleanName(post.topic_title ?? '', 300);
  const text = htmlToText(post.cooked);
  const url = topicUrl(settings, post.topic_id, post.topic_slug);
  const opens = post.post_number === 1;
  const thread = threadKind(post.category_id, settings);
  const isQuestion = thread === 'question';
  const kind: ActivityKind = opens ? (isQuestion ? 'question' : 'post') : isQuestion ? 'answer' : 'reply';
  return {
    activities: [
      {
        kind,
        at: readTime(post.created_at),
        person: personOf({ username: post.username, id: post.user_id, name: post.name, avatar: post.avatar_template }, settings),
        thread: {
          externalId: String(post.topic_id),
          kind: thread,
          url,
          ...(title === '' ? {} : { title }),
          ...(opens ? { opens } : {}),
        },
        url: opens ? url : `${url}/${post.post_number}`,
        ...(title === '' ? {} : { title }),
        ...(text === '' ? {} : { text }),
      },
    ],
  };
}

export function threadKind(category: number | null | undefined, { questionCategories }: DiscourseSettings): 'question' | 'topic' {
  return questionCategories.includes(String(category)) ? 'question' : 'topic';
}

export function topicUrl(settings: DiscourseSettings, id: number, slug: string | null | undefined): string {
  const name = encodeURIComponent((slug ?? '').toWellFormed().slice(0, 200)) || '-';
  return `${baseOf(settings)}/t/${name}/${id}`;
}
