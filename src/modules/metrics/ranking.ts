/** Arithmetic over how much each of many made. Pure. */

export interface Share {
  id: number;
  amount: number;
}

/** Those with an amount, largest first; equal ones by id, so that a page is the same each time. */
export function ranked(amounts: Iterable<Share>): Share[] {
  return [...amounts].filter(({ amount }) => amount > 0).sort((a, b) => b.amount - a.amount || a.id - b.id);
}

export function rankCounts(counts: Float64Array): Share[] {
  const found: Share[] = [];
  for (let id = 0; id < counts.length; id++) {
    const amount = counts[id] ?? 0;
    if (amount > 0) found.push({ id, amount });
  }
  return found.sort((a, b) => b.amount - a.amount || a.id - b.id);
}

/**
 * The smallest number of the largest that together make at least `threshold` (0 to 1) of the total. Exactly half is
 * enough for a half. 0 when there is nothing.
 */
export function absenceFactor(sorted: readonly Share[], threshold = 0.5): number {
  const total = sorted.reduce((sum, { amount }) => sum + amount, 0);
  let sum = 0;
  let people = 0;
  // Amounts that were split evenly are fractions: a hair below the threshold is on it.
  const wanted = total * threshold * (1 - 1e-12);
  for (const { amount } of sorted) {
    if (sum >= wanted) break;
    sum += amount;
    people += 1;
  }
  return people;
}

export type Level = 'core' | 'regular' | 'casual';

/**
 * Core are the largest who together make up to `core` of the total, regular those up to `regular`, casual the rest. The
 * person who crosses a line is still above it, so whoever alone makes 85 % is core; equal amounts get the same level.
 */
export function levelsOf(sorted: readonly Share[], core = 0.8, regular = 0.95): Map<number, Level> {
  const total = sorted.reduce((sum, { amount }) => sum + amount, 0);
  const levels = new Map<number, Level>();
  let before = 0;
  let tied = 0;
  sorted.forEach(({ id, amount }, i) => {
    if (i > 0 && amount !== sorted[i - 1]?.amount) {
      before += tied;
      tied = 0;
    }
    tied += amount;
    const share = before / total;
    levels.set(id, share < core ? 'core' : share < regular ? 'regular' : 'casual');
  });
  return levels;
}

/** People in both ÷ people in the earlier: [a,b,c] → [b,c,d,e,f] is 2/3. Null when there was nobody. */
export function retentionRate(earlier: ReadonlySet<number>, later: ReadonlySet<number>): number | null {
  return earlier.size === 0 ? null : [...earlier].filter((id) => later.has(id)).length / earlier.size;
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
