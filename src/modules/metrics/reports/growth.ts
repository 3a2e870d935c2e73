import type { Period } from '../calendar.ts';
import type { Census } from '../census.ts';
import { contributionKinds, kindNumbers } from '../contribution-kinds.ts';
import { distinctMembers, firstDays, maskOf, openExclusion, openStamps, walk } from '../counting.ts';
import type { Exclusion, Selection } from '../counting.ts';
import { during, partialNote, periodColumn, periodsFor, within } from '../report.ts';
import type { Ask, Column, Report } from '../report.ts';

const columns: Column[] = [
  { key: 'active', title: 'Active members', type: 'count', counts: 'people' },
  { key: 'new', title: 'New members', type: 'count', counts: 'people' },
  { key: 'contributors', title: 'Contributors', type: 'count', counts: 'people' },
  { key: 'activities', title: 'Activities', type: 'count', counts: 'activities' },
];

export const growth: Report = {
  id: 'growth',
  title: 'Growth',
  question: 'How many people are here, and how many come?',
  definition:
    'Active members are the different people with at least one activity in the period (leaving does not count). New members are those among them whose first activity ever, in the chosen sources and kinds, falls in the period. Contributors are those with at least one contribution. A person with several accounts counts once. Bots are left out.',
  source: { title: 'Rapport; contributors as in CHAOSS: Contributors', url: 'https://github.com/chaoss/wg-metrics-development/blob/main/focus-areas/people/contributors.md' },
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
      rows: periods.map((period, p) => ({ key: period.key, cells: { period: period.title, ...(rows[p] ?? none) } })),
      headline: columns.map(({ key, title, counts }) => ({ key, title, type: 'count', value: whole[key as keyof Counts], ...(counts === undefined ? {} : { counts }) })),
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
    const { members } = distinctMembers(census, selection, openStamps(census));
    return { ...selection, members: maskOf(census, members.filter((id) => isIn(first[id] ?? 0, selection))) };
  },
};

interface Counts {
  active: number;
  new: number;
  contributors: number;
  activities: number;
}
const none: Counts = { active: 0, new: 0, contributors: 0, activities: 0 };

/** Reads each sheet once: whoever is new to the period is looked up in the window too. */
function count(census: Census, ask: Ask, periods: readonly Period[], exclusion: Exclusion): { rows: Counts[]; whole: Counts } {
  const { selection } = ask;
  const first = firstDays(census, selection);
  const kinds = new Set(contributionsOf(ask));
  const here = openStamps(census);
  // 1 active, 2 contributor, in the window.
  const seen = new Uint8Array(first.length);
  const whole = { ...none };
  const rows = periods.map((period) => {
    const row = { ...none };
    // Even: was here in this period; odd: and gave something.
    here.turn += 2;
    const { marks, turn } = here;
    walk(census, within(selection, period), exclusion, ({ series, members, counts, size }) => {
      const gives = kinds.has(series.kind);
      for (let i = 0; i < size; i++) {
        const member = members[i] ?? 0;
        row.activities += counts[i] ?? 0;
        const mark = marks[member] ?? 0;
        if (mark < turn) {
          row.active += 1;
          const day = first[member] ?? 0;
          if (day >= period.from && day <= period.to) row.new += 1;
          if (((seen[member] ?? 0) & 1) === 0) {
            seen[member] = (seen[member] ?? 0) | 1;
            whole.active += 1;
            if (isIn(day, selection)) whole.new += 1;
          }
          marks[member] = turn;
        }
        if (gives && mark <= turn) {
          marks[member] = turn + 1;
          row.contributors += 1;
          if (((seen[member] ?? 0) & 2) === 0) {
            seen[member] = (seen[member] ?? 0) | 2;
            whole.contributors += 1;
          }
        }
      }
    });
    whole.activities += row.activities;
    return row;
  });
  return { rows, whole };
}

function isIn(day: number, selection: Selection): boolean {
  return selection.from <= day && day <= selection.to;
}

const contributions = kindNumbers(contributionKinds);

/** Contributions among what is looked at; kinds that were asked for by name are taken as asked. */
function contributionsOf(ask: Ask): readonly number[] {
  const { kinds } = ask.selection;
  return ask.ownKinds && kinds !== undefined ? kinds : contributions;
}
