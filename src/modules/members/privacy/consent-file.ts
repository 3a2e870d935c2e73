import { invalidInput } from '../../../platform/errors.ts';
import { readCsvRows } from '../csv-rows.ts';

/** One line of a file of consents. */
export interface ConsentLine {
  /** Counted from 1, with the heading. */
  line: number;
  email: string;
  state: 'given' | 'refused' | 'withdrawn';
  at?: Date;
}

export interface ParsedConsents {
  lines: ConsentLine[];
  refused: { line: number; reason: string }[];
}

const mostLines = 50_000;

/** What mailing tools call their columns, in small letters without signs. */
const headings = {
  email: ['email', 'emailaddress', 'mail', 'address', 'subscriber'],
  state: ['state', 'status', 'consent', 'subscriptionstatus', 'optin', 'emailmarketingconsent'],
  at: ['at', 'date', 'when', 'time', 'timestamp', 'optintime', 'confirmtime', 'subscribedat', 'updatedat', 'consentdate'],
} as const;

const words: Readonly<Record<ConsentLine['state'], readonly string[]>> = {
  given: ['given', 'yes', 'true', '1', 'subscribed', 'active', 'confirmed', 'opted in', 'opted-in', 'opt-in', 'optin', 'granted'],
  refused: ['refused', 'no', 'false', '0', 'declined', 'never'],
  withdrawn: ['withdrawn', 'unsubscribed', 'opted out', 'opted-out', 'opt-out', 'optout', 'revoked'],
};

/**
 * Reads a CSV file as a mailing tool exports it: a heading that names a column of addresses, one of states, and maybe one of
 * days. Errors: `consent.file` when it is no such file; single lines are refused with the reason.
 */
export function parseConsents(content: string): ParsedConsents {
  const rows = readCsvRows(content, 'consent.file');
  const heading = (rows[0] ?? []).map((cell) => cell.toLowerCase().replace(/[^a-z]/g, ''));
  const place = (column: keyof typeof headings): number =>
    heading.findIndex((cell) => (headings[column] as readonly string[]).includes(cell));
  const [email, state, at] = [place('email'), place('state'), place('at')];
  if (email < 0 || state < 0)
    throw invalidInput(
      'consent.file',
      'The first line must name the columns: email, state and, if it is known, date. For example: email,state,date',
    );
  const result: ParsedConsents = { lines: [], refused: [] };
  rows.slice(1).forEach((cells, index) => {
    const line = index + 2;
    if (cells.every((cell) => cell.trim() === '')) return;
    const read = readLine(line, cells[email] ?? '', cells[state] ?? '', at < 0 ? '' : (cells[at] ?? ''));
    if (typeof read === 'string') result.refused.push({ line, reason: read });
    else if (result.lines.length >= mostLines)
      result.refused.push({ line, reason: `A file holds up to ${mostLines} lines. Put the rest into another one.` });
    else result.lines.push(read);
  });
  return result;
}

function readLine(line: number, email: string, state: string, at: string): ConsentLine | string {
  const address = email.trim();
  if (!/^[^\s@]+@[^\s@]+$/.test(address) || address.length > 320) return 'The address is no e-mail address.';
  const said = state.trim().toLowerCase();
  const known = (Object.keys(words) as ConsentLine['state'][]).find((one) => words[one].includes(said));
  if (known === undefined) return `“${state.trim().slice(0, 40)}” is no state: use given, refused or withdrawn.`;
  if (at.trim() === '') return { line, email: address, state: known };
  // ISO 8601 only: 03/04/2026 is one day here and another there.
  const time = /^\d{4}-\d{2}-\d{2}(?:[T ].*)?$/.test(at.trim()) ? Date.parse(at.trim()) : Number.NaN;
  if (Number.isNaN(time)) return `“${at.trim().slice(0, 40)}” is no day: write it as 2026-03-01.`;
  return { line, email: address, state: known, at: new Date(time) };
}
