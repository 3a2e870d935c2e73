import { createRequire } from 'node:module';

/**
 * The country that somebody's own words about their place name, as ISO 3166-1 alpha-2; an empty text where they name none, or
 * several. From the text alone, by these rules and in this order:
 * - a flag is its country;
 * - places beside one another (Berlin / Paris) must agree;
 * - of what stands between commas, the last that is known counts: a country's name in one of twenty languages, a part of the United
 *   States, of Canada or of the United Kingdom, a large city where no other city of that name is nearly as large;
 * - two capital letters are a state behind a city of that country or an unknown one, else a country.
 */
export function countryOf(location: string): string {
  const known = kept.get(location);
  if (known !== undefined) return known;
  // The many that are written often come again.
  if (kept.size > 10_000) kept.clear();
  const found = readCountry(location.slice(0, 200));
  kept.set(location, found);
  return found;
}

const kept = new Map<string, string>();

function readCountry(text: string): string {
  const flags = new Set(
    [...text.matchAll(/[\u{1F1E6}-\u{1F1FF}]{2}/gu)].map(([flag]) => codeOfFlag(flag)).filter((code) => isCountry(code)),
  );
  if (flags.size > 0) return flags.size === 1 ? ([...flags][0] ?? '') : '';
  const places = new Set(
    text
      .split(/[/|;•·&+→↔]|\s+(?:and|und|et|y|or|–|—|-)\s+/u)
      .map(countryOfPlace)
      .filter((code) => code !== ''),
  );
  return places.size === 1 ? ([...places][0] ?? '') : '';
}

