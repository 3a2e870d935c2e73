import { expect, test } from 'vitest';
import { countryOf } from './places.ts';

test.each([
  ['Berlin, Germany', 'DE'],
  ['Berlin, DE', 'DE'],
  ['Deutschland', 'DE'],
  ['München', 'DE'],
  ['Munich Germany', 'DE'],
  ['San Francisco, CA', 'US'],
  ['Toronto, CA', 'CA'],
  ['Portland, OR', 'US'],
  ['Wilmington, DE', 'US'],
  ['Paris, Texas', 'US'],
  ['Paris', 'FR'],
  ['Atlanta, Georgia', 'US'],
  ['Tbilisi, Georgia', 'GE'],
  ['SF Bay Area', 'US'],
  ['London, UK', 'GB'],
  ['Edinburgh, Scotland', 'GB'],
  ['U.S.A.', 'US'],
  ['東京, 日本', 'JP'],
  ['中国', 'CN'],
  ['Москва, Россия', 'RU'],
  ['São Paulo - Brasil', 'BR'],
  ['Bengaluru', 'IN'],
  ['somewhere in 🇫🇷', 'FR'],
  ['IN', 'IN'],
  ['Zürich', 'CH'],
])('%s is in %s', (text, country) => {
  expect(countryOf(text)).toBe(country);
});

test.each([
  '',
  'Earth',
  'Remote',
  'in',
  'Georgia',
  'Berlin / Paris',
  '🇫🇷 🇩🇪',
  '127.0.0.1',
  'the cloud',
  '\u202eynamreG',
  'a'.repeat(5000),
  'Worldwide, Internet',
])('"%s" names no one country', (text) => {
  expect(countryOf(text)).toBe('');
});
