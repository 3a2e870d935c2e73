import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

export type Cells<Types extends readonly CellType[]> = {
  -readonly [K in keyof Types]: Types[K] extends 'text'
    ? string
    : Types[K] extends 'bytes'
      ? Buffer
      : Types[K] extends 'int?'
        ? number | null
        : number;
};
/** `int` is any whole number. `bytes` are only good during the call that they are given to. */
export type CellType = 'int' | 'int?' | 'text' | 'bytes';

/**
 * The rows of a query by COPY in PostgreSQL's binary form, one call each, never all of them in memory: bytes come as they
 * are, where a plain query gives them as text twice as long. The query must be our own text: it takes no parameters.
 * https://www.postgresql.org/docs/current/sql-copy.html (binary format)
 */
export async function copyOut<const Types extends readonly CellType[]>(
  client: pg.ClientBase,
  query: string,
  types: Types,
  visit: (row: Cells<Types>) => void,
): Promise<void> {
  const stream = client.query(copyTo(`copy (${query}) to stdout (format binary)`));
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  for await (const part of stream as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? part : Buffer.concat([rest, part]);
    let at = 0;
    if (!started) {
      if (bytes.length < headerLength) {
        rest = bytes;
        continue;
      }
      at = headerLength + bytes.readInt32BE(headerLength - 4);
      started = true;
    }
    for (let end = endOfRow(bytes, at, types.length); end > 0; end = endOfRow(bytes, at, types.length)) {
      visit(readRow(bytes, at + 2, types) as Cells<Types>);
      at = end;
    }
    rest = bytes.subarray(at);
  }
}

/** Signature, flags, and the length of an extension. */
const headerLength = 19;

/** Where the row ends that begins here; 0 when it is not here whole, or was the last. */
function endOfRow(bytes: Buffer, start: number, width: number): number {
  if (bytes.length < start + 2 || bytes.readInt16BE(start) === -1) return 0;
  let at = start + 2;
  for (let i = 0; i < width; i++) {
    if (bytes.length < at + 4) return 0;
    at += 4 + Math.max(0, bytes.readInt32BE(at));
  }
  return at <= bytes.length ? at : 0;
}

function readRow(bytes: Buffer, start: number, types: readonly CellType[]): (number | string | Buffer | null)[] {
  let at = start;
  return types.map((type) => {
    const length = bytes.readInt32BE(at);
    const from = at + 4;
    at = from + Math.max(0, length);
    if (length < 0) {
      if (type === 'int?') return null;
      throw new Error('The census met an empty cell where none can be.');
    }
    if (type === 'bytes') return bytes.subarray(from, at);
    if (type === 'text') return bytes.toString('utf8', from, at);
    return length === 8 ? Number(bytes.readBigInt64BE(from)) : bytes.readIntBE(from, length);
  });
}
