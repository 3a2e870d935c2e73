import type { Census } from '../census.ts';
import { distinctMembers, maskOf, openExclusion, openStamps } from '../counting.ts';
import type { Exclusion, Selection } from '../counting.ts';
import { periodAround } from '../calendar.ts';
import type { Period } from '../calendar.ts';
import { partialNote, periodColumn, periodsFor, within } from '../report.ts';
import type { Ask, Report } from '../report.ts';

export const retention: Report = {
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
    const rows = pairs.map(({ earlier, later }) => {
      const { before, both, now } = compare(census, ask.selection, earlier, later, exclusion);
      stayed += both.length;
      were += before;
      return { key: later.key, cells: { period: later.title, before, stayed: both.length, contributors: now, rate: before === 0 ? null : both.length / before } };
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
    const { both } = compare(census, ask.selection, pair.earlier, pair.later);
    return { ...within(ask.selection, pair.later), members: maskOf(census, both) };
  },
};

function pairsOf(ask: Ask): { earlier: Period; later: Period }[] {
  const periods = periodsFor(ask);
  const around = (day: number) => periodAround(day, ask.granularity, ask.fiscalStart);
  return periods.map((later, p) => ({ earlier: periods[p - 1] ?? around(around(later.from).from - 1), later }));
}

function compare(census: Census, selection: Selection, earlier: Period, later: Period, exclusion?: Exclusion): { before: number; both: number[]; now: number } {
  const stamps = openStamps(census);
  const before = distinctMembers(census, within(selection, earlier), stamps).members;
  const mark = stamps.turn;
  const were = stamps.marks.slice();
  const now = distinctMembers(census, within(selection, later), stamps, exclusion).members;
  return { before: before.length, both: now.filter((id) => were[id] === mark), now: now.length };
}
