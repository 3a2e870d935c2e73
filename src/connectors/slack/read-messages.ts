import { hash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import type { Json, Page } from '../contract.ts';
import { cursorOf } from '../kit/cursor.ts';
import { call, channelRefused } from './api.ts';
import type { SlackIo } from './settings.ts';

/** Slack gives fewer where its rules for apps allow only fewer: what counts is `has_more`. */
const pageSize = 200;
const mostMarks = 100;
/** A long row of pages without anything looks like a loop. */
const mostEmptyPages = 500;

/**
 * How far a channel was read. History comes newest first, so a reading is a walk from the newest message down to what is
 * known; all that it needs to go on stands here.
 */
const placeSchema = z.object({
  /** Everything up to this message was read. */
  done: z.string().optional(),
  /** From here on `marks` are complete: further back nobody looks again. */
  floor: z.string().optional(),
  /** What replies, reactions and edits the recent messages had: `<digest>` or `<digest>:<latest reply>`. */
  marks: z.record(z.string(), z.string()).default({}),
  walk: z
    .object({
      top: z.string().optional(),
      before: z.string().optional(),
      ended: z.boolean(),
      threads: z.array(z.object({ ts: z.string(), after: z.string().optional(), cursor: z.string().optional() })),
      marks: z.record(z.string(), z.string()),
    })
    .optional(),
});
type Place = z.infer<typeof placeSchema>;
type Walk = NonNullable<Place['walk']>;

const cursorSchema = z.object({
  channels: z.record(z.string(), placeSchema),
  /** Channels that this reading is through with: a reading that a limit interrupts goes on with the others. */
  round: z.array(z.string()),
});
type State = z.infer<typeof cursorSchema>;

export interface Channel {
  id: string;
  name?: string | undefined;
}

const rawMessage = z.looseObject({
  ts: z.string(),
  reply_count: z.number().nullish(),
  latest_reply: z.string().nullish(),
  edited: z.looseObject({ ts: z.string().nullish() }).nullish(),
  reactions: z.array(z.looseObject({ name: z.string(), count: z.number().nullish() })).nullish(),
});
type RawMessage = z.infer<typeof rawMessage>;
const historyAnswer = z.object({ messages: z.array(z.unknown()), has_more: z.boolean().nullish() });

export async function* readMessages(io: SlackIo, cursor: Json | undefined): AsyncGenerator<Page> {
  const parsed = cursorSchema.safeParse(cursor);
  const state: State = parsed.success ? parsed.data : { channels: {}, round: [] };
  const channels = await listChannels(io);
  const step = Math.ceil(channels.length / mostEmptyPages);
  for (const channel of channels) {
    if (state.round.includes(channel.id)) continue;
    try {
      yield* readChannel(io, channel, state);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== channelRefused) throw error;
      // One channel that is closed to us must not hide the others.
      io.warn(`${channel.name ?? channel.id}: ${error.message}`);
    }
    state.round.push(channel.id);
    if (state.round.length % step === 0) yield { items: [], cursor: cursorOf(state) };
  }
  yield { items: [], cursor: cursorOf({ ...state, round: [] }) };
}

async function* readChannel(io: SlackIo, channel: Channel, state: State): AsyncGenerator<Page> {
  const place: Place = (state.channels[channel.id] ??= { marks: {} });
  const walk: Walk = (place.walk ??= { ended: false, threads: [], marks: {} });
  for (;;) {
    io.signal.throwIfAborted();
    const [thread] = walk.threads;
    if (thread === undefined && walk.ended) break;
    const found = thread === undefined ? await readHistory(io, channel, place, walk) : await readReplies(io, channel, walk, thread);
    yield { items: found.map((message) => itemOf(channel, message)), cursor: cursorOf(state) };
  }
  state.channels[channel.id] = settled(place, walk, io);
}

/** One page down the history; remembers which threads it opens or goes on with. */
async function readHistory(io: SlackIo, channel: Channel, place: Place, walk: Walk): Promise<RawMessage[]> {
  const { data } = await call(
    io,
    'conversations.history',
    { channel: channel.id, limit: pageSize, oldest: oldestWanted(io, place), latest: walk.before },
    historyAnswer,
  );
  const list = data.messages.flatMap(readable);
  walk.top ??= list[0]?.ts;
  walk.before = list.at(-1)?.ts ?? walk.before;
  walk.ended = data.has_more !== true || list.length === 0;
  const found: RawMessage[] = [];
  for (const message of list) {
    const mark = markOf(message);
    const known = place.marks[message.ts] ?? '';
    if (mark !== '') walk.marks[message.ts] = mark;
    const isNew = place.done === undefined || message.ts > place.done;
    if (!isNew && mark === known) continue;
    found.push(message);
    const latest = message.latest_reply ?? undefined;
    const after = known.split(':')[1];
    if ((message.reply_count ?? 0) > 0 && (latest === undefined || latest !== after))
      walk.threads.push({ ts: message.ts, ...(after === undefined ? {} : { after }) });
  }
  // No more marks than are kept in the end: the cursor is written with each page.
  walk.marks = newest(walk.marks);
  return found;
}

