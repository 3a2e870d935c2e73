import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Derived, Json, Page } from '../contract.ts';
import { cursorOf } from '../kit/cursor.ts';
import { defineStream } from '../kit/define.ts';
import { cleanName } from '../kit/text.ts';
import { isClosed } from './api.ts';
import { snowflake } from './people.ts';
import { archiveSchema, isForum, listActive, listPlaces, readArchive, threadItem } from './places.ts';
import type { DiscordIo, DiscordSettings } from './settings.ts';
import { pageUrl } from './settings.ts';

const threadRecord = z.object({
  thread: z.object({
    id: snowflake,
    name: z.string(),
    type: z.number(),
    thread_metadata: z.object({ archived: z.boolean(), archive_timestamp: z.string(), locked: z.boolean().nullish() }),
  }),
  parent: z.object({ id: snowflake, name: z.string(), type: z.number() }),
  tags: z.array(z.object({ name: z.string(), emoji: z.string().optional() })),
});

const cursorSchema = z.object({ archives: z.record(z.string(), archiveSchema), active: z.string() });

/** Forum posts and threads: title, tags and how they stand. What was said in them is the stream of messages. */
export const threads = defineStream({
  name: 'threads',
  title: 'Threads and forum posts',
  order: 'oldest-first',
  record: threadRecord,
  externalId: ({ thread }) => thread.id,
  pages,
  derive,
});

async function* pages(io: DiscordIo, cursor: Json | undefined): AsyncGenerator<Page> {
  const parsed = cursorSchema.safeParse(cursor);
  const state: z.infer<typeof cursorSchema> = parsed.success ? parsed.data : { archives: {}, active: '' };
  const places = await listPlaces(io);
  for (const place of places) {
    for (let isLast = false; !isLast;) {
      io.signal.throwIfAborted();
      const read = await readArchive(io, place, state.archives[place.id] ?? {}).catch((error: unknown) => {
        // The stream of messages says which channels are closed.
        if (!isClosed(error)) throw error;
        return undefined;
      });
      if (read === undefined) break;
      state.archives[place.id] = read.following;
      isLast = read.isLast;
      if (read.threads.length > 0) yield { items: read.threads.map((thread) => threadItem(thread, place)), cursor: cursorOf(state) };
    }
  }
  io.signal.throwIfAborted();
  const items = (await listActive(io, places)).map(({ thread, parent }) => threadItem(thread, parent));
  const active = hash('sha256', JSON.stringify(items), 'base64url').slice(0, 16);
  if (active === state.active) return;
  state.active = active;
  yield { items, cursor: cursorOf(state) };
}

/**
 * Discord archives what is quiet for a while: that alone ends nothing. A tag of the settings solves; archived and locked is
 * closed.
 */
function derive({ thread, parent, tags }: z.infer<typeof threadRecord>, settings: DiscordSettings): Derived {
  const { archived, locked, archive_timestamp: archivedAt } = thread.thread_metadata;
  const solving = new Set(settings.solvedTags.map((tag) => tag.toLowerCase()));
  const isSolved = tags.some(({ name, emoji }) => solving.has(name.trim().toLowerCase()) || (emoji !== undefined && solving.has(emoji)));
  const state = isSolved ? 'solved' : archived && locked === true ? 'closed' : 'open';
  const at = Date.parse(archivedAt);
  const title = cleanName(thread.name, 300);
  const labels = tags.map(({ name }) => cleanName(name, 100)).filter((name) => name !== '');
  return {
    activities: [],
    threads: [
      {
        externalId: thread.id,
        kind: isForum(parent) ? 'topic' : 'conversation',
        url: pageUrl(settings, thread.id),
        state,
        labels: isForum(parent) ? labels : [`#${cleanName(parent.name, 100)}`],
        ...(title === '' ? {} : { title }),
        ...(state === 'open' || !archived || Number.isNaN(at) ? {} : { closedAt: at }),
      },
    ],
  };
}
