/** Widths of letters in Inter at weight 400, in thousandths of the size: near enough to place words without a font at hand. */
const narrow = /[iljtfrI.,:;'|!() ]/;
const broad = /[mwMW@%&—…]/;
const tall = /[A-Z0-9#$€£¥+=<>~]/;

/** How wide words are at a size, roughly, and rather too wide than too narrow. */
export function wide(words: string, size: number): number {
  let sum = 0;
  for (const letter of words) {
    const code = letter.codePointAt(0) ?? 0;
    sum += code > 0x2e80 ? 1 : narrow.test(letter) ? 0.34 : broad.test(letter) ? 0.88 : tall.test(letter) ? 0.66 : 0.59;
  }
  return sum * size;
}

/** Words cut to a room, with … where something is missing. */
export function cut(words: string, size: number, room: number): string {
  if (wide(words, size) <= room) return words;
  const letters = Array.from(words);
  while (letters.length > 1 && wide(`${letters.join('')}…`, size) > room) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}
