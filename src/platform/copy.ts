import { once } from 'node:events';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

const special = /[\\\n\r\t]/g;
const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
// oxlint-disable-next-line no-control-regex -- PostgreSQL's text cannot hold the character NUL
const nul = /\u0000/g;

export type Cell = string | number | null | undefined;

/**
 * Inserts rows by COPY, the quickest way in: about a tenth of the time of INSERT with parameters. Values are escaped here;
 * bytes go as `\x…` text. https://www.postgresql.org/docs/current/sql-copy.html (text format)
 */
export async function copyRows(client: pg.ClientBase, table: string, columns: readonly string[], rows: Iterable<readonly Cell[]>): Promise<void> {
  const stream = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`));
  let failure: Error | undefined;
  const finished = new Promise<void>((resolve) => {
    stream.once('finish', resolve);
    stream.once('error', (error) => {
      failure = error;
      resolve();
    });
  });
  let chunk = '';
  for (const row of rows) {
    if (failure !== undefined) break;
    chunk += `${row.map(writeCell).join('\t')}\n`;
    if (chunk.length > 64 * 1024) {
      if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), finished]);
      chunk = '';
    }
  }
  stream.end(chunk);
  await finished;
  if (failure !== undefined) throw failure;
}

function writeCell(cell: Cell): string {
  if (cell === null || cell === undefined) return '\\N';
  if (typeof cell === 'number') return String(cell);
  const text = cell.includes('\u0000') ? cell.replace(nul, '') : cell;
  return text.replace(special, (character) => escapes[character] ?? character);
}

/** Bytes as a cell. */
export function bytesCell(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}
