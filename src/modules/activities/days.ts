/** Days of a time zone, as whole days since 1970-01-01, without asking Intl for each activity. */
export interface Days {
  /** The day in the zone that a moment (milliseconds) falls on. */
  dayOf(at: number): number;
}

const dayLength = 86_400_000;

/** Errors: RangeError for an unknown zone. */
export function daysIn(timeZone: string): Days {
  if (timeZone === 'UTC') return { dayOf: (at) => Math.floor(at / dayLength) };
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    era: 'short',
  });
  // The offset at the start of each UTC day; NaN where it changes within the day (twice a year).
  const offsets = new Map<number, number>();

  function exactOffset(at: number): number {
    const parts = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
    const year = Number(parts['year']) * (parts['era'] === 'BC' ? -1 : 1);
    const wall = Date.UTC(
      year,
      Number(parts['month']) - 1,
      Number(parts['day']),
      Number(parts['hour']),
      Number(parts['minute']),
      Number(parts['second']),
    );
    return wall - Math.floor(at / 1000) * 1000;
  }

  return {
    dayOf(at) {
      const utcDay = Math.floor(at / dayLength);
      let offset = offsets.get(utcDay);
      if (offset === undefined) {
        const start = exactOffset(utcDay * dayLength);
        offset = start === exactOffset((utcDay + 1) * dayLength) ? start : Number.NaN;
        offsets.set(utcDay, offset);
      }
      return Math.floor((at + (Number.isNaN(offset) ? exactOffset(at) : offset)) / dayLength);
    },
  };
}

/** 19723 → `2024-01-01`. */
export function showDay(day: number): string {
  return new Date(day * dayLength).toISOString().slice(0, 10);
}

export function readDay(text: string): number {
  return Math.floor(Date.parse(`${text}T00:00:00Z`) / dayLength);
}
