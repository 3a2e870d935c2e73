import { compileTopics } from './keywords.ts';
import type { Matcher, TopicRules } from './keywords.ts';
import { detectLanguage } from './language.ts';
import type { Detector } from './language.ts';
import { languageNumber, sentimentNumber } from './languages.ts';
import { lexiconFor } from './lexicons.ts';
import { ownWords, prose } from './own-words.ts';
import type { Text } from './own-words.ts';
import type { ReadAnswer, ReadRequest } from './reader.ts';
import { scoreSentiment } from './sentiment.ts';

export interface ReadText extends Text {
  source: number;
}

/** What one text says; undefined where nobody wrote words of their own. */
export type Said = { language: number; sentiment: number; score: number | null; topics: number[] } | undefined;

let matcher: { rules: string; compiled: Matcher } | undefined;
let detector: Detector | undefined;

async function read({ texts, topics, topicsOnly }: ReadRequest): Promise<Said[]> {
  const matches = matcherFor(topics);
  if (!topicsOnly) detector ??= await loadDetector();
  const detect = topicsOnly ? undefined : detector;
  return texts.map((text) => {
    const own = ownWords(text);
    if (own === undefined) return undefined;
    const about = matches.topicsOf(own, text.source, text.kind);
    return { ...(detect === undefined ? nothing : toneOf(own, detect)), topics: about };
  });
}

const nothing = { language: 0, sentiment: 0, score: null };

function toneOf(own: string, detect: Detector): { language: number; sentiment: number; score: number | null } {
  const sentences = prose(own);
  const language = detectLanguage(sentences, detect);
  const { sentiment, score } = scoreSentiment(sentences, lexiconFor(language));
  // Of an unknown language only emoji are understood: without one, nothing is known.
  if (language === 'und' && score === 0) return nothing;
  return { language: languageNumber(language), sentiment: sentimentNumber(sentiment), score };
}

function matcherFor(topics: readonly TopicRules[]): Matcher {
  const rules = JSON.stringify(topics);
  if (matcher?.rules !== rules) matcher = { rules, compiled: compileTopics(topics) };
  return matcher.compiled;
}

/** The small model: as good as the larger ones on short texts, at half of their memory (see docs/decisions/0009). */
async function loadDetector(): Promise<Detector> {
  const { eld } = await import('eld/small');
  return (text) => eld.detect(text);
}

process.on('message', (request: ReadRequest) => {
  read(request).then(
    (said) => answer({ number: request.number, said }),
    (error: unknown) => answer({ number: request.number, failure: error instanceof Error ? error.message : String(error) }),
  );
});
// Whoever asked is gone, however it ended.
process.on('disconnect', () => process.exit());
// Ctrl+C goes to all processes of a terminal: the one that asked decides.
process.on('SIGINT', () => undefined);

function answer(given: ReadAnswer): void {
  // Whoever asked may be gone in this moment: nobody is there to be told.
  process.send?.(given, () => undefined);
}
