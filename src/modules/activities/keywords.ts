import { invalidInput } from '../../platform/errors.ts';

/** What decides whether a text is about a topic. */
export interface TopicRules {
  id: number;
  /** Words, phrases, and beginnings of words (`deploy*`), as people wrote them. */
  keywords: readonly string[];
  /** A text with one of these is not about the topic, whatever else it says. */
  exclusions: readonly string[];
  /** Only these; all where null. */
  sources: readonly number[] | null;
  kinds: readonly number[] | null;
}

/** All topics at once: a text is read one time, however many keywords there are. */
export interface Matcher {
  /** The topics that a text is about, ascending. */
  topicsOf(text: string, source: number, kind: number): number[];
  /** The keyword that was met first, as the person wrote it; undefined where nothing fits or something excludes. */
  firstKeyword(text: string): string | undefined;
}

export const mostKeywords = 200;
const longestKeyword = 80;

/**
 * A keyword as it is kept. Errors: `topic.keyword` with what is wrong. Nothing in it is a pattern, but for a star at the end.
 */
export function readKeyword(text: string): string {
  const word = text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  const shown = word.slice(0, 40);
  const core = word.endsWith('*') ? word.slice(0, -1) : word;
  if (core === '' || normal(core).trim() === '') throw invalidInput('topic.keyword', 'A keyword needs at least one letter, digit or sign.');
  if (word.length > longestKeyword)
    throw invalidInput('topic.keyword', `"${shown}…" is longer than ${longestKeyword} characters. Use the words that matter.`);
  if (core.includes('*'))
    throw invalidInput('topic.keyword', `"${shown}" has a star in the middle. A star stands at the end only: deploy* finds deployment.`);
  if (word !== core && [...normal(core).trim()].length < 2)
    throw invalidInput('topic.keyword', `"${shown}" would fit nearly every text. Put at least two letters before the star.`);
  return word;
}

// Accents of Latin, Greek and Cyrillic, vowel points of Hebrew and Arabic; the marks of other scripts are letters there.
const accents = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;
const invisible = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const between = /[\s\p{Pd}_]+/gu;

/** Lower case, without accents; spaces, hyphens and underscores are one space: `Merge-Request` is `merge request`. */
export function normal(text: string): string {
  // oxlint-disable-next-line no-control-regex -- most texts are ASCII
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase().replace(/[\s\-_]+/g, ' ');
  return text
    .replace(invisible, '')
    .toLowerCase()
    .normalize('NFKD')
    .replace(accents, '')
    .normalize('NFC')
    .replace(/ß/g, 'ss')
    .replace(/[øł]/g, (letter) => (letter === 'ø' ? 'o' : 'l'))
    .replace(between, ' ');
}

interface Pattern {
  topic: number;
  excludes: boolean;
  length: number;
  /** How the word goes on is left open. */
  open: boolean;
  keyword: string;
}

/** The search of Aho and Corasick (1975): the time depends on the text alone, not on how many keywords there are. */
export function compileTopics(topics: readonly TopicRules[]): Matcher {
  const next: Map<number, number>[] = [new Map()];
  const ending: Pattern[][] = [[]];
  topics.forEach((rules, topic) => {
    for (const keyword of rules.keywords) put(keyword, topic, false);
    for (const keyword of rules.exclusions) put(keyword, topic, true);
  });
  const fallback = linkFallbacks(next, ending);

  function put(keyword: string, topic: number, excludes: boolean): void {
    const open = keyword.endsWith('*');
    const word = normal(open ? keyword.slice(0, -1) : keyword).trim();
    if (word === '') return;
    let node = 0;
    for (let i = 0; i < word.length; i++) {
      const code = word.charCodeAt(i);
      let child = next[node]?.get(code);
      if (child === undefined) {
        child = next.push(new Map()) - 1;
        ending.push([]);
        next[node]?.set(code, child);
      }
      node = child;
    }
    ending[node]?.push({ topic, excludes, length: word.length, open, keyword });
  }

  /** Calls `visit` for each keyword in the text, in the order in which they end. */
  function search(given: string, visit: (pattern: Pattern) => void): void {
    const text = normal(given);
    let node = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      let child = next[node]?.get(code);
      while (child === undefined && node !== 0) {
        node = fallback[node] ?? 0;
        child = next[node]?.get(code);
      }
      node = child ?? 0;
      for (const pattern of ending[node] ?? []) if (isWhole(text, i - pattern.length + 1, i + 1, pattern.open)) visit(pattern);
    }
  }

  return {
    topicsOf(text, source, kind) {
      const found = new Set<number>();
      const excluded = new Set<number>();
      search(text, ({ topic, excludes }) => (excludes ? excluded : found).add(topic));
      return [...found]
        .filter((topic) => !excluded.has(topic) && isWithin(topics[topic], source, kind))
        .map((topic) => topics[topic]?.id ?? 0)
        .toSorted((a, b) => a - b);
    },
    firstKeyword(text) {
      let first: string | undefined;
      let excluded = false;
      search(text, ({ excludes, keyword }) => {
        if (excludes) excluded = true;
        else first ??= keyword;
      });
      return excluded ? undefined : first;
    },
  };
}

function isWithin(rules: TopicRules | undefined, source: number, kind: number): boolean {
  return (rules?.sources?.includes(source) ?? true) && (rules?.kinds?.includes(kind) ?? true);
}

/** For each node the longest ending of its path that another path begins with; what ends there ends here too. */
function linkFallbacks(next: readonly Map<number, number>[], ending: Pattern[][]): Int32Array {
  const fallback = new Int32Array(next.length);
  const queue = [...(next[0]?.values() ?? [])];
  for (let at = 0; at < queue.length; at++) {
    const node = queue[at] ?? 0;
    for (const [code, child] of next[node] ?? []) {
      let back = fallback[node] ?? 0;
      while (back !== 0 && next[back]?.get(code) === undefined) back = fallback[back] ?? 0;
      const target = next[back]?.get(code) ?? 0;
      fallback[child] = target === child ? 0 : target;
      ending[child]?.push(...(ending[fallback[child] ?? 0] ?? []));
      queue.push(child);
    }
  }
  return fallback;
}

const wordBit = 1;
const spacelessBit = 2;
const knownBit = 4;
const classes = new Uint8Array(65_536);
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u;

function classOf(code: number): number {
  const known = classes[code] ?? 0;
  if (known !== 0) return known;
  const character = String.fromCharCode(code);
  const found = knownBit | (/[\p{L}\p{N}\p{M}]/u.test(character) ? wordBit : 0) | (spaceless.test(character) ? spacelessBit : 0);
  classes[code] = found;
  return found;
}

/** A keyword is a whole word; where a script has no spaces, any place will do. `C` is not `C++`, and not `C#`. */
function isWhole(text: string, from: number, to: number, open: boolean): boolean {
  const first = classOf(text.charCodeAt(from));
  if ((first & wordBit) !== 0 && (first & spacelessBit) === 0 && from > 0 && isLetter(text.charCodeAt(from - 1))) return false;
  if (open || to >= text.length) return true;
  const last = classOf(text.charCodeAt(to - 1));
  if ((last & wordBit) === 0 || (last & spacelessBit) !== 0) return true;
  const after = text.charCodeAt(to);
  if (isLetter(after)) return false;
  return !(after === 35 || (after === 43 && text.charCodeAt(to + 1) === 43));
}

/** A letter of a script with spaces: one without may stand right beside a word. */
function isLetter(code: number): boolean {
  const found = classOf(code);
  return (found & wordBit) !== 0 && (found & spacelessBit) === 0;
}
