import { hash32 } from './hash.ts';
import type { NameCounts } from './evidence.ts';

const bits = 22;

/**
 * How often words occur in names, in 16 MB whatever the number of people: a word's count is found at its hash. Two words
 * that share a place count together, so a count is never too low, and a rare name at worst not taken for rare.
 */
export interface WordCounter extends NameCounts {
  add(word: string): void;
  person(): void;
}

export function createWordCounter(): WordCounter {
  const counts = new Uint32Array(2 ** bits);
  let people = 0;
  const place = (word: string) => hash32(word, 7) >>> (32 - bits);
  return {
    get people() {
      return people;
    },
    of: (word) => counts[place(word)] ?? 0,
    add(word) {
      const at = place(word);
      counts[at] = (counts[at] ?? 0) + 1;
    },
    person() {
      people += 1;
    },
  };
}
