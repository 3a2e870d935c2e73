import { parse } from 'csv-parse/sync';
import type { Line } from './lines.ts';

/** A row that was cut out of the file: its cells, or why it could not be read. */
export interface CsvRow {
  number: number;
  /** The number of its last line. */
  last: number;
  end: number;
  text: string;
  cells?: string[];
  reason?: string;
}

const mostLines = 1000;
const mostBytes = 1024 * 1024;
const quote = 34;

/** Which of the usual separators the header uses. */
export function guessDelimiter(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  const counted = [',', ';', '\t', '|'].map((mark) => ({ mark, count: bare.split(mark).length }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).mark;
}

/** The names of the columns, in order. */
export function readHeader(text: string, delimiter: string): string[] {
  return (parseText(text, delimiter)?.[0] ?? text.split(delimiter)).map((name) => name.trim());
}

/**
 * Rows from lines. A row whose quotes are not closed goes on in the next line; where that leads nowhere, its first line
 * alone is refused and reading starts again at the second, so that one stray quote costs one row.
 */
export async function* csvRows(lines: AsyncIterable<Line[]>, delimiter: string): AsyncGenerator<CsvRow[]> {
  let open: Line[] = [];
  for await (const list of lines) {
    const queue = [...open, ...list];
    open = [];
    const { rows, unfinished } = gather(queue, delimiter, false);
    open = unfinished;
    if (rows.length > 0) yield rows;
  }
  if (open.length > 0) yield gather(open, delimiter, true).rows;
}

/** As `csvRows`, of lines that are all there. */
export function csvRowsOf(lines: Line[], delimiter: string): CsvRow[] {
  return gather(lines, delimiter, true).rows;
}

function gather(queue: Line[], delimiter: string, isLast: boolean): { rows: CsvRow[]; unfinished: Line[] } {
  const groups: Line[][] = [];
  const refused = new Map<Line, string>();
  let at = 0;
  while (at < queue.length) {
    const length = rowLength(queue, at, delimiter);
    if (length === 'more') {
      if (!isLast) break;
      refuse(at, 'a quote is opened and never closed');
    } else if (length === 'never') refuse(at, 'a quote is opened and never closed');
    else {
      groups.push(queue.slice(at, at + length));
      at += length;
    }
  }
  function refuse(index: number, reason: string): void {
    const line = queue[index];
    if (line !== undefined) {
      refused.set(line, reason);
      groups.push([line]);
    }
    at++;
  }
  return { rows: parseGroups(groups, refused, delimiter), unfinished: queue.slice(at) };
}

/** How many lines the row that begins here takes; `more` when its end has not come yet, `never` when it will not. */
function rowLength(queue: Line[], start: number, delimiter: string): number | 'more' | 'never' {
  let open = false;
  let bytes = 0;
  for (let index = start; index < queue.length; index++) {
    const line = queue[index];
    if (line === undefined) break;
    if (line.tooLong) return index === start ? 1 : 'never';
    if (hasOddQuotes(line.bytes)) open = !open;
    bytes += line.bytes.length;
    // Lines that belong together only by a stray quote do not parse as one row.
    if (!open)
      return index === start || parseText(joined(queue.slice(start, index + 1)), delimiter)?.length === 1 ? index - start + 1 : 'never';
    if (index - start >= mostLines || bytes > mostBytes) return 'never';
  }
  return 'more';
}

function hasOddQuotes(bytes: Buffer): boolean {
  let odd = false;
  for (let at = bytes.indexOf(quote); at >= 0; at = bytes.indexOf(quote, at + 1)) odd = !odd;
  return odd;
}

function parseGroups(groups: Line[][], refused: Map<Line, string>, delimiter: string): CsvRow[] {
  const rows = groups.map((group): CsvRow => {
    const [first] = group;
    const last = group.at(-1);
    const row: CsvRow = { number: first?.number ?? 0, last: last?.number ?? 0, end: last?.end ?? 0, text: joined(group) };
    const reason = first === undefined ? undefined : first.tooLong ? 'the line is longer than 10 MB' : refused.get(first);
    return reason === undefined ? row : { ...row, reason };
  });
  const readable = rows.filter((row) => row.reason === undefined && row.text.trim() !== '');
  const together = parseText(readable.map((row) => row.text).join('\n'), delimiter);
  if (together?.length === readable.length) {
    readable.forEach((row, index) => {
      row.cells = together[index] ?? [];
    });
  } else {
    for (const row of readable) {
      const alone = parseText(row.text, delimiter);
      if (alone?.[0] !== undefined && alone.length === 1) row.cells = alone[0];
      else row.reason = 'the quotes in this row cannot be read: a quote inside a field is written twice';
    }
  }
  return rows.filter((row) => row.cells !== undefined || row.reason !== undefined);
}

function parseText(text: string, delimiter: string): string[][] | undefined {
  try {
    return parse(text, { delimiter, relax_column_count: true, skip_empty_lines: true, record_delimiter: '\n' });
  } catch {
    return undefined;
  }
}

function joined(lines: Line[]): string {
  return lines.length === 1 ? (lines[0]?.bytes.toString('utf8') ?? '') : lines.map((line) => line.bytes.toString('utf8')).join('\n');
}
