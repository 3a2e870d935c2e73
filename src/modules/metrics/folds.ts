import { daysOfMonth } from './calendar.ts';
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
  visit: (sheets: readonly Sheet[], folded: boolean) => void,
): void {
  const { from, to } = filter;
  const days = (first: Day, last: Day) => {
    if (first > last) return;
    for (const series of selectSeries(census, filter)) {
      const sheets = series.sheets.slice(firstFrom(series, first), firstFrom(series, last + 1));
      if (sheets.length > 0) visit(sheets, false);
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
  for (const month of months) visit(foldOf(census, filter, month, of).sheets, true);
  days(daysOfMonth(last).to + 1, to);
}

/** Lets go of what was added up, and of the room that it took to do so: it is made again when somebody asks. */
export function dropFolds(census: Census): void {
  kept.delete(census);
  firsts.delete(census);
  Object.assign(people, peopleFor(4096));
  sums = new Int32Array(0);
  accounts = new Int32Array(0);
  buffer = new Uint8Array(1 << 16);
}

function foldOf(census: Census, filter: Filter, month: number, of: FoldOf): Fold {
  let mine = kept.get(census);
  if (mine === undefined) kept.set(census, (mine = { folds: new Map(), bytes: 0 }));
  const key = JSON.stringify([month, of, filter.sources, filter.kinds?.toSorted((a, b) => a - b)]);
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
  const sheets = [takeSums(from)];
  for (const [day, own] of [...ofDays].sort(([one], [other]) => one - other)) {
    const pairs = [...own].sort(([one], [other]) => one - other);
    const [ids, counts] = [pairs.map(([id]) => id), pairs.map(([, count]) => count)];
    sheets.push(
      encode(
        day,
        pairs.length,
        (i) => ids[i] ?? 0,
        (i) => counts[i] ?? 0,
      ),
    );
  }
  return sheets;
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

/** The sums as a sheet, leaving none behind. */
function takeSums(day: Day): Sheet {
  let found = 0;
  if (accounts.length < sums.length) accounts = new Int32Array(sums.length);
  for (let id = 0; id < sums.length; id++) if ((sums[id] ?? 0) !== 0) accounts[found++] = id;
  const sheet = encode(
    day,
    found,
    (i) => accounts[i] ?? 0,
    (i) => sums[accounts[i] ?? 0] ?? 0,
  );
  sums.fill(0);
  return sheet;
}

let accounts = new Int32Array(0);
let buffer = new Uint8Array(1 << 16);

/** A sheet in the varints of `activities/presence.ts`: each account's distance from the one before, then its number. */
function encode(day: Day, size: number, idAt: (i: number) => number, countAt: (i: number) => number): Sheet {
  if (buffer.length < size * 10) buffer = new Uint8Array(size * 12);
  const bytes = buffer;
  let at = 0;
  let last = 0;
  let total = 0;
  for (let i = 0; i < size; i++) {
    const id = idAt(i);
    const count = countAt(i);
    let value = id - last;
    for (; value > 127; value >>>= 7) bytes[at++] = (value & 127) | 128;
    bytes[at++] = value;
    value = count;
    for (; value > 127; value >>>= 7) bytes[at++] = (value & 127) | 128;
    bytes[at++] = value;
    last = id;
    total += count;
  }
  return { day, chunk: bytes.slice(0, at), start: 0, end: at, identities: size, total, value: 0 };
}

/**
 * Makes the folds that most questions want, so that the first one to ask does not wait for them: a month at a time, letting
 * others have their turn between. Ends when the census goes on; the next question begins it anew.
 */
export async function prepareFolds(census: Census, filters: readonly Filter[], lastMonth: number, months: number): Promise<void> {
  const { version } = census;
  for (const filter of filters) {
    for (let month = lastMonth; month > lastMonth - months; month--) {
      if (census.version !== version) return;
      if (census.shelf.stamps.has(month)) foldOf(census, filter, month, 'counts');
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
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
