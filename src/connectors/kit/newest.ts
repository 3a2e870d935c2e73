import { z } from 'zod';
import type { ConnectorIo, Json, Page } from '../contract.ts';

/** One list that the other side shows newest first: a subreddit's posts, a search, the grants of a badge. */
export interface Place {
  id: string;
  /** What differs when there is something new (a count): while it is as it was, the place is not asked at all. */
  mark?: number | undefined;
}

export interface Entry {
  /** What the list is sorted by, falling: a time in milliseconds, an id. */
  rank: number;
  id: string;
  /** Milliseconds, compared with the first wanted day. */
  at: number;
  item: Json;
}

export interface Listing {
  entries: Entry[];
  /** Where to go on; undefined at the end of the list. */
  next: Json | undefined;
}

export interface Walk {
  places: readonly Place[];
  read(place: Place, next: Json | undefined): Promise<Listing>;
  /** What the list does not say, asked only for what is news. Undefined leaves the item out. */
  complete?(item: Json): Promise<Json | undefined>;
  /** What is younger is read again each time, since it still changes (points, titles). Only where the rank is a time. */
  againMs?: number;
}

const topSchema = z.object({ rank: z.number(), ids: z.array(z.string()), mark: z.number().optional() });
const cursorSchema = z.object({
  tops: z.record(z.string(), topSchema),
  /** The place in the middle of which the last page ended. */
  now: z.object({ place: z.string(), next: z.json(), top: topSchema.optional() }).optional(),
});

type Top = z.infer<typeof topSchema>;
type Cursor = z.infer<typeof cursorSchema>;

/**
 * Reads lists that show the newest first, one after the other, each down to where the last complete reading began. For streams
 * with `order: 'newest-first'`: each page's cursor says where a reading that is cut off goes on, and what is new by then is
 * read by the next one.
 */
export async function* walkNewest(io: Pick<ConnectorIo, 'since' | 'now'>, given: Json | undefined, walk: Walk): AsyncGenerator<Page> {
  let cursor = readCursor(given, walk.places);
  const cut = walk.places.find(({ id }) => id === cursor.now?.place);
  for (const place of cut === undefined ? walk.places : [cut, ...walk.places]) {
    const known = cursor.tops[place.id];
    if (cursor.now === undefined && place.mark !== undefined && place.mark === known?.mark) continue;
    for await (const page of walkPlace(io, cursor, place, walk)) {
      cursor = page.cursor;
      yield { items: page.items, cursor: cursor as Json };
    }
  }
}

async function* walkPlace(io: Pick<ConnectorIo, 'since' | 'now'>, start: Cursor, place: Place, walk: Walk) {
  const known = start.tops[place.id];
  const again = walk.againMs === undefined ? Infinity : io.now().getTime() - walk.againMs;
  const since = io.since?.getTime() ?? -Infinity;
  let next: Json | undefined = start.now?.next;
  let top = start.now?.top;
  for (;;) {
    const listing = await walk.read(place, next);
    top ??= topOf(listing.entries, known);
    // What has no readable time is no reason to leave it out: quarantine shows it.
    const news = listing.entries.filter((entry) => !(entry.at < since) && isNews(entry, known, again)).map(({ item }) => item);
    const items = walk.complete === undefined ? news : await completed(news, walk.complete);
    const reached = isReached(listing, known, again, since);
    if (reached || listing.next === undefined) {
      const tops = top === undefined ? start.tops : { ...start.tops, [place.id]: marked(top, place) };
      const moved = start.now !== undefined || next !== undefined || JSON.stringify(tops) !== JSON.stringify(start.tops);
      if (items.length > 0 || moved) yield { items, cursor: { tops } };
      return;
    }
    next = listing.next;
    yield { items, cursor: { tops: start.tops, now: { place: place.id, next, ...(top === undefined ? {} : { top }) } } };
  }
}

async function completed(items: readonly Json[], complete: NonNullable<Walk['complete']>): Promise<Json[]> {
  const whole: Json[] = [];
  for (const item of items) {
    const found = await complete(item);
    if (found !== undefined) whole.push(found);
  }
  return whole;
}

function isNews({ rank, id }: Entry, known: Top | undefined, again: number): boolean {
  return known === undefined || !(rank <= known.rank) || rank >= again || (rank === known.rank && !known.ids.includes(id));
}

/** By the last entry: what is pinned stands above the newest. */
function isReached({ entries }: Listing, known: Top | undefined, again: number, since: number): boolean {
  const last = entries.at(-1);
  if (last === undefined) return false;
  return (known !== undefined && last.rank < Math.min(known.rank, again)) || entries.every(({ at }) => at < since);
}

/** The newest, and all that share its rank: what comes later with the same rank is still told apart. */
function topOf(entries: readonly Entry[], known: Top | undefined): Top | undefined {
  const ranks = entries.map((entry) => entry.rank).filter((rank) => Number.isFinite(rank));
  const rank = Math.max(known?.rank ?? -Infinity, ...ranks);
  if (rank === -Infinity) return undefined;
  const ids = entries.filter((entry) => entry.rank === rank).map(({ id }) => id);
  return { rank, ids: [...new Set([...(known?.rank === rank ? known.ids : []), ...ids])] };
}

function marked(top: Top, { mark }: Place): Top {
  return mark === undefined ? { rank: top.rank, ids: top.ids } : { ...top, mark };
}

/** What is no place any more is forgotten. A cursor of an older version starts anew: what was read is known. */
function readCursor(given: Json | undefined, places: readonly Place[]): Cursor {
  const parsed = cursorSchema.safeParse(given);
  if (!parsed.success) return { tops: {} };
  const { tops, now } = parsed.data;
  const ids = new Set(places.map(({ id }) => id));
  const kept = Object.fromEntries(Object.entries(tops).filter(([id]) => ids.has(id)));
  return now === undefined || !ids.has(now.place) ? { tops: kept } : { tops: kept, now };
}
