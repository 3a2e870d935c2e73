import { cleanText } from '../kit/text.ts';

const attribution =
  /^(?:on|am|le|el|op|den|il|em|at)\b.{4,300}:$|^\S.{0,300}\b(?:wrote|writes|schrieb|écrit|escribió|scrisse|schreef|skrev)\s?:$|^\d{4}-\d{2}-\d{2}.{0,200}:$/i;
const original =
  /^\s*(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d'origine)\s*-{2,}|_{20,}|={20,})\s*$/i;

/**
 * What a mail itself says: quoted lines, the line above them that says whom they quote, the signature, and what a list adds at the
 * end are left out.
 */
export function ownText(given: string): string {
  const lines = given.slice(0, 200_000).replace(/\r\n?/g, '\n').split('\n');
  const kept: string[] = [];
  let inQuote = false;
  for (const line of lines) {
    if (/^-- ?$/.test(line) || original.test(line)) break;
    const isQuote = /^\s{0,3}>/.test(line);
    if (!isQuote) kept.push(line);
    else if (!inQuote) dropAttribution(kept);
    inQuote = isQuote;
  }
  return cleanText(
    kept
      .join('\n')
      .replace(/[^\S\n]+$/gm, '')
      .replace(/\n{3,}/g, '\n\n'),
  );
}

/** The line before a quote, also one that a mail program broke in two. */
function dropAttribution(kept: string[]): void {
  let last = kept.length - 1;
  while (last >= 0 && (kept[last] ?? '').trim() === '') last--;
  if (last < 0) return;
  const one = (kept[last] ?? '').trim();
  const two = `${(kept[last - 1] ?? '').trim()} ${one}`.trim();
  if (attribution.test(one)) kept.length = last;
  else if (one.endsWith(':') && attribution.test(two)) kept.length = Math.max(0, last - 1);
}

/** Without the list's name in brackets and the answers' Re:, so that a thread has one title. */
export function plainSubject(subject: string): string {
  let text = subject.trim();
  for (;;) {
    const shorter = text.replace(/^(?:(?:re|aw|antw|sv|fwd?|wg|tr|rv)(?:\[\d+\]|\(\d+\))?\s*:|\[[^[\]]{1,60}\](?=\s*\S))\s*/i, '');
    if (shorter === text) return text;
    text = shorter;
  }
}
