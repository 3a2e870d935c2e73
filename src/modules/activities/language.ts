import type { Language } from './languages.ts';

/** What the detector answers: the best language (empty for none) and the scores of all that are near. */
export type Detector = (text: string) => { language: string; getScores(): Record<string, number>; isReliable(): boolean };

/** Scripts that only one language of the list is written in. */
const ofOneLanguage: readonly (readonly [RegExp, Language])[] = [
  [/\p{Script=Hangul}/gu, 'ko'],
  [/\p{Script=Thai}/gu, 'th'],
  [/\p{Script=Greek}/gu, 'el'],
  [/\p{Script=Georgian}/gu, 'ka'],
  [/\p{Script=Armenian}/gu, 'hy'],
  [/\p{Script=Tamil}/gu, 'ta'],
  [/\p{Script=Telugu}/gu, 'te'],
  [/\p{Script=Kannada}/gu, 'kn'],
  [/\p{Script=Malayalam}/gu, 'ml'],
  [/\p{Script=Gujarati}/gu, 'gu'],
  [/\p{Script=Gurmukhi}/gu, 'pa'],
  [/\p{Script=Oriya}/gu, 'or'],
  [/\p{Script=Lao}/gu, 'lo'],
  [/\p{Script=Sinhala}/gu, 'si'],
  [/\p{Script=Khmer}/gu, 'km'],
  [/\p{Script=Myanmar}/gu, 'my'],
  [/\p{Script=Tibetan}/gu, 'bo'],
];
const kana = /[\p{Script=Hiragana}\p{Script=Katakana}ー]/gu;
const han = /\p{Script=Han}/gu;
const letters = /\p{L}/gu;
const words = /[\p{L}\p{M}'’]{2,}/gu;

const sharedScripts = /[\p{Script=Cyrillic}\p{Script=Arabic}]/u;

/** Words that are in nearly every sentence of the one, and in none of the other. */
const hindiWords = /(?<!\p{L})(?:है|हैं|में|नहीं|और|का|की|के|मैं|मुझे|कैसे|से|को|था|हूं|हूँ)(?![\p{L}\p{M}])/gu;
const marathiWords = /(?<!\p{L})(?:आहे|आहेत|नाही|मला|काय|आणि|कसे|ला|मध्ये|होते|करा|माझे)(?![\p{L}\p{M}])/gu;

/** Characters that say it: more make nobody surer. */
const enough = 400;

/**
 * The language of sentences; `und` for what is too short or could be several. Scripts that decide are looked at first; the
 * rest is the detector's, where it is sure: one word is never enough, two or three only when nothing else comes near.
 */
export function detectLanguage(whole: string, detect: Detector): Language {
  const prose = whole.length <= enough ? whole : whole.slice(0, enough);
  // oxlint-disable-next-line no-control-regex -- most texts are ASCII, and are of no other script
  const ascii = /^[\x00-\x7f]*$/.test(prose);
  const all = ascii ? asciiLetters(prose) : count(prose, letters);
  if (all < 2) return 'und';
  if (!ascii) {
    const found = ofScript(prose, all);
    if (found !== undefined) return found;
  }
  const size = count(prose, words);
  if (size < 2 || all < 8) return 'und';
  const result = detect(prose);
  const [best = 0, second = 0] = Object.values(result.getScores()).toSorted((a, b) => b - a);
  if (result.language === 'hi' || result.language === 'mr') return hindiOrMarathi(prose, best - second);
  if (!result.isReliable()) return 'und';
  // Languages in Cyrillic or Arabic letters have most of their n-grams in common: small differences say more there.
  const margin = sharedScripts.test(prose) ? 0.006 : 0.015;
  const sure = size >= 4 ? best >= 0.6 && best - second >= margin : best >= 0.72 && best - second >= 0.03;
  return sure ? (result.language as Language) : 'und';
}

function ofScript(prose: string, all: number): Language | undefined {
  const syllables = count(prose, kana);
  const characters = count(prose, han);
  if (syllables >= 2 && (syllables + characters) * 3 >= all) return 'ja';
  // Two or three characters without kana may be a Japanese title as well.
  if (characters * 3 >= all && syllables < 2) return characters >= 4 ? 'zh' : 'und';
  for (const [script, language] of ofOneLanguage) {
    const own = count(prose, script);
    if (own >= 2 && own * 2 >= all) return language;
  }
  return undefined;
}

/** Their letters and n-grams hardly differ: their small words do. */
function hindiOrMarathi(prose: string, margin: number): Language {
  const [hindi, marathi] = [count(prose, hindiWords), count(prose, marathiWords)];
  if (hindi !== marathi) return hindi > marathi ? 'hi' : 'mr';
  return margin >= 0.03 ? 'hi' : 'und';
}

function asciiLetters(text: string): number {
  let found = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) | 32;
    if (code >= 97 && code <= 122) found += 1;
  }
  return found;
}

function count(text: string, of: RegExp): number {
  return text.match(of)?.length ?? 0;
}
