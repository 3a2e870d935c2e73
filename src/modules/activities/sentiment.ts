import type { Language, Sentiment } from './languages.ts';

/** Words and emoji with −5 (worst) to 5 (best), and the words that turn what follows around. */
export interface Lexicon {
  values: ReadonlyMap<string, number>;
  negators: ReadonlySet<string>;
  /** For scripts without spaces: how long its longest word is; 0 where words are cut at spaces. */
  longest: number;
}

/** Languages whose sentiment is scored: those for which the word list held up in our test of labelled texts. */
export const scoredLanguages = [
  'en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'sv', 'da', 'no', 'pl', 'cs', 'ru', 'uk', 'tr', 'ja', 'zh', 'ko',
] as const satisfies readonly Language[]; // prettier-ignore

const unscored = { sentiment: 'unknown', score: null } as const;

/** A negation holds for so many words behind it. */
const reach = 3;
/** VADER's α: a single strong word is about 0.6, and no number of words is more than 1 (Hutto and Gilbert, 2014). */
const alpha = 15;
const enough = 0.35;

/**
 * Adds up the words of a text that a lexicon knows. −100 to 100; neutral where little is said, or as much good as bad.
 * `lexicon` undefined: the language is not scored.
 */
export function scoreSentiment(prose: string, lexicon: Lexicon | undefined): { sentiment: Sentiment; score: number | null } {
  if (lexicon === undefined) return unscored;
  let [good, bad, since] = [0, 0, reach + 1];
  let previous = '';
  for (const token of lexicon.longest > 0 ? charactersOf(prose, lexicon) : prose.toLowerCase().matchAll(tokens)) {
    const word = (typeof token === 'string' ? token : token[0]).replace('’', "'");
    if (isNegator(word, lexicon)) {
      since = 0;
      previous = word;
      continue;
    }
    since += 1;
    // "thank you" is one saying, "the kind of" another: only what stands in the list as it is counts.
    const saying = lexicon.values.get(`${previous} ${word}`);
    const value = saying ?? lexicon.values.get(word) ?? 0;
    previous = word;
    if (value === 0) continue;
    // A saying that begins with the negation has it in its value.
    const turned = since <= reach && !(saying !== undefined && since === 1);
    const said = turned ? -value * 0.74 : value;
    if (said > 0) good += said;
    else bad -= said;
  }
  if (good + bad === 0) return { sentiment: 'neutral', score: 0 };
  const sum = good - bad;
  const score = sum / Math.sqrt(sum * sum + alpha);
  const mixed = Math.abs(sum) / (good + bad) < 0.25;
  const sentiment = mixed || Math.abs(score) < enough ? 'neutral' : score > 0 ? 'positive' : 'negative';
  return { sentiment, score: Math.round(score * 100) };
}

const tokens = /[\p{L}\p{M}\p{N}'’-]+|\p{Extended_Pictographic}/gu;

function isNegator(word: string, { negators }: Lexicon): boolean {
  return negators.has(word) || word.endsWith("n't");
}

/** The longest words of the list, one after the other; what is in none is skipped. */
function* charactersOf(prose: string, { values, negators, longest }: Lexicon): Generator<string> {
  for (let at = 0; at < prose.length;) {
    let size = Math.min(longest, prose.length - at);
    while (size > 1 && !values.has(prose.slice(at, at + size)) && !negators.has(prose.slice(at, at + size))) size -= 1;
    yield prose.slice(at, at + size);
    at += size;
  }
}