function countryOfPlace(place: string): string {
  const parts = place
    .split(/[,()\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const cities = parts.flatMap((part) => placeData().cities.get(fold(part)) ?? []);
  for (let at = parts.length - 1; at >= 0; at--) {
    const part = parts[at] ?? '';
    const found = ofLetters(part, at > 0, cities) ?? ofName(part, cities);
    if (found !== undefined) return found;
  }
  return '';
}

/** `CA`, `UK`, `USA`: only capital letters, so that `in` and `de` stay words. */
function ofLetters(part: string, behind: boolean, cities: readonly string[]): string | undefined {
  const letters = part.replace(/\./g, '');
  if (!/^[A-Z]{2,3}$/.test(letters)) return undefined;
  const alias = aliases[letters.toLowerCase()];
  if (alias !== undefined) return alias;
  if (letters.length !== 2) return undefined;
  const options = [
    ...(behind && letters in states ? ['US'] : []),
    ...(behind && provinces.has(letters) ? ['CA'] : []),
    ...(isCountry(letters) ? [letters] : []),
  ];
  return options.find((country) => cities.includes(country)) ?? options[0];
}

/** The whole part, else its last words: `Munich Germany`. */
function ofName(part: string, cities: readonly string[]): string | undefined {
  const words = fold(part).split(' ');
  for (let from = 0; from < words.length; from++) {
    if (from > 0 && words.length - from > 3) continue;
    const name = words.slice(from).join(' ');
    const found = ofWholeName(name, from > 0, cities);
    if (found !== undefined) return found;
  }
  return undefined;
}

function ofWholeName(name: string, isEnd: boolean, cities: readonly string[]): string | undefined {
  // The country or the state: only a city beside it tells.
  if (name === 'georgia') return ['US', 'GE'].find((country) => cities.includes(country));
  const { countries, regions, cities: byCity } = placeData();
  const own = countries.get(name) ?? regions.get(name);
  if (own !== undefined) return own;
  const ofCity = isEnd ? undefined : byCity.get(name);
  return ofCity?.length === 1 ? ofCity[0] : undefined;
}

function codeOfFlag(flag: string): string {
  return [...flag].map((letter) => String.fromCharCode((letter.codePointAt(0) ?? 0) - 0x1f1e6 + 65)).join('');
}

const english = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
const noCountries = new Set([
  'EU',
  'EZ',
  'UN',
  'ZZ',
  'XA',
  'XB',
  'QO',
  'AC',
  'CP',
  'DG',
  'EA',
  'IC',
  'TA',
  'UK',
  'AN',
  'CS',
  'SU',
  'YU',
  'DD',
  'TP',
  'ZR',
  'BU',
  'FX',
  'NT',
  'YD',
  'CQ',
]);

function isCountry(code: string): boolean {
  return !noCountries.has(code) && english.of(code) !== undefined;
}

/** What ICU's names do not have. */
const aliases: Record<string, string> = {
  usa: 'US', us: 'US', 'united states of america': 'US', america: 'US', uk: 'GB', 'great britain': 'GB', britain: 'GB', england: 'GB', scotland: 'GB', wales: 'GB',
  'northern ireland': 'GB', uae: 'AE', holland: 'NL', 'the netherlands': 'NL', korea: 'KR', 'republic of korea': 'KR', 'czech republic': 'CZ', turkey: 'TR', 'viet nam': 'VN',
  'russian federation': 'RU', 'ivory coast': 'CI', prc: 'CN', 'hong kong': 'HK', macau: 'MO', taiwan: 'TW', bosnia: 'BA', macedonia: 'MK', burma: 'MM', swaziland: 'SZ',
  deutschland: 'DE', 'republic of ireland': 'IE', eire: 'IE', palestine: 'PS', brasil: 'BR', españa: 'ES', bharat: 'IN',
}; // prettier-ignore

const states: Record<string, string> = {
  AL: 'Alabama', AK: 'Alaska', AZ: 'Arizona', AR: 'Arkansas', CA: 'California', CO: 'Colorado', CT: 'Connecticut', DE: 'Delaware', DC: 'District of Columbia',
  FL: 'Florida', GA: 'Georgia', HI: 'Hawaii', ID: 'Idaho', IL: 'Illinois', IN: 'Indiana', IA: 'Iowa', KS: 'Kansas', KY: 'Kentucky', LA: 'Louisiana', ME: 'Maine',
  MD: 'Maryland', MA: 'Massachusetts', MI: 'Michigan', MN: 'Minnesota', MS: 'Mississippi', MO: 'Missouri', MT: 'Montana', NE: 'Nebraska', NV: 'Nevada',
  NH: 'New Hampshire', NJ: 'New Jersey', NM: 'New Mexico', NY: 'New York', NC: 'North Carolina', ND: 'North Dakota', OH: 'Ohio', OK: 'Oklahoma', OR: 'Oregon',
  PA: 'Pennsylvania', RI: 'Rhode Island', SC: 'South Carolina', SD: 'South Dakota', TN: 'Tennessee', TX: 'Texas', UT: 'Utah', VT: 'Vermont', VA: 'Virginia',
  WA: 'Washington', WV: 'West Virginia', WI: 'Wisconsin', WY: 'Wyoming',
}; // prettier-ignore
const provinceNames = [
  'Ontario',
  'Quebec',
  'British Columbia',
  'Alberta',
  'Manitoba',
  'Saskatchewan',
  'Nova Scotia',
  'New Brunswick',
  'Newfoundland',
];
const provinces = new Set(['ON', 'QC', 'BC', 'AB', 'MB', 'SK', 'NS', 'NB', 'NL', 'PE', 'YT', 'NT', 'NU']);
const alsoRegions: Record<string, string> = {
  'bay area': 'US', 'san francisco bay area': 'US', 'silicon valley': 'US', 'washington dc': 'US', nyc: 'US', sf: 'US', bavaria: 'DE', bayern: 'DE', catalonia: 'ES', 'new south wales': 'AU',
}; // prettier-ignore

/** Languages whose names of countries are known. */
const languages = [
  'en',
  'de',
  'fr',
  'es',
  'pt',
  'it',
  'nl',
  'sv',
  'da',
  'nb',
  'fi',
  'pl',
  'cs',
  'hu',
  'ro',
  'tr',
  'ru',
  'uk',
  'ja',
  'zh',
  'ko',
];

interface PlaceData {
  countries: Map<string, string>;
  regions: Map<string, string>;
  /** A city's countries: one where one is by far the largest of that name. */
  cities: Map<string, string[]>;
}

interface City {
  city: string;
  city_ascii: string;
  iso2: string;
  pop: number;
}

let data: PlaceData | undefined;

/** Read when the first place is asked for: some 4,000 cities of 100,000 people or more, from the package city-timezones. */
function placeData(): PlaceData {
  data ??= { countries: countryNames(), regions: regionNames(), cities: cityCountries() };
  return data;
}

function countryNames(): Map<string, string> {
  const found = new Map<string, string>();
  for (const language of languages) {
    const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    for (let a = 65; a <= 90; a++) {
      for (let b = 65; b <= 90; b++) {
        const code = String.fromCharCode(a, b);
        const name = isCountry(code) ? names.of(code) : undefined;
        if (name !== undefined && !found.has(fold(name))) found.set(fold(name), code);
      }
    }
  }
  for (const [name, code] of Object.entries(aliases)) found.set(fold(name), code);
  return found;
}

function regionNames(): Map<string, string> {
  return new Map([
    ...Object.values(states).map((name) => [fold(name), 'US'] as const),
    ...provinceNames.map((name) => [fold(name), 'CA'] as const),
    ...Object.entries(alsoRegions),
  ]);
}

function cityCountries(): Map<string, string[]> {
  const all = createRequire(import.meta.url)('city-timezones/data/cityMap.json') as City[];
  const sizes = new Map<string, Map<string, number>>();
  for (const { city, city_ascii: ascii, iso2, pop } of all) {
    for (const name of new Set([fold(city), fold(ascii)])) {
      const own = sizes.get(name) ?? new Map<string, number>();
      sizes.set(name, own.set(iso2, Math.max(own.get(iso2) ?? 0, pop)));
    }
  }
  const found = new Map<string, string[]>();
  for (const [name, own] of sizes) {
    const [largest, next] = [...own].toSorted((a, b) => b[1] - a[1]);
    if (largest === undefined || largest[1] < 100_000) continue;
    found.set(name, next !== undefined && next[1] * 5 > largest[1] ? [...own.keys()] : [largest[0]]);
  }
  for (const [name, code] of [['bangalore', 'IN'], ['bengaluru', 'IN'], ['munchen', 'DE'], ['wien', 'AT'], ['koln', 'DE'], ['praha', 'CZ'], ['warszawa', 'PL'], ['roma', 'IT'], ['milano', 'IT'], ['lisboa', 'PT'], ['kyiv', 'UA'], ['zurich', 'CH']] as const) found.set(name, [code]); // prettier-ignore
  return found;
}

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
