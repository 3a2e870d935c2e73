import type { Period } from '../calendar.ts';
import { membersSize } from '../census.ts';
import type { Census } from '../census.ts';
import { distinctMembers, firstDays, never, openExclusion } from '../counting.ts';
import type { Exclusion } from '../counting.ts';
import { eachOf, setOf } from '../member-set.ts';
import { partialNote, periodIndex, periodsFor, within } from '../report.ts';
import type { Ask, Column, CountedReport } from '../report.ts';

export const retentionCohorts: CountedReport = {
  id: 'retention-cohorts',
  title: 'Retention cohorts',
  question: 'Do those who came once stay?',
  definition:
    'A cohort is everybody whose first contribution ever, in the chosen sources and kinds, falls in the same period. Each cell is how many of the cohort contributed so many periods later; a share is of the cohort. Later ones are empty, not zero. Bots are left out.',
  source: { title: 'Rapport' },
  kinds: 'contributions',
  options: ['granularity'],
  granularity: 'month',
  chart: { type: 'cohorts', x: 'period' },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const periods = periodsFor(ask);
    const table = periods.map(() => new Int32Array(periods.length));
    eachReturn(census, ask, periods, exclusion, (_member, cohort, period) => {
      const row = table[cohort];
      if (row !== undefined) row[period - cohort] = (row[period - cohort] ?? 0) + 1;
    });
    const columns: Column[] = periods.map((_, later) => ({
      key: `p${later}`,
      title: later === 0 ? 'First' : `+${later}`,
      type: 'count',
      counts: 'people',
      of: 'size',
    }));
    const rows = periods.map((period, cohort) => ({
      key: period.key,
      cells: {
        period: period.title,
        size: table[cohort]?.[0] ?? 0,
        ...Object.fromEntries(
          columns.map(({ key }, later) => [key, cohort + later < periods.length ? (table[cohort]?.[later] ?? 0) : null]),
        ),
      },
    }));
    const size = table.reduce((sum, row) => sum + (row[0] ?? 0), 0);
    return {
      columns: [
        { key: 'period', title: 'First contribution', type: 'period' },
        { key: 'size', title: 'People', type: 'count', counts: 'people' },
        ...columns,
      ],
      rows,
      headline: [{ key: 'size', title: 'New contributors', type: 'count', value: size, counts: 'people' }],
      notes: partialNote(periods),
      excluded: exclusion.excluded,
    };
  },

  open(census, ask, row, column) {
    const periods = periodsFor(ask);
    if (row === '*') {
      const all: number[] = [];
      eachReturn(census, ask, periods, undefined, (member, cohort, period) => {
        if (cohort === period) all.push(member);
      });
      return { ...ask.selection, members: setOf(membersSize(census), all) };
    }
    const wanted = periods.findIndex((period) => period.key === row);
    const later = column === 'size' ? 0 : Number(/^p(\d{1,4})$/.exec(column)?.[1]);
    const then = periods[wanted + later];
    if (wanted < 0 || then === undefined) return undefined;
    const found: number[] = [];
    eachReturn(census, ask, periods, undefined, (member, cohort, period) => {
      if (cohort === wanted && period === wanted + later) found.push(member);
    });
    return { ...within(ask.selection, then), members: setOf(membersSize(census), found) };
  },
};

/** Calls once for each member and period in which the member contributed, with the cohort that the member is of. */
function eachReturn(
  census: Census,
  ask: Ask,
  periods: Period[],
  exclusion: Exclusion | undefined,
  visit: (member: number, cohort: number, period: number) => void,
): void {
  const { selection } = ask;
  const first = firstDays(census, selection);
  const indexOf = periodIndex(selection, periods);
  periods.forEach((period, p) => {
    eachOf(distinctMembers(census, within(selection, period), exclusion).members, (member) => {
      const day = first[member] ?? never;
      // Cohorts from before the window are not in the table.
      if (day >= selection.from && day <= selection.to) visit(member, indexOf[day - selection.from] ?? 0, p);
    });
  });
}
