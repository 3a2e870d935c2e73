import { z } from 'zod';
import type { Derived, Json, Page } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { walkNewest } from '../kit/newest.ts';
import type { Listing } from '../kit/newest.ts';
import { cleanName } from '../kit/text.ts';
import { readTime } from '../kit/time.ts';
import { pick } from './people.ts';
import { threadKind, topicUrl } from './posts.ts';
import type { DiscourseIo, DiscourseSettings } from './settings.ts';
import { ask } from './settings.ts';

/** Newer forums give a tag as an object. */
const tag = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);

const topicRecord = z.object({
  id: z.int().positive(),
  title: z.string(),
  slug: z.string().nullish(),
  category_id: z.int().nullish(),
  category_name: z.string().optional(),
  tags: z.array(tag).nullish(),
  closed: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  has_accepted_answer: z.boolean().nullish(),
});

const kept = (
  'id title slug category_id tags closed archived visible archetype has_accepted_answer created_at last_posted_at ' +
  'bumped_at posts_count reply_count like_count'
).split(' ');

const category = z.object({ id: z.int(), name: z.string() });
const list = z.object({
  topic_list: z.object({
    topics: z.array(z.looseObject({})),
    more_topics_url: z.string().nullish(),
    categories: z.array(category).nullish(),
  }),
});
const site = z.object({ categories: z.array(category).default([]) });

/** A topic that moved not long ago is looked at again: its title, tags and state change without it moving. */
const again = 14 * 86_400_000;

export const topics = defineStream({
  name: 'topics',
  title: 'Topics',
  order: 'newest-first',
  record: topicRecord,
  externalId: (topic) => String(topic.id),
  derive,
  async *pages(io: DiscourseIo, cursor: Json | undefined): AsyncGenerator<Page> {
    const { categories } = await ask(io, '/site.json', site, 'its categories');
    const names = new Map(categories.map(({ id, name }) => [id, name]));
    yield* walkNewest(io, cursor, {
      places: [{ id: 'topics' }],
      againMs: again,
      read: (_, next) => readTopics(io, next, {}, (topic) => ({ ...pick(topic, kept), ...nameOf(topic, names) })),
    });
  },
});

function nameOf(topic: { [key: string]: unknown }, names: ReadonlyMap<number, string>) {
  const name = typeof topic['category_id'] === 'number' ? names.get(topic['category_id']) : undefined;
  return name === undefined ? {} : { category_name: name };
}

/** One page of a list of topics, those that moved last first. */
export async function readTopics(
  io: DiscourseIo,
  next: Json | undefined,
  query: Record<string, string>,
  itemOf: (topic: { [key: string]: unknown }) => { [key: string]: unknown },
): Promise<Listing> {
  const page = typeof next === 'number' ? next : 0;
  const { topic_list: found } = await ask(io, '/latest.json', list, 'its topics', { order: 'activity', ...query, page });
  const entries = found.topics.map((topic) => {
    const moved = topic['bumped_at'] ?? topic['last_posted_at'] ?? topic['created_at'];
    const at = readTime(typeof moved === 'string' ? moved : '');
    return { rank: at, id: String(topic['id']), at, item: itemOf(topic) as Json };
  });
  return { entries, next: typeof found.more_topics_url === 'string' && entries.length > 0 ? page + 1 : undefined };
}

function derive(topic: z.infer<typeof topicRecord>, settings: DiscourseSettings): Derived {
  const title = cleanName(topic.title, 300);
  const labels = [topic.category_name ?? '', ...(topic.tags ?? [])].map((label) => cleanName(label, 100)).filter((label) => label !== '');
  const isSolved = topic.has_accepted_answer === true;
  const isClosed = topic.closed === true || topic.archived === true;
  return {
    activities: [],
    threads: [
      {
        externalId: String(topic.id),
        kind: threadKind(topic.category_id, settings),
        url: topicUrl(settings, topic.id, topic.slug),
        state: isSolved ? 'solved' : isClosed ? 'closed' : 'open',
        labels: [...new Set(labels)].slice(0, 100),
        ...(title === '' ? {} : { title }),
      },
    ],
  };
}
