import type { Period } from '../calendar.ts';
import type { Census } from '../census.ts';
import { openExclusion } from '../counting.ts';
import type { Exclusion, Selection } from '../counting.ts';
import { during, partialNote, periodColumn, periodIndex, periodsFor } from '../report.ts';
import type { Column, CountedReport } from '../report.ts';
import type { Series } from '../sheets.ts';
import { walkTotals } from '../totals.ts';

/** As many as colours can be told apart; the rest is "other". */
const mostShown = 8;

/** Activities over time, in one column for each source or kind, the largest first. */
export function activityOver(about: {
  id: string;
  title: string;
  question: string;
  of: 'source' | 'kind';
  numberOf(series: Series): number;
}): CountedReport {
  const { of, numberOf } = about;

  /** By source or kind: activities in each period, in one pass. The one with most in the window comes first. */
  function count(census: Census, selection: Selection, periods: readonly Period[], exclusion?: Exclusion): [number, Float64Array][] {
    const indexOf = periodIndex(selection, periods);
    const sums = new Map<number, Float64Array>();
    walkTotals(census, selection, exclusion, (series, day, activities) => {
      let own = sums.get(numberOf(series));
      if (own === undefined) sums.set(numberOf(series), (own = new Float64Array(periods.length)));
      const at = indexOf[day - selection.from] ?? 0;
      own[at] = (own[at] ?? 0) + activities;
    });
    return [...sums].sort(([a, own], [b, other]) => total(other) - total(own) || a - b);
  }

  return {
    id: about.id,
    title: about.title,
    question: about.question,
    definition: `Activities in each period, by ${of}. The ${mostShown} with the most activities in the window have a column each, the others are together. Leaving does not count. Bots are left out.`,
    source: { title: 'Rapport' },
    kinds: 'activities',
    options: ['granularity'],
    granularity: 'month',
    chart: { type: 'stacked', x: 'period' },

    run(census, ask) {
      const exclusion = openExclusion(census);
      const periods = periodsFor(ask);
      const all = count(census, ask.selection, periods, exclusion);
      const top = all.slice(0, mostShown);
      const rest = all.slice(mostShown);
      const columns: Column[] = [
        ...top.map(([number]): Column => ({
          key: `${of}${number}`,
          title: '',
          type: 'count',
          counts: 'activities',
          about: { type: of, id: number },
        })),
        ...(rest.length > 0 ? [{ key: 'other', title: 'Other', type: 'count', counts: 'activities' } satisfies Column] : []),
      ];
      const rows = periods.map((period, p) => {
        const own = Object.fromEntries(top.map(([number, sums]) => [`${of}${number}`, sums[p] ?? 0]));
        const other = rest.reduce((sum, [, sums]) => sum + (sums[p] ?? 0), 0);
        const sum = all.reduce((so, [, sums]) => so + (sums[p] ?? 0), 0);
        return { key: period.key, cells: { period: period.title, ...own, ...(rest.length > 0 ? { other } : {}), total: sum } };
      });
      return {
        columns: [periodColumn, ...columns, { key: 'total', title: 'All', type: 'count', counts: 'activities' }],
        rows,
        headline: [
          {
            key: 'total',
            title: 'Activities',
            type: 'count',
            value: all.reduce((sum, [, own]) => sum + total(own), 0),
            counts: 'activities',
          },
        ],
        notes: partialNote(periods),
        excluded: exclusion.excluded,
      };
    },

    open(census, ask, row, column) {
      const selection = during(ask, row);
      if (selection === undefined || column === 'total') return selection;
      const ranking = count(census, ask.selection, periodsFor(ask)).map(([one]) => one);
      const number = new RegExp(`^${of}(\\d+)$`).exec(column)?.[1];
      const numbers = column === 'other' ? ranking.slice(mostShown) : number === undefined ? undefined : [Number(number)];
      if (numbers === undefined) return undefined;
      return of === 'source' ? { ...selection, sources: numbers } : { ...selection, kinds: numbers };
    },
  };
}

function total(sums: Float64Array): number {
  return sums.reduce((sum, value) => sum + value, 0);
}
