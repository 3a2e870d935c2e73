/**
 * The languages that are told apart, as ISO 639-1 codes; `und` (undetermined) is unknown. Append only: the position is what is
 * stored. `ms` stands for Malay and Indonesian, `hr` for Croatian, Bosnian and Serbian in Latin letters: nearly the same in writing.
 */
export const languageCodes = [
  'und', 'am', 'ar', 'az', 'be', 'bg', 'bn', 'ca', 'cs', 'da', 'de', 'el', 'en', 'es', 'et', 'eu', 'fa', 'fi', 'fr', 'gu',
  'he', 'hi', 'hr', 'hu', 'hy', 'is', 'it', 'ja', 'ka', 'kn', 'ko', 'ku', 'lo', 'lt', 'lv', 'ml', 'mr', 'ms', 'nl', 'no',
  'or', 'pa', 'pl', 'pt', 'ro', 'ru', 'sk', 'sl', 'sq', 'sr', 'sv', 'ta', 'te', 'th', 'tl', 'tr', 'uk', 'ur', 'vi', 'yo',
  'zh', 'si', 'km', 'my', 'bo',
] as const; // prettier-ignore

export type Language = (typeof languageCodes)[number];

const numbers = new Map<string, number>(languageCodes.map((code, number) => [code, number]));

/** The number that is stored for a language; 0, unknown, for what is not in the list. */
export function languageNumber(code: string): number {
  return numbers.get(code) ?? 0;
}

export function languageOf(number: number): Language {
  return languageCodes[number] ?? 'und';
}

/** In the order of what is stored. */
export const sentiments = ['unknown', 'negative', 'neutral', 'positive'] as const;
export type Sentiment = (typeof sentiments)[number];

export function sentimentNumber(sentiment: Sentiment): number {
  return sentiments.indexOf(sentiment);
}

export function sentimentOf(number: number): Sentiment {
  return sentiments[number] ?? 'unknown';
}
