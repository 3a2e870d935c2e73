import { daysOfMonth, monthOf } from './calendar.ts';
import type { Day } from './calendar.ts';
import { eachAffiliation, membersSize } from './census.ts';
import type { Census } from './census.ts';
import { add, emptySet, has } from './member-set.ts';
import type { MemberSet } from './member-set.ts';
import { firstFrom, peopleFor, readPeople } from './sheets.ts';
import type { Series, Sheet } from './sheets.ts';

/** What a fold keeps of each account: how often it was there in the month, or the last day of the month that it was. */
export type FoldOf = 'counts' | 'last';

/** What is looked at. Structural, as `Selection` is built on this file. */
interface Filter {
  sources: readonly number[] | undefined;
  kinds: readonly number[] | undefined;
}

export function selectSeries(census: Census, { sources, kinds }: Filter): Series[] {
  return [...census.shelf.series.values()].filter(
    (series) => (sources === undefined || sources.includes(series.sourceId)) && (kinds === undefined || kinds.includes(series.kind)),
  );
}

/**
 * A month of some sources and kinds, added up over its days: one sheet of everybody whose affiliations stay the same all
 * month, and a sheet a day of the others, so that who is ours, or belongs where, can still be asked by the day.
 */
interface Fold {
  sheets: Sheet[];
  bytes: number;
  /** What it was made from: see `Shelf.stamps` and `Census.bonds`. */
  stamp: number;
  bonds: number;
}

/** The one used longest ago comes first. */
interface KeptFolds {
  folds: Map<string, Fold>;
  bytes: number;
}

/** Some six questions over two years each, at ten million activities. */
const mostBytes = 24 << 20;
const kept = new WeakMap<Census, KeptFolds>();

/** Calls `visit` with sheets that together hold a window: folds of its whole months, the days around them as they are. */
export function eachFold(
  census: Census,
  filter: Filter & { from: Day; to: Day },
  of: FoldOf,
  visit: (sheets: readonly Sheet[]) => void,
): void {
  const { from, to } = filter;
  const days = (first: Day, last: Day) => {
    if (first > last) return;
    for (const series of selectSeries(census, filter)) {
      const sheets = series.sheets.slice(firstFrom(series, first), firstFrom(series, last + 1));
      if (sheets.length > 0) visit(of === 'counts' ? sheets : sheets.map(lastDays));
    }
  };
  // A window may be all of history: only months in which something happened are looked at.
  const months = [...census.shelf.stamps.keys()]
    .filter((month) => daysOfMonth(month).from >= from && daysOfMonth(month).to <= to)
    .sort((a, b) => a - b);
  const [first, last] = [months[0], months.at(-1)];
  if (first === undefined || last === undefined) {
    days(from, to);
    return;
  }
  days(from, daysOfMonth(first).from - 1);
  for (const month of months) visit(foldOf(census, filter, month, of).sheets);
  days(daysOfMonth(last).to + 1, to);
}

function foldOf(census: Census, filter: Filter, month: number, of: FoldOf): Fold {
  let mine = kept.get(census);
  if (mine === undefined) kept.set(census, (mine = { folds: new Map(), bytes: 0 }));
  const key = JSON.stringify([month, of, filter.sources, filter.kinds]);
  const stamp = census.shelf.stamps.get(month) ?? 0;
  const known = mine.folds.get(key);
  mine.folds.delete(key);
  if (known !== undefined && known.stamp === stamp && known.bonds === census.bonds) {
    mine.folds.set(key, known);
    return known;
  }
  mine.bytes -= known?.bytes ?? 0;
  const sheets = foldSheets(census, selectSeries(census, filter), month, of);
  const bytes = sheets.reduce((sum, sheet) => sum + sheet.chunk.length, 0);
  const fold = { sheets, bytes, stamp, bonds: census.bonds };
  mine.folds.set(key, fold);
  mine.bytes += bytes;
  for (const [old, { bytes: size }] of mine.folds) {
    if (mine.bytes <= mostBytes) break;
    mine.folds.delete(old);
    mine.bytes -= size;
  }
  return fold;
}

const people = peopleFor(4096);
let sums = new Int32Array(0);

function foldSheets(census: Census, all: readonly Series[], month: number, of: FoldOf): Sheet[] {
  const { from, to } = daysOfMonth(month);
  const { memberOf } = census;
  if (sums.length < memberOf.length) sums = new Int32Array(memberOf.length);
  const moving = membersMoving(census, from, to);
  const ofDays = new Map<Day, Map<number, number>>();
  for (const series of all) {
    const end = firstFrom(series, to + 1);
    for (let s = firstFrom(series, from); s < end; s++) {
      const sheet = series.sheets[s];
      if (sheet === undefined) continue;
      readPeople(sheet, people);
      const { ids, counts, size } = people;
      const { day } = sheet;
      for (let i = 0; i < size; i++) {
        const id = ids[i] ?? 0;
        const count = counts[i] ?? 0;
        if (moving !== undefined && has(moving, memberOf[id] ?? 0)) {
          let own = ofDays.get(day);
          if (own === undefined) ofDays.set(day, (own = new Map()));
          own.set(id, of === 'counts' ? (own.get(id) ?? 0) + count : day - from + 1);
        } else if (of === 'counts') sums[id] = (sums[id] ?? 0) + count;
        else sums[id] = Math.max(sums[id] ?? 0, day - from + 1);
      }
    }
  }
  const sheets = [encode(from, eachSum())];
  for (const [day, own] of [...ofDays].sort(([a], [b]) => a - b))
    sheets.push(
      encode(
        day,
        [...own].sort(([a], [b]) => a - b),
      ),
    );
  return sheets;
}

