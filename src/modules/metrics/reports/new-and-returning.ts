import { distinctMembers, firstDays, maskOf, openExclusion, openStamps, walk } from '../counting.ts';
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
    const { selection } = ask;
    const periods = periodsFor(ask);
    const first = firstDays(census, selection);
    const stamps = openStamps(census);
    const seen = new Uint8Array(first.length);
    const whole = { new: 0, returning: 0 };
    // Each sheet is read once: whoever is met for the first time in the window counts for the whole of it too.
    const rows = periods.map((period) => {
      stamps.turn += 1;
      const { marks, turn } = stamps;
      let fresh = 0;
      let contributors = 0;
      walk(census, within(selection, period), exclusion, ({ members, size }) => {
        for (let i = 0; i < size; i++) {
          const member = members[i] ?? 0;
          if (marks[member] === turn) continue;
          marks[member] = turn;
          contributors += 1;
          const day = first[member] ?? 0;
          if (day >= period.from) fresh += 1;
          if (seen[member] === 1) continue;
          seen[member] = 1;
          whole[day >= selection.from ? 'new' : 'returning'] += 1;
        }
      });
      return { key: period.key, cells: { period: period.title, new: fresh, returning: contributors - fresh, contributors } };
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
    if (column !== 'new' && column !== 'returning') return undefined;
    const first = firstDays(census, selection);
    const { members } = distinctMembers(census, selection, openStamps(census));
    return { ...selection, members: maskOf(census, members.filter((id) => (first[id] ?? 0) >= selection.from === (column === 'new'))) };
  },
};
