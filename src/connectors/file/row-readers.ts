import type { Json } from '../contract.ts';
import { sourceRefused } from '../kit/failures.ts';
import type { Columns, RowKind } from './columns.ts';
import { fieldOf, guessKind, mapColumns } from './columns.ts';
import type { CsvRow } from './csv.ts';
import { guessDelimiter, readHeader } from './csv.ts';
import type { RowItem } from './item.ts';
import { completeItem, setField } from './item.ts';
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

/** A line, or a row of several. */
export interface Placed {
  number: number;
  last?: number;
  end: number;
}

interface RowReader<Given> {
  kind: RowKind;
  columns: Columns;
  read(given: Given): ReadRow;
}

/** Reads rows of cells under a header. `where` names them in errors. Errors: `file.columns`. */
export function csvReader(header: string, settings: FileSettings, where: string): RowReader<CsvRow> & { delimiter: string } {
  const delimiter = guessDelimiter(header);
  const names = readHeader(header, delimiter);
  const kind = settings.rows === 'auto' ? guessKind(names.map(fieldOf)) : settings.rows;
  const columns = mapColumns(names, kind);
  if (columns.mapped.length === 0) {
    throw sourceRefused(
      'file.columns',
      `No column of ${where} is known (${names.slice(0, 10).join(', ').slice(0, 300)}). The first line must name the columns: kind, at, email, name, …`,
    );
  }
  function read(row: CsvRow): ReadRow {
    if (row.cells === undefined) return refusal(row, row.text, row.reason ?? 'the row cannot be read');
    const item: RowItem = {};
    row.cells.forEach((cell, index) => {
      const field = columns.fields[index];
      if (field !== undefined) setField(item, field, cell);
    });
    const reason = row.cells.length > names.length ? `it has ${row.cells.length} cells, the header ${names.length}` : undefined;
    return reason === undefined ? validated(row, row.text, completeItem(item, kind, row.text, settings)) : refusal(row, row.text, reason);
  }
  return { kind, columns, delimiter, read };
}

/** Reads objects, each with its place and its text; `first` tells what they are. Rows may have keys that the first has not. */
export function jsonReader(
  first: Record<string, unknown> | undefined,
  settings: FileSettings,
): RowReader<{ place: Placed; text: string; object: Record<string, unknown> | undefined }> {
  const names = Object.keys(first ?? {});
  const kind = settings.rows === 'auto' ? guessKind(names.map(fieldOf)) : settings.rows;
  const others = names.filter((name) => name !== 'row');
  const columns = mapColumns(others, kind);
  const fields = new Map<string, string | undefined>(others.map((name, index) => [name, columns.fields[index]]));
  function fieldOfKey(key: string): string | undefined {
    if (!fields.has(key)) fields.set(key, mapColumns([key], kind).fields[0]);
    return fields.get(key);
  }
  return {
    kind,
    columns,
    read({ place, text, object }) {
      if (object === undefined) return refusal(place, text, 'the line is not a JSON object');
      const item: RowItem = {};
      for (const key in object) {
        const field = key === 'row' ? undefined : fieldOfKey(key);
        if (field !== undefined && item[field] === undefined) setField(item, field, object[key]);
      }
      return validated(place, text, completeItem(item, rowKind(object['row']) ?? kind, text, settings));
    },
  };
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): Record<string, unknown> | undefined {
  // What JSON.parse gives and is neither null nor a list is an object with string keys.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

export function placeOf({ number, last = number, end }: Placed): Pick<ReadRow, 'line' | 'last' | 'end'> {
  return { line: number, last, end };
}

export function refusal(place: Placed, raw: string, reason: string): ReadRow {
  return { ...placeOf(place), refused: { raw: raw.slice(0, 100_000), reason: `line ${place.number}: ${reason}` } };
}

function rowKind(value: unknown): RowKind | undefined {
  return value === 'activity' || value === 'member' || value === 'organization' || value === 'affiliation' ? value : undefined;
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