/** The sums by account, ascending; leaves none behind. */
function* eachSum(): Generator<[number, number]> {
  for (let id = 0; id < sums.length; id++) {
    const sum = sums[id] ?? 0;
    if (sum === 0) continue;
    sums[id] = 0;
    yield [id, sum];
  }
}

/** Members for whom an affiliation begins or ends within a month; undefined when there are none. */
function membersMoving(census: Census, from: Day, to: Day): MemberSet | undefined {
  const { from: firsts, to: lasts } = census.affiliations;
  let found: MemberSet | undefined;
  eachAffiliation(census, (root, place) => {
    const [first, last] = [firsts[place] ?? 0, lasts[place] ?? 0];
    if ((first > from && first <= to) || (last >= from && last < to)) add((found ??= emptySet(membersSize(census))), root);
  });
  return found;
}

let buffer = new Uint8Array(1 << 16);

/** A sheet in the varints of `activities/presence.ts`: each account's distance from the one before, then its number. */
function encode(day: Day, pairs: Iterable<readonly [number, number]>): Sheet {
  let at = 0;
  let last = 0;
  let identities = 0;
  let total = 0;
  const put = (value: number) => {
    for (; value > 127; value >>>= 7) buffer[at++] = (value & 127) | 128;
    buffer[at++] = value;
  };
  for (const [id, count] of pairs) {
    if (at + 10 > buffer.length) {
      const larger = new Uint8Array(buffer.length * 2);
      larger.set(buffer);
      buffer = larger;
    }
    put(id - last);
    put(count);
    last = id;
    identities += 1;
    total += count;
  }
  return { day, chunk: buffer.slice(0, at), start: 0, end: at, identities, total, value: 0 };
}

/** A sheet of one day that says on which day of the month that was, in place of how often. */
function lastDays(sheet: Sheet): Sheet {
  const own = peopleFor(sheet.identities);
  readPeople(sheet, own);
  const offset = sheet.day - daysOfMonth(monthOf(sheet.day)).from + 1;
  const pairs = Array.from(own.ids.subarray(0, own.size), (id) => [id, offset] as const);
  return encode(sheet.day, pairs);
}

/** Never: later than any day. */
export const never = 0x7fffffff;

interface Firsts {
  byIdentity: Int32Array;
  /** Months that are in, with their stamps. */
  months: Map<number, number>;
}

const firsts = new WeakMap<Census, Map<string, Firsts>>();

/**
 * Account → the first day ever, `never` where there is none. Months that only got new days since are read again alone;
 * who comes first is read anew when something older changed, as it may be gone.
 */
export function firstByIdentity(census: Census, filter: Filter): Int32Array {
  let mine = firsts.get(census);
  if (mine === undefined) firsts.set(census, (mine = new Map()));
  const key = JSON.stringify([filter.sources, filter.kinds]);
  const { stamps } = census.shelf;
  let known = mine.get(key);
  const newest = Math.max(...stamps.keys(), -1);
  if (known !== undefined) {
    const { months } = known;
    const stale = [...months].some(([month, stamp]) => month < newest && stamps.get(month) !== stamp);
    const missed = [...stamps.keys()].some((month) => month < newest && !months.has(month));
    if (stale || missed) known = undefined;
  }
  const size = census.memberOf.length;
  const before = known?.byIdentity;
  // What is kept never holds the newest month: it is the one that still changes.
  const kept = new Int32Array(size).fill(never);
  if (before === undefined) readFirsts(census, filter, 0, newest - 1, kept);
  else kept.set(before.subarray(0, size));
  if (mine.size >= 4 && !mine.has(key)) mine.clear();
  mine.set(key, { byIdentity: kept, months: new Map([...stamps].filter(([month]) => month < newest)) });
  const all = kept.slice();
  readFirsts(census, filter, newest, newest, all);
  return all;
}

function readFirsts(census: Census, filter: Filter, firstMonth: number, lastMonth: number, into: Int32Array): void {
  if (lastMonth < firstMonth || lastMonth < 0) return;
  const from = firstMonth === 0 ? -never : daysOfMonth(firstMonth).from;
  const { to } = daysOfMonth(lastMonth);
  for (const series of selectSeries(census, filter)) {
    const end = firstFrom(series, to + 1);
    for (let s = firstFrom(series, from); s < end; s++) {
      const sheet = series.sheets[s];
      if (sheet === undefined) continue;
      readPeople(sheet, people);
      const { ids, size } = people;
      for (let i = 0; i < size; i++) {
        const id = ids[i] ?? 0;
        if (sheet.day < (into[id] ?? 0)) into[id] = sheet.day;
      }
    }
  }
}
