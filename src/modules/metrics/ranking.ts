/** Arithmetic over how much each of many made. Pure. */

/** The largest first, equal ones by id: `ids[i]` has `amounts[i]`. */
export interface Ranking {
  ids: Int32Array;
  amounts: Float64Array;
}

/** From here on amounts are sorted by comparing; there are few of those. */
const tallest = 1 << 16;

/** Ranks what each id has; those with nothing are not in it. Whole amounts are sorted by counting: in one pass, not n log n. */
export function rankCounts(counts: Float64Array | Int32Array): Ranking {
  const height = new Int32Array(tallest + 1);
  let size = 0;
  let whole = true;
  for (let id = 0; id < counts.length; id++) {
    const amount = counts[id] ?? 0;
    if (amount <= 0) continue;
    size += 1;
    whole &&= Number.isInteger(amount);
    const step = amount < tallest ? Math.floor(amount) : tallest;
    height[step] = (height[step] ?? 0) + 1;
  }
  const ranking = { ids: new Int32Array(size), amounts: new Float64Array(size) };
  // Where the first of each amount goes, the tallest first.
  let place = 0;
  for (let step = tallest; step >= 0; step--) {
    const many = height[step] ?? 0;
    height[step] = place;
    place += many;
  }
  for (let id = 0; id < counts.length; id++) {
    const amount = counts[id] ?? 0;
    if (amount <= 0) continue;
    const step = amount < tallest ? Math.floor(amount) : tallest;
    const at = height[step] ?? 0;
    height[step] = at + 1;
    ranking.ids[at] = id;
  }
  // Split amounts lie within their step in any order; so do those too tall for one.
  const unsorted = whole ? (height[tallest] ?? 0) : size;
  if (unsorted > 1) ranking.ids.subarray(0, unsorted).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  for (let i = 0; i < size; i++) ranking.amounts[i] = counts[ranking.ids[i] ?? 0] ?? 0;
  return ranking;
}

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
 * person who crosses a line is still above it, so whoever alone makes 85 % is core. Equal amounts get the same level:
 * where a line falls among several of them, the one below, or hundreds who came once would be core. The largest are
 * core in any case. Amounts are sorted, largest first.
 */
export function levelLines(amounts: Float64Array | readonly number[], core = 0.8, regular = 0.95): LevelLines {
  let total = 0;
  for (const amount of amounts) total += amount;
  const lines = { core: Number.POSITIVE_INFINITY, regular: Number.POSITIVE_INFINITY };
  let before = 0;
  for (let first = 0; first < amounts.length && before / total < regular;) {
    const amount = amounts[first] ?? 0;
    let next = first + 1;
    while (next < amounts.length && amounts[next] === amount) next += 1;
    const after = before + amount * (next - first);
    // A hair above the line is on it: split amounts are fractions.
    const above = (line: number) => before / total < line && (next - first === 1 || first === 0 || after / total <= line + 1e-12);
    if (above(core)) lines.core = amount;
    if (above(regular)) lines.regular = amount;
    else break;
    before = after;
    first = next;
  }
  return lines;
}

export function levelOf(amount: number, lines: LevelLines): Level {
  return amount >= lines.core ? 'core' : amount >= lines.regular ? 'regular' : 'casual';
}

/** Mean and standard deviation (of the whole, not of a sample) of values and of so many zeros. */
export function spread(values: readonly number[], zeros = 0): { mean: number; deviation: number } {
  const size = values.length + zeros;
  if (size === 0) return { mean: 0, deviation: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / size;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, zeros * mean ** 2) / size;
  return { mean, deviation: Math.sqrt(variance) };
}

/**
 * (σ − μ) ÷ (σ + μ) of the gaps: −1 for clockwork, about 0 for chance, towards 1 for bursts
 * (Goh and Barabási, Burstiness and memory in complex systems, 2008). Null without two gaps.
 * `zeros`: gaps of nothing beside those listed; most are.
 */
export function burstiness(gaps: readonly number[], zeros = 0): number | null {
  const { mean, deviation } = spread(gaps, zeros);
  return gaps.length + zeros < 2 || mean + deviation === 0 ? null : (deviation - mean) / (deviation + mean);
}
