import { expect, test } from 'vitest';
import { absenceFactor, burstiness, levelLines, levelOf, rankCounts, spread } from './ranking.ts';

test('the absence factor is the fewest who make at least half', () => {
  expect(absenceFactor([1000, 433, 343, 332, 202, 90, 42, 33])).toBe(2);
  expect(absenceFactor([5, 3, 2])).toBe(1);
  expect(absenceFactor([4, 3, 3])).toBe(2);
  expect(absenceFactor([])).toBe(0);
  expect(absenceFactor([4, 3, 3], 1)).toBe(3);
});

test('eight equal organizations have the elephant factor 4, though their amounts are split into fractions', () => {
  expect(absenceFactor(Array.from({ length: 8 }, () => 12.5))).toBe(4);
  expect(absenceFactor(Array.from({ length: 8 }, () => 100 / 3 / 8))).toBe(4);
});

test('whoever alone makes 85 % is core, and equal amounts have the same level, the lower where a line falls among them', () => {
  const levels = (amounts: number[]) => amounts.map((amount) => levelOf(amount, levelLines(amounts)));
  expect(levels([85, 9, 4, 2])).toEqual(['core', 'regular', 'regular', 'casual']);
  expect(levels([80, 15, 5])).toEqual(['core', 'regular', 'casual']);
  expect(levels([40, 20, 20, 20])).toEqual(['core', 'casual', 'casual', 'casual']);
  expect(levels([40, 40, 15, 5])).toEqual(['core', 'core', 'regular', 'casual']);
  expect(levels([60, 10, 10, 8, 8, 4])).toEqual(['core', 'core', 'core', 'casual', 'casual', 'casual']);
  expect(levels([50, ...Array.from({ length: 50 }, () => 1)]).filter((level) => level === 'core')).toHaveLength(1);
  expect(levels([1, 1, 1])).toEqual(['core', 'core', 'core']);
  expect(levels([1])).toEqual(['core']);
  expect(levels([])).toEqual([]);
});

test('ranks by amount, then by id, whole or split', () => {
  const show = (counts: number[]) => {
    const { ids, amounts } = rankCounts(Float64Array.from(counts));
    return [...ids].map((id, i) => [id, amounts[i]]);
  };
  expect(show([0, 3, 7, 3, 0, 9])).toEqual([
    [5, 9],
    [2, 7],
    [1, 3],
    [3, 3],
  ]);
  expect(show([0, 0.5, 1, 0.5])).toEqual([
    [2, 1],
    [1, 0.5],
    [3, 0.5],
  ]);
  expect(show([0, 2 ** 40, 2 ** 40 + 1])).toEqual([
    [2, 2 ** 40 + 1],
    [1, 2 ** 40],
  ]);
  expect(show([0, 2 ** 22 - 1, 2 ** 22 - 1])).toEqual([
    [1, 2 ** 22 - 1],
    [2, 2 ** 22 - 1],
  ]);
});

test('clockwork is −1, bursts go towards 1', () => {
  expect(burstiness([3, 3, 3, 3])).toBe(-1);
  expect(burstiness([...Array.from({ length: 99 }, () => 0), 100])).toBeGreaterThan(0.8);
  expect(burstiness([4])).toBeNull();
  expect(burstiness([0, 0])).toBeNull();
  expect(burstiness([100], 99)).toBe(burstiness([...Array.from({ length: 99 }, () => 0), 100]));
  expect(spread([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, deviation: 2 });
});
