import { readId } from '../../platform/ids.ts';
import { normaliseIdentity } from './identities.ts';
import type { NormalIdentity } from './identities.ts';

/** One line of a file of merges: two names for one person, and why. */
export interface MergeLine {
  /** Counted from 1, with the heading. */
  line: number;
  a: string;
  b: string;
  reason: string;
}

export interface RefusedLine {
  line: number;
  reason: string;
}

export interface ParsedMerges {
  lines: MergeLine[];
  refused: RefusedLine[];
}

/** More than anybody checks by eye; large files are cut in pieces. */
const mostLines = 20_000;

/**
 * Reads rows as a CSV reader gives them: two columns that name a member, an account or an address each, and a third with the
 * reason, if there is one. A first line without anybody in it is the heading.
 */
export function parseMerges(rows: readonly (readonly string[])[]): ParsedMerges {
  const lines: MergeLine[] = [];
  const refused: RefusedLine[] = [];
  rows.forEach((cells, place) => {
    const line = place + 1;
    const [a = '', b = '', reason = ''] = cells.map((cell) => cell.trim());
    if (cells.every((cell) => cell.trim() === '')) return;
    if (place === 0 && !looksLikeSomebody(a) && !looksLikeSomebody(b)) return;
    if (a === '' || b === '') refused.push({ line, reason: 'The line names one end only. Put two of them: mem_1a,ada@example.com' });
    else if (lines.length >= mostLines)
      refused.push({ line, reason: `A file holds up to ${mostLines} lines. Put the rest into another one.` });
    else lines.push({ line, a, b, reason });
  });
  return { lines, refused };
}

function looksLikeSomebody(text: string): boolean {
  return readMemberId(text) !== undefined || readIdentity(text) !== undefined;
}

/** `mem_1a` → its number. */
export function readMemberId(text: string): number | undefined {
  return /^mem_[0-9a-z]{1,11}$/.test(text) ? readId('member', text) : undefined;
}

/** `ada@example.com`, `github:ada`, `discourse:forum.example.org:ada` → an identity; undefined when it is none of these. */
export function readIdentity(text: string): NormalIdentity | undefined {
  if (/^[^\s@:]+@[^\s@:]+\.[^\s@:]+$/.test(text)) return normaliseIdentity({ platform: 'email', type: 'email', value: text });
  const parts = text.split(':');
  const [platform = '', second = '', third] = parts;
  if (parts.length < 2 || parts.length > 3 || !/^[a-z][\w.-]*$/i.test(platform) || second === '') return undefined;
  const value = third ?? second;
  if (value === '' || /\s/.test(value)) return undefined;
  return normaliseIdentity({ platform, type: 'account', value, ...(third === undefined ? {} : { host: second }) });
}
