import { openExclusion } from '../counting.ts';
import type { Selection } from '../counting.ts';
import { chaoss } from '../report.ts';
import { hoursOf } from '../totals.ts';
import type { Ask, Column, CountedReport } from '../report.ts';

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const hourColumns: Column[] = Array.from({ length: 24 }, (_, hour) => ({
  key: `h${hour}`,
  title: `${String(hour).padStart(2, '0')}:00`,
  type: 'count',
  counts: 'activities',
}));

export const activityHours: CountedReport = {
  id: 'activity-hours',
  title: 'Activity by weekday and hour',
  question: 'When is the community awake?',
  definition:
    'Activities by day of the week and hour, Monday first. In UTC, or on the own clock of each person where the source keeps it (git does); activities without an own clock are then left out, and their number is shown. Bots are left out.',
  source: chaoss('wg-metrics-development', 'time/activity-dates-and-times', 'Activity Dates and Times'),
  kinds: 'activities',
  options: ['clock'],
  chart: { type: 'heatmap', x: 'weekday' },
  needsHours: true,

  run(census, ask) {
    const exclusion = openExclusion(census);
    const all = hoursOf(census, ask.selection, exclusion, ask.clock, ask.hours);
    const cells = all.subarray(0, 168);
    const unknown = all[168] ?? 0;
    const known = cells.reduce((sum, count) => sum + count, 0);
    return {
      columns: [{ key: 'weekday', title: 'Weekday', type: 'weekday' }, ...hourColumns],
      rows: weekdays.map((weekday, d) => ({
        key: `d${d + 1}`,
        cells: { weekday, ...Object.fromEntries(hourColumns.map(({ key }, h) => [key, cells[d * 24 + h] ?? 0])) },
      })),
      headline: [{ key: 'activities', title: 'Activities', type: 'count', value: known, counts: 'activities' }],
      notes: unknown === 0 ? [] : [`Left out, as their sources do not keep the person's own clock: ${unknown} activities.`],
      excluded: exclusion.excluded,
    };
  },

  open(_census, ask, row, column) {
    if (row === '*') return inHours(ask, 0, 167);
    const day = Number(/^d([1-7])$/.exec(row)?.[1]);
    const hour = Number(/^h(\d{1,2})$/.exec(column)?.[1]);
    if (!(day >= 1) || !(hour < 24)) return undefined;
    return inHours(ask, (day - 1) * 24 + hour, (day - 1) * 24 + hour);
  },
};

function inHours(ask: Ask, from: number, to: number): Selection | undefined {
  return ask.hours === undefined ? undefined : { ...ask.selection, hour: { clock: ask.clock, from, to, hours: ask.hours } };
}
