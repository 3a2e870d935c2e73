import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { sourceRefused } from '../kit/failures.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

export interface TextFile {
  size: number;
  /** Changes when the file does. */
  fingerprint: string;
  compressed: boolean;
  encoding: Encoding;
  /** Lines that were not UTF-8 and were read as Latin-1, so far in the latest reading. */
  latin1Lines(): number;
  /** The text as UTF-8, without byte order mark, cut only between lines (but for lines of more than a megabyte). */
  bytes(): AsyncGenerator<Buffer>;
}

const sampleSize = 4096;
const longestCarried = 1024 * 1024;

/** Errors: `file.not_found`, `file.not_readable`; while reading, `file.truncated`, `file.damaged`. */
export async function openText(path: string): Promise<TextFile> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') throw unreadable(path);
    throw sourceRefused('file.not_found', `There is no file ${path} on this machine. Check the path.`);
  });
  if (!found.isFile()) throw sourceRefused('file.not_found', `${path} is not a file. Enter the path of one CSV or JSON Lines file.`);
  const magic = await firstBytes(path);
  const compressed = magic[0] === 0x1f && magic[1] === 0x8b;
  const encoding = guessEncoding(compressed ? await firstOf(unpacked(path, true)) : magic);
  let latin1 = 0;
  const count = (lines: number) => {
    latin1 += lines;
  };
  return {
    size: found.size,
    fingerprint: `${found.size}-${Math.round(found.mtimeMs)}`,
    compressed,
    encoding,
    latin1Lines: () => latin1,
    bytes() {
      latin1 = 0;
      const chunks = unpacked(path, compressed);
      return encoding === 'utf-8' ? asUtf8(chunks, count) : fromUtf16(chunks, encoding);
    },
  };
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path).catch(() => {
    throw unreadable(path);
  });
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(sampleSize) });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function firstOf(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  for await (const chunk of chunks) return chunk.subarray(0, sampleSize);
  return Buffer.alloc(0);
}

async function* unpacked(path: string, compressed: boolean): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const stream = compressed ? file.pipe(createGunzip({ chunkSize: 256 * 1024 })) : file;
  // Errors of the file do not travel through a pipe by themselves.
  if (stream !== file) file.on('error', (error) => stream.destroy(error));
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    throw compressed ? damaged(path, error) : error;
  } finally {
    file.destroy();
    stream.destroy();
  }
}

function damaged(path: string, error: unknown) {
  const isCut = error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR';
  return isCut
    ? sourceRefused(
        'file.truncated',
        `The archive ${path} is cut off: its end is missing. Everything up to there was read; copy the file again to read the rest.`,
      )
    : sourceRefused(
        'file.damaged',
        `The archive ${path} is damaged (${error instanceof Error ? error.message : String(error)}). Copy it again.`,
      );
}

function guessEncoding(sample: Buffer): Encoding {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le';
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be';
  // Without a mark: plain letters are every second byte then.
  let even = 0;
  let odd = 0;
  for (let at = 0; at < sample.length; at++) {
    if (sample[at] === 0 && at % 2 === 0) even++;
    else if (sample[at] === 0) odd++;
  }
  if (odd > sample.length / 4 && even === 0) return 'utf-16le';
  if (even > sample.length / 4 && odd === 0) return 'utf-16be';
  return 'utf-8';
}

async function* fromUtf16(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** A line that is not UTF-8 is Latin-1: every byte is a character there, so nothing is lost and nothing fails. */
async function* asUtf8(chunks: AsyncIterable<Buffer>, count: (lines: number) => void): AsyncGenerator<Buffer> {
  let carried: Buffer = Buffer.alloc(0);
  let first = true;
  for await (const read of chunks) {
    let chunk = carried.length === 0 ? read : Buffer.concat([carried, read]);
    if (first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) chunk = chunk.subarray(3);
    first = false;
    const cut = chunk.lastIndexOf(10) + 1;
    if (cut === 0 && chunk.length < longestCarried) {
      carried = chunk;
      continue;
    }
    const whole = cut === 0 ? wholeCharacters(chunk) : cut;
    carried = chunk.subarray(whole);
    yield recoded(chunk.subarray(0, whole), count);
  }
  if (carried.length > 0) yield recoded(carried, count);
}

function recoded(bytes: Buffer, count: (lines: number) => void): Buffer {
  if (isUtf8(bytes)) return bytes;
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(10, start) + 1 || bytes.length;
    const line = bytes.subarray(start, end);
    if (isUtf8(line)) parts.push(line);
    else {
      count(1);
      parts.push(Buffer.from(line.toString('latin1')));
    }
    start = end;
  }
  return Buffer.concat(parts);
}

/** Where the last character that begins in the bytes also ends. */
function wholeCharacters(bytes: Buffer): number {
  let at = bytes.length - 1;
  for (let back = 0; back < 3 && at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80; back++) at--;
  return ((bytes[at] ?? 0) & 0xc0) === 0xc0 ? at : bytes.length;
}

function unreadable(path: string) {
  return sourceRefused('file.not_readable', `${path} may not be read by the account that Rapport runs as. Give it read permission.`);
}
