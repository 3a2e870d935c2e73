import { z } from 'zod';
import type { Delivery, DeliveryTarget } from '../contract.ts';
import { defineDelivery } from '../kit/define.ts';
import { sourceRefused } from '../kit/failures.ts';
import { readAnswer } from '../kit/http.ts';
import { topicUrl } from './posts.ts';
import type { DiscourseIo, DiscourseSettings } from './settings.ts';
import { ask, baseOf, tell } from './settings.ts';

const text = z.string().trim().min(1, 'write something').max(32_000).meta({ title: 'Text', description: 'Markdown.', multiline: true });
const tagName = z.string().trim().min(1).max(100);
const made = z.object({ topic_id: z.int(), topic_slug: z.string().nullish(), post_number: z.int().default(1), id: z.int() });

/** Errors: `discourse.target`. */
function topicOf(target: DeliveryTarget): number {
  const id = Number(target.thread?.externalId);
  if (Number.isInteger(id) && id > 0) return id;
  throw sourceRefused('discourse.target', 'This is no topic of the forum: choose a thread that came from there.');
}

const reply = defineDelivery({
  name: 'reply',
  title: 'Reply',
  summary: 'Writes a reply under the topic.',
  on: 'thread',
  input: z.object({
    text,
    replyTo: z
      .int()
      .positive()
      .optional()
      .meta({ title: 'Reply to post', description: 'Its number in the topic. Without it, to the topic.' }),
  }),
  async deliver(io: DiscourseIo, target, input) {
    const json = {
      topic_id: topicOf(target),
      raw: input.text,
      ...(input.replyTo === undefined ? {} : { reply_to_post_number: input.replyTo }),
    };
    const post = readAnswer(await tell(io, 'POST', '/posts.json', json), made, 'the new post');
    return { url: `${topicUrl(io.settings, post.topic_id, post.topic_slug)}/${post.post_number}` };
  },
});

const createTopic = defineDelivery({
  name: 'topic',
  title: 'Create a topic',
  summary: 'Opens a new topic in a category.',
  on: 'source',
  input: z.object({
    title: z
      .string()
      .trim()
      .min(1, 'give it a title')
      .max(255)
      .meta({ title: 'Title', description: 'The forum asks for fifteen letters or more.' }),
    text,
    category: z
      .int()
      .positive()
      .optional()
      .meta({ title: 'Category', description: 'Its number: 12 of /c/support/12. Without it, uncategorized.' }),
    tags: z.array(tagName).max(20).default([]).meta({ title: 'Tags', description: 'That the forum has, or that the user may create.' }),
  }),
  async deliver(io: DiscourseIo, _, input) {
    const json = {
      title: input.title,
      raw: input.text,
      ...(input.category === undefined ? {} : { category: input.category }),
      ...(input.tags.length === 0 ? {} : { tags: input.tags }),
    };
    const post = readAnswer(await tell(io, 'POST', '/posts.json', json), made, 'the new topic');
    return { url: topicUrl(io.settings, post.topic_id, post.topic_slug) };
  },
});

const tagged = z.object({ tags: z.array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])).default([]) });

const tag = defineDelivery({
  name: 'tag',
  title: 'Change tags',
  summary: 'Adds tags to the topic, or takes them off.',
  on: 'thread',
  input: z.object({
    add: z.array(tagName).max(20).default([]).meta({ title: 'Add', description: 'Tags to add.' }),
    remove: z.array(tagName).max(20).default([]).meta({ title: 'Take off', description: 'Tags to take off.' }),
  }),
  async deliver(io: DiscourseIo, target, input) {
    const id = topicOf(target);
    const { tags } = await ask(io, `/t/${id}.json`, tagged, 'the topic');
    const removed = new Set(input.remove.map((name) => name.toLowerCase()));
    const wanted = [...new Set([...tags, ...input.add])].filter((name) => !removed.has(name.toLowerCase()));
    // An empty list alone would be lost on the way: one empty name means none.
    await tell(io, 'PUT', `/t/-/${id}.json`, { tags: wanted.length === 0 ? [''] : wanted });
    return { detail: wanted.length === 0 ? 'It has no tags now.' : `Its tags are now: ${wanted.join(', ')}.` };
  },
});

const move = defineDelivery({
  name: 'move',
  title: 'Move to a category',
  summary: 'Moves the topic to another category.',
  on: 'thread',
  input: z.object({ category: z.int().positive().meta({ title: 'Category', description: 'Its number: 12 of /c/support/12.' }) }),
  async deliver(io: DiscourseIo, target, input) {
    await tell(io, 'PUT', `/t/-/${topicOf(target)}.json`, { category_id: input.category });
    return {};
  },
});

const revision = z.object({
  current_revision: z.int().positive(),
  previous_revision: z.int().positive().nullish(),
  current_hidden: z.boolean().nullish(),
});
const mostRevisions = 500;

const hideRevisions = defineDelivery({
  name: 'hide-revisions',
  title: 'Hide earlier versions',
  summary: 'Hides all earlier versions of the post from everyone but staff.',
  on: 'activity',
  input: z.object({}),
  async deliver(io: DiscourseIo, target) {
    const { activity } = target;
    if (activity === undefined || (activity.stream !== 'posts' && activity.stream !== 'solutions')) {
      throw sourceRefused('discourse.target', 'Only a post has earlier versions: choose a post of the forum.');
    }
    const { id } = z.object({ id: z.int().positive() }).parse(activity.record);
    let hidden = 0;
    let next: number | 'latest' | null | undefined = 'latest';
    for (let seen = 0; next && seen < mostRevisions; seen++) {
      const answer = await io.http.get(`${baseOf(io.settings)}/posts/${id}/revisions/${next}.json`);
      if (answer.status === 404) break;
      const found: z.infer<typeof revision> = readAnswer(answer, revision, 'the versions of the post');
      // Hiding one twice would make the forum count it twice.
      if (found.current_hidden !== true) {
        await tell(io, 'PUT', `/posts/${id}/revisions/${found.current_revision}/hide.json`, {});
        hidden += 1;
      }
      next = found.previous_revision;
    }
    return { detail: hidden === 0 ? 'There was no earlier version to hide.' : `${hidden} earlier versions are hidden.` };
  },
});

export const deliveries: Delivery<DiscourseSettings>[] = [reply, createTopic, tag, move, hideRevisions];
