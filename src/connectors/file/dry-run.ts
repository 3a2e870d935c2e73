import { isAbsolute } from 'node:path';
import type { Columns, RowKind } from './columns.ts';
import { sourceRefused } from '../kit/failures.ts';
import { openRows } from './read-rows.ts';
import type { FileSettings } from './settings.ts';

export interface DryRun {
  kind: RowKind;
  format: 'csv' | 'jsonl';
  encoding: string;
  /** Rows that can be imported. */
  rows: number;
  refusedRows: number;
  /** The first of those that cannot, each with its line. */
  refused: { line: number; reason: string }[];
  columns: Columns;
}

/**
 * Reads a file to its end without storing anything, and says what an import would do. Lists at most `mostRefused`
 * refused rows, and counts them all. Errors: those of `openRows`; `file.truncated` for an archive without its end.
 */
export async function dryRun(settings: FileSettings, options: { mostRefused?: number; signal?: AbortSignal } = {}): Promise<DryRun> {
  if (settings.path !== undefined && !isAbsolute(settings.path))
    throw sourceRefused('file.not_found', `${settings.path} is not a full path. Begin it with "/".`);
  const open = await openRows(settings);
  const result: DryRun = {
    kind: open.kind,
    format: open.format,
    encoding: open.file.encoding,
    rows: 0,
    refusedRows: 0,
    refused: [],
    columns: { mapped: open.columns.mapped, ignored: open.columns.ignored },
  };
  for await (const list of open.rows({ offset: 0, line: 0 })) {
    options.signal?.throwIfAborted();
    for (const row of list) {
      if (row.item !== undefined) result.rows++;
      if (row.refused === undefined) continue;
      result.refusedRows++;
      if (result.refused.length < (options.mostRefused ?? 1000)) result.refused.push({ line: row.line, reason: row.refused.reason });
    }
  }
  const latin1 = open.file.latin1Lines();
  if (latin1 > 0) result.encoding = `utf-8, and ${latin1} lines that are not: those were read as Latin-1`;
  return result;
}
