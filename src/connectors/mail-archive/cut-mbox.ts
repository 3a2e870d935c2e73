/** One message of an mbox: its From_ line, its bytes (a beginning, where it is too long), and where the next one begins. */
export interface CutMessage {
  envelope: string;
  raw: Buffer;
  end: number;
  isCut: boolean;
}

/** What is kept of one message: text comes before the attachments that make it long. */
const longestMessage = 2 * 1024 * 1024;
const keptTail = 64 * 1024;
const mark = Buffer.from('\nFrom ');
/** `From somebody Wed Dec  1 08:26:40 2010`, in all its dialects (RFC 4155): a time and a year make it one. */
const fromLine = /^From \S.*\b\d{1,2}:\d{2}(?::\d{2})?\b.*\b(?:19|20)\d{2}\b/;
const headerLine = /^(?:[\x21-\x39\x3b-\x7e]+:|>From )/;

/**
 * Cuts an mbox into messages, from the place where one begins. A line that looks like a From_ line counts only after an empty line
 * and before a header: mail programs do not all escape it in texts. Holds one message at the most, and a long one in part.
 */
export async function* cutMbox(chunks: AsyncIterable<Buffer>, from: number): AsyncGenerator<CutMessage> {
  let buffer: Buffer = Buffer.alloc(0);
  let base = from;
  let scan = 0;
  let head: Buffer | undefined;

  function take(length: number): CutMessage {
    const raw = head ?? Buffer.from(buffer.subarray(0, length));
    const message = { ...opened(raw), end: base + length, isCut: head !== undefined };
    buffer = buffer.subarray(length);
    base += length;
    scan = 0;
    head = undefined;
    return message;
  }

  for await (const chunk of chunks) {
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk]);
    for (;;) {
      const at = buffer.indexOf(mark, scan);
      if (at < 0) {
        scan = Math.max(0, buffer.length - mark.length);
        break;
      }
      const found = isBoundary(buffer, at);
      if (found === 'more') {
        scan = at;
        break;
      }
      if (found) {
        const message = take(at + 1);
        if (message.raw.length > 1) yield message;
      } else scan = at + 1;
    }
    if (buffer.length > (head === undefined ? longestMessage : 4 * keptTail)) {
      head ??= Buffer.from(buffer.subarray(0, longestMessage));
      const dropped = buffer.length - keptTail;
      base += dropped;
      buffer = Buffer.from(buffer.subarray(dropped));
      scan = Math.max(0, scan - dropped);
    }
  }
  if (buffer.length > 1) yield take(buffer.length);
}

/** Whether the line after this line end begins a message; `more` when that cannot be told yet. */
function isBoundary(buffer: Buffer, at: number): boolean | 'more' {
  const end = buffer.indexOf(10, at + 1);
  const next = end < 0 ? -1 : buffer.indexOf(10, end + 1);
  if (next < 0) return buffer.length - at > keptTail / 2 ? false : 'more';
  const before = buffer[at - 1];
  const isAfterEmpty = at === 0 || before === 10 || (before === 13 && (at === 1 || buffer[at - 2] === 10));
  return isAfterEmpty && fromLine.test(buffer.toString('latin1', at + 1, end)) && headerLine.test(buffer.toString('latin1', end + 1, next));
}

function opened(bytes: Buffer): { envelope: string; raw: Buffer } {
  let start = 0;
  while (bytes[start] === 10 || bytes[start] === 13) start++;
  const raw = bytes.subarray(start);
  if (raw.toString('latin1', 0, 5) !== 'From ') return { envelope: '', raw };
  const end = raw.indexOf(10);
  const envelope = raw.toString('utf8', 5, Math.min(end < 0 ? raw.length : end, 500)).trim();
  return { envelope, raw: unescaped(end < 0 ? Buffer.alloc(0) : raw.subarray(end + 1)) };
}

/** `>From ` at the beginning of a line was `From ` when it was written (mboxrd). */
function unescaped(raw: Buffer): Buffer {
  if (!raw.includes('\n>')) return raw;
  return Buffer.from(raw.toString('latin1').replace(/^>(>*From )/gm, '$1'), 'latin1');
}

/** Whether a file begins like an mbox. */
export function looksLikeMbox(sample: Buffer): boolean {
  return fromLine.test(
    sample
      .toString('latin1')
      .replace(/^[\s\u00ef\u00bb\u00bf]+/, '')
      .split('\n')[0] ?? '',
  );
}
