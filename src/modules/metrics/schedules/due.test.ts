import { expect, test } from 'vitest';
import { nextDue } from './due.ts';

const next = (after: string, every: 'week' | 'month', day: number, hour: number, zone = 'Europe/Berlin') =>
  nextDue(new Date(after), { every, day, hour }, zone).toISOString();

test('is due by the clock of the workspace, in winter and in summer', () => {
  expect(next('2026-01-07T12:00:00Z', 'week', 1, 9)).toBe('2026-01-12T08:00:00.000Z');
  expect(next('2026-07-08T12:00:00Z', 'week', 1, 9)).toBe('2026-07-13T07:00:00.000Z');
  expect(next('2026-01-12T08:00:00Z', 'week', 1, 9)).toBe('2026-01-19T08:00:00.000Z');
  expect(next('2026-01-12T07:59:59Z', 'week', 1, 9)).toBe('2026-01-12T08:00:00.000Z');
  // Still Sunday in New York.
  expect(next('2026-01-12T03:00:00Z', 'week', 7, 23, 'America/New_York')).toBe('2026-01-12T04:00:00.000Z');
});

test('takes the last day of a shorter month, and the hour after one that clocks skip', () => {
  expect(next('2026-02-01T00:00:00Z', 'month', 31, 9)).toBe('2026-02-28T08:00:00.000Z');
  expect(next('2024-02-01T00:00:00Z', 'month', 30, 9)).toBe('2024-02-29T08:00:00.000Z');
  expect(next('2026-03-28T12:00:00Z', 'week', 7, 2)).toBe('2026-03-29T01:00:00.000Z');
  expect(next('2026-03-28T12:00:00Z', 'week', 7, 3)).toBe('2026-03-29T01:00:00.000Z');
});
