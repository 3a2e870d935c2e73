import type { Census } from '../census.ts';
import { openExclusion } from '../counting.ts';
import type { Exclusion, Selection } from '../counting.ts';
import { burstiness as burstinessOf, spread } from '../ranking.ts';
import { chaoss, during, partialNote, periodColumn, periodsFor } from '../report.ts';
import type { CountedReport } from '../report.ts';
import { walkTotals } from '../totals.ts';

/** A period is a burst or a lull when it lies further than this many standard deviations from the mean. */
const deviations = 2;

export const burstiness: CountedReport = {
  id: 'burstiness',
  title: 'Burstiness',
  question: 'Does activity come evenly or in bursts?',
  definition:
    'Activities in each period beside the mean of all of them; a period more than two standard deviations above or below is a burst or a lull. The index is (σ − μ) ÷ (σ + μ) of the gaps between one activity and the next, in whole days (0 on the same day): −1 for clockwork, about 0 for chance, towards 1 for bursts. Bots are left out.',
  source: chaoss('wg-metrics-development', 'time/burstiness', 'Burstiness'),
  kinds: 'activities',
  options: ['granularity'],
  granularity: 'week',
  chart: { type: 'bars', x: 'period', y: ['activities'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const periods = periodsFor(ask);
    const { from, to } = ask.selection;
    const days = countDays(census, ask.selection, exclusion);
    const sums = periods.map((period) => days.subarray(period.from - from, period.to - from + 1).reduce((sum, count) => sum + count, 0));
    const whole = sums.filter((_, p) => periods[p]?.partial !== true);
    const { mean, deviation } = spread(whole.length > 0 ? whole : sums);
    const rows = periods.map((period, p) => {
      const activities = sums[p] ?? 0;
      const state = activities > mean + deviations * deviation ? 'burst' : activities < mean - deviations * deviation ? 'lull' : '';
      return { key: period.key, cells: { period: period.title, activities, state: period.partial ? '' : state } };
    });
    const gaps: number[] = [];
    let zeros = 0;
    let last: number | undefined;
    for (let day = 0; day <= to - from; day++) {
      const count = days[day] ?? 0;
      if (count === 0) continue;
      if (last !== undefined) gaps.push(day - last);
      last = day;
      zeros += count - 1;
    }
    return {
      columns: [
        periodColumn,
        { key: 'activities', title: 'Activities', type: 'count', counts: 'activities' },
        { key: 'state', title: 'Burst or lull', type: 'text' },
      ],
      rows,
      headline: [
        { key: 'index', title: 'Burstiness index', type: 'number', value: burstinessOf(gaps, zeros) },
        { key: 'mean', title: 'Mean a period', type: 'number', value: mean },
        { key: 'deviation', title: 'Standard deviation', type: 'number', value: deviation },
      ],
      notes: ['Mean and deviation are those of whole periods.', ...partialNote(periods)],
      excluded: exclusion.excluded,
    };
  },

  open: (_census, ask, row) => during(ask, row),
};

function countDays(census: Census, selection: Selection, exclusion: Exclusion): Float64Array {
  const days = new Float64Array(selection.to - selection.from + 1);
  walkTotals(census, selection, exclusion, (_series, day, activities) => {
    days[day - selection.from] = (days[day - selection.from] ?? 0) + activities;
  });
  return days;
}
