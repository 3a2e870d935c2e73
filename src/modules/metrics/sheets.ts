import { monthOf } from './calendar.ts';
import type { Day } from './calendar.ts';

/** One presence row in memory: where its `people` bytes lie, and its sums. A row that changed is another object. */
export interface Sheet {
  day: Day;
  chunk: Uint8Array;
  start: number;
  end: number;
  identities: number;
  total: number;
  value: number;
}

/** All sheets of one source and kind, by day. */
export interface Series {
  sourceId: number;
  kind: number;
  sheets: Sheet[];
}

/** Every sheet, packed into few large chunks: fifty thousand small buffers would weigh more than what is in them. */
export interface Shelf {
  series: Map<string, Series>;
  chunks: Uint8Array[];
  /** Bytes written in the last chunk. */
  used: number;
  live: number;
  wasted: number;
  /** Month → goes up when a sheet of it comes, changes or goes: what was added up of it is good as long as it stays. */
  stamps: Map<number, number>;
}

const chunkSize = 1 << 20;

export function emptyShelf(): Shelf {
  return { series: new Map(), chunks: [], used: 0, live: 0, wasted: 0, stamps: new Map() };
}

export interface SheetBytes {
  sourceId: number;
  kind: number;
  day: Day;
  people: Uint8Array;
  identities: number;
  total: number;
  value: number;
}

/** Puts a sheet in its place, instead of the one that was there. */
export function putSheet(shelf: Shelf, given: SheetBytes): void {
  const key = `${given.sourceId}:${given.kind}`;
  let series = shelf.series.get(key);
  if (series === undefined) {
    series = { sourceId: given.sourceId, kind: given.kind, sheets: [] };
    shelf.series.set(key, series);
  }
  const at = firstFrom(series, given.day);
  const before = series.sheets[at];
  const replaces = before !== undefined && before.day === given.day;
  if (replaces) discard(shelf, before);
  stamp(shelf, given.day);
  const place = write(shelf, given.people);
  const sheet: Sheet = { day: given.day, ...place, identities: given.identities, total: given.total, value: given.value };
  if (at === series.sheets.length) series.sheets.push(sheet);
  else series.sheets.splice(at, replaces ? 1 : 0, sheet);
}

export function dropSheet(shelf: Shelf, sourceId: number, kind: number, day: Day): void {
  const key = `${sourceId}:${kind}`;
  const series = shelf.series.get(key);
  if (series === undefined) return;
  const at = firstFrom(series, day);
  const sheet = series.sheets[at];
  if (sheet === undefined || sheet.day !== day) return;
  stamp(shelf, day);
  discard(shelf, sheet);
  series.sheets.splice(at, 1);
  if (series.sheets.length === 0) shelf.series.delete(key);
}

function stamp(shelf: Shelf, day: Day): void {
  const month = monthOf(day);
  shelf.stamps.set(month, (shelf.stamps.get(month) ?? 0) + 1);
}

/** Gives back the room of replaced sheets once it is as much as what is live. */
export function tidyShelf(shelf: Shelf): void {
  if (shelf.wasted < 4 * chunkSize || shelf.wasted < shelf.live) return;
  const old = { ...shelf };
  Object.assign(shelf, { chunks: [], used: 0, live: 0, wasted: 0 });
  for (const series of old.series.values()) {
    for (const sheet of series.sheets) Object.assign(sheet, write(shelf, sheet.chunk.subarray(sheet.start, sheet.end)));
  }
}

/** Position of the first sheet on or after a day. */
export function firstFrom(series: Series, day: Day): number {
  const { sheets } = series;
  let low = 0;
  let high = sheets.length;
  // New days come last, mostly.
  const last = sheets[high - 1];
  if (last !== undefined && last.day < day) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sheets[middle]?.day ?? 0) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

function write(shelf: Shelf, bytes: Uint8Array): { chunk: Uint8Array; start: number; end: number } {
  let chunk = shelf.chunks.at(-1);
  if (chunk === undefined || shelf.used + bytes.length > chunk.length) {
    chunk = new Uint8Array(Math.max(chunkSize, bytes.length));
    shelf.chunks.push(chunk);
    shelf.used = 0;
  }
  chunk.set(bytes, shelf.used);
  const start = shelf.used;
  shelf.used += bytes.length;
  shelf.live += bytes.length;
  return { chunk, start, end: shelf.used };
}

function discard(shelf: Shelf, sheet: Sheet): void {
  shelf.live -= sheet.end - sheet.start;
  shelf.wasted += sheet.end - sheet.start;
}

/** The people of one sheet, decoded: `ids[i]` was there `counts[i]` times. Reused from sheet to sheet. */
export interface People {
  size: number;
  ids: Int32Array;
  counts: Int32Array;
}

export function peopleFor(size: number): People {
  return { size: 0, ids: new Int32Array(size), counts: new Int32Array(size) };
}

/** Decodes the varints of `activities/presence.ts`. Written out, not by callback: it reads some 200 million bytes a second. */
export function readPeople(sheet: Sheet, into: People): void {
  if (into.ids.length < sheet.identities) {
    into.ids = new Int32Array(sheet.identities * 2);
    into.counts = new Int32Array(sheet.identities * 2);
  }
  const { ids, counts } = into;
  const { chunk, end } = sheet;
  let at = sheet.start;
  let id = 0;
  let size = 0;
  while (at < end) {
    let byte = chunk[at++] ?? 0;
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = chunk[at++] ?? 0;
      value |= (byte & 127) << shift;
    }
    id += value;
    byte = chunk[at++] ?? 0;
    value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = chunk[at++] ?? 0;
      value |= (byte & 127) << shift;
    }
    ids[size] = id;
    counts[size] = value;
    size++;
  }
  into.size = size;
}
