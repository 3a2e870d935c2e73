import { z } from 'zod';
import type { ActivityDraft, Derived, Person, ThreadDraft } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { cleanName, clip } from '../kit/text.ts';
import { absurdTime, readTime } from '../kit/time.ts';
import { personOf, snowflake, userRecord } from './people.ts';
import { isForum } from './places.ts';
import { readMessages } from './read-messages.ts';
import type { DiscordSettings } from './settings.ts';
import { pageUrl } from './settings.ts';
import { contentToText } from './text.ts';

const word = z.string().nullish();
const place = z.object({ id: snowflake, name: z.string(), type: z.number() });

/** A message (discord.com/developers/docs/resources/message#message-object) with where it was said. */
const messageRecord = z.object({
  channel: place.extend({ parent: place.optional() }),
  message: z.object({
    id: snowflake,
    type: z.number(),
    author: userRecord,
    webhook_id: word,
    content: z.string(),
    timestamp: z.string().superRefine((text, context) => {
      const why = absurdTime(readTime(text));
      if (why !== undefined) context.addIssue(why);
    }),
    edited_timestamp: word,
    mentions: z.array(userRecord).nullish(),
    thread: z.object({ id: snowflake, name: word }).nullish(),
    attachments: z.array(z.object({ filename: word })).nullish(),
    embeds: z.array(z.object({ title: word, description: word })).nullish(),
    sticker_items: z.array(z.object({ name: word })).nullish(),
  }),
  /** Who reacted with what, where the settings ask for it. */
  reactors: z.array(z.object({ emoji: z.string(), users: z.array(userRecord) })).optional(),
});
type MessageRecord = z.infer<typeof messageRecord>;

/** What somebody said: a message, a reply, a command. The other types are what Discord says (pinned, joined, thread made). */
const said = new Set([0, 19, 20, 23]);
const inlineReply = 19;

export const messages = defineStream({
  name: 'messages',
  title: 'Messages and reactions',
  order: 'oldest-first',
  record: messageRecord,
  externalId: ({ message }) => message.id,
  version: ({ message }) => {
    const time = readTime(message.edited_timestamp ?? message.timestamp);
    return Number.isNaN(time) ? undefined : time;
  },
  pages: readMessages,
  derive,
});

function derive(record: MessageRecord, settings: DiscordSettings): Derived {
  const { channel, message } = record;
  if (!said.has(message.type)) return { activities: [] };
  const at = readTime(message.timestamp);
  const url = pageUrl(settings, channel.id, message.id);
  const thread = threadOf(record, settings);
  const isReply = channel.parent === undefined ? message.type === inlineReply : message.id !== channel.id;
  const text = textOf(message);
  const activity: ActivityDraft = {
    kind: isReply ? 'reply' : channel.parent === undefined ? 'message' : 'post',
    at,
    person: authorOf(message),
    url,
    ...(text === '' ? {} : { text }),
    ...(thread?.opens === true && thread.title !== undefined ? { title: thread.title } : {}),
    ...(thread === undefined ? { room: roomOf(channel, settings) } : { thread }),
  };
  const { opens: _, ...plain } = thread ?? {};
  const where = { at, url, ...(thread === undefined ? {} : { thread: plain as ThreadDraft }) };
  const reactions = (record.reactors ?? []).flatMap(({ emoji, users }) =>
    users.map((user): ActivityDraft => ({ ...where, kind: 'reaction', platformType: cleanName(emoji, 100), person: personOf(user) })),
  );
  return { activities: [activity, ...reactions.slice(0, 1000)] };
}

/**
 * A forum post's first message has the post's own id. A thread in a text channel hangs on a message of that channel, whose
 * id it has too.
 */
function threadOf({ channel, message }: MessageRecord, settings: DiscordSettings): ThreadDraft | undefined {
  if (channel.parent !== undefined) {
    const title = cleanName(channel.name, 300);
    return {
      externalId: channel.id,
      kind: isForum(channel.parent) ? 'topic' : 'conversation',
      url: pageUrl(settings, channel.id),
      ...(title === '' ? {} : { title }),
      ...(message.id === channel.id ? { opens: true } : {}),
    };
  }
  if (message.thread == null) return undefined;
  const title = cleanName(message.thread.name ?? '', 300);
  return {
    externalId: message.thread.id,
    kind: 'conversation',
    url: pageUrl(settings, message.thread.id),
    opens: true,
    ...(title === '' ? {} : { title }),
  };
}

function roomOf(channel: MessageRecord['channel'], settings: DiscordSettings): NonNullable<ActivityDraft['room']> {
  const name = cleanName(channel.name, 100);
  return { externalId: channel.id, url: pageUrl(settings, channel.id), ...(name === '' ? {} : { name: `#${name}` }) };
}

/** Whoever posts by a webhook may call themselves anything: the webhook is the account. */
function authorOf(message: MessageRecord['message']): Person {
  const person = personOf(message.author);
  if (message.webhook_id == null) return person;
  const { url: _, ...rest } = person;
  return { ...rest, value: `webhook:${message.author.id}`, bot: true };
}

function textOf(message: MessageRecord['message']): string {
  const names = new Map((message.mentions ?? []).map((user) => [user.id, cleanName(user.global_name || user.username)]));
  const text = contentToText(message.content, names);
  if (text !== '') return text;
  const others = [
    ...(message.embeds ?? []).flatMap(({ title, description }) => [title, description]),
    ...(message.attachments ?? []).map(({ filename }) => filename),
    ...(message.sticker_items ?? []).map(({ name }) => name),
  ];
  return clip(
    others
      .map((part) => contentToText(part ?? '', names))
      .filter((part) => part !== '')
      .join('\n'),
    20_000,
  );
}
