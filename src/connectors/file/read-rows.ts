import { sourceRefused } from '../kit/failures.ts';
import type { Columns, RowKind } from './columns.ts';
import { csvRows } from './csv.ts';
import type { Line, Place } from './lines.ts';
import { cutLines } from './lines.ts';
import type { TextFile } from './open-text.ts';
import { openText } from './open-text.ts';
import type { ReadRow } from './row-readers.ts';
import { csvReader, jsonReader, parseObject, placeOf, refusal } from './row-readers.ts';
import type { FileSettings } from './settings.ts';

export interface OpenRows {
  file: TextFile;
  format: 'csv' | 'jsonl';
  kind: RowKind;
  columns: Columns;
  rows(from: Place): AsyncGenerator<ReadRow[]>;
}

/** Opens a file and finds out what it holds. Errors: those of `openText`, `file.no_path`, `file.empty`, `file.columns`. */
export async function openRows(settings: FileSettings): Promise<OpenRows> {
  const { path } = settings;
  if (path === undefined)
    throw sourceRefused('file.no_path', 'This source has no file: its rows arrive by webhook. Enter a path to read one.');
  const file = await openText(path);
  const first = await firstLine(file);
  const text = first?.bytes.toString('utf8') ?? '';
  if (first === undefined || text.trim() === '') throw sourceRefused('file.empty', `${path} is empty, or begins with an empty line.`);
  return /^\s*\{/.test(text) ? openJsonLines(file, text, settings) : openCsv(file, first, settings, path);
}

function openCsv(file: TextFile, header: Line, settings: FileSettings, path: string): OpenRows {
  const reader = csvReader(header.bytes.toString('utf8'), settings, path);
  async function* rows(from: Place): AsyncGenerator<ReadRow[]> {
    const start = from.offset === 0 ? { offset: header.end, line: header.number } : from;
    for await (const list of csvRows(cutLines(file.bytes(), start), reader.delimiter)) yield list.map(reader.read);
  }
  return { file, format: 'csv', kind: reader.kind, columns: reader.columns, rows };
}

function openJsonLines(file: TextFile, first: string, settings: FileSettings): OpenRows {
  const reader = jsonReader(parseObject(first), settings);
  async function* rows(from: Place): AsyncGenerator<ReadRow[]> {
    for await (const lines of cutLines(file.bytes(), from)) {
      const list: ReadRow[] = [];
      for (const line of lines) {
        const text = line.bytes.toString('utf8');
        if (line.tooLong) list.push(refusal(line, text, 'the line is longer than 10 MB'));
        else if (text.trim() !== '') list.push(reader.read({ place: line, text, object: parseObject(text) }));
        else list.push(placeOf(line));
      }
      yield list;
    }
  }
  return { file, format: 'jsonl', kind: reader.kind, columns: reader.columns, rows };
}

async function firstLine(file: TextFile): Promise<Line | undefined> {
  for await (const lines of cutLines(file.bytes(), { offset: 0, line: 0 })) return lines[0];
  return undefined;
}
