import { once } from 'node:events';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** What a column holds. `int8` takes whole numbers and bigints, `timestamptz` milliseconds since 1970, `date` text, `jsonb` JSON. */
export type ColumnType = 'int2' | 'int4' | 'int8' | 'text' | 'jsonb' | 'bytea' | 'date' | 'timestamptz';
export type Cell = string | number | bigint | Buffer | null | undefined;

// oxlint-disable-next-line no-control-regex -- PostgreSQL's text cannot hold the character NUL
const nul = /\u0000/g;
const chunkSize = 256 * 1024;
/** Most copies are of a few hundred rows: what they need grows from here. */
const firstSize = 16 * 1024;
/** 1 January 2000, from which PostgreSQL counts microseconds. */
const epoch = 946_684_800_000;
/** Signature, flags, and no extension. */
const header = Buffer.from('PGCOPY\n\u00ff\r\n\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000', 'latin1');

/**
 * Inserts rows by COPY, the quickest way in: about a tenth of the time of INSERT with parameters. In the binary form, which
 * neither side has to write out as text and read again. `columns` gives their types, in the order of the cells.
 * https://www.postgresql.org/docs/current/sql-copy.html (binary format)
 */
export async function copyRows(
  client: pg.ClientBase,
  table: string,
  columns: Readonly<Record<string, ColumnType>>,
  rows: Iterable<readonly Cell[]>,
): Promise<void> {
  const stream = client.query(copyFrom(`copy ${table} (${Object.keys(columns).join(', ')}) from stdin (format binary)`));
  const types = Object.values(columns);
  let failure: Error | undefined;
  const finished = new Promise<void>((resolve) => {
    stream.once('finish', resolve);
    stream.once('error', (error) => {
      failure = error;
      resolve();
    });
  });
  let chunk = createChunk(firstSize);
  try {
    chunk.bytes(header);
    for (const row of rows) {
      if (failure !== undefined) break;
      chunk.row(types, row);
      if (chunk.length() < chunkSize) continue;
      // Not written into again: the socket may still hold it.
      const full = chunk.take();
      chunk = createChunk(chunkSize + 64 * 1024);
      if (!stream.write(full)) await Promise.race([once(stream, 'drain'), finished]);
    }
    chunk.int2(-1);
    stream.end(chunk.take());
  } catch (error) {
    // A cell that cannot be written: without an end of its own the connection would wait for the rest for ever.
    stream.destroy(error as Error);
  }
  await finished;
  if (failure !== undefined) throw failure;
}

interface Chunk {
  row(types: readonly ColumnType[], cells: readonly Cell[]): void;
  bytes(bytes: Buffer): void;
  int2(value: number): void;
  length(): number;
  take(): Buffer;
}

function createChunk(size: number): Chunk {
  let buffer = Buffer.allocUnsafeSlow(size);
  let at = 0;

  function reserve(bytes: number): void {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, at + bytes));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  }

  function int2(value: number): void {
    reserve(2);
    at = buffer.writeInt16BE(value, at);
  }

  function int4(value: number): void {
    reserve(4);
    at = buffer.writeInt32BE(value, at);
  }

  function int8(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number.`);
    reserve(8);
    const high = Math.floor(value / 4_294_967_296);
    at = buffer.writeInt32BE(high, at);
    at = buffer.writeUInt32BE(value - high * 4_294_967_296, at);
  }

  function bytes(value: Buffer): void {
    reserve(value.length);
    at += value.copy(buffer, at);
  }

  function text(value: string): void {
    const plain = value.includes('\u0000') ? value.replace(nul, '') : value;
    reserve(4 + plain.length * 3);
    const size = writeText(plain, at + 4);
    buffer.writeInt32BE(size, at);
    at += 4 + size;
  }

  /** Short ASCII is quicker written here than handed over. */
  function writeText(value: string, from: number): number {
    if (value.length > 40) return buffer.write(value, from);
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return buffer.write(value, from);
      buffer[from + i] = code;
    }
    return value.length;
  }

  function cell(type: ColumnType, value: Cell): void {
    if (value === null || value === undefined) int4(-1);
    else if (type === 'text') text(String(value));
    else if (type === 'jsonb') text(`\u0001${String(value)}`);
    else if (type === 'date') {
      int4(4);
      int4((Date.parse(String(value)) - epoch) / 86_400_000);
    } else if (Buffer.isBuffer(value)) {
      int4(value.length);
      bytes(value);
    } else if (typeof value === 'bigint') {
      int4(8);
      reserve(8);
      at = buffer.writeBigInt64BE(value, at);
    } else if (type === 'int4') {
      int4(4);
      int4(Number(value));
    } else if (type === 'int2') {
      int4(2);
      int2(Number(value));
    } else {
      int4(8);
      int8(type === 'int8' ? Number(value) : (Math.trunc(Number(value)) - epoch) * 1000);
    }
  }

  return {
    row(types, cells) {
      int2(types.length);
      for (let i = 0; i < types.length; i++) cell(types[i] ?? 'text', cells[i]);
    },
    bytes,
    int2,
    length: () => at,
    take: () => buffer.subarray(0, at),
  };
}