/** One page of a thread, without its first message, which the history gave. */
async function readReplies(io: SlackIo, channel: Channel, walk: Walk, thread: Walk['threads'][number]): Promise<RawMessage[]> {
  const { data, next } = await call(
    io,
    'conversations.replies',
    { channel: channel.id, ts: thread.ts, limit: pageSize, oldest: thread.after, cursor: thread.cursor },
    historyAnswer,
  );
  if (next !== undefined && data.has_more === true && next !== thread.cursor) thread.cursor = next;
  else walk.threads.shift();
  return data.messages.flatMap(readable).filter(({ ts }) => ts !== thread.ts && (thread.after === undefined || ts > thread.after));
}

function settled(place: Place, walk: Walk, io: SlackIo): Place {
  const done = walk.top === undefined || (place.done !== undefined && place.done > walk.top) ? place.done : walk.top;
  const marks = newest({ ...place.marks, ...walk.marks });
  if (done === undefined) return { marks: {} };
  const far = (Number(done) - io.settings.lookBackDays * 86_400).toFixed(6);
  const [oldest] = Object.keys(marks).sort();
  const isFull = Object.keys(marks).length >= mostMarks;
  const floor = isFull && oldest !== undefined && oldest > far ? beforeThat(oldest) : far;
  return { done, floor, marks: Object.fromEntries(Object.entries(marks).filter(([ts]) => ts > floor)) };
}

/** `oldest` leaves out the message of that very time. */
function oldestWanted(io: SlackIo, place: Place): string | undefined {
  const since = io.since === undefined ? undefined : beforeThat((io.since.getTime() / 1000).toFixed(6));
  const from = io.settings.lookBackDays === 0 ? place.done : (place.floor ?? place.done);
  if (from === undefined || since === undefined) return from ?? since;
  return from > since ? from : since;
}

function beforeThat(ts: string): string {
  return (Number(ts) - 0.000001).toFixed(6);
}

function newest(marks: Record<string, string>): Record<string, string> {
  const entries = Object.entries(marks);
  if (entries.length <= mostMarks) return marks;
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? 1 : -1)).slice(0, mostMarks));
}

function markOf({ edited, reply_count: replies, latest_reply: latest, reactions }: RawMessage): string {
  if (edited == null && !replies && (reactions ?? []).length === 0) return '';
  const counted = (reactions ?? []).map(({ name, count }) => [name, count]);
  const digest = hash('sha256', JSON.stringify([edited?.ts, replies, latest, counted]), 'base64url').slice(0, 8);
  return latest == null ? digest : `${digest}:${latest}`;
}

/** What is no message at all (without a time it has no id) cannot be kept. */
function readable(raw: unknown): RawMessage[] {
  const parsed = rawMessage.safeParse(raw);
  return parsed.success ? [parsed.data] : [];
}

/** The same whether it was read or arrived as an event, but for the channel's name, which an event does not say. */
export function itemOf(channel: Channel, message: Record<string, unknown>): Json {
  // It came as JSON.
  return {
    channel: channel.id,
    ...(channel.name === undefined ? {} : { channelName: channel.name }),
    message: message as { [key: string]: Json },
  };
}

const channelAnswer = z.object({ id: z.string(), name: z.string().nullish() });

/** The channels that the settings name, or all that the bot is in. */
export async function listChannels(io: SlackIo): Promise<Channel[]> {
  const channels: Channel[] = [];
  let cursor: string | undefined;
  do {
    const { data, next } = await call(
      io,
      'users.conversations',
      { types: 'public_channel,private_channel', limit: pageSize, cursor },
      z.object({ channels: z.array(channelAnswer) }),
    );
    channels.push(...data.channels.map(({ id, name }) => ({ id, name: name ?? undefined })));
    cursor = next;
  } while (cursor !== undefined);
  const { channels: wanted } = io.settings;
  return wanted.length === 0 ? channels : wanted.map((id) => channels.find((channel) => channel.id === id) ?? { id });
}
