import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import type { Json, Webhook, WebhookNews, WebhookRequest } from '../contract.ts';
import { sourceRefused } from '../kit/failures.ts';
import { verifySignature } from '../kit/webhook.ts';
import { isWholeMessage } from './messages.ts';
import { itemOf } from './read-messages.ts';
import type { SlackSettings } from './settings.ts';
import { isWantedChannel } from './settings.ts';

const outer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('url_verification'), challenge: z.string().max(1000) }),
  z.object({ type: z.literal('event_callback'), event: z.looseObject({ type: z.string() }) }),
  z.object({ type: z.literal('app_rate_limited') }),
]);

const messageEvent = z.looseObject({
  channel: z.string(),
  channel_type: z.string().optional(),
  subtype: z.string().optional(),
  ts: z.string(),
  deleted_ts: z.string().optional(),
});
const itemEvent = z.object({ item: z.object({ channel: z.string() }) });
const userEvent = z.object({ user: z.looseObject({ id: z.string() }) });

/** The Events API, docs.slack.dev/apis/events-api and docs.slack.dev/authentication/verifying-requests-from-slack. */
export const webhook: Webhook<SlackSettings> = {
  secret: 'signingSecret',
  setUp: [
    'Open your app at https://api.slack.com/apps, copy its signing secret (Basic Information) into the settings, and save.',
    'Under Event Subscriptions turn events on and enter {address} as the request URL. Slack checks it at once.',
    'Under "Subscribe to bot events" add message.channels, message.groups, reaction_added, reaction_removed, team_join and user_change. Save, and install the app again if Slack asks for it.',
  ],
  verify(request, { signingSecret }) {
    if (signingSecret === undefined)
      throw new AppError('unauthenticated', 'webhook.signature', 'Enter the signing secret of the app first.');
    verifySignature(request, {
      secret: signingSecret,
      header: 'x-slack-signature',
      prefix: 'v0=',
      timestamp: {
        header: 'x-slack-request-timestamp',
        signed: (time, body) => Buffer.concat([Buffer.from(`v0:${time}:`), body]),
      },
    });
  },
  read,
};

function read(request: WebhookRequest, settings: SlackSettings): WebhookNews {
  // A pressed button: Slack only wants to hear that it arrived (docs.slack.dev/interactivity/handling-user-interaction).
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true) return {};
  const parsed = outer.safeParse(readJson(request.body));
  if (!parsed.success) throw sourceRefused('slack.event', 'This is no event of Slack. Enter the address under Event Subscriptions only.');
  if (parsed.data.type === 'url_verification') return { answer: { json: { challenge: parsed.data.challenge } } };
  if (parsed.data.type === 'app_rate_limited') return { readNow: true };
  const { event } = parsed.data;
  const news = newsOf(event, settings);
  // Sent again after minutes: what was read meanwhile may be newer than what this holds.
  const isLate = request.headers['x-slack-retry-num'] !== undefined && news.pages?.some(({ items }) => items.length > 0) === true;
  return isLate ? { readNow: true } : news;
}

function newsOf(event: { type: string; [key: string]: unknown }, settings: SlackSettings): WebhookNews {
  if (event.type === 'message') {
    const message = messageEvent.safeParse(event);
    return message.success && isWantedChannel(settings, message.data.channel) ? newsOfMessage(message.data) : {};
  }
  if (event.type === 'reaction_added' || event.type === 'reaction_removed') {
    const reaction = itemEvent.safeParse(event);
    return reaction.success && isWantedChannel(settings, reaction.data.item.channel) ? { readNow: true } : {};
  }
  if (event.type === 'team_join' || event.type === 'user_change') {
    const user = userEvent.safeParse(event);
    return user.success ? { pages: [{ stream: 'people', items: [user.data.user as Json] }] } : {};
  }
  return {};
}

/** A new message is whole. A changed one comes without its reactions, so that it is read instead. */
function newsOfMessage(event: z.infer<typeof messageEvent>): WebhookNews {
  const { channel, channel_type: kind, event_ts: _, deleted_ts: deleted, ...message } = event;
  if (kind === 'im' || kind === 'mpim' || kind === 'app_home') return {};
  if (event.subtype === 'message_deleted' && deleted !== undefined)
    return { pages: [{ stream: 'messages', items: [], gone: [`${channel}/${deleted}`] }] };
  if (!isWholeMessage(event.subtype)) return { readNow: true };
  return { pages: [{ stream: 'messages', items: [itemOf({ id: channel }, message)] }] };
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
