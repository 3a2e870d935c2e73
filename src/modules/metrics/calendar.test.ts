import { describe, expect, test } from 'vitest';
import { countPeriods, dayIn, granularities, isDay, periodAround, periodsOf, readDay, showDay } from './calendar.ts';

function keyOf(text: string, granularity: (typeof granularities)[number], start = 1): string {
  return periodAround(readDay(text), granularity, start).key;
}

function span(text: string, granularity: (typeof granularities)[number], start = 1): string {
  const period = periodAround(readDay(text), granularity, start);
  return `${showDay(period.from)} ${showDay(period.to)}`;
}

describe('fiscal years', () => {
  test('that begin in February are called by the year in which they end', () => {
    expect(periodAround(readDay('2026-02-01'), 'fiscal_quarter', 2).title).toBe('FY27 Q1');
    expect(span('2026-03-15', 'fiscal_quarter', 2)).toBe('2026-02-01 2026-04-30');
    expect(keyOf('2026-01-31', 'fiscal_quarter', 2)).toBe('FY2026-Q4');
    expect(span('2026-01-31', 'fiscal_quarter', 2)).toBe('2025-11-01 2026-01-31');
    expect(span('2026-12-31', 'fiscal_year', 2)).toBe('2026-02-01 2027-01-31');
  });

  test('that begin in January are the calendar year', () => {
    expect(keyOf('2026-12-31', 'fiscal_year', 1)).toBe('FY2026');
    expect(span('2026-05-01', 'fiscal_quarter', 1)).toBe(span('2026-05-01', 'quarter'));
  });

  test('end a quarter on a leap day', () => {
    expect(span('2024-02-29', 'fiscal_quarter', 3)).toBe('2023-12-01 2024-02-29');
    expect(span('2024-02-10', 'month')).toBe('2024-02-01 2024-02-29');
  });
});

test('ISO weeks belong to the year of their Thursday', () => {
  expect(keyOf('2027-01-01', 'week')).toBe('2026-W53');
  expect(keyOf('2024-12-30', 'week')).toBe('2025-W01');
  expect(span('1969-12-31', 'week')).toBe('1969-12-29 1970-01-04');
});

test('periods cover a window without hole or overlap, whatever the granularity', () => {
  const from = readDay('2019-11-17');
  const to = readDay('2024-03-02');
  for (const granularity of granularities) {
    for (const start of [1, 2, 7, 12]) {
      const periods = periodsOf(from, to, granularity, start);
      expect(periods[0]?.from).toBe(from);
      expect(periods.at(-1)?.to).toBe(to);
      periods.slice(1).forEach((period, i) => expect(period.from).toBe((periods[i]?.to ?? 0) + 1));
      expect(new Set(periods.map((period) => period.key)).size).toBe(periods.length);
      expect(periods.length).toBeLessThanOrEqual(countPeriods(from, to, granularity));
    }
  }
});

test('a cut period says so', () => {
  const [first, second, third] = periodsOf(readDay('2026-01-02'), readDay('2026-03-30'), 'month', 1);
  expect([first?.partial, second?.partial, third?.partial]).toEqual([true, false, true]);
});

test('a day is read, shown, and judged', () => {
  expect(readDay('2024-02-29')).toBe(19782);
  expect(showDay(readDay('1969-07-20'))).toBe('1969-07-20');
  expect(['2024-02-29', '2023-02-29', '2024-13-01', '24-01-01', 'today'].map(isDay)).toEqual([true, false, false, false, false]);
});

test('a moment falls on the day of the zone', () => {
  const moment = new Date('2026-03-01T04:30:00Z');
  expect(showDay(dayIn('UTC', moment))).toBe('2026-03-01');
  expect(showDay(dayIn('America/New_York', moment))).toBe('2026-02-28');
  expect(showDay(dayIn('Asia/Tokyo', new Date('2024-02-28T15:00:00Z')))).toBe('2024-02-29');
});
