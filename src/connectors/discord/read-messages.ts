import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Json, Page } from '../contract.ts';
import { cursorOf } from '../kit/cursor.ts';
import { get, isClosed } from './api.ts';
import type { Place, Thread } from './places.ts';
import { archiveSchema, isForum, listActive, listPlaces, readArchive } from './places.ts';
import type { DiscordIo } from './settings.ts';
import { isAfter, snowflakeAt } from './settings.ts';

const pageSize = 100;
const mostMarks = 50;
const mostEmoji = 5;
const mostReactors = 100;

const cursorSchema = z.object({
  /** The last message that was read of each channel and each thread that is still open. */
  done: z.record(z.string(), z.string()),
  archives: z.record(z.string(), archiveSchema),
  /** Digests of the reactions and edits of the latest messages of a channel, where reactions are read. */
  marks: z.record(z.string(), z.record(z.string(), z.string())),
});
type State = z.infer<typeof cursorSchema>;

const rawMessage = z.looseObject({
  id: z.string(),
  edited_timestamp: z.string().nullish(),
  reactions: z
    .array(z.looseObject({ count: z.number(), emoji: z.looseObject({ id: z.string().nullish(), name: z.string().nullish() }) }))
    .nullish(),
});
type RawMessage = z.infer<typeof rawMessage>;

/** A channel or a thread with the last message that it says it has. */
interface Spoken {
  id: string;
  name: string;
  type: number;
  last: string | undefined;
  parent?: Place;
}

/** Channels first, then the threads that are open, then the archives of threads, newest first. */
export async function* readMessages(io: DiscordIo, cursor: Json | undefined): AsyncGenerator<Page> {
  const parsed = cursorSchema.safeParse(cursor);
  const state: State = parsed.success ? parsed.data : { done: {}, archives: {}, marks: {} };
  const places = await listPlaces(io);
  const active = await listActive(io, places);
  const open = active.map(({ thread, parent }) => spokenIn(thread, parent));
  for (const spoken of [...places.filter((place) => !isForum(place)), ...open]) yield* guarded(io, readOne(io, spoken, state));
  for (const place of places) yield* guarded(io, readArchived(io, place, state));
  const known = new Set([...places, ...open].map(({ id }) => id));
  state.done = Object.fromEntries(Object.entries(state.done).filter(([id]) => known.has(id)));
  yield { items: [], cursor: cursorOf(state) };
}

/** What is closed to the bot hides nothing else. What the settings name should be open; of the rest some is meant to be closed. */
async function* guarded(io: DiscordIo, pages: AsyncGenerator<Page>): AsyncGenerator<Page> {
  try {
    yield* pages;
  } catch (error) {
    if (!isClosed(error)) throw error;
    if (io.settings.channels.length > 0) io.warn(error.message);
    else io.log(`Left out: ${error.message}`);
  }
}

async function* readArchived(io: DiscordIo, place: Place, state: State): AsyncGenerator<Page> {
  for (;;) {
    io.signal.throwIfAborted();
    const { threads, following, isLast } = await readArchive(io, place, state.archives[place.id] ?? {});
    for (const thread of threads) yield* guarded(io, readOne(io, spokenIn(thread, place), state));
    // An archived thread has an end: where it was read to need not be remembered.
    for (const { id } of threads) {
      delete state.done[id];
      delete state.marks[id];
    }
    state.archives[place.id] = following;
    if (threads.length > 0) yield { items: [], cursor: cursorOf(state) };
    if (isLast) return;
  }
}

