import { daysOfMonth, monthOf } from './calendar.ts';
import type { Day } from './calendar.ts';
import type { Census } from './census.ts';
import { note, openExclusion, selectSeries, unknownHour, walk } from './counting.ts';
import type { Exclusion, Selection } from './counting.ts';
import type { Hours } from './hours.ts';
import type { Series } from './sheets.ts';

/** Something added up of a month, and who was left out of it: good until a sheet of the month or somebody's bonds change. */
interface Kept {
  stamp: number;
  bonds: number;
  sums: Float64Array;
  leftOut: { member: number; reason: number; count: number; day: Day }[];
}

const mostKept = 20_000;
const kept = new WeakMap<Census, Map<string, Kept>>();

/** Lets go of the sums: they are made again when somebody asks. */
export function dropTotals(census: Census): void {
  kept.delete(census);
}

function keep(census: Census, month: number, what: readonly unknown[], make: () => Pick<Kept, 'sums' | 'leftOut'>): Kept {
  let mine = kept.get(census);
  if (mine === undefined) kept.set(census, (mine = new Map()));
  const key = JSON.stringify([month, ...what]);
  const stamp = census.shelf.stamps.get(month) ?? 0;
  const known = mine.get(key);
  if (known !== undefined && known.stamp === stamp && known.bonds === census.bonds) return known;
  const made = { ...make(), stamp, bonds: census.bonds };
  mine.delete(key);
  mine.set(key, made);
  if (mine.size > mostKept) mine.delete(mine.keys().next().value ?? '');
  return made;
}

/** Nobody is asked for by name or by organization: the same sums serve every window. */
function isWhole({ members, organizationId, creditedTo, hour }: Selection): boolean {
  return members === undefined && organizationId === undefined && creditedTo === undefined && hour === undefined;
}

/** Calls `visit` with the activities of each source and kind on each day, of those who pass: without looking at people anew. */
export function walkTotals(
  census: Census,
  selection: Selection,
  exclusion: Exclusion | undefined,
  visit: (series: Series, day: Day, activities: number) => void,
): void {
  if (!isWhole(selection)) {
    walk(census, selection, exclusion, ({ series, day, counts, size }) => visit(series, day, sum(counts, size)));
    return;
  }
  const { from, to, population } = selection;
  for (const series of selectSeries(census, selection)) {
    const [first, last] = [series.sheets[0]?.day ?? 0, series.sheets.at(-1)?.day ?? -1];
    for (let month = monthOf(Math.max(from, first)); month <= monthOf(Math.min(to, last)); month++) {
      const days = daysOfMonth(month);
      const { sums, leftOut } = keep(census, month, ['days', series.sourceId, series.kind, population], () =>
        addUp(census, { ...selection, sources: [series.sourceId], kinds: [series.kind], ...days }, 31, (batch, into) => {
          into[batch.day - days.from] = (into[batch.day - days.from] ?? 0) + sum(batch.counts, batch.size);
        }),
      );
      for (let day = Math.max(from, days.from); day <= Math.min(to, days.to); day++) {
        const activities = sums[day - days.from] ?? 0;
        if (activities > 0) visit(series, day, activities);
      }
      if (exclusion !== undefined)
        for (const { member, reason, count, day } of leftOut) if (day >= from && day <= to) note(exclusion, member, reason, count, day);
    }
  }
}

/** Activities by hour of the week; the last place is of those whose own clock is not known. */
export function hoursOf(
  census: Census,
  selection: Selection,
  exclusion: Exclusion | undefined,
  clock: 'utc' | 'own',
  hours: Hours | undefined,
): Float64Array {
  const cells = new Float64Array(169);
  const shift = clock === 'own' ? 1 : 0;
  const read: Reader = ({ sheet, starts, counts, size }, into) => {
    const bytes = hours?.get(sheet);
    if (bytes === undefined) return;
    for (let i = 0; i < size; i++) {
      const begin = starts[i] ?? 0;
      const end = begin + (counts[i] ?? 0);
      for (let at = begin * 2 + shift; at < end * 2; at += 2) {
        const place = Math.min(bytes[at] ?? unknownHour, 168);
        into[place] = (into[place] ?? 0) + 1;
      }
    }
  };
  const exact = (from: Day, to: Day) => {
    if (from <= to) walk(census, { ...selection, from, to }, exclusion, (batch) => read(batch, cells));
  };
  const { from, to } = selection;
  const months = isWhole(selection)
    ? [...census.shelf.stamps.keys()]
        .filter((month) => daysOfMonth(month).from >= from && daysOfMonth(month).to <= to)
        .sort((a, b) => a - b)
    : [];
  const [first, last] = [months[0], months.at(-1)];
  if (first === undefined || last === undefined) {
    exact(from, to);
    return cells;
  }
  exact(from, daysOfMonth(first).from - 1);
  for (const month of months) {
    const { sums, leftOut } = keep(census, month, ['hours', selection.sources, selection.kinds, selection.population, clock], () =>
      addUp(census, { ...selection, ...daysOfMonth(month) }, 169, read),
    );
    for (let place = 0; place < 169; place++) cells[place] = (cells[place] ?? 0) + (sums[place] ?? 0);
    if (exclusion !== undefined) for (const { member, reason, count, day } of leftOut) note(exclusion, member, reason, count, day);
  }
  exact(daysOfMonth(last).to + 1, to);
  return cells;
}

type Reader = (batch: Parameters<Parameters<typeof walk>[3]>[0], into: Float64Array) => void;

function addUp(census: Census, selection: Selection, size: number, read: Reader): Pick<Kept, 'sums' | 'leftOut'> {
  const sums = new Float64Array(size);
  const leftOut: Kept['leftOut'] = [];
  const exclusion: Exclusion = {
    ...openExclusion(census),
    log: (member, reason, count, day) => leftOut.push({ member, reason, count, day }),
  };
  walk(census, selection, exclusion, (batch) => read(batch, sums));
  return { sums, leftOut };
}

function sum(counts: Int32Array, size: number): number {
  let all = 0;
  for (let i = 0; i < size; i++) all += counts[i] ?? 0;
  return all;
}
