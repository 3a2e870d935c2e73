/** Days and the periods they fall in. Pure. A day is a whole number: days since 1 January 1970, in the workspace's zone. */
export type Day = number;

export const granularities = ['day', 'week', 'month', 'quarter', 'year', 'fiscal_quarter', 'fiscal_year'] as const;
export type Granularity = (typeof granularities)[number];

/** One period of a report. The first and the last are cut to the window; `partial` says so. */
export interface Period {
  /** Stable, sorts by time: `2026-01`, `2026-W02`, `FY2027-Q1`. */
  key: string;
  /** For people: `Jan 2026`, `FY27 Q1`. */
  title: string;
  from: Day;
  to: Day;
  partial: boolean;
}

const dayLength = 86_400_000;

/** `2024-02-29` → 19782. The text must be a day that exists. */
export function readDay(text: string): Day {
  return Math.round(Date.parse(`${text}T00:00:00Z`) / dayLength);
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && showDay(readDay(text)) === text;
}

export function showDay(day: Day): string {
  return new Date(day * dayLength).toISOString().slice(0, 10);
}

/** The day that a moment falls on in an IANA zone. */
export function dayIn(timeZone: string, moment: Date): Day {
  return readDay(new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(moment));
}

/** All periods that touch a window of days, in order. `fiscalStart`: month in which the fiscal year begins, 1 is January. */
export function periodsOf(from: Day, to: Day, granularity: Granularity, fiscalStart: number): Period[] {
  const periods: Period[] = [];
  let day = from;
  while (day <= to) {
    const whole = periodAround(day, granularity, fiscalStart);
    const last = Math.min(whole.to, to);
    periods.push({ ...whole, from: day, to: last, partial: whole.from !== day || whole.to !== last });
    day = whole.to + 1;
  }
  return periods;
}

/** How many periods a window has at the most, without making them. */
export function countPeriods(from: Day, to: Day, granularity: Granularity): number {
  const days = { day: 1, week: 7, month: 28, quarter: 90, year: 365, fiscal_quarter: 90, fiscal_year: 365 }[granularity];
  return Math.ceil((to - from + 1) / days) + 1;
}

/** The whole period that a day is in. */
export function periodAround(day: Day, granularity: Granularity, fiscalStart: number): Period {
  const { year, month } = partsOf(day);
  switch (granularity) {
    case 'day':
      return period(showDay(day), showDay(day), day, day);
    case 'week':
      return weekAround(day);
    case 'month':
      return period(showDay(day).slice(0, 7), `${monthNames[month - 1]} ${year}`, firstOf(year, month), firstOf(year, month + 1) - 1);
    case 'quarter': {
      const quarter = Math.ceil(month / 3);
      return period(`${year}-Q${quarter}`, `Q${quarter} ${year}`, firstOf(year, quarter * 3 - 2), firstOf(year, quarter * 3 + 1) - 1);
    }
    case 'year':
      return period(`${year}`, `${year}`, firstOf(year, 1), firstOf(year + 1, 1) - 1);
    case 'fiscal_quarter': {
      const fiscal = fiscalOf(year, month, fiscalStart);
      const first = fiscal.firstMonth + (fiscal.quarter - 1) * 3;
      return period(
        `FY${fiscal.year}-Q${fiscal.quarter}`,
        `${shortFiscal(fiscal.year)} Q${fiscal.quarter}`,
        firstOf(fiscal.firstYear, first),
        firstOf(fiscal.firstYear, first + 3) - 1,
      );
    }
    case 'fiscal_year': {
      const fiscal = fiscalOf(year, month, fiscalStart);
      return period(
        `FY${fiscal.year}`,
        shortFiscal(fiscal.year),
        firstOf(fiscal.firstYear, fiscal.firstMonth),
        firstOf(fiscal.firstYear + 1, fiscal.firstMonth) - 1,
      );
    }
  }
}

/** Months since January of the year 0, by the day. */
export function monthOf(day: Day): number {
  const { year, month } = partsOf(day);
  return year * 12 + month - 1;
}

/** First and last day of a month as `monthOf` counts them. */
export function daysOfMonth(month: number): { from: Day; to: Day } {
  const year = Math.floor(month / 12);
  return { from: firstOf(year, (month % 12) + 1), to: firstOf(year, (month % 12) + 2) - 1 };
}

/** 1 to 31. */
export function dayOfMonth(day: Day): number {
  return new Date(day * dayLength).getUTCDate();
}

/** The first day of the month that lies so many months before the month of a day. */
export function monthsBefore(day: Day, months: number): Day {
  const { year, month } = partsOf(day);
  return firstOf(year, month - months);
}

function period(key: string, title: string, from: Day, to: Day): Period {
  return { key, title, from, to, partial: false };
}

/** ISO 8601: weeks begin on Monday, and belong to the year of their Thursday. */
function weekAround(day: Day): Period {
  const monday = day - ((((day + 3) % 7) + 7) % 7);
  const { year } = partsOf(monday + 3);
  const fourth = firstOf(year, 1) + 3;
  const firstMonday = fourth - ((((fourth + 3) % 7) + 7) % 7);
  const week = String((monday - firstMonday) / 7 + 1).padStart(2, '0');
  return period(`${year}-W${week}`, `Week ${week}, ${year}`, monday, monday + 6);
}

/** A fiscal year is called by the calendar year in which it ends: with a start in February, 2 February 2026 is FY27 Q1. */
function fiscalOf(year: number, month: number, start: number): { year: number; quarter: number; firstYear: number; firstMonth: number } {
  const firstYear = month >= start ? year : year - 1;
  const quarter = Math.floor(((month - start + 12) % 12) / 3) + 1;
  return { year: start === 1 ? firstYear : firstYear + 1, quarter, firstYear, firstMonth: start };
}

function shortFiscal(year: number): string {
  return `FY${String(year % 100).padStart(2, '0')}`;
}

/** First day of a month; months past December run into the next year. */
function firstOf(year: number, month: number): Day {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, 1);
  return Math.round(date.getTime() / dayLength);
}

function partsOf(day: Day): { year: number; month: number } {
  const date = new Date(day * dayLength);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1 };
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
