import type { Period } from '../calendar.ts';
import type { Census } from '../census.ts';
import { contributionKinds, kindNumbers } from '../contribution-kinds.ts';
import { distinctMembers, firstDays, maskOf, openExclusion, openStamps } from '../counting.ts';
import type { Exclusion, Selection, Stamps } from '../counting.ts';
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
    const stamps = openStamps(census);
    const periods = periodsFor(ask);
    const rows = periods.map((period) => ({
      key: period.key,
      cells: { period: period.title, ...countIn(census, ask, period, stamps) },
    }));
    const whole = countIn(census, ask, ask.selection, stamps, exclusion);
    return {
      columns: [periodColumn, ...columns],
      rows,
      headline: columns.map(({ key, title, counts }) => ({ key, title, type: 'count', value: whole[key as keyof typeof whole], ...(counts === undefined ? {} : { counts }) })),
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

function countIn(census: Census, ask: Ask, period: Pick<Period, 'from' | 'to'>, stamps: Stamps, exclusion?: Exclusion) {
  const selection = within(ask.selection, period);
  const first = firstDays(census, selection);
  const { members, activities } = distinctMembers(census, selection, stamps, exclusion);
  let fresh = 0;
  for (const id of members) if (isIn(first[id] ?? 0, selection)) fresh += 1;
  const contributors = distinctMembers(census, { ...selection, kinds: contributionsOf(ask) }, stamps).members.length;
  return { active: members.length, new: fresh, contributors, activities };
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
