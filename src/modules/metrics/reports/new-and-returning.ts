import type { Census } from '../census.ts';
import { distinctMembers, firstDays, maskOf, openExclusion, openStamps } from '../counting.ts';
import type { Exclusion, Selection, Stamps } from '../counting.ts';
import { chaoss, during, partialNote, periodColumn, periodsFor, within } from '../report.ts';
import type { Column, Report } from '../report.ts';

const columns: Column[] = [
  { key: 'new', title: 'New contributors', type: 'count', counts: 'people' },
  { key: 'returning', title: 'Returning contributors', type: 'count', counts: 'people' },
  { key: 'contributors', title: 'Contributors', type: 'count', counts: 'people' },
];

export const newAndReturning: Report = {
  id: 'new-and-returning',
  title: 'New and returning contributors',
  question: 'Do newcomers come, and do people come back?',
  definition:
    'A new contributor is a person whose first contribution ever, in the chosen sources and kinds, falls in the period: all of history is looked at, not only the window. A returning contributor contributed in the period and already before it. The two together are the contributors of the period. Bots are left out.',
  source: chaoss('wg-evolution', 'community-growth/new-contributors', 'New Contributors'),
  kinds: 'contributions',
  options: ['granularity'],
  granularity: 'month',
  chart: { type: 'stacked', x: 'period', y: ['new', 'returning'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const stamps = openStamps(census);
    const periods = periodsFor(ask);
    const first = firstDays(census, ask.selection);
    const seen = new Uint8Array(first.length);
    const whole = { new: 0, returning: 0 };
    const rows = periods.map((period) => {
      const { fresh, old } = split(census, within(ask.selection, period), stamps, exclusion);
      for (const id of [...fresh, ...old]) {
        if (seen[id] === 1) continue;
        seen[id] = 1;
        whole[(first[id] ?? 0) >= ask.selection.from ? 'new' : 'returning'] += 1;
      }
      return { key: period.key, cells: { period: period.title, new: fresh.length, returning: old.length, contributors: fresh.length + old.length } };
    });
    return {
      columns: [periodColumn, ...columns],
      rows,
      headline: [
        { key: 'new', title: 'New contributors', type: 'count', value: whole.new, counts: 'people' },
        { key: 'returning', title: 'Returning contributors', type: 'count', value: whole.returning, counts: 'people' },
        { key: 'contributors', title: 'Contributors', type: 'count', value: whole.new + whole.returning, counts: 'people' },
      ],
      notes: partialNote(periods),
      excluded: exclusion.excluded,
    };
  },

  open(census, ask, row, column) {
    const selection = during(ask, row);
    if (selection === undefined || column === 'contributors') return selection;
    const { fresh, old } = split(census, selection, openStamps(census));
    if (column === 'new') return { ...selection, members: maskOf(census, fresh) };
    if (column === 'returning') return { ...selection, members: maskOf(census, old) };
    return undefined;
  },
};

function split(census: Census, selection: Selection, stamps: Stamps, exclusion?: Exclusion): { fresh: number[]; old: number[] } {
  const first = firstDays(census, selection);
  const { members } = distinctMembers(census, selection, stamps, exclusion);
  return {
    fresh: members.filter((id) => (first[id] ?? 0) >= selection.from),
    old: members.filter((id) => (first[id] ?? 0) < selection.from),
  };
}
