import type { Census } from '../census.ts';
import { openExclusion, selectSeries, walk } from '../counting.ts';
import type { Selection } from '../counting.ts';
import { rankCounts } from '../ranking.ts';
import { during, partialNote, periodColumn, periodIndex, periodsFor } from '../report.ts';
import type { Column, Report } from '../report.ts';
import type { Series } from '../sheets.ts';

/** As many as colours can be told apart; the rest is "other". */
const mostShown = 8;

/** Activities over time, in one column for each source or kind, the largest first. */
export function activityOver(about: { id: string; title: string; question: string; of: 'source' | 'kind'; numberOf(series: Series): number }): Report {
  const { of, numberOf } = about;

  function shown(census: Census, selection: Selection): number[] {
    const sums = new Float64Array(1 + Math.max(0, ...selectSeries(census, selection).map(numberOf)));
    walk(census, selection, undefined, (batch) => {
      const number = numberOf(batch.series);
      sums[number] = (sums[number] ?? 0) + sumOf(batch);
    });
    return rankCounts(sums).map(({ id }) => id);
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
      const ranking = shown(census, ask.selection);
      const top = ranking.slice(0, mostShown);
      const place = new Map(top.map((number, i) => [number, i]));
      const other = ranking.length > mostShown;
      const width = top.length + (other ? 1 : 0);
      const periods = periodsFor(ask);
      const indexOf = periodIndex(ask.selection, periods);
      const sums = new Float64Array(periods.length * width);
      walk(census, ask.selection, exclusion, (batch) => {
        const at = (indexOf[batch.day - ask.selection.from] ?? 0) * width + (place.get(numberOf(batch.series)) ?? top.length);
        sums[at] = (sums[at] ?? 0) + sumOf(batch);
      });
      const columns: Column[] = [
        ...top.map((number): Column => ({ key: `${of}${number}`, title: '', type: 'count', counts: 'activities', about: { type: of, id: number } })),
        ...(other ? [{ key: 'other', title: 'Other', type: 'count', counts: 'activities' } satisfies Column] : []),
      ];
      const rows = periods.map((period, p) => {
        const own = columns.map(({ key }, c) => [key, sums[p * width + c] ?? 0] as const);
        return { key: period.key, cells: { period: period.title, ...Object.fromEntries(own), total: own.reduce((sum, [, value]) => sum + value, 0) } };
      });
      return {
        columns: [periodColumn, ...columns, { key: 'total', title: 'All', type: 'count', counts: 'activities' }],
        rows,
        headline: [{ key: 'total', title: 'Activities', type: 'count', value: sums.reduce((sum, value) => sum + value, 0), counts: 'activities' }],
        notes: partialNote(periods),
        excluded: exclusion.excluded,
      };
    },

    open(census, ask, row, column) {
      const selection = during(ask, row);
      if (selection === undefined || column === 'total') return selection;
      const ranking = shown(census, ask.selection);
      const number = new RegExp(`^${of}(\\d+)$`).exec(column)?.[1];
      const numbers = column === 'other' ? ranking.slice(mostShown) : number === undefined ? undefined : [Number(number)];
      if (numbers === undefined) return undefined;
      return of === 'source' ? { ...selection, sources: numbers } : { ...selection, kinds: numbers };
    },
  };
}

function sumOf({ counts, size }: { counts: Int32Array; size: number }): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += counts[i] ?? 0;
  return sum;
}
