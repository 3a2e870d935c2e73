import { z } from 'zod';
import type { ActivityDraft, Derived, Person, ThreadDraft } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { cleanName, clip } from '../kit/text.ts';
import { absurdTime } from '../kit/time.ts';
import { readMessages } from './read-messages.ts';
import type { SlackSettings } from './settings.ts';
import { messageUrl } from './settings.ts';
import { mrkdwnToText } from './text.ts';

const id = z.string().regex(/^[A-Z\d]{1,40}$/, 'is not an id of Slack');
const ts = z
  .string()
  .regex(/^\d{1,11}\.\d{1,9}$/, 'is not a time of Slack')
  .superRefine((text, context) => {
    const why = absurdTime(Number(text) * 1000);
    if (why !== undefined) context.addIssue(why);
  });
const word = z.string().nullish();

/** A message as conversations.history, conversations.replies and the Events API give it, with its channel. */
const messageRecord = z.object({
  channel: id,
  /** Known when it was read; an event does not say it. */
  channelName: z.string().optional(),
  message: z.object({
    ts,
    subtype: word,
    user: id.nullish(),
    bot_id: id.nullish(),
    username: word,
    text: word,
    thread_ts: ts.nullish(),
    reply_count: z.number().nullish(),
    latest_reply: ts.nullish(),
    edited: z.object({ ts: ts.nullish() }).nullish(),
    reactions: z.array(z.object({ name: z.string(), users: z.array(id).nullish() })).nullish(),
    user_profile: z.object({ real_name: word, display_name: word }).nullish(),
    bot_profile: z.object({ name: word }).nullish(),
    /** Of the old subtype file_comment. */
    comment: z.object({ user: id.nullish() }).nullish(),
    files: z.array(z.object({ title: word, name: word })).nullish(),
    attachments: z.array(z.object({ fallback: word, text: word })).nullish(),
  }),
});

type MessageRecord = z.infer<typeof messageRecord>;

/** Subtypes that somebody said. The others are what Slack says about the channel: topic set, file pinned, renamed. */
const said = new Set(['bot_message', 'me_message', 'file_share', 'file_comment', 'thread_broadcast', 'reminder_add']);
const joins = new Set(['channel_join', 'group_join']);
const leaves = new Set(['channel_leave', 'group_leave']);
const mostReactions = 1000;

export const messages = defineStream({
  name: 'messages',
  title: 'Messages, replies and reactions',
  order: 'oldest-first',
  record: messageRecord,
  externalId: ({ channel, message }) => `${channel}/${message.ts}`,
  version: ({ message }) =>
    Math.round(1000 * Math.max(...[message.ts, message.edited?.ts, message.latest_reply].map((time) => Number(time ?? 0)))),
  pages: readMessages,
  derive,
});

/** Whether an event of this subtype is a whole message of its own. */
export function isWholeMessage(subtype: string | undefined): boolean {
  return subtype === undefined || said.has(subtype) || joins.has(subtype) || leaves.has(subtype);
}

function derive(record: MessageRecord, settings: SlackSettings): Derived {
  const { channel, message } = record;
  const person = authorOf(message, settings);
  const subtype = message.subtype ?? undefined;
  if (person === undefined || !isWholeMessage(subtype)) return { activities: [] };
  const at = Math.round(Number(message.ts) * 1000);
  const threadTs = message.thread_ts ?? undefined;
  const url = messageUrl(settings, channel, message.ts, threadTs);
  if (subtype !== undefined && (joins.has(subtype) || leaves.has(subtype))) {
    const title = roomName(record);
    const kind = joins.has(subtype) ? 'join' : 'leave';
    return { activities: [{ kind, platformType: subtype, at, person, url, ...(title === undefined ? {} : { title }) }] };
  }
  const text = textOf(message);
  const thread = threadOf(record, text, settings);
  const isReply = threadTs !== undefined && threadTs !== message.ts;
  const activity: ActivityDraft = {
    kind: isReply ? 'reply' : 'message',
    at,
    person,
    url,
    ...(subtype === undefined ? {} : { platformType: subtype }),
    ...(text === '' ? {} : { text }),
    ...(thread === undefined ? { room: roomOf(record, settings) } : { thread: isReply ? thread : { ...thread, opens: true } }),
  };
  return { activities: [activity, ...reactionsOf(message, { at, url, ...(thread === undefined ? {} : { thread }) }, settings)] };
}

/** A message that was answered opens a thread; its answers name it. What stands alone belongs to the room only. */
function threadOf(record: MessageRecord, text: string, settings: SlackSettings): ThreadDraft | undefined {
  const { channel, message } = record;
  const root = message.thread_ts ?? ((message.reply_count ?? 0) > 0 ? message.ts : undefined);
  if (root === undefined) return undefined;
  const name = roomName(record);
  const title = root === message.ts ? clip(cleanName(text), 120) : '';
  return {
    externalId: `${channel}/${root}`,
    kind: 'conversation',
    url: messageUrl(settings, channel, root),
    ...(title === '' ? {} : { title }),
    ...(name === undefined ? {} : { labels: [name] }),
  };
}

function roomOf(record: MessageRecord, settings: SlackSettings): NonNullable<ActivityDraft['room']> {
  const name = roomName(record);
  return {
    externalId: record.channel,
    url: `https://${settings.workspace}/archives/${record.channel}`,
    ...(name === undefined ? {} : { name }),
  };
}

function roomName({ channelName }: MessageRecord): string | undefined {
  const name = cleanName(channelName ?? '', 100);
  return name === '' ? undefined : `#${name}`;
}

/** The message does not say when somebody reacted: its own time stands for that. */
function reactionsOf(
  message: MessageRecord['message'],
  where: Pick<ActivityDraft, 'at' | 'url' | 'thread'>,
  settings: SlackSettings,
): ActivityDraft[] {
  const all = (message.reactions ?? []).flatMap(({ name, users }) =>
    (users ?? []).map((user): ActivityDraft => ({
      ...where,
      kind: 'reaction',
      platformType: cleanName(name, 100),
      person: account(user, settings),
    })),
  );
  return all.slice(0, mostReactions);
}

function textOf(message: MessageRecord['message']): string {
  const text = mrkdwnToText(message.text ?? '');
  if (text !== '') return text;
  const attached = (message.attachments ?? []).map((each) => mrkdwnToText(each.text ?? each.fallback ?? ''));
  const files = (message.files ?? []).map((file) => cleanName(file.title ?? file.name ?? ''));
  return clip([...attached, ...files].filter((part) => part !== '').join('\n'), 20_000);
}

function authorOf(message: MessageRecord['message'], settings: SlackSettings): Person | undefined {
  const user = message.user ?? message.comment?.user ?? undefined;
  const bot = message.bot_id ?? undefined;
  const profile = message.user_profile;
  const name = cleanName(profile?.real_name || profile?.display_name || message.bot_profile?.name || message.username || '');
  const known = user ?? bot;
  if (known === undefined) return undefined;
  return {
    ...account(known, settings),
    ...(name === '' ? {} : { name }),
    ...(bot === undefined && message.subtype !== 'bot_message' && user !== slackbot ? {} : { bot: true }),
  };
}

export const slackbot = 'USLACKBOT';

/** Slack's handles change and are not unique over time; the id is both. */
export function account(user: string, { workspace }: SlackSettings): Person {
  return { platform: 'slack', host: workspace, type: 'account', value: user, platformUserId: user };
}
