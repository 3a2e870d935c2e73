import type { Activity } from './words.ts';

export type Language = NonNullable<Activity['language']>;
export type Sentiment = NonNullable<Activity['sentiment']>;

/** As the server tells them apart. Malay and Indonesian, and what is written in Croatia, Bosnia and Serbia, hardly differ. */
const languages = [
  'am', 'ar', 'az', 'be', 'bg', 'bn', 'bo', 'ca', 'cs', 'da', 'de', 'el', 'en', 'es', 'et', 'eu', 'fa', 'fi', 'fr', 'gu', 'he', 'hi', 'hr', 'hu',
  'hy', 'is', 'it', 'ja', 'ka', 'km', 'kn', 'ko', 'ku', 'lo', 'lt', 'lv', 'ml', 'mr', 'ms', 'my', 'nl', 'no', 'or', 'pa', 'pl', 'pt', 'ro', 'ru',
  'si', 'sk', 'sl', 'sq', 'sr', 'sv', 'ta', 'te', 'th', 'tl', 'tr', 'uk', 'ur', 'vi', 'yo', 'zh', 'und',
] as const satisfies readonly Language[]; // prettier-ignore

const names = new Intl.DisplayNames(['en'], { type: 'language' });
const several: Partial<Record<Language, string>> = { ms: 'Malay or Indonesian', hr: 'Croatian, Bosnian or Serbian', und: 'Unknown' };

/** `de` → `German`. */
export function languageName(language: Language): string {
  return several[language] ?? names.of(language) ?? language;
}

export const sentimentNames: Record<Sentiment, string> = {
  positive: 'Positive',
  neutral: 'Neutral',
  negative: 'Negative',
  unknown: 'Unknown',
};

/** By name, the unknown last. */
export const languageOptions = languages
  .map((language) => ({ value: language, label: languageName(language) }))
  .toSorted((a, b) => Number(a.value === 'und') - Number(b.value === 'und') || a.label.localeCompare(b.label));

export const sentimentOptions = (['positive', 'neutral', 'negative', 'unknown'] as const).map((value) => ({
  value,
  label: sentimentNames[value],
}));

export function isLanguage(text: string): text is Language {
  return (languages as readonly string[]).includes(text);
}

export function isSentiment(text: string): text is Sentiment {
  return Object.hasOwn(sentimentNames, text);
}
