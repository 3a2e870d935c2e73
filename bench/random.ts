/** Chance that is the same at every run: mulberry32, good enough for made-up people. */
export interface Random {
  /** From 0 up to 1, 1 not included. */
  next(): number;
  /** A whole number from 0 up to `below`, not included. */
  below(below: number): number;
  pick<T>(list: readonly T[]): T;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    pick(list) {
      const found = list[below(list.length)];
      if (found === undefined) throw new Error('Nothing to pick from.');
      return found;
    },
  };
}

/** A rank below `count` of which low ones are far likelier: density falls with rank to the power of -0.7, as in real communities. */
export function zipfRank(random: Random, count: number): number {
  return Math.min(count - 1, Math.floor(count * random.next() ** (1 / 0.3)));
}
