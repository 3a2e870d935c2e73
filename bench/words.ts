import { createRandom, zipfRank } from './random.ts';
import type { Random } from './random.ts';

const starts = [
  'ba',
  'co',
  'de',
  'fi',
  'gra',
  'ho',
  'in',
  'ju',
  'ka',
  'lo',
  'me',
  'no',
  'o',
  'pra',
  'qui',
  're',
  'sta',
  'tri',
  'u',
  've',
  'wo',
  'ze',
];
const middles = ['', 'bi', 'ca', 'do', 'la', 'li', 'mo', 'na', 'pe', 'ra', 'ri', 'sa', 'ti', 'to', 'va'];
const ends = ['ble', 'c', 'd', 'le', 'm', 'n', 'nt', 'r', 's', 'st', 't', 'ter', 'tion', 'x'];

export function makeWord(random: Random): string {
  return `${random.pick(starts)}${random.pick(middles)}${random.next() < 0.5 ? random.pick(middles) : ''}${random.pick(ends)}`;
}

export interface Prose {
  /** Some words in a row, about so many letters. */
  text(random: Random, letters: number): string;
  /** The nth most frequent word. */
  word(rank: number): string;
}

/** A text of 20,000 different words, used as often as in speech, from which passages are cut. */
export function createProse(seed: number): Prose {
  const random = createRandom(seed);
  const vocabulary = new Set<string>();
  while (vocabulary.size < 20_000) vocabulary.add(vocabulary.size < 4000 ? makeWord(random) : `${makeWord(random)}${makeWord(random)}`);
  const words = [...vocabulary];
  const parts: string[] = [];
  for (let i = 0; i < 300_000; i++) parts.push(`${words[zipfRank(random, words.length)] ?? ''}${random.next() < 0.1 ? '. ' : ' '}`);
  const text = parts.join('');
  return {
    text(own, letters) {
      const from = text.indexOf(' ', own.below(text.length - letters - 100)) + 1;
      return text.slice(from, text.indexOf(' ', from + letters));
    },
    word: (rank) => words[rank] ?? '',
  };
}
