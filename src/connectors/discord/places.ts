import { z } from 'zod';
import type { Json } from '../contract.ts';
import { get } from './api.ts';
import type { DiscordIo } from './settings.ts';

/** discord.com/developers/docs/resources/channel#channel-object-channel-types */
const spoken = new Set([0, 5]);
const forums = new Set([15, 16]);

export interface Place {
  id: string;
  name: string;
  type: number;
  last: string | undefined;
  tags: { id: string; name: string; emoji: string | undefined }[];
}

const channelAnswer = z.object({
  id: z.string(),
  type: z.number(),
  name: z.string().nullish(),
  last_message_id: z.string().nullish(),
  available_tags: z.array(z.object({ id: z.string(), name: z.string(), emoji_name: z.string().nullish() })).nullish(),
});

/** A thread as Discord gives it, and the fields that reading needs. */
const threadAnswer = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  type: z.number(),
  parent_id: z.string().nullish(),
  last_message_id: z.string().nullish(),
  applied_tags: z.array(z.string()).nullish(),
  thread_metadata: z.looseObject({ archive_timestamp: z.string() }),
});
export type Thread = z.infer<typeof threadAnswer>;

/** The channels that are read, forums among them. */
export async function listPlaces(io: DiscordIo): Promise<Place[]> {
  const { server, channels } = io.settings;
  const all = await get(io, `/guilds/${server}/channels`, {}, z.array(channelAnswer));
  return all
    .filter(({ id, type }) => (spoken.has(type) || forums.has(type)) && (channels.length === 0 || channels.includes(id)))
    .map(({ id, name, type, last_message_id: last, available_tags: tags }) => ({
      id,
      name: name ?? id,
      type,
      last: last ?? undefined,
      tags: (tags ?? []).map((tag) => ({ id: tag.id, name: tag.name, emoji: tag.emoji_name ?? undefined })),
    }));
}

export function isForum({ type }: { type: number }): boolean {
  return forums.has(type);
}

/** Threads that are not archived, of the whole server; private ones are left out. */
export async function listActive(io: DiscordIo, places: Place[]): Promise<{ thread: Thread; parent: Place }[]> {
  const { threads } = await get(io, `/guilds/${io.settings.server}/threads/active`, {}, z.object({ threads: z.array(threadAnswer) }));
  return threads.flatMap((thread) => {
    const parent = places.find(({ id }) => id === thread.parent_id);
    return parent === undefined || thread.type === 12 ? [] : [{ thread, parent }];
  });
}

/** How far the archive of a channel was read: newest first, down to `done`. */
export const archiveSchema = z.object({ done: z.string().optional(), top: z.string().optional(), before: z.string().optional() });
export type Archive = z.infer<typeof archiveSchema>;

/** One page of archived threads that were archived after `done`, and where the archive stands when they are through. */
export async function readArchive(
  io: DiscordIo,
  parent: Place,
  archive: Archive,
): Promise<{ threads: Thread[]; following: Archive; isLast: boolean }> {
  const answer = await get(
    io,
    `/channels/${parent.id}/threads/archived/public`,
    { limit: 100, before: archive.before },
    z.object({ threads: z.array(threadAnswer), has_more: z.boolean() }),
  );
  const floor = Math.max(timeOf(archive.done), io.since?.getTime() ?? 0);
  const threads = answer.threads.filter((thread) => timeOf(archivedAt(thread)) > floor);
  const top = archive.top ?? (answer.threads[0] === undefined ? archive.done : archivedAt(answer.threads[0]));
  const last = answer.threads.at(-1);
  const isLast = !answer.has_more || last === undefined || threads.length < answer.threads.length;
  return { threads, isLast, following: isLast ? pruned({ done: top }) : pruned({ done: archive.done, top, before: archivedAt(last) }) };
}

function pruned(archive: { [Key in keyof Archive]: string | undefined }): Archive {
  return Object.fromEntries(Object.entries(archive).filter(([, value]) => value !== undefined));
}

function archivedAt(thread: Thread): string {
  return thread.thread_metadata.archive_timestamp;
}

function timeOf(text: string | undefined): number {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? 0 : time;
}

/** A thread with what its own object does not say: the channel that it hangs on, and its tags by name. */
export function threadItem(thread: Thread, parent: Place): Json {
  const applied = thread.applied_tags ?? [];
  const tags = parent.tags.filter(({ id }) => applied.includes(id));
  return {
    // As it came.
    thread: thread as { [key: string]: Json },
    parent: { id: parent.id, name: parent.name, type: parent.type },
    tags: tags.map(({ name, emoji }) => ({ name, ...(emoji === undefined ? {} : { emoji }) })),
  };
}
