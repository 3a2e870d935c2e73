import { isUtf8 } from 'node:buffer';

/**
 * Git turns a commit that names its encoding into UTF-8. What is not UTF-8 after that was written without a word about
 * its encoding: then it is Latin-1, where every byte is a character, so that nothing is lost. Line by line, because
 * one line in another encoding must not spoil the others.
 */
export function latin1OrUtf8(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const lines: string[] = [];
  for (let start = 0; start <= bytes.length;) {
    const end = bytes.indexOf(10, start);
    const line = bytes.subarray(start, end < 0 ? bytes.length : end);
    lines.push(line.toString(isUtf8(line) ? 'utf8' : 'latin1'));
    if (end < 0) break;
    start = end + 1;
  }
  return lines.join('\n');
}
