import { z } from 'zod';
import type { Delivery, DeliveryTarget } from '../contract.ts';
import { defineDelivery } from '../kit/define.ts';
import { sourceRefused } from '../kit/failures.ts';
import { tell } from './api.ts';
import type { RedditIo, RedditSettings } from './settings.ts';
import { pageOf } from './things.ts';

/** Errors: `reddit.target`. */
function threadOf(target: DeliveryTarget): string {
  const id = target.thread?.externalId ?? '';
  if (/^t3_[a-z0-9]+$/.test(id)) return id;
  throw sourceRefused('reddit.target', 'This is no post of Reddit: choose a thread that came from there.');
}

const made = z.object({ things: z.array(z.object({ data: z.looseObject({ permalink: z.string().optional() }) })).default([]) });

const reply = defineDelivery({
  name: 'reply',
  title: 'Reply',
  summary: 'Writes a comment under the post, or under one of its comments.',
  on: 'thread',
  input: z.object({
    text: z.string().trim().min(1, 'write something').max(10_000).meta({ title: 'Text', description: 'Markdown.', multiline: true }),
    replyTo: z
      .string()
      .trim()
      .regex(/^t1_[a-z0-9]+$/, 'is the full name of a comment, such as t1_abc123')
      .optional()
      .meta({ title: 'Reply to comment', description: 'Its full name: t1_abc123. Without it, to the post.' }),
  }),
  async deliver(io: RedditIo, target, input) {
    const thread = threadOf(target);
    const data = made.safeParse(await tell(io, '/api/comment', { thing_id: input.replyTo ?? thread, text: input.text }));
    return { url: pageOf(data.success ? data.data.things[0]?.data.permalink : undefined, thread) };
  },
});

const flair = defineDelivery({
  name: 'flair',
  title: 'Set flair',
  summary: 'Sets the flair of the post.',
  on: 'thread',
  input: z.object({
    text: z
      .string()
      .trim()
      .max(64)
      .default('')
      .meta({ title: 'Flair', description: 'The words that are shown. Empty, with no template, takes the flair off.' }),
    template: z
      .string()
      .trim()
      .regex(/^[\da-f-]{36}$/, 'is the id of a flair template')
      .optional()
      .meta({ title: 'Template', description: 'Id of one of the subreddit’s flair templates, where it wants one.' }),
  }),
  async deliver(io: RedditIo, target, input) {
    const link = threadOf(target);
    const subreddit = /\/r\/(\w+)\//.exec(target.thread?.url ?? '')?.[1];
    const path = subreddit === undefined ? '/api/selectflair' : `/r/${subreddit}/api/selectflair`;
    await tell(io, path, { link, text: input.text, ...(input.template === undefined ? {} : { flair_template_id: input.template }) });
    return {};
  },
});

export const deliveries: Delivery<RedditSettings>[] = [reply, flair];
