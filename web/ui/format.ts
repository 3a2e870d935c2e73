const number = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });
// Days read alike in every browser, as in the pictures that go out; the clock is the viewer's.
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' });

/** 12345 → `12,345`. */
export function formatNumber(value: number): string {
  return number.format(value);
}

/** 12345 → `12.3K`: only where the exact number is one hover away. */
export function formatCompact(value: number): string {
  return compact.format(value);
}

/** 0.123 → `12%`. */
export function formatShare(value: number): string {
  return percent.format(value);
}

/** In the viewer's zone, with its name in the tooltip's second line. */
export function formatExact(at: Date): string {
  return `${exact.format(at)} (${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
}

export function formatDay(at: Date): string {
  return at.getFullYear() === new Date().getFullYear() ? shortDay.format(at) : day.format(at);
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** `2 hours ago`, `in 5 minutes`, `just now`. */
export function formatRelative(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  if (Math.abs(seconds) < 45) return seconds > 5 ? 'in a moment' : 'just now';
  return seconds > 0 ? 'in a minute' : 'a minute ago';
}

/** Seconds in words, as fine as they can be felt: 75 → `1 min 15 s`; 7300 → `2 h 2 min`; 1411 → `24 min`; 31 days → `31 d`. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return 'under a second';
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  if (seconds < 600) return joined(Math.round(seconds), 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return joined(minutes, 60, 'h', 'min');
  const hours = Math.round(seconds / 3600);
  return hours < 240 ? joined(hours, 24, 'd', 'h') : `${Math.round(seconds / 86_400)} d`;
}

function joined(value: number, of: number, bigUnit: string, smallUnit: string): string {
  const big = Math.floor(value / of);
  const parts = [big === 0 ? '' : `${big} ${bigUnit}`, value % of === 0 ? '' : `${value % of} ${smallUnit}`];
  return parts.filter((part) => part !== '').join(' ');
}

/** 1, 'source' → `1 source`; 2 → `2 sources`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${formatNumber(value)} ${value === 1 ? one : many}`;
}
