import type { Json } from '../contract.ts';
import { sourceRefused } from '../kit/failures.ts';
import type { Columns, RowKind } from './columns.ts';
import { fieldOf, guessKind, mapColumns } from './columns.ts';
import { csvRows, guessDelimiter, readHeader } from './csv.ts';
import type { RowItem } from './item.ts';
import { completeItem, setField } from './item.ts';
import type { Line, Place } from './lines.ts';
import { cutLines } from './lines.ts';
import type { TextFile } from './open-text.ts';
import { openText } from './open-text.ts';
import { fileRecord } from './records.ts';
import type { FileSettings } from './settings.ts';

/** One row as an item, or why it was refused; and where the next one begins. */
export interface ReadRow {
  line: number;
  /** Number of its last line, and where the next row begins. */
  last: number;
  end: number;
  item?: Json;
  refused?: { raw: string; reason: string };
}

export interface OpenRows {
  file: TextFile;
  format: 'csv' | 'jsonl';
  kind: RowKind;
  columns: Columns;
  rows(from: Place): AsyncGenerator<ReadRow[]>;
}

/** Opens a file and finds out what it holds. Errors: those of `openText`, `file.empty`, `file.columns`. */
export async function openRows(settings: FileSettings): Promise<OpenRows> {
  const file = await openText(settings.path);
  const first = await firstLine(file);
  const text = first?.bytes.toString('utf8') ?? '';
  if (first === undefined || text.trim() === '')
    throw sourceRefused('file.empty', `${settings.path} is empty, or begins with an empty line.`);
  return /^\s*\{/.test(text) ? openJsonLines(file, text, settings) : openCsv(file, first, settings);
}

function openCsv(file: TextFile, header: Line, settings: FileSettings): OpenRows {
  const text = header.bytes.toString('utf8');
  const delimiter = guessDelimiter(text);
  const names = readHeader(text, delimiter);
  const kind = settings.rows === 'auto' ? guessKind(names.map(fieldOf)) : settings.rows;
  const columns = mapColumns(names, kind);
  if (columns.mapped.length === 0) {
    throw sourceRefused(
      'file.columns',
      `No column of ${settings.path} is known (${names.slice(0, 10).join(', ').slice(0, 300)}). The first line must name the columns: kind, at, email, name, …`,
    );
  }
  async function* rows(from: Place): AsyncGenerator<ReadRow[]> {
    const start = from.offset === 0 ? { offset: header.end, line: header.number } : from;
    for await (const list of csvRows(cutLines(file.bytes(), start), delimiter)) {
      yield list.map((row): ReadRow => {
        if (row.cells === undefined) return refusal(row, row.text, row.reason ?? 'the row cannot be read');
        const item: RowItem = {};
        row.cells.forEach((cell, index) => {
          const field = columns.fields[index];
          if (field !== undefined) setField(item, field, cell);
        });
        const reason = row.cells.length > names.length ? `it has ${row.cells.length} cells, the header ${names.length}` : undefined;
        return reason === undefined
          ? validated(row, row.text, completeItem(item, kind, row.text, settings))
          : refusal(row, row.text, reason);
      });
    }
  }
  return { file, format: 'csv', kind, columns, rows };
}

function openJsonLines(file: TextFile, first: string, settings: FileSettings): OpenRows {
  const names = Object.keys(parseObject(first) ?? {});
  const kind = settings.rows === 'auto' ? guessKind(names.map(fieldOf)) : settings.rows;
  const columns = mapColumns(
    names.filter((name) => name !== 'row'),
    kind,
  );
  const fields = new Map<string, string | undefined>(names.map((name, index) => [name, columns.fields[index]]));
  // Rows may have keys that the first has not.
  function fieldOfKey(key: string): string | undefined {
    if (!fields.has(key)) fields.set(key, mapColumns([key], kind).fields[0]);
    return fields.get(key);
  }
  for (const [index, name] of names.filter((each) => each !== 'row').entries()) fields.set(name, columns.fields[index]);
  async function* rows(from: Place): AsyncGenerator<ReadRow[]> {
    for await (const lines of cutLines(file.bytes(), from)) {
      const list: ReadRow[] = [];
      for (const line of lines) {
        const text = line.bytes.toString('utf8');
        if (line.tooLong) list.push(refusal(line, text, 'the line is longer than 10 MB'));
        else if (text.trim() !== '') list.push(readObject(line, text));
        else list.push(placeOf(line));
      }
      yield list;
    }
  }
  function readObject(line: Line, text: string): ReadRow {
    const given = parseObject(text);
    if (given === undefined) return refusal(line, text, 'the line is not a JSON object');
    const item: RowItem = {};
    for (const key in given) {
      const field = key === 'row' ? undefined : fieldOfKey(key);
      if (field !== undefined && item[field] === undefined) setField(item, field, given[key]);
    }
    return validated(line, text, completeItem(item, rowKind(given['row']) ?? kind, text, settings));
  }
  return { file, format: 'jsonl', kind, columns, rows };
}

function rowKind(value: unknown): RowKind | undefined {
  return value === 'activity' || value === 'member' || value === 'organization' || value === 'affiliation' ? value : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // What JSON.parse gives and is neither null nor a list is an object with string keys.
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A line, or a row of several. */
interface Placed {
  number: number;
  last?: number;
  end: number;
}

function placeOf({ number, last = number, end }: Placed): Pick<ReadRow, 'line' | 'last' | 'end'> {
  return { line: number, last, end };
}

/** Checked here as well as by the runner, because only here the line's number is known. */
function validated(place: Placed, raw: string, item: RowItem): ReadRow {
  const parsed = fileRecord.safeParse(item);
  if (parsed.success) return { ...placeOf(place), item };
  const reason = parsed.error.issues
    .map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`))
    .join('; ');
  return refusal(place, raw, reason);
}

function refusal(place: Placed, raw: string, reason: string): ReadRow {
  return { ...placeOf(place), refused: { raw: raw.slice(0, 100_000), reason: `line ${place.number}: ${reason}` } };
}

async function firstLine(file: TextFile): Promise<Line | undefined> {
  for await (const lines of cutLines(file.bytes(), { offset: 0, line: 0 })) return lines[0];
  return undefined;
}
