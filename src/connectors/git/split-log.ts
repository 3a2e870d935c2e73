import { limits } from './log-format.ts';

/** One commit as printed: its header and message, and its files. What was too much for memory is only counted. */
export interface CommitBytes {
  /** The text, and unless `omitted` is set the files behind it. */
  bytes: Buffer;
  omitted?: Omitted;
}

/** What was left out of a commit that is larger than memory may hold. */
export interface Omitted {
  messageBytes: number;
  files: number;
  added: number;
  removed: number;
}

const between = Buffer.from([0, 0]);
const keptOfMessage = 1024 * 1024;

/**
 * Cuts git's output into commits, a list for each chunk. Holds one commit at the most, and of a commit that passes
 * 16 MB only its beginning and its sums.
 */
export async function* splitLog(chunks: AsyncIterable<Buffer>): AsyncGenerator<CommitBytes[]> {
  let rest: Buffer = Buffer.alloc(0);
  let looked = 0;
  let omitted: Omitted | undefined;
  for await (const chunk of chunks) {
    let buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const commits: CommitBytes[] = [];
    let start = 0;
    for (;;) {
      const end = buffer.indexOf(between, Math.max(start, looked));
      if (end < 0) break;
      commits.push({ bytes: buffer.subarray(start, end), ...(omitted === undefined ? {} : { omitted }) });
      omitted = undefined;
      start = end + 1;
      looked = 0;
    }
    buffer = buffer.subarray(start);
    if (buffer.length > limits.waiting) {
      omitted ??= { messageBytes: 0, files: 0, added: 0, removed: 0 };
      buffer = shorten(buffer, omitted);
    }
    // The last byte may be the first of two NULs; it is looked at again with the next chunk.
    looked = Math.max(0, buffer.length - 1);
    rest = buffer;
    if (commits.length > 0) yield commits;
  }
  const last = rest.at(-1) === 0 ? rest.subarray(0, -1) : rest;
  if (last.length > 1) yield [{ bytes: last, ...(omitted === undefined ? {} : { omitted }) }];
}

/** Drops what is past the limits from the middle of a commit, and counts it. Its end stays for the search to go on. */
function shorten(buffer: Buffer, omitted: Omitted): Buffer {
  const textEnd = buffer.indexOf(0, 1);
  if (textEnd < 0) {
    omitted.messageBytes += buffer.length - keptOfMessage;
    return Buffer.from(buffer.subarray(0, keptOfMessage));
  }
  const text = buffer.subarray(0, Math.min(textEnd, keptOfMessage));
  omitted.messageBytes += textEnd - text.length;
  let kept = textEnd;
  for (let count = 0; count < limits.files && kept >= 0; count++) kept = buffer.indexOf(0, kept + 1);
  if (kept < 0) kept = textEnd;
  let at = kept + 1;
  for (;;) {
    const end = buffer.indexOf(0, at);
    if (end < 0 || end === at) break;
    const [added, removed] = countsOf(buffer.toString('latin1', at, Math.min(end, at + 64)));
    omitted.files += 1;
    omitted.added += added;
    omitted.removed += removed;
    at = end + 1;
  }
  return Buffer.concat([text, buffer.subarray(textEnd, kept), buffer.subarray(at - 1)]);
}

/** `12 TAB 3 TAB path` → [12, 3]; a binary file counts nothing. */
function countsOf(entry: string): [number, number] {
  const first = entry.indexOf('\t');
  const second = entry.indexOf('\t', first + 1);
  return [Number(entry.slice(0, first)) || 0, Number(entry.slice(first + 1, second)) || 0];
}
