import type { Window } from './rules.ts';

/** Days as text, first and last included; an open end is undefined. */
export interface DayRange {
  from: string | undefined;
  to: string | undefined;
}

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** The day that a moment falls on in an IANA zone. */
export function dayIn(timeZone: string, moment: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(moment);
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The days that a window means today. The last 30 days are today and the 29 before. */
export function rangeOf(window: Window, today: string): DayRange {
  switch (window.type) {
    case 'ever':
      return { from: undefined, to: undefined };
    case 'last':
      return { from: addDays(today, 1 - window.days), to: today };
    case 'ago':
      return { from: window.from === undefined ? undefined : addDays(today, -window.from), to: addDays(today, -window.to) };
    case 'between':
      return { from: window.from, to: window.to };
    case 'period':
      return periodRange(window.period, today);
  }
}

function periodRange(period: Extract<Window, { type: 'period' }>['period'], today: string): DayRange {
  const [when, unit] = period.split('_') as ['this' | 'last', 'week' | 'month' | 'quarter' | 'year'];
  const back = when === 'last' ? 1 : 0;
  if (unit === 'week') {
    // ISO weeks begin on Monday.
    const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7;
    const monday = addDays(today, -weekday - 7 * back);
    return { from: monday, to: addDays(monday, 6) };
  }
  const length = { month: 1, quarter: 3, year: 12 }[unit];
  const months = Number(today.slice(0, 4)) * 12 + Number(today.slice(5, 7)) - 1;
  const first = Math.floor(months / length) * length - back * length;
  return { from: firstOf(first), to: addDays(firstOf(first + length), -1) };
}

/** Months since the year 0 → the first day of that month. */
function firstOf(months: number): string {
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}-01`;
}
