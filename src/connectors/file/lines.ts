/** A line without its end, its number from 1, and where the next one begins (bytes of the text as UTF-8). */
export interface Line {
  number: number;
  end: number;
  bytes: Buffer;
  /** It is longer than a line may be: only its beginning is kept. */
  tooLong: boolean;
}

export interface Place {
  offset: number;
  line: number;
}

const longestLine = 10 * 1024 * 1024;
const keptOfLong = 1000;

/** Cuts text into lines, a list for each chunk, from a place on. Holds one line at the most. */
export async function* cutLines(chunks: AsyncIterable<Buffer>, from: Place): AsyncGenerator<Line[]> {
  let passed = 0;
  let number = from.line;
  let offset = from.offset;
  let rest: Buffer = Buffer.alloc(0);
  let looked = 0;
  let dropped = 0;
  for await (let chunk of chunks) {
    passed += chunk.length;
    if (passed <= from.offset) continue;
    if (passed - chunk.length < from.offset) chunk = chunk.subarray(chunk.length - (passed - from.offset));
    const buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lines: Line[] = [];
    let start = 0;
    for (let end = buffer.indexOf(10, looked); end >= 0; end = buffer.indexOf(10, start)) {
      offset += end - start + 1 + dropped;
      lines.push({ number: ++number, end: offset, bytes: withoutReturn(buffer.subarray(start, end)), tooLong: dropped > 0 });
      dropped = 0;
      start = end + 1;
    }
    rest = buffer.subarray(start);
    if (rest.length > longestLine || dropped > 0) {
      const kept = Buffer.from(rest.subarray(0, keptOfLong));
      dropped += rest.length - kept.length;
      rest = kept;
    }
    looked = rest.length;
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0)
    yield [{ number: number + 1, end: offset + rest.length + dropped, bytes: withoutReturn(rest), tooLong: dropped > 0 }];
}

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes;
}
