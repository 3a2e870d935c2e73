import { describe, expect, test } from 'vitest';
import { fittingGranularity, isDay, presetTitle, windowOf, windowTitle } from './period.ts';

const february = { today: '2026-11-21', fiscalStart: 2, span: { from: '2005-04-07', to: '2026-08-20' } };
const january = { ...february, fiscalStart: 1 };

describe('the window of a preset', () => {
  test('counts today among its days', () => {
    expect(windowOf('30d', january)).toEqual({ from: '2026-10-23', to: '2026-11-21' });
    expect(windowOf('12m', january)).toEqual({ from: '2025-12-01', to: '2026-11-21' });
  });

  test('follows the fiscal year', () => {
    expect(windowOf('this-quarter', february)).toEqual({ from: '2026-11-01', to: '2026-11-21' });
    expect(windowOf('last-quarter', february)).toEqual({ from: '2026-08-01', to: '2026-10-31' });
    expect(windowOf('this-year', february)).toEqual({ from: '2026-02-01', to: '2026-11-21' });
    expect(windowOf('last-year', february)).toEqual({ from: '2025-02-01', to: '2026-01-31' });
    expect(windowOf('this-quarter', { ...february, today: '2027-01-31' })).toEqual({ from: '2026-11-01', to: '2027-01-31' });
    expect(windowOf('last-quarter', { ...february, today: '2026-02-01' })).toEqual({ from: '2025-11-01', to: '2026-01-31' });
  });

  test('of the whole record waits until its span is known', () => {
    expect(windowOf('all', february)).toEqual({ from: '2005-04-07', to: '2026-11-21' });
    expect(windowOf('all', { ...february, span: undefined })).toBeUndefined();
    expect(windowOf('all', { ...february, span: null })).toEqual({ from: '2026-11-21', to: '2026-11-21' });
  });
});

test('fiscal periods are called by their name', () => {
  expect(presetTitle('this-quarter', february)).toBe('This quarter (FY27 Q4)');
  expect(presetTitle('last-quarter', { ...february, today: '2026-02-01' })).toBe('Last quarter (FY26 Q4)');
  expect(presetTitle('last-year', february)).toBe('Last fiscal year (FY26)');
  expect(presetTitle('this-quarter', january)).toBe('This quarter (2026 Q4)');
});

test('periods fit the window', () => {
  expect(fittingGranularity({ from: '2026-10-23', to: '2026-11-21' })).toBe('day');
  expect(fittingGranularity({ from: '2026-09-01', to: '2026-11-21' })).toBe('week');
  expect(fittingGranularity({ from: '2025-12-01', to: '2026-11-21' })).toBe('month');
  expect(fittingGranularity({ from: '2005-04-07', to: '2026-11-21' })).toBe('year');
  expect(fittingGranularity({ from: '2025-12-01', to: '2026-11-21' }, true)).toBe('month');
});

test('days are read strictly and shown plainly', () => {
  expect(isDay('2026-02-29')).toBe(false);
  expect(isDay('2024-02-29')).toBe(true);
  expect(windowTitle({ from: '2026-02-01', to: '2026-04-30' })).toBe('1 Feb 2026 – 30 Apr 2026');
});
