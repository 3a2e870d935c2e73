import type { Census } from '../census.ts';
import { distinctMembers, maskOf, openExclusion, openStamps, walk } from '../counting.ts';
import type { Exclusion, Selection, Stamps } from '../counting.ts';
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
    const stamps = openStamps(census);
    // Pairs follow each other: the later of one is the earlier of the next, so each period is read once.
    let before = pairs[0] === undefined ? 0 : distinctMembers(census, within(ask.selection, pairs[0].earlier), stamps).members.length;
    const rows = pairs.map(({ later }) => {
      const { now, both } = follow(census, within(ask.selection, later), stamps, exclusion);
      const cells = { period: later.title, before, stayed: both.length, contributors: now, rate: before === 0 ? null : both.length / before };
      stayed += both.length;
      were += before;
      before = now;
      return { key: later.key, cells };
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
    const stamps = openStamps(census);
    distinctMembers(census, within(ask.selection, pair.earlier), stamps);
    const { both } = follow(census, within(ask.selection, pair.later), stamps);
    return { ...within(ask.selection, pair.later), members: maskOf(census, both) };
  },
};

function pairsOf(ask: Ask): { earlier: Period; later: Period }[] {
  const periods = periodsFor(ask);
  const around = (day: number) => periodAround(day, ask.granularity, ask.fiscalStart);
  return periods.map((later, p) => ({ earlier: periods[p - 1] ?? around(around(later.from).from - 1), later }));
}

/** The people of a period, and those among them who carry the stamp of the period before. */
function follow(census: Census, selection: Selection, stamps: Stamps, exclusion?: Exclusion): { now: number; both: number[] } {
  stamps.turn += 1;
  const { marks, turn } = stamps;
  const both: number[] = [];
  let now = 0;
  walk(census, selection, exclusion, ({ members, size }) => {
    for (let i = 0; i < size; i++) {
      const member = members[i] ?? 0;
      if (marks[member] === turn) continue;
      if (marks[member] === turn - 1 && turn > 1) both.push(member);
      marks[member] = turn;
      now += 1;
    }
  });
  return { now, both };
}
