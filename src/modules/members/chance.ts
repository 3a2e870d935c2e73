import type { NameCounts } from './evidence.ts';

/**
 * How likely a stranger would share something by chance. Everything that two people have in common is turned into one
 * question: how many strangers in this community would be expected to have all of that in common too?
 */

/** Of those who make a handle of their name, so many choose this very form of it (`alovelace`, `adalovelace`, …). */
const oneForm = 0.2;
/** Two people whose given names begin alike. */
export const sameInitial = 0.08;

/** The share of people with this word in their name; those who are compared do not make their own name common. */
export function shareOf(word: string, counts: NameCounts, sharing: number): number {
  return Math.max(1, counts.of(word) - sharing + 1) / (counts.people + 1000);
}

/** Given and family names go together by language: this many times as often as if they were drawn apart. */
const together = 4;

/** The share of people who are called so, in any order of the words. */
export function shareOfName(words: readonly string[], counts: NameCounts, sharing: number): number {
  const factors = words.map((word) => (word.length === 1 ? sameInitial : shareOf(word, counts, sharing)));
  const whole = words.filter((word) => word.length > 1).length;
  return factors.reduce((product, factor) => product * factor, whole > 1 ? together : 1);
}

/**
 * The least share for what so many people here have: nobody has that many accounts, so some of them are strangers, however
 * rare it seemed.
 */
export function shareSeen(sharing: number, counts: NameCounts): number {
  return (0.15 * Math.max(0, sharing - 3) + 0.5 * Math.max(0, sharing - 6)) / (counts.people + 1000);
}

/** The share of people who would choose this handle: by its words if it is made of a name, else by its length. */
export function shareOfHandle(key: string, counts: NameCounts, sharing: number): number {
  const all = counts.people + 1000;
  const [, stem = key, digits = ''] = /^(.*?)(\d*)$/.exec(key) ?? [];
  // People like years and small numbers: two digits are one in fifty rather than one in a hundred.
  const byDigits = digits === '' ? 1 : 2 * 10 ** -Math.min(digits.length, 4);
  const ofNames = shareOfNamesIn(stem, counts, sharing);
  if (ofNames > 0) return Math.max(ofNames * oneForm * byDigits, 0.01 / all);
  // A made-up word: the longer, the fewer would hit upon it.
  const letters = stem.length + digits.length;
  const strangers = letters >= 10 ? 0.02 : letters >= 8 ? 0.05 : letters >= 6 ? 0.1 : letters === 5 ? 0.4 : 0.8;
  return strangers / all;
}

/** The share of people whose name the letters are made of: a given or family name, an initial and a name, or two names. */
function shareOfNamesIn(stem: string, counts: NameCounts, sharing: number): number {
  const known = (word: string) => word.length > 2 && counts.of(word) > Math.max(1, sharing);
  if (known(stem)) return shareOf(stem, counts, sharing);
  let best = 0;
  if (known(stem.slice(1))) best = sameInitial * shareOf(stem.slice(1), counts, sharing);
  if (known(stem.slice(0, -1))) best = Math.max(best, sameInitial * shareOf(stem.slice(0, -1), counts, sharing));
  for (let at = 3; at <= stem.length - 3; at += 1) {
    const [one, two] = [stem.slice(0, at), stem.slice(at)];
    if (known(one) && known(two)) best = Math.max(best, together * shareOf(one, counts, sharing) * shareOf(two, counts, sharing));
  }
  return best;
}

/** The share of namesakes who would choose the same handle: it says less when it is made of the name. */
export function shareOfFormAmongNamesakes(key: string): number {
  const digits = /\d*$/.exec(key)?.[0].length ?? 0;
  return oneForm * (digits === 0 ? 1 : 2 * 10 ** -Math.min(digits, 4));
}

/** For each who has another identity here, about so many have one that agrees. */
const expectedTrue = 1;

/** From the strangers that would be expected to have as much in common to how sure one may be: 0 to 0.99. */
export function scoreOf(strangers: number): number {
  return Math.min(0.99, expectedTrue / (expectedTrue + strangers));
}
