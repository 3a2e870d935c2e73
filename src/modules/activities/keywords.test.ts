import { expect, test } from 'vitest';
import { compileTopics, readKeyword } from './keywords.ts';
import { readKeywords } from './topic-rules.ts';

function fits(keywords: string[], text: string, exclusions: string[] = []): boolean {
  const rules = { id: 1, ...readKeywords(keywords, exclusions), sources: null, kinds: null };
  return compileTopics([rules]).topicsOf(text, 1, 0).length > 0;
}

test('keywords are whole words, in any case, with or without accents', () => {
  expect(fits(['Kubernetes'], 'we run KUBERNETES here')).toBe(true);
  expect(fits(['go'], 'we are going to Google')).toBe(false);
  expect(fits(['go'], 'written in Go.')).toBe(true);
  expect(fits(['café'], 'the CAFE is open')).toBe(true);
  expect(fits(['cafe'], 'le Cafe\u0301 est ouvert')).toBe(true);
  expect(fits(['straße'], 'in der STRASSE')).toBe(true);
  expect(fits(['развёртывание'], 'Развертывание приложения')).toBe(true);
});

test('phrases take any space or hyphen, a star leaves the end open', () => {
  expect(fits(['merge request'], 'my Merge-Request\nis open')).toBe(true);
  expect(fits(['merge request'], 'a merge\n  request')).toBe(true);
  expect(fits(['merge request'], 'merge the request')).toBe(false);
  expect(fits(['deploy*'], 'Deployments fail')).toBe(true);
  expect(fits(['deploy*'], 'to redeploy')).toBe(false);
});

test('signs belong to words: C, C++ and C# are three things', () => {
  expect(fits(['c'], 'in C++ and C#')).toBe(false);
  expect(fits(['c'], 'in C, not Rust')).toBe(true);
  expect(fits(['c++'], 'modern C++ only')).toBe(true);
  expect(fits(['.net'], 'on .NET 9')).toBe(true);
  expect(fits(['👍'], 'nice 👍')).toBe(true);
});

test('scripts without spaces are found anywhere, beside words with them too', () => {
  expect(fits(['勉強会'], '来月の勉強会について')).toBe(true);
  expect(fits(['helm'], '最新のHelmチャート')).toBe(true);
  expect(fits(['เวอร์ชัน'], 'ฉันจะติดตั้งเวอร์ชันล่าสุด')).toBe(true);
  expect(fits(['नहीं'], 'यह नहीं चलता')).toBe(true);
  expect(fits(['배포'], '배포 방법')).toBe(true);
});

test('an exclusion takes the whole text out, and limits hold', () => {
  expect(fits(['python'], 'a python in the zoo', ['zoo'])).toBe(false);
  expect(fits(['python'], 'python 3', ['zoo'])).toBe(true);
  const limited = compileTopics([{ id: 7, keywords: ['rust'], exclusions: [], sources: [2], kinds: [0] }]);
  expect(limited.topicsOf('rust', 2, 0)).toEqual([7]);
  expect(limited.topicsOf('rust', 1, 0)).toEqual([]);
  expect(limited.topicsOf('rust', 2, 1)).toEqual([]);
});

test('keywords within one another are each found', () => {
  const matcher = compileTopics(
    ['merge', 'merge request', 'request', 'request for comments'].map((keyword, id) => ({
      id,
      keywords: [keyword],
      exclusions: [],
      sources: null,
      kinds: null,
    })),
  );
  expect(matcher.topicsOf('a merge request for comments', 1, 0)).toEqual([0, 1, 2, 3]);
});

test('what looks like a pattern is only text', () => {
  expect(fits(['(a+)+$'], `${'a'.repeat(20_000)}!`)).toBe(false);
  expect(fits(['.x'], 'abc')).toBe(false);
  expect(fits(['[a-z]'], 'the set [a-z] of letters')).toBe(true);
  expect(fits(['\\d'], 'a \\d here')).toBe(true);
});

test('direction overrides and invisible marks neither hide a word nor stay in a keyword', () => {
  expect(fits(['exploit'], 'ex\u200bploit')).toBe(true);
  expect(fits(['exploit'], '\u202eexploit\u202c')).toBe(true);
  expect(readKeyword('\u202etxt.exe\u202c')).toBe('txt.exe');
});

test('what cannot be a keyword is refused with a sentence', () => {
  expect(() => readKeyword('*')).toThrow('at least one letter');
  expect(() => readKeyword('a*')).toThrow('nearly every text');
  expect(() => readKeyword('a*b')).toThrow('star in the middle');
  expect(() => readKeyword('x'.repeat(81))).toThrow('longer than 80');
  expect(() => readKeywords([], [])).toThrow('at least one word');
  expect(() => readKeywords(['Go'], ['GO'])).toThrow('nothing could ever fit');
  expect(() =>
    readKeywords(
      Array.from({ length: 10_000 }, (_, n) => `word${n}`),
      [],
    ),
  ).toThrow('at most 200 keywords; these are 10,000');
  expect(readKeywords(['Go', 'GO', ' go '], []).keywords).toEqual(['Go']);
});
