import type { Period } from '../calendar.ts';
import type { Census } from '../census.ts';
import { contributionKinds, kindNumbers } from '../contribution-kinds.ts';
import { distinctMembers, firstDays, gather, openExclusion } from '../counting.ts';
import type { Exclusion } from '../counting.ts';
import { addAll, countThose, emptySet, sizeOf, those } from '../member-set.ts';
import type { MemberSet } from '../member-set.ts';
import { during, partialNote, periodColumn, periodsFor, within } from '../report.ts';
import type { Ask, Column, CountedReport } from '../report.ts';

const columns: Column[] = [
  { key: 'active', title: 'Active members', type: 'count', counts: 'people' },
  { key: 'new', title: 'New members', type: 'count', counts: 'people' },
  { key: 'contributors', title: 'Contributors', type: 'count', counts: 'people' },
  { key: 'activities', title: 'Activities', type: 'count', counts: 'activities' },
];

export const growth: CountedReport = {
  id: 'growth',
  title: 'Growth',
  question: 'How many people are here, and how many come?',
  definition:
    'Active members are the different people with at least one activity in the period (leaving does not count). New members are those among them whose first activity ever, in the chosen sources and kinds, falls in the period. Contributors are those with at least one contribution. A person with several accounts counts once. Bots are left out.',
  source: {
    title: 'Rapport; contributors as in CHAOSS: Contributors',
    url: 'https://github.com/chaoss/wg-metrics-development/blob/main/focus-areas/people/contributors.md',
  },
  kinds: 'activities',
  options: ['granularity'],
  granularity: 'month',
  chart: { type: 'line', x: 'period', y: ['active', 'new', 'contributors'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const periods = periodsFor(ask);
    const { rows, whole } = count(census, ask, periods, exclusion);
    return {
      columns: [periodColumn, ...columns],
      rows: periods.map((period, p) => ({ key: period.key, cells: { period: period.title, ...rows[p] } })),
      headline: columns.map(({ key, title, counts }) => ({
        key,
        title,
        type: 'count',
        value: whole[key as keyof Counts],
        ...(counts === undefined ? {} : { counts }),
      })),
      notes: partialNote(periods),
      excluded: exclusion.excluded,
    };
  },

  open(census, ask, row, column) {
    const selection = during(ask, row);
    if (selection === undefined) return undefined;
    if (column === 'active' || column === 'activities') return selection;
    if (column === 'contributors') return { ...selection, kinds: contributionsOf(ask) };
    if (column !== 'new') return undefined;
    const first = firstDays(census, selection);
    const { members } = distinctMembers(census, selection);
    return { ...selection, members: those(members, (id) => isIn(first[id] ?? 0, selection)) };
  },
};

interface Counts {
  active: number;
  new: number;
  contributors: number;
  activities: number;
}

/** Reads each sheet once: the window is the union of its periods. */
function count(census: Census, ask: Ask, periods: readonly Period[], exclusion: Exclusion): { rows: Counts[]; whole: Counts } {
  const { selection } = ask;
  const first = firstDays(census, selection);
  const kinds = new Set(contributionsOf(ask));
  const asked = selection.kinds ?? [...kinds];
  const parts = [
    [asked.filter((kind) => kinds.has(kind)), 'contributors'],
    [asked.filter((kind) => !kinds.has(kind)), 'active'],
  ] as const;
  const all = { active: emptySet(first.length), contributors: emptySet(first.length), activities: 0 };
  // Two sets for all periods: one each for every day of a year would be a hundred megabytes to throw away.
  const active = emptySet(first.length);
  const contributors = emptySet(first.length);
  const rows = periods.map((period) => {
    active.fill(0);
    contributors.fill(0);
    let activities = 0;
    for (const [kindsOf, into] of parts) {
      if (kindsOf.length === 0) continue;
      const selected = { ...within(selection, period), kinds: kindsOf };
      activities += gather(census, selected, exclusion, into === 'contributors' ? contributors : active);
    }
    addAll(active, contributors);
    addAll(all.active, active);
    addAll(all.contributors, contributors);
    all.activities += activities;
    return toCounts(period, first, active, contributors, activities);
  });
  return { rows, whole: toCounts(selection, first, all.active, all.contributors, all.activities) };
}

function toCounts(
  window: { from: number; to: number },
  first: Int32Array,
  active: MemberSet,
  contributors: MemberSet,
  activities: number,
): Counts {
  return {
    active: sizeOf(active),
    new: countThose(active, (id) => isIn(first[id] ?? 0, window)),
    contributors: sizeOf(contributors),
    activities,
  };
}

function isIn(day: number, { from, to }: { from: number; to: number }): boolean {
  return from <= day && day <= to;
}

const contributions = kindNumbers(contributionKinds);

/** Contributions among what is looked at; kinds that were asked for by name are taken as asked. */
function contributionsOf(ask: Ask): readonly number[] {
  const { kinds } = ask.selection;
  return ask.ownKinds && kinds !== undefined ? kinds : contributions;
}
