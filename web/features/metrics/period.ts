import type { Input } from '../../api.ts';

/** The windows that a report can be asked for, as the server names them. Pure; days are `2026-02-28`, in the workspace's zone. */

export const presets = [
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
] as const satisfies readonly Input<'metrics.report'>['period'][];
export type Preset = (typeof presets)[number];

export interface Window {
  from: string;
  to: string;
}

/** What a window is reckoned from: today, the month in which the fiscal year begins, and the whole record. */
export interface Calendar {
  today: string;
  fiscalStart: number;
  span: Window | null | undefined;
}

export function isPreset(text: string | undefined): text is Preset {
  return (presets as readonly string[]).includes(text ?? '');
}

/** Undefined while it cannot be said: the whole record, before its span is known. */
export function windowOf(preset: Preset, { today, fiscalStart, span }: Calendar): Window | undefined {
  const { year, quarter } = fiscalOf(today, fiscalStart);
  const quarterStart = (count: number) => monthStart(year, fiscalStart + count * 3);
  switch (preset) {
    case '7d':
      return { from: daysBefore(today, 6), to: today };
    case '30d':
      return { from: daysBefore(today, 29), to: today };
    case '90d':
      return { from: daysBefore(today, 89), to: today };
    case '365d':
      return { from: daysBefore(today, 364), to: today };
    case '12m':
      return { from: monthStart(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 11), to: today };
    case 'last-week': {
      const monday = daysBefore(today, ((new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7) + 7);
      return { from: monday, to: daysBefore(monday, -6) };
    }
    case 'last-month': {
      const [first, next] = [1, 0].map((before) => monthStart(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - before));
      return { from: first ?? today, to: daysBefore(next ?? today, 1) };
    }
    case 'this-quarter':
      return { from: quarterStart(quarter), to: today };
    case 'last-quarter':
      return { from: quarterStart(quarter - 1), to: daysBefore(quarterStart(quarter), 1) };
    case 'this-year':
      return { from: monthStart(year, fiscalStart), to: today };
    case 'last-year':
      return { from: monthStart(year - 1, fiscalStart), to: daysBefore(monthStart(year, fiscalStart), 1) };
    case 'all':
      break;
  }
  return span === undefined ? undefined : { from: span?.from ?? today, to: today };
}

/** `This quarter (FY27 Q4)`: fiscal ones are named, where the fiscal year is not the calendar's. */
export function presetTitle(preset: Preset, { today, fiscalStart }: Pick<Calendar, 'today' | 'fiscalStart'>): string {
  const { year, quarter } = fiscalOf(today, fiscalStart);
  const yearName = (first: number) => (fiscalStart === 1 ? String(first) : `FY${String((first + 1) % 100).padStart(2, '0')}`);
  const quarterName = (count: number) => (count < 0 ? `${yearName(year - 1)} Q4` : `${yearName(year)} Q${count + 1}`);
  const titles: Record<Preset, string> = {
    '7d': 'Last 7 days',
    '30d': 'Last 30 days',
    '90d': 'Last 90 days',
    '365d': 'Last 365 days',
    '12m': 'Last 12 months',
    'last-week': 'Last week',
    'last-month': 'Last month',
    'this-quarter': `This quarter (${quarterName(quarter)})`,
    'last-quarter': `Last quarter (${quarterName(quarter - 1)})`,
    'this-year': `This ${fiscalStart === 1 ? '' : 'fiscal '}year (${yearName(year)})`,
    'last-year': `Last ${fiscalStart === 1 ? '' : 'fiscal '}year (${yearName(year - 1)})`,
    all: 'The whole record',
  };
  return titles[preset];
}

export type Granularity = 'day' | 'week' | 'month' | 'quarter' | 'year' | 'fiscal_quarter' | 'fiscal_year';

/** Periods that fit a window: some ten to fifty of them. A cohort table has a column for each too, so it takes fewer. */
export function fittingGranularity({ from, to }: Window, few = false): Granularity {
  const days = lengthOf(from, to) / (few ? 0.4 : 1);
  if (days <= 45 && !few) return 'day';
  if (days <= 190) return 'week';
  if (days <= 3.2 * 366) return 'month';
  return days <= 16 * 366 ? 'quarter' : 'year';
}

/** Days in a window, both ends included. */
function lengthOf(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}

export function isDay(text: string | undefined): text is string {
  return (
    text !== undefined &&
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    new Date(Date.parse(text)).toISOString().startsWith(text)
  );
}

/** `1 Feb 2026 – 30 Apr 2026`. */
export function windowTitle({ from, to }: Window): string {
  return from === to ? showDay(from) : `${showDay(from)} – ${showDay(to)}`;
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

export function showDay(day: string): string {
  return dayFormat.format(new Date(`${day}T00:00:00Z`));
}

export function todayIn(timeZone: string | null, now = new Date()): string {
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone: timeZone ?? 'UTC' }).format(now);
}

/** The calendar year in which the fiscal year of a day begins, and how many of its quarters are over. */
function fiscalOf(day: string, fiscalStart: number): { year: number; quarter: number } {
  const year = Number(day.slice(0, 4));
  const month = Number(day.slice(5, 7));
  return { year: month >= fiscalStart ? year : year - 1, quarter: Math.floor(((month - fiscalStart + 12) % 12) / 3) };
}

/** First day of a month; months before January and after December run into the years around. */
function monthStart(year: number, month: number): string {
  return new Date(Date.UTC(year, month - 1, 1)).toISOString().slice(0, 10);
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);
}
