import { z } from 'zod';
import type { Derived, HttpAnswer, Json, Page } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { readAnswer } from '../kit/http.ts';
import { walkNewest } from '../kit/newest.ts';
import { cleanName, htmlToText } from '../kit/text.ts';
import { readTime } from '../kit/time.ts';
import { personOf, pick } from './people.ts';
import type { Post } from './posts.ts';
import { postItem, postRecord, threadKind, topicUrl } from './posts.ts';
import type { DiscourseIo, DiscourseSettings } from './settings.ts';
import { baseOf } from './settings.ts';
import { readTopics } from './topics.ts';

/** The post that answers a topic; one for each topic. */
export const solutions = defineStream({
  name: 'solutions',
  title: 'Accepted answers',
  order: 'newest-first',
  record: postRecord,
  externalId: (post) => String(post.topic_id),
  derive,
  async *pages(io: DiscourseIo, cursor: Json | undefined): AsyncGenerator<Page> {
    yield* walkNewest(io, cursor, {
      places: [{ id: 'solved' }],
      againMs: 3 * 86_400_000,
      read: async (_, next) => {
        // A forum that does not know the filter shows all topics.
        return readTopics(io, next, { solved: 'yes' }, (topic) =>
          pick(topic, ['id', 'title', 'slug', 'category_id', 'has_accepted_answer']),
        );
      },
      complete: (item) => readSolution(io, item),
    });
  },
});

const listed = z.object({
  id: z.int().positive(),
  title: z.string(),
  slug: z.string().nullish(),
  category_id: z.int().nullish(),
  has_accepted_answer: z.literal(true),
});
const detail = z.object({
  accepted_answer: z.object({ post_number: z.int().positive() }).nullish(),
  post_stream: z.object({ posts: z.array(z.looseObject({ post_number: z.int() })) }),
});

/** The list says only that there is one. The topic names it, and holds it when it is among its first twenty posts. */
async function readSolution(io: DiscourseIo, item: Json): Promise<Json | undefined> {
  const topic = listed.safeParse(item);
  if (!topic.success) return undefined;
  const { id, title, slug, category_id: category } = topic.data;
  const base = baseOf(io.settings);
  const answer = await io.http.get(`${base}/t/${id}.json`);
  if (isGone(answer)) return undefined;
  const { accepted_answer: accepted, post_stream: stream } = readAnswer(answer, detail, 'the topic');
  if (accepted === undefined || accepted === null) return undefined;
  const shown = stream.posts.find((post) => post.post_number === accepted.post_number);
  if (shown !== undefined) return solutionItem({ ...shown, topic_title: title, topic_slug: slug, category_id: category });
  const alone = await io.http.get(`${base}/posts/by_number/${id}/${accepted.post_number}.json`);
  if (isGone(alone)) return undefined;
  const post = readAnswer(alone, z.looseObject({}), 'the accepted answer');
  return solutionItem({ ...post, topic_title: title, topic_slug: slug, category_id: category });
}

/** Deleted, or moved out of sight, since the list was read. */
function isGone({ status }: HttpAnswer): boolean {
  return status === 403 || status === 404 || status === 410;
}

/** A topic's posts come without their source text, the webhook's with it. */
export function solutionItem(post: { [key: string]: unknown }): Json {
  const { raw: _, ...item } = postItem(post) as { [key: string]: Json };
  return item;
}

/** The forum does not say when an answer was accepted: it stands at the time when it was given. */
function derive(post: Post, settings: DiscourseSettings): Derived {
  const title = cleanName(post.topic_title ?? '', 300);
  const text = htmlToText(post.cooked);
  const url = topicUrl(settings, post.topic_id, post.topic_slug);
  return {
    activities: [
      {
        kind: 'accepted_answer',
        at: readTime(post.created_at),
        person: personOf({ username: post.username, id: post.user_id, name: post.name, avatar: post.avatar_template }, settings),
        thread: {
          externalId: String(post.topic_id),
          kind: threadKind(post.category_id, settings),
          url,
          state: 'solved',
          ...(title === '' ? {} : { title }),
        },
        url: `${url}/${post.post_number}`,
        ...(title === '' ? {} : { title }),
        ...(text === '' ? {} : { text }),
      },
    ],
  };
}
