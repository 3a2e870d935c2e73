import { monthsBefore, periodAround } from './calendar.ts';
import type { Day, Granularity } from './calendar.ts';

/** Windows by name, reckoned anew each day: what a saved dashboard and a scheduled report ask for. */
export const windowNames = [
  '7d',
  '30d',
  '90d',
  '365d',
  '12m',
  'last-week',
  'last-month',
  'this-quarter',
  'last-quarter',
  'this-year',
  'last-year',
  'all',
] as const;
export type WindowName = (typeof windowNames)[number];

/** The days of a window. Quarters and years are fiscal. `first`: the first day of the record, for all of it. */
export function windowOf(name: WindowName, today: Day, fiscalStart: number, first: Day | undefined): { from: Day; to: Day } {
  const whole = (day: Day, granularity: Granularity) => periodAround(day, granularity, fiscalStart);
  const last = (granularity: Granularity) => {
    const { from, to } = whole(whole(today, granularity).from - 1, granularity);
    return { from, to };
  };
  switch (name) {
    case '7d':
    case '30d':
    case '90d':
    case '365d':
      return { from: today - Number.parseInt(name, 10) + 1, to: today };
    case '12m':
      return { from: monthsBefore(today, 11), to: today };
    case 'last-week':
      return last('week');
    case 'last-month':
      return last('month');
    case 'this-quarter':
      return { from: whole(today, 'fiscal_quarter').from, to: today };
    case 'last-quarter':
      return last('fiscal_quarter');
    case 'this-year':
      return { from: whole(today, 'fiscal_year').from, to: today };
    case 'last-year':
      return last('fiscal_year');
    case 'all':
      return { from: Math.min(first ?? today, today), to: today };
  }
}

/** `Last 30 days`, `Last quarter (FY27 Q1)`. */
export function windowTitle(name: WindowName, today: Day, fiscalStart: number): string {
  const { from } = windowOf(name, today, fiscalStart, undefined);
  const fiscal = (granularity: 'fiscal_quarter' | 'fiscal_year') =>
    fiscalStart === 1
      ? periodAround(from, granularity === 'fiscal_year' ? 'year' : 'quarter', 1).title
      : periodAround(from, granularity, fiscalStart).title;
  const titles: Record<WindowName, string> = {
    '7d': 'Last 7 days',
    '30d': 'Last 30 days',
    '90d': 'Last 90 days',
    '365d': 'Last 365 days',
    '12m': 'Last 12 months',
    'last-week': 'Last week',
    'last-month': `Last month (${periodAround(from, 'month', 1).title})`,
    'this-quarter': `This quarter (${fiscal('fiscal_quarter')})`,
    'last-quarter': `Last quarter (${fiscal('fiscal_quarter')})`,
    'this-year': `This ${fiscalStart === 1 ? '' : 'fiscal '}year (${fiscal('fiscal_year')})`,
    'last-year': `Last ${fiscalStart === 1 ? '' : 'fiscal '}year (${fiscal('fiscal_year')})`,
    all: 'The whole record',
  };
  return titles[name];
}

/** Periods that fit a window: some ten to fifty of them. A cohort table has a column for each too, so it takes fewer. */
export function fittingGranularity({ from, to }: { from: Day; to: Day }, few: boolean): Granularity {
  const days = (to - from + 1) / (few ? 0.4 : 1);
  if (days <= 45 && !few) return 'day';
  if (days <= 190) return 'week';
  if (days <= 3.2 * 366) return 'month';
  return days <= 16 * 366 ? 'quarter' : 'year';
}