/** A channel or thread from where it was read to, oldest first. Costs no request when nothing was said since. */
async function* readOne(io: DiscordIo, spoken: Spoken, state: State): AsyncGenerator<Page> {
  const before = state.done[spoken.id];
  if (spoken.last === undefined || !isAfter(spoken.last, before)) return;
  if (io.settings.reactions && before !== undefined) yield* lookBack(io, spoken, before, state);
  for (;;) {
    io.signal.throwIfAborted();
    const after = state.done[spoken.id] ?? (io.since === undefined ? '0' : snowflakeAt(io.since));
    const list = await list100(io, spoken, { after });
    const newest = list.at(-1)?.id;
    if (newest === undefined || !isAfter(newest, after) || list.length < pageSize) {
      // Also when the last message is one that was deleted.
      state.done[spoken.id] = newest !== undefined && isAfter(newest, spoken.last) ? newest : spoken.last;
      if (list.length > 0) yield await pageOf(io, spoken, list, state);
      return;
    }
    state.done[spoken.id] = newest;
    yield await pageOf(io, spoken, list, state);
  }
}

/** The latest messages that are known, for reactions and edits that came since. */
async function* lookBack(io: DiscordIo, spoken: Spoken, last: string, state: State): AsyncGenerator<Page> {
  const list = await list100(io, spoken, { before: String(BigInt(last) + 1n) }, mostMarks);
  const changed = list.filter((message) => markOf(message) !== (state.marks[spoken.id]?.[message.id] ?? ''));
  if (changed.length > 0) yield await pageOf(io, spoken, changed, state);
}

async function list100(io: DiscordIo, spoken: Spoken, range: { after?: string; before?: string }, limit = pageSize): Promise<RawMessage[]> {
  const list = await get(io, `/channels/${spoken.id}/messages`, { limit, ...range }, z.array(rawMessage));
  return list.toSorted((a, b) => (isAfter(a.id, b.id) ? 1 : -1));
}

async function pageOf(io: DiscordIo, spoken: Spoken, list: RawMessage[], state: State): Promise<Page> {
  const items: Json[] = [];
  for (const message of list) {
    const reactors = io.settings.reactions ? await readReactors(io, spoken.id, message) : [];
    items.push(itemOf(spoken, message, reactors));
  }
  if (io.settings.reactions) {
    const marks = { ...state.marks[spoken.id], ...Object.fromEntries(list.map((message) => [message.id, markOf(message)])) };
    const latest = Object.entries(marks)
      .filter(([, mark]) => mark !== '')
      .sort(([a], [b]) => (isAfter(a, b) ? -1 : 1));
    state.marks[spoken.id] = Object.fromEntries(latest.slice(0, mostMarks));
  }
  return { items, cursor: cursorOf(state) };
}

function itemOf({ id, name, type, parent }: Spoken, message: RawMessage, reactors: Json[]): Json {
  return {
    channel: { id, name, type, ...(parent === undefined ? {} : { parent: { id: parent.id, name: parent.name, type: parent.type } }) },
    // As it came.
    message: message as { [key: string]: Json },
    ...(reactors.length === 0 ? {} : { reactors }),
  };
}

async function readReactors(io: DiscordIo, channel: string, message: RawMessage): Promise<Json[]> {
  const reactors: Json[] = [];
  for (const { emoji } of (message.reactions ?? []).slice(0, mostEmoji)) {
    if (emoji.name == null) continue;
    const name = emoji.id == null ? emoji.name : `${emoji.name}:${emoji.id}`;
    const path = `/channels/${channel}/messages/${message.id}/reactions/${encodeURIComponent(name)}`;
    const users = await get(io, path, { limit: mostReactors }, z.array(z.json())).catch((error: unknown) => {
      // Taken back, or the message deleted, a moment ago.
      if (isClosed(error)) return [];
      throw error;
    });
    reactors.push({ emoji: emoji.name, users });
  }
  return reactors;
}

function markOf({ edited_timestamp: edited, reactions }: RawMessage): string {
  if (edited == null && (reactions ?? []).length === 0) return '';
  const counted = (reactions ?? []).map(({ count, emoji }) => [emoji.id, emoji.name, count]);
  return hash('sha256', JSON.stringify([edited, counted]), 'base64url').slice(0, 8);
}

function spokenIn(thread: Thread, parent: Place): Spoken {
  // Without a message that it knows of, a thread has at least the one that it began with.
  return { id: thread.id, name: thread.name ?? '', type: thread.type, last: thread.last_message_id ?? thread.id, parent };
}
