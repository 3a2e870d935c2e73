import type { Database } from '../../platform/db.ts';
import { eachSection, sheetOf, splitSheetKey } from '../activities/index.ts';
import { readDay, showDay } from './calendar.ts';
import type { Day } from './calendar.ts';
import type { Census } from './census.ts';
import { walk } from './counting.ts';
import type { Batch, Exclusion, Selection } from './counting.ts';
import { emptyShelf } from './sheets.ts';
import type { Series } from './sheets.ts';

/** What was read of texts: in which language, in which tone, about which topic (and in which tone). */
export type Read = keyof typeof sheetOf;

/** The roll-ups of one question: for each source the bytes of its days (see activities/reading-sheets.ts), days ascending. */
export type Readings = readonly { sourceId: number; days: readonly { day: Day; bytes: Uint8Array }[] }[];

/** A source's days in a window as of a change of it: whoever writes a source's roll-ups counts its changes up. */
interface Kept {
  change: number;
  days: Map<Day, Uint8Array>;
}

interface Shelf {
  /** By what, window and source; the one used longest ago comes first. */
  kept: Map<string, Kept>;
  timer: NodeJS.Timeout | undefined;
}

const mostBytes = 32 << 20;
const idleTime = 10 * 60_000;
const shelves = new WeakMap<Database, Shelf>();

/** Another text with each change of what was read of these sources: whoever writes its roll-ups counts a source's changes up. */
export async function readingsVersion(database: Database, sources: readonly number[] | undefined): Promise<string> {
  const { rows } = await database.pool.query<{ version: string }>(
    `select coalesce(md5(string_agg(source_id || ':' || changes, ',' order by source_id)), '') as version
     from reading_progress where $1::int[] is null or source_id = any ($1)`,
    [sources ?? null],
  );
  return rows[0]?.version ?? '';
}

/**
 * The roll-ups of a window as they are now. Loaded when a report asks, held in step by reading what changed since, and let go
 * after ten minutes.
 */
export async function openReadings(
  database: Database,
  what: Read,
  window: { from: Day; to: Day; sources?: readonly number[] | undefined },
): Promise<Readings> {
  let shelf = shelves.get(database);
  if (shelf === undefined) shelves.set(database, (shelf = { kept: new Map(), timer: undefined }));
  const mine = shelf;
  clearTimeout(mine.timer);
  mine.timer = setTimeout(() => mine.kept.clear(), idleTime).unref();

  const { rows } = await database.pool.query<{ source_id: number; changes: number }>(
    'select source_id, changes from reading_progress where $1::int[] is null or source_id = any ($1) order by source_id',
    [window.sources ?? null],
  );
  const readings = [];
  for (const { source_id: sourceId, changes } of rows) {
    const key = `${what}:${window.from}:${window.to}:${sourceId}`;
    const kept = await inStep(database, what, window, sourceId, changes, mine.kept.get(key));
    mine.kept.delete(key);
    mine.kept.set(key, kept);
    readings.push({ sourceId, days: [...kept.days].map(([day, bytes]) => ({ day, bytes })).toSorted((a, b) => a.day - b.day) });
  }
  letGo(mine.kept);
  return readings;
}

async function inStep(
  database: Database,
  what: Read,
  window: { from: Day; to: Day },
  sourceId: number,
  changes: number,
  before: Kept | undefined,
): Promise<Kept> {
  if (before?.change === changes) return before;
  // A source that was dropped and read anew counts from the beginning.
  const since = before !== undefined && before.change < changes ? before : undefined;
  const { rows } = await database.pool.query<{ day: string; people: Buffer; change: number }>(
    'select day, people, change from reading_sheet where source_id = $1 and what = $2 and day between $3 and $4 and change > $5',
    [sourceId, sheetOf[what], showDay(window.from), showDay(window.to), since?.change ?? -1],
  );
  const days = new Map(since?.days);
  for (const row of rows) {
    if (row.people.length === 0) days.delete(readDay(row.day));
    // A copy: the driver's buffer is part of a larger one.
    else days.set(readDay(row.day), Uint8Array.from(row.people));
  }
  return { change: changes, days };
}

function letGo(kept: Map<string, Kept>): void {
  let size = 0;
  for (const { days } of kept.values()) for (const bytes of days.values()) size += bytes.length;
  for (const [key, { days }] of kept) {
    if (size <= mostBytes) break;
    for (const bytes of days.values()) size -= bytes.length;
    kept.delete(key);
  }
}

/**
 * As `walk` over presence: calls `visit` for each source, day and language (sentiment, topic with sentiment) with those who pass,
 * and with its number. Kinds are those of the selection. `wanted` narrows it to some numbers.
 */
export function walkReadings(
  census: Census,
  readings: Readings,
  selection: Selection,
  exclusion: Exclusion | undefined,
  visit: (batch: Batch, key: number) => void,
  wanted: (key: number) => boolean = () => true,
): void {
  const kinds = selection.kinds === undefined ? undefined : new Set(selection.kinds);
  const series = new Map<string, Series>();
  for (const { sourceId, days } of readings) {
    const own = new Map<number, Series | undefined>();
    for (const { day, bytes } of days) {
      if (day < selection.from || day > selection.to) continue;
      eachSection(bytes, (section, start, end) => {
        let one = own.get(section);
        if (one === undefined && !own.has(section)) {
          const { key, kind } = splitSheetKey(section);
          if ((kinds === undefined || kinds.has(kind)) && wanted(key)) one = { sourceId, kind: section, sheets: [] };
          own.set(section, one);
        }
        // Each person takes two bytes at the least.
        one?.sheets.push({ day, chunk: bytes, start, end, identities: (end - start) >>> 1, total: 0, value: 0 });
      });
    }
    for (const [section, one] of own) if (one !== undefined) series.set(`${sourceId}:${section}`, one);
  }
  // The same people, bots and affiliations; only what is walked is another.
  const read: Census = { ...census, shelf: { ...emptyShelf(), series } };
  walk(read, { ...selection, kinds: undefined }, exclusion, (batch) => visit(batch, splitSheetKey(batch.series.kind).key));
}
