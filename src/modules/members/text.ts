import anyAscii from 'any-ascii';

/** Controls, and the marks that turn the reading direction round: never part of a name, often part of an attack. */
const neverShown = /[\p{Cc}\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;
const invisible = /[\p{Cc}\p{Cf}]/gu;
const spaces = /[\s\p{Zs}]+/gu;
const plain = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** A text fit to be shown in one line: well-formed, NFC, no controls, single spaces, at most `limit` characters. */
export function cleanLine(text: string, limit = 200): string {
  if (text.length <= limit && plain.test(text)) return text;
  return cut(
    text
      .toWellFormed()
      .slice(0, limit * 8)
      .replace(/[\t\r\n\v\f]/g, ' ')
      .replace(neverShown, '')
      .normalize('NFC')
      .replace(spaces, ' ')
      .trim(),
    limit,
  );
}

/** As `cleanLine`, with its lines kept. */
export function cleanText(text: string, limit = 2000): string {
  return cut(
    text
      .toWellFormed()
      .slice(0, limit * 8)
      .split(/\r\n?|\n/)
      .map((line) => cleanLine(line, limit))
      .join('\n')
      .trim(),
    limit,
  );
}

/** The value of an identity as it is compared: nothing invisible, NFC. */
export function cleanValue(text: string): string {
  if (plain.test(text)) return text;
  return text
    .toWellFormed()
    .replace(/[\t\r\n\v\f]/g, ' ')
    .replace(invisible, '')
    .normalize('NFC')
    .replace(spaces, ' ')
    .trim();
}

function cut(text: string, limit: number): string {
  return text.length <= limit
    ? text
    : text
        .slice(0, limit)
        .toWellFormed()
        .replace(/\uFFFD$/, '')
        .trimEnd();
}

/** Letters that no decomposition takes apart. */
const letters: Record<string, string> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ß: 'ss',
  ı: 'i',
  ħ: 'h',
  ŋ: 'ng',
  ĸ: 'k',
  ŧ: 't',
};
const special = new RegExp(`[${Object.keys(letters).join('')}]`, 'g');

/** Lower case, no accents, compatibility forms taken apart: what names and searches are compared by. */
export function fold(text: string): string {
  // oxlint-disable-next-line no-control-regex -- plain ASCII needs no folding, and most text is.
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(special, (letter) => letters[letter] ?? letter)
    .normalize('NFC');
}

/** The words of a text, folded: letters and digits of any script. */
export function words(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Folded and in Latin letters, whatever the script: what is searched, so that `Иванов` is found by `ivanov`. */
export function foldToLatin(text: string): string {
  return anyAscii(fold(text)).toLowerCase();
}
