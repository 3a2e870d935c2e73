import { z } from 'zod';
import type { Webhook, WebhookNews } from '../contract.ts';
import { sourceRefused } from '../kit/failures.ts';
import { verifySignature } from '../kit/webhook.ts';
import { postItem } from './posts.ts';
import type { DiscourseSettings } from './settings.ts';
import { solutionItem } from './solutions.ts';
import { userItem } from './users.ts';

const post = z.looseObject({
  id: z.int().positive(),
  topic_id: z.int().positive(),
  post_type: z.int().default(1),
  topic_archetype: z.string().default('regular'),
  deleted_at: z.string().nullish(),
});
const body = z.object({
  post: post.optional(),
  solved: post.optional(),
  topic: z.looseObject({ id: z.int().positive(), archetype: z.string().default('regular') }).optional(),
  user: z.looseObject({ id: z.int() }).optional(),
});

type Body = z.infer<typeof body>;

export const webhook: Webhook<DiscourseSettings> = {
  secret: 'webhookSecret',
  setUp: [
    'On the forum, as an administrator, open Admin → Advanced → Webhooks and choose "Add Webhook".',
    'Payload URL: {address}',
    'Content type: application/json. Secret: {secret}',
    'Choose individual events: topics, posts, users; and, where the forum has them, likes, solved and user badges.',
    'Name the public categories as triggered categories, so that nothing private is sent. Private messages are ignored in any case.',
    'Tick "Active", save, and press "Ping": the answer is 200.',
  ],
  verify: (request, settings) =>
    verifySignature(request, { secret: settings.webhookSecret ?? '', header: 'X-Discourse-Event-Signature', prefix: 'sha256=' }),
  read(request) {
    const event = request.headers['x-discourse-event'];
    const type = request.headers['x-discourse-event-type'];
    if (event === undefined || type === undefined) {
      throw sourceRefused('discourse.not_a_webhook', 'This is no webhook of a Discourse forum: it does not name its event.');
    }
    if (event === 'ping') return {};
    return newsOf(type, event, body.parse(JSON.parse(Buffer.from(request.body).toString('utf8'))));
  },
};

/** Whole posts, answers and users are taken as they come; of the rest only that something changed. */
function newsOf(type: string, event: string, sent: Body): WebhookNews {
  const isGone = event.endsWith('_destroyed');
  if (type === 'post' && sent.post !== undefined) return postNews(sent.post, isGone || typeof sent.post.deleted_at === 'string');
  if (type === 'solved' && sent.solved !== undefined) return solvedNews(sent.solved, event);
  if (type === 'user' && sent.user !== undefined) return userNews(sent.user, event, isGone);
  if (type === 'topic' && sent.topic !== undefined) {
    if (sent.topic.archetype !== 'regular') return {};
    return isGone ? { pages: [{ stream: 'topics', items: [], gone: [String(sent.topic.id)] }] } : { readNow: true };
  }
  return type === 'like' || type === 'user_badge' ? { readNow: true } : {};
}

/** Private messages, whispers and the small notes of moderation are not what `/posts.json` shows either. */
function isPublic(sent: z.infer<typeof post>): boolean {
  return sent.post_type === 1 && sent.topic_archetype === 'regular';
}

function postNews(sent: z.infer<typeof post>, isGone: boolean): WebhookNews {
  if (isGone) return { pages: [{ stream: 'posts', items: [], gone: [String(sent.id)] }] };
  return isPublic(sent) ? { pages: [{ stream: 'posts', items: [postItem(sent)] }] } : {};
}

function solvedNews(sent: z.infer<typeof post>, event: string): WebhookNews {
  if (event === 'unaccepted_solution') return { pages: [{ stream: 'solutions', items: [], gone: [String(sent.topic_id)] }], readNow: true };
  return isPublic(sent) ? { pages: [{ stream: 'solutions', items: [solutionItem(sent)] }] } : {};
}

/** Signing in and out is nobody's business here. */
const profileEvents = new Set(['user_created', 'user_approved', 'user_updated', 'user_confirmed_email']);

function userNews(sent: { [key: string]: unknown; id: number }, event: string, isGone: boolean): WebhookNews {
  if (isGone) return { pages: [{ stream: 'users', items: [], gone: [String(sent.id)] }] };
  return profileEvents.has(event) ? { pages: [{ stream: 'users', items: [userItem(sent)] }] } : {};
}
