import type { Database } from '../../platform/db.ts';
import { conflict } from '../../platform/errors.ts';
import { noteLetGo } from '../../platform/memory.ts';
import { showDay } from './calendar.ts';
import type { Census } from './census.ts';
import { selectSeries } from './counting.ts';
import type { Selection } from './counting.ts';
import { openCensus } from './load.ts';
import { idleTime } from './snapshot.ts';
import { firstFrom } from './sheets.ts';
import type { Series, Sheet } from './sheets.ts';

/** The `hours` bytes of presence sheets, by sheet: one that changed is another object, so nothing stale is ever found. */
export type Hours = ReadonlyMap<Sheet, Uint8Array>;

/** Hours are loaded when a report by hour asks, and let go when nobody does. */
interface KeptHours {
  /** The one used longest ago comes first. */
  bytes: Map<Sheet, Uint8Array>;
  size: number;
  timer: NodeJS.Timeout | undefined;
}

/** Some 16 million activities. A wider question still works: it then reads from the database each time. */
const mostBytes = 32 << 20;

const kept = new WeakMap<Database, KeptHours>();

/** The census, with the hours of every sheet of a selection. Errors: `metrics.busy` when rows change faster than they are read. */
export async function openHours(
  database: Database,
  selection: Pick<Selection, 'sources' | 'kinds' | 'from' | 'to'>,
): Promise<{ census: Census; hours: Hours }> {
  let hours = kept.get(database);
  if (hours === undefined) kept.set(database, (hours = { bytes: new Map(), size: 0, timer: undefined }));
  const mine = hours;
  clearTimeout(mine.timer);
  mine.timer = setTimeout(() => {
    Object.assign(mine, { bytes: new Map(), size: 0 });
    noteLetGo();
  }, idleTime).unref();

  let census = await openCensus(database);
  for (let attempt = 0; attempt < 20; attempt++) {
    const wanted = sheetsOf(census, selection);
    const missing = wanted.filter(({ sheet }) => !mine.bytes.has(sheet));
    if (missing.length === 0) {
      const { bytes } = mine;
      touch(mine, wanted);
      return { census, hours: bytes };
    }
    const read = await readHours(database, missing);
    census = await openCensus(database);
    // The very same sheet before and after: what was read between is its own.
    const still = new Set(sheetsOf(census, selection).map(({ sheet }) => sheet));
    for (const { series, sheet } of missing) {
      const bytes = read.get(keyOf(series, sheet.day));
      if (bytes === undefined || !still.has(sheet)) continue;
      mine.bytes.set(sheet, bytes);
      mine.size += bytes.length;
    }
  }
  throw conflict('metrics.busy', 'These activities are being imported right now. Try again in a moment.');
}

interface Wanted {
  series: Series;
  sheet: Sheet;
}

function sheetsOf(census: Census, selection: Pick<Selection, 'sources' | 'kinds' | 'from' | 'to'>): Wanted[] {
  return selectSeries(census, selection).flatMap((series) =>
    series.sheets.slice(firstFrom(series, selection.from), firstFrom(series, selection.to + 1)).map((sheet) => ({ series, sheet })),
  );
}

/** Puts what was asked for last, and lets go of what was asked for longest ago. */
function touch(hours: KeptHours, wanted: readonly Wanted[]): void {
  for (const { sheet } of wanted) {
    const bytes = hours.bytes.get(sheet);
    if (bytes === undefined) continue;
    hours.bytes.delete(sheet);
    hours.bytes.set(sheet, bytes);
  }
  if (hours.size <= mostBytes) return;
  // The answer that is being made keeps the map as it is.
  hours.bytes = new Map(hours.bytes);
  for (const [sheet, bytes] of hours.bytes) {
    if (hours.size <= mostBytes) break;
    hours.bytes.delete(sheet);
    hours.size -= bytes.length;
  }
}

async function readHours(database: Database, missing: readonly Wanted[]): Promise<Map<string, Uint8Array>> {
  const read = new Map<string, Uint8Array>();
  const chunk = 2000;
  for (let i = 0; i < missing.length; i += chunk) {
    const part = missing.slice(i, i + chunk);
    const { rows } = await database.pool.query<{ source_id: number; kind: number; day: string; hours: Buffer }>(
      `select p.source_id, p.kind, p.day, p.hours from presence p
       join unnest($1::int[], $2::smallint[], $3::date[]) w (source_id, kind, day) using (source_id, kind, day)`,
      [part.map(({ series }) => series.sourceId), part.map(({ series }) => series.kind), part.map(({ sheet }) => showDay(sheet.day))],
    );
    for (const row of rows) read.set(`${row.source_id}:${row.kind}:${row.day}`, Uint8Array.from(row.hours));
  }
  return read;
}

function keyOf(series: Series, day: number): string {
  return `${series.sourceId}:${series.kind}:${showDay(day)}`;
}
