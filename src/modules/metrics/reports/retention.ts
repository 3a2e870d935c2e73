import { distinctMembers, openExclusion } from '../counting.ts';
import type { Exclusion } from '../counting.ts';
import { both, emptySet, overlap, sizeOf } from '../member-set.ts';
import { periodAround } from '../calendar.ts';
import type { Period } from '../calendar.ts';
import { partialNote, periodColumn, periodsFor, within } from '../report.ts';
import type { Ask, CountedReport } from '../report.ts';

export const retention: CountedReport = {
  id: 'retention',
  title: 'Retention',
  question: 'How many of the contributors of one period come back in the next?',
  definition:
    'People who contributed in both of two periods that follow each other, divided by those who contributed in the earlier one. When a, b and c contributed first, and b, c, d, e and f next, it is 66.7 %. The first period is compared with the whole one before the window. Bots are left out.',
  source: { title: 'Rapport' },
  kinds: 'contributions',
  options: ['granularity'],
  granularity: 'month',
  chart: { type: 'line', x: 'period', y: ['rate'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const pairs = pairsOf(ask);
    let stayed = 0;
    let were = 0;
    const peopleOf = (period: Period, left?: Exclusion) => distinctMembers(census, within(ask.selection, period), left).members;
    // Pairs follow each other: the later of one is the earlier of the next, so each period is read once.
    let earlier = pairs[0] === undefined ? emptySet(0) : peopleOf(pairs[0].earlier);
    const rows = pairs.map(({ later }) => {
      const now = peopleOf(later, exclusion);
      const before = sizeOf(earlier);
      const back = overlap(earlier, now);
      earlier = now;
      stayed += back;
      were += before;
      return {
        key: later.key,
        cells: { period: later.title, before, stayed: back, contributors: sizeOf(now), rate: before === 0 ? null : back / before },
      };
    });
    return {
      columns: [
        periodColumn,
        { key: 'before', title: 'Contributors of the period before', type: 'count', counts: 'people' },
        { key: 'stayed', title: 'Of them back in this one', type: 'count', counts: 'people' },
        { key: 'contributors', title: 'Contributors', type: 'count', counts: 'people' },
        { key: 'rate', title: 'Retention', type: 'share', of: 'before' },
      ],
      rows,
      headline: [{ key: 'rate', title: 'Retention, mean over the periods', type: 'share', value: were === 0 ? null : stayed / were }],
      notes: ['The mean weighs each period by its people.', ...partialNote(pairs.map(({ later }) => later))],
      excluded: exclusion.excluded,
    };
  },

  open(census, ask, row, column) {
    const pair = pairsOf(ask).find(({ later }) => later.key === row);
    if (pair === undefined) return undefined;
    if (column === 'before') return within(ask.selection, pair.earlier);
    if (column === 'contributors') return within(ask.selection, pair.later);
    const [before, now] = [pair.earlier, pair.later].map((period) => distinctMembers(census, within(ask.selection, period)).members);
    return { ...within(ask.selection, pair.later), members: both(before ?? emptySet(0), now ?? emptySet(0)) };
  },
};

function pairsOf(ask: Ask): { earlier: Period; later: Period }[] {
  const periods = periodsFor(ask);
  const around = (day: number) => periodAround(day, ask.granularity, ask.fiscalStart);
  return periods.map((later, p) => ({ earlier: periods[p - 1] ?? around(around(later.from).from - 1), later }));
}
