import type { Database } from '../../platform/db.ts';
import { noteLetGo } from '../../platform/memory.ts';
import { eachSection, sheetOf, splitSheetKey } from '../activities/index.ts';
import type { Day } from './calendar.ts';
import type { Census } from './census.ts';
import { copyOut } from './copy-out.ts';
import { walk } from './counting.ts';
import type { Batch, Exclusion, Selection } from './counting.ts';
import { idleTime } from './snapshot.ts';
import { emptyShelf } from './sheets.ts';
import type { Series } from './sheets.ts';

/** What was read of texts: in which language, in which tone, about which topic (and in which tone). */
export type Read = keyof typeof sheetOf;

/** Roll-ups: for each source the bytes of its days (see activities/reading-sheets.ts), days ascending. May hold more days than were asked for. */
export type Readings = readonly { sourceId: number; days: readonly { day: Day; bytes: Uint8Array }[] }[];

/** What is kept of one thing that is read: all sources over some months. */
interface Kept {
  from: Day;
  to: Day;
  sources: Map<number, SourceDays>;
  bytes: number;
  /** One reading at a time. */
  queue: Promise<unknown>;
}

interface SourceDays {
  /** As of which change of it: whoever writes a source's roll-ups counts its changes up. */
  change: number;
  days: Map<Day, Uint8Array>;
  /** The same, ascending. */
  inOrder: { day: Day; bytes: Uint8Array }[];
}

interface Shelf {
  /** The one used longest ago comes first. */
  kept: Map<Read, Kept>;
  timer: NodeJS.Timeout | undefined;
}

/** Some two years of one thing at ten million activities a year. */
const mostBytes = 32 << 20;
/** In days: how far a question about more reads at once, so that each about a day more need not read. */
const step = 32;
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
 * when nobody asks any more.
 */
export async function openReadings(database: Database, what: Read, window: { from: Day; to: Day }): Promise<Readings> {
  let shelf = shelves.get(database);
  if (shelf === undefined) shelves.set(database, (shelf = { kept: new Map(), timer: undefined }));
  const mine = shelf;
  clearTimeout(mine.timer);
  mine.timer = setTimeout(() => {
    mine.kept.clear();
    noteLetGo();
  }, idleTime).unref();

  const from = Math.floor(window.from / step) * step;
  const to = Math.ceil((window.to + 1) / step) * step - 1;
  const kept = mine.kept.get(what) ?? { from, to: from - 1, sources: new Map(), bytes: 0, queue: Promise.resolve() };
  mine.kept.delete(what);
  mine.kept.set(what, kept);
  const reading = kept.queue.then(() =>
    bringUpToDate(database, what, kept, { from: Math.min(from, kept.from), to: Math.max(to, kept.to) }),
  );
  kept.queue = reading.catch(() => undefined);
  await reading;
  letGo(mine.kept);
  return [...kept.sources].map(([sourceId, { inOrder }]) => ({ sourceId, days: inOrder }));
}

async function bringUpToDate(database: Database, what: Read, kept: Kept, window: { from: Day; to: Day }): Promise<void> {
  const { rows } = await database.pool.query<{ source_id: number; changes: number }>('select source_id, changes from reading_progress');
  const { sources } = kept;
  const live = new Set(rows.map((row) => row.source_id));
  for (const id of sources.keys()) if (!live.has(id)) sources.delete(id);
  const wider = window.from < kept.from || window.to > kept.to;
  const wanted: string[] = [];
  for (const { source_id: id, changes } of rows) {
    let own = sources.get(id);
    // A source that was dropped and read anew counts from the beginning.
    if (own === undefined || own.change > changes) sources.set(id, (own = { change: -1, days: new Map(), inOrder: [] }));
    if (wider || own.change < changes) wanted.push(`(${id}, ${own.change})`);
    own.change = changes;
  }
  if (wanted.length === 0) return;
  const found: [source: number, day: Day, bytes: Uint8Array][] = [];
  const client = await database.pool.connect();
  try {
    await copyOut(
      client,
      `select s.source_id, s.day - date '1970-01-01', s.people from reading_sheet s join (values ${wanted.join(', ')}) w (source_id, since) using (source_id)
       where s.what = ${sheetOf[what]} and s.day between ${date(window.from)} and ${date(window.to)}
         and (s.change > w.since or s.day not between ${date(kept.from)} and ${date(kept.to)})`,
      ['int', 'int', 'bytes'],
      ([source, day, bytes]) => found.push([source, day, Uint8Array.from(bytes)]),
    );
  } catch (error) {
    // What was to be read is not there.
    Object.assign(kept, { sources: new Map(), to: kept.from - 1, bytes: 0 });
    throw error;
  } finally {
    client.release();
  }
  // All is read: now it is applied, without waiting.
  for (const [source, day, bytes] of found) {
    const days = sources.get(source)?.days;
    if (bytes.length === 0) days?.delete(day);
    else days?.set(day, bytes);
  }
  for (const id of new Set(found.map(([source]) => source))) {
    const own = sources.get(id);
    if (own !== undefined) own.inOrder = [...own.days].map(([day, bytes]) => ({ day, bytes })).toSorted((a, b) => a.day - b.day);
  }
  Object.assign(kept, window);
  kept.bytes = 0;
  for (const { days } of sources.values()) for (const bytes of days.values()) kept.bytes += bytes.length;
}

/** Also before the year 1, which a rounded window may begin in. */
function date(day: Day): string {
  return `(date '1970-01-01' + (${day}))`;
}

/** What is in use stays as long as its answer is made. */
function letGo(all: Map<Read, Kept>): void {
  let size = [...all.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  for (const [what, { bytes }] of all) {
    if (size <= mostBytes) break;
    size -= bytes;
    all.delete(what);
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
  const sources = selection.sources === undefined ? undefined : new Set(selection.sources);
  const series = new Map<string, Series>();
  for (const { sourceId, days } of readings) {
    if (sources !== undefined && !sources.has(sourceId)) continue;
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
