import { z } from 'zod';
import { messageOf } from '../../platform/errors.ts';
import type { Delivered, Json, Picture } from '../contract.ts';
import { defineDelivery } from '../kit/define.ts';
import { sourceRefused } from '../kit/failures.ts';
import { expectOk } from '../kit/http.ts';
import { act, call } from './api.ts';
import { blocksInput, readBlocks } from './blocks.ts';
import type { SlackIo } from './settings.ts';
import { messageUrl } from './settings.ts';

/** chat.postMessage cuts what is longer than 40,000 characters, and asks for 4,000 (docs.slack.dev/reference/methods/chat.postMessage). */
const text = z
  .string()
  .trim()
  .min(1)
  .max(4000)
  .meta({ title: 'Text', description: 'In Slack’s mrkdwn: *bold*, <https://…|link>, <@U…>.', multiline: true });
const channel = z
  .string()
  .trim()
  .regex(/^(?:#?[\w-]{1,80}|[CG][A-Z\d]{1,30})$/, 'is a channel id such as C0123456789, or a name such as #general')
  .meta({ title: 'Channel', description: 'Id or name. The app must be in it.' });
const posted = z.object({ channel: z.string(), ts: z.string() });

const post = defineDelivery({
  name: 'post',
  title: 'Post a message',
  summary: 'Posts a message in a channel; pictures follow in its thread.',
  on: 'source',
  input: z.object({ channel, text }),
  pictures: true,
  deliver: (io: SlackIo, _, input, pictures) => send(io, { channel: input.channel, text: input.text }, pictures),
});

const postBlocks = defineDelivery({
  name: 'post_blocks',
  title: 'Post a message with buttons',
  summary: 'Posts a message of Block Kit blocks: sections, buttons, images.',
  on: 'source',
  input: z.object({
    channel,
    text: text.meta({ title: 'Text', description: 'What notifications and screen readers say.' }),
    blocks: blocksInput,
  }),
  // The schema has read it as JSON.
  deliver: (io: SlackIo, _, input) => send(io, { channel: input.channel, text: input.text, blocks: readBlocks(input.blocks) as Json }),
});

const reply = defineDelivery({
  name: 'reply',
  title: 'Reply in the thread',
  summary: 'Answers in the thread.',
  on: 'thread',
  input: z.object({ text }),
  async deliver(io: SlackIo, { thread }, input) {
    const place = placeOf(thread?.externalId);
    return send(io, { channel: place.channel, thread_ts: place.ts, text: input.text });
  },
});

const replyToMessage = defineDelivery({
  name: 'reply_to_message',
  title: 'Reply to the message',
  summary: 'Answers a message in its thread; opens one where there is none.',
  on: 'activity',
  input: z.object({ text }),
  async deliver(io: SlackIo, { activity }, input) {
    const place = placeOf(activity?.externalId);
    const root = z.object({ message: z.object({ thread_ts: z.string() }) }).safeParse(activity?.record);
    return send(io, { channel: place.channel, thread_ts: root.success ? root.data.message.thread_ts : place.ts, text: input.text });
  },
});

const update = defineDelivery({
  name: 'update',
  title: 'Change a message',
  summary: 'Replaces the text of a message that the app posted.',
  on: 'source',
  input: z.object({
    message: z
      .string()
      .trim()
      .regex(/\/archives\/[CG][A-Z\d]{1,30}\/p\d{11,20}(?:\?|$)/, 'is the link of a message: https://….slack.com/archives/C…/p…')
      .meta({ title: 'Message', description: 'Its link, as Slack copies it. Only what the app posted can be changed.' }),
    text,
  }),
  async deliver(io: SlackIo, _, input) {
    const [, where = '', digits = ''] = /\/archives\/([CG][A-Z\d]+)\/p(\d+)/.exec(input.message) ?? [];
    const ts = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
    const done = await act(io, 'chat.update', { channel: where, ts, text: input.text }, posted);
    return { url: messageUrl(io.settings, done.channel, done.ts) };
  },
});

export const deliveries = [post, postBlocks, reply, replyToMessage, update];

async function send(io: SlackIo, message: { [key: string]: Json }, pictures: readonly Picture[] = []): Promise<Delivered> {
  const done = await act(io, 'chat.postMessage', message, posted);
  const thread = message['thread_ts'];
  const url = messageUrl(io.settings, done.channel, done.ts, typeof thread === 'string' ? thread : undefined);
  if (pictures.length === 0) return { url };
  // The message is there: whatever happens to its pictures, it must not be posted again.
  const missing = await share(io, done, pictures).then(
    () => undefined,
    (error: unknown) => `Posted, but without ${pictures.length === 1 ? 'its picture' : 'its pictures'}: ${messageOf(error)}`,
  );
  return { url, ...(missing === undefined ? {} : { detail: missing }) };
}

/** Uploads pictures into the thread of a message, in three steps: docs.slack.dev/reference/methods/files.getUploadURLExternal */
async function share(io: SlackIo, { channel: where, ts }: z.infer<typeof posted>, pictures: readonly Picture[]): Promise<void> {
  const files: { id: string; title: string }[] = [];
  for (const { name, alt, mediaType, content } of pictures) {
    const query = { filename: name, length: content.length, alt_txt: alt };
    const { data } = await call(io, 'files.getUploadURLExternal', query, z.object({ upload_url: z.url(), file_id: z.string() }));
    const headers = { 'content-type': mediaType };
    expectOk(await io.http.send('POST', data.upload_url, { body: content, headers }), 'a place for the picture');
    files.push({ id: data.file_id, title: alt });
  }
  await act(io, 'files.completeUploadExternal', { files, channel_id: where, thread_ts: ts }, z.unknown());
}

/** Errors: `slack.thread` for a conversation that is no thread over there. */
function placeOf(externalId: string | undefined): { channel: string; ts: string } {
  const [, where, ts] = /^([A-Z\d]+)\/(\d+\.\d+)$/.exec(externalId ?? '') ?? [];
  if (where !== undefined && ts !== undefined) return { channel: where, ts };
  throw sourceRefused('slack.thread', 'This conversation is no thread in Slack. Reply to one of its messages instead.');
}
