const languageNames = new Intl.DisplayNames(['en'], { type: 'language' });
const regionNames = new Intl.DisplayNames(['en'], { type: 'region' });

/** Languages that are nearly the same in writing are told together (see activities/languages.ts). */
const several: Record<string, string> = { ms: 'Malay or Indonesian', hr: 'Croatian, Bosnian or Serbian', und: 'Unknown' };

/** `de` → `German`. */
export function languageName(code: string): string {
  return several[code] ?? languageNames.of(code) ?? code;
}

/** ISO 3166-1 alpha-2: `DE` → `Germany`. */
export function countryName(code: string): string {
  return code === '' ? 'Unknown' : (regionNames.of(code) ?? code);
}
