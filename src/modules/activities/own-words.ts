import type { ActivityKind } from '../../connectors/contract.ts';
import { kindCode } from './kinds.ts';

/** Kinds in which somebody wrote something themselves; stars, joins, merges, sign-offs of another's commit are not. */
const writtenKinds: readonly ActivityKind[] = [
  'post', 'reply', 'question', 'answer', 'issue', 'merge_request_opened', 'review', 'review_comment', 'comment', 'commit', 'release',
  'mention', 'translation', 'message',
]; // prettier-ignore

/** Kinds whose title is that of the conversation that they belong to, which somebody else wrote. */
const answeringKinds: readonly ActivityKind[] = ['reply', 'answer', 'review', 'review_comment', 'comment', 'message'];

export const writtenKindNumbers: readonly number[] = writtenKinds.map(kindCode);
const written = new Set(writtenKindNumbers);
const answering = new Set(answeringKinds.map(kindCode));

export interface Text {
  kind: number;
  title: string | null;
  body: string | null;
}

/** As much of a text is read; what matters is said early. */
const longest = 8000;

/**
 * What the person wrote: title and text, without lines that quote somebody else. Undefined where a kind has no words of one's
 * own, or there are none.
 */
export function ownWords({ kind, title, body }: Text): string | undefined {
  if (!written.has(kind)) return undefined;
  const said = body !== null && answering.has(kind) ? body : [title, body].filter((part) => part !== null).join('\n');
  const own = withoutQuotes(said.slice(0, longest)).trim();
  return own === '' ? undefined : own;
}

function withoutQuotes(text: string): string {
  if (!text.includes('>')) return text;
  return text
    .split('\n')
    .filter((line) => !/^\s{0,3}>/.test(line))
    .join('\n');
}

const fences = /^[ \t]*(```|~~~)[\s\S]*?(?:^[ \t]*\1[`~]*[ \t]*$|$(?![\s\S]))/gm;
const trailers = /^(?:[A-Z][a-z]+(?:-[a-z]+)*-by|Change-Id|Fixes|Closes|Refs?|Cc|Link|See-also|Reported-and-tested-by): .*$/gm;
const addresses = /(?:[a-z][a-z0-9+.-]{1,20}:\/\/|www\.)\S+|\S+@\S+\.\S+/gi;
const inlineCode = /`[^`\n]*`/g;
const tags = /<\/?[a-z][^<>\n]{0,200}>/gi;
// What no sentence contains: paths, options, versions, names with digits, underscores or dots inside, mentions, issue numbers.
const technical =
  /^(?:[-@#$%\\/~].*|.*[\p{L}\p{N}][_=<>{}[\]|\\/:$@#][\p{L}\p{N}_(){}[\]].*|.*\p{L}\.\p{L}.*|.*\p{N}.*|.*\p{Ll}\p{Lu}.*|.*\(\)[;,.]?)$/u;

/** The sentences of a text: without code, addresses, options and other words that are of no language. For its language and tone. */
export function prose(own: string): string {
  const text = own
    .slice(0, 4000)
    .replace(fences, ' ')
    .replace(trailers, ' ')
    .replace(inlineCode, ' ')
    .replace(addresses, ' ')
    .replace(tags, ' ');
  return text
    .split('\n')
    .map((line) => (isCode(line) ? '' : line))
    .join('\n')
    .replace(/\S+/g, (word) => (technical.test(word) && !spaceless.test(word) ? ' ' : word))
    .slice(0, 1500);
}

/** Scripts that are written without spaces between words. */
const spaceless = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** A line of a program, a log or a trace, by its punctuation. */
function isCode(line: string): boolean {
  if (/^(?:\s{4,}|\t)\S/.test(line) && /[;{}()=<>/\\]/.test(line)) return true;
  if (/^\s*at .+[:(]\S*\d/.test(line) || /^\s*(?:\$|#!|>>>|import |export |const |let |var |def |func |package )/.test(line)) return true;
  const marks = line.match(/[{}()[\];=<>|&$\\]/g)?.length ?? 0;
  return marks >= 4 && marks * 8 > line.length;
}
