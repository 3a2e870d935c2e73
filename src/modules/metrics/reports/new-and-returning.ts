import { distinctMembers, firstDays, gather, openExclusion } from '../counting.ts';
import { addAll, countThose, emptySet, sizeOf, those } from '../member-set.ts';
import type { MemberSet } from '../member-set.ts';
import { chaoss, during, partialNote, periodColumn, periodsFor, within } from '../report.ts';
import type { Column, CountedReport } from '../report.ts';

const columns: Column[] = [
  { key: 'new', title: 'New contributors', type: 'count', counts: 'people' },
  { key: 'returning', title: 'Returning contributors', type: 'count', counts: 'people' },
  { key: 'contributors', title: 'Contributors', type: 'count', counts: 'people' },
];

export const newAndReturning: CountedReport = {
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
    const { selection } = ask;
    const periods = periodsFor(ask);
    const first = firstDays(census, selection);
    const all = emptySet(first.length);
    const split = (members: MemberSet, from: number) => {
      const contributors = sizeOf(members);
      const fresh = countThose(members, (id) => (first[id] ?? 0) >= from);
      return { new: fresh, returning: contributors - fresh, contributors };
    };
    const members = emptySet(first.length);
    // Each sheet is read once: the window is the union of its periods.
    const rows = periods.map((period) => {
      members.fill(0);
      gather(census, within(selection, period), exclusion, members);
      addAll(all, members);
      return { key: period.key, cells: { period: period.title, ...split(members, period.from) } };
    });
    const whole = split(all, selection.from);
    return {
      columns: [periodColumn, ...columns],
      rows,
      headline: [
        { key: 'new', title: 'New contributors', type: 'count', value: whole.new, counts: 'people' },
        { key: 'returning', title: 'Returning contributors', type: 'count', value: whole.returning, counts: 'people' },
        { key: 'contributors', title: 'Contributors', type: 'count', value: whole.contributors, counts: 'people' },
      ],
      notes: partialNote(periods),
      excluded: exclusion.excluded,
    };
  },

  open(census, ask, row, column) {
    const selection = during(ask, row);
    if (selection === undefined || column === 'contributors') return selection;
    if (column !== 'new' && column !== 'returning') return undefined;
    const first = firstDays(census, selection);
    const { members } = distinctMembers(census, selection);
    return { ...selection, members: those(members, (id) => (first[id] ?? 0) >= selection.from === (column === 'new')) };
  },
};
