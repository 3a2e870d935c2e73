/** Arithmetic over how much each of many made. Pure. */

/** The largest first, equal ones by id: `ids[i]` has `amounts[i]`. */
export interface Ranking {
  ids: Int32Array;
  amounts: Float64Array;
}

/** Ranks what each id has; those with nothing are not in it. */
export function rankCounts(counts: Float64Array): Ranking {
  const keys = new Float64Array(counts.length);
  let size = 0;
  let simple = true;
  for (let id = 0; id < counts.length; id++) {
    const amount = counts[id] ?? 0;
    if (amount <= 0) continue;
    simple &&= Number.isInteger(amount) && amount < largestKey;
    // Amount and id in one number, which sorts at the speed of numbers: a hundred thousand people in some ms.
    keys[size++] = amount * idSpan + (idSpan - 1 - id);
  }
  const ranking = { ids: new Int32Array(size), amounts: new Float64Array(size) };
  if (simple) {
    const sorted = keys.subarray(0, size).sort();
    for (let i = 0; i < size; i++) {
      const key = sorted[size - 1 - i] ?? 0;
      const amount = Math.floor(key / idSpan);
      ranking.amounts[i] = amount;
      ranking.ids[i] = idSpan - 1 - (key - amount * idSpan);
    }
    return ranking;
  }
  const ids = [...counts.keys()].filter((id) => (counts[id] ?? 0) > 0).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  ids.forEach((id, i) => {
    ranking.ids[i] = id;
    ranking.amounts[i] = counts[id] ?? 0;
  });
  return ranking;
}

/** Ids are below, and an amount below `largestKey` times this is a whole number that a double holds. */
const idSpan = 2 ** 31;
const largestKey = 2 ** 22;

/**
 * The smallest number of the largest that together make at least `threshold` (0 to 1) of the total. Exactly half is
 * enough for a half. 0 when there is nothing. Amounts are sorted, largest first.
 */
export function absenceFactor(amounts: Float64Array | readonly number[], threshold = 0.5): number {
  let total = 0;
  for (const amount of amounts) total += amount;
  // Amounts that were split evenly are fractions: a hair below the threshold is on it.
  const wanted = total * threshold * (1 - 1e-12);
  let sum = 0;
  let people = 0;
  for (const amount of amounts) {
    if (sum >= wanted) break;
    sum += amount;
    people += 1;
  }
  return people;
}

export type Level = 'core' | 'regular' | 'casual';

/** The amounts from which on somebody is core or regular. */
export interface LevelLines {
  core: number;
  regular: number;
}

/**
 * Core are the largest who together make up to `core` of the total, regular those up to `regular`, casual the rest. The
 * person who crosses a line is still above it, so whoever alone makes 85 % is core; equal amounts get the same level.
 * Amounts are sorted, largest first.
 */
export function levelLines(amounts: Float64Array | readonly number[], core = 0.8, regular = 0.95): LevelLines {
  let total = 0;
  for (const amount of amounts) total += amount;
  const lines = { core: Number.POSITIVE_INFINITY, regular: Number.POSITIVE_INFINITY };
  let before = 0;
  for (const amount of amounts) {
    if (before / total < core) lines.core = amount;
    if (before / total < regular) lines.regular = amount;
    else break;
    before += amount;
  }
  return lines;
}

export function levelOf(amount: number, lines: LevelLines): Level {
  return amount >= lines.core ? 'core' : amount >= lines.regular ? 'regular' : 'casual';
}

/** Mean and standard deviation (of the whole, not of a sample). */
export function spread(values: readonly number[]): { mean: number; deviation: number } {
  if (values.length === 0) return { mean: 0, deviation: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

/**
 * (σ − μ) ÷ (σ + μ) of the gaps: −1 for clockwork, about 0 for chance, towards 1 for bursts
 * (Goh and Barabási, Burstiness and memory in complex systems, 2008). Null without two gaps.
 */
export function burstiness(gaps: readonly number[]): number | null {
  const { mean, deviation } = spread(gaps);
  return gaps.length < 2 || mean + deviation === 0 ? null : (deviation - mean) / (deviation + mean);
}
