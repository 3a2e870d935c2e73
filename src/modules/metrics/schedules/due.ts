import { dayIn, showDay } from '../calendar.ts';
import type { Day } from '../calendar.ts';

/** When a schedule is due: by the clock of the workspace. */
export interface Rhythm {
  every: 'week' | 'month';
  /** Of the week, 1 is Monday; or of the month, where a shorter one takes its last. */
  day: number;
  hour: number;
}

/** The first moment after another at which a schedule is due. */
export function nextDue(after: Date, rhythm: Rhythm, timeZone: string): Date {
  const today = dayIn(timeZone, after);
  for (let day = today; day <= today + 62; day++) {
    if (!isDueOn(day, rhythm)) continue;
    const at = momentOf(day, rhythm.hour, timeZone);
    if (at > after) return at;
  }
  throw new Error('A schedule that is never due.');
}

function isDueOn(day: Day, { every, day: wanted }: Rhythm): boolean {
  const date = new Date(day * 86_400_000);
  if (every === 'week') return ((date.getUTCDay() + 6) % 7) + 1 === wanted;
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.getUTCDate() === Math.min(wanted, last);
}

/** The moment at which clocks of a zone show an hour of a day. An hour that is skipped in spring is the one after it. */
function momentOf(day: Day, hour: number, timeZone: string): Date {
  const wanted = Date.parse(`${showDay(day)}T${String(hour).padStart(2, '0')}:00:00Z`);
  let at = wanted;
  // The second round settles the days on which the clocks change.
  for (let round = 0; round < 2; round++) at = wanted - offsetAt(at, timeZone);
  return new Date(at);
}

/** Milliseconds that the clocks of a zone are ahead of UTC. */
function offsetAt(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '00';
  const shown = Date.parse(`${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}Z`);
  return shown - Math.floor(at / 1000) * 1000;
}
