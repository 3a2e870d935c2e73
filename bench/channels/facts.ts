import { createRandom, zipfRank } from '../random.ts';
import { createProse, makeWord } from '../words.ts';

/** Somebody of a made-up program, under the same number wherever they are met. */
export interface BenchPerson {
  id: number;
  handle: string;
  name: string;
  email: string;
  company: string;
}

export interface BenchThread {
  number: number;
  title: string;
  slug: string;
  by: BenchPerson;
  at: number;
}

/** What a raw item is made of. */
export interface Facts {
  /** The item's place in its stream, from 0. */
  n: number;
  /** Unique among all items of the source. */
  id: number;
  /** Milliseconds since 1970. `later` is up to a day after. */
  at: number;
  later: number;
  who: BenchPerson;
  other: BenchPerson;
  /** The one that it opens, or the one that it belongs to. */
  thread: BenchThread;
  text: string;
}

/** The made-up year. The one after it begins where the reports' benchmark stands. */
export const yearBegins = Date.UTC(2024, 11, 30);
export const year = 365 * 86_400_000;

const prose = createProse(7);
const givenNames =
  'Ada Bruno Chiara Dmitri Elif Femi Grace Hiro Ines João Kateřina Lars Mei Nadia Omar Priya Quentin Rosa Søren Tuấn Uma Viktor Wanjiru Xin Yusuf Zoë'.split(
    ' ',
  );
const farthest = 400;
const companies = 5000;
const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

export function personOf(number: number): BenchPerson {
  const random = createRandom(number * 31 + 7);
  const family = `${makeWord(random)}${makeWord(random)}`;
  const handle = `${makeWord(random)}${makeWord(random)}${number.toString(36)}`;
  const host = random.next() < 0.3 ? 'mail.example.com' : `${makeWord(createRandom(zipfRank(random, 5000)))}.example`;
  return {
    id: 1000 + number,
    handle,
    name: `${random.pick(givenNames)} ${capitalised(family)}`,
    email: `${handle}@${host}`,
    company: capitalised(makeWord(createRandom(zipfRank(random, companies)))),
  };
}

/** People of one source: the numbers from `from` on, the longest known of them being the busiest. */
export interface Crowd {
  from: number;
  size: number;
}

/** Some text of a usual length: most say little, few say much. */
function textOf(seed: number): string {
  const random = createRandom(seed);
  return prose.text(random, Math.ceil(30 + 400 * random.next() ** 3));
}

/** When the item at `n` of `count` came. */
export function momentOf(seed: number, n: number, count: number): number {
  const jitter = createRandom(seed + n * 13).next();
  return Math.trunc(yearBegins + ((n + jitter) / count) * year);
}

/** Who did the item at `n` of `count`: the crowd grows, and a quarter of what happens is done by those who came last. */
export function actorOf(seed: number, n: number, count: number, crowd: Crowd): BenchPerson {
  const random = createRandom(seed + n * 17 + 1);
  const known = Math.max(Math.min(10, crowd.size), Math.floor(crowd.size * (0.1 + (0.9 * n) / count)));
  const rank = random.next() < 0.25 ? known - 1 - random.below(Math.ceil(known / 20)) : zipfRank(random, known);
  return personOf(crowd.from + rank);
}

/** Which opener, counted from the last one, something belongs to: mostly a recent one. */
export function distanceOf(seed: number, n: number): number {
  return zipfRank(createRandom(seed + n * 19 + 2), farthest);
}

export function threadOf(seed: number, n: number, count: number, crowd: Crowd): BenchThread {
  const random = createRandom(seed + n * 23 + 3);
  const title = prose.text(random, 20 + random.below(40)).replaceAll('. ', ' ');
  return {
    number: n + 1,
    title,
    slug: title.replaceAll(' ', '-'),
    by: actorOf(seed, n, count, crowd),
    at: momentOf(seed, n, count),
  };
}

export function factsOf(seed: number, n: number, count: number, crowd: Crowd, thread: BenchThread, id: number): Facts {
  const at = momentOf(seed, n, count);
  const random = createRandom(seed + n * 29 + 4);
  return {
    n,
    id,
    at,
    later: at + random.below(86_400_000),
    who: actorOf(seed, n, count, crowd),
    other: actorOf(seed + 1, n, count, crowd),
    thread,
    text: textOf(seed + n * 37 + 5),
  };
}

/** The nth most frequent word of all texts. */
export const wordOf = (rank: number): string => prose.word(rank);
