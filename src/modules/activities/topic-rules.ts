import { invalidInput } from '../../platform/errors.ts';
import { mostKeywords, normal, readKeyword } from './keywords.ts';

export const mostTopics = 100;

/**
 * Keywords as they are kept: each once, however it is written. Errors: `topic.too_many`, `topic.keyword`, `topic.empty`,
 * `topic.contradiction`.
 */
export function readKeywords(given: readonly string[], exclusions: readonly string[]): { keywords: string[]; exclusions: string[] } {
  for (const [list, name] of [
    [given, 'keywords'],
    [exclusions, 'exclusions'],
  ] as const) {
    if (list.length > mostKeywords)
      throw invalidInput(
        'topic.too_many',
        `A topic has at most ${mostKeywords} ${name}; these are ${list.length.toLocaleString('en')}. Keep those that matter, or make several topics of it.`,
      );
  }
  const kept = { keywords: eachOnce(given), exclusions: eachOnce(exclusions) };
  if (kept.keywords.length === 0)
    throw invalidInput('topic.empty', 'Name at least one word that people use when they talk about this topic.');
  const words = new Set(kept.keywords.map((word) => normal(word)));
  const both = kept.exclusions.find((word) => words.has(normal(word)));
  if (both !== undefined)
    throw invalidInput(
      'topic.contradiction',
      `"${both}" is a keyword and an exclusion: nothing could ever fit. Take it out of one of them.`,
    );
  return kept;
}

function eachOnce(texts: readonly string[]): string[] {
  const byNormal = new Map<string, string>();
  for (const text of texts) {
    if (text.trim() === '') continue;
    const word = readKeyword(text);
    const key = normal(word);
    if (!byNormal.has(key)) byNormal.set(key, word);
  }
  return [...byNormal.values()];
}
