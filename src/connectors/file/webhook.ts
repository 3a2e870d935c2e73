import { hash } from 'node:crypto';
import { AppError } from '../../platform/errors.ts';
import type { Webhook, WebhookNews, WebhookRequest } from '../contract.ts';
import { sourceRefused } from '../kit/failures.ts';
import { verifySignature } from '../kit/webhook.ts';
import { csvRowsOf } from './csv.ts';
import type { Line } from './lines.ts';
import type { ReadRow } from './row-readers.ts';
import { asObject, csvReader, jsonReader, parseObject } from './row-readers.ts';
import type { FileSettings } from './settings.ts';

const mostShown = 100;

/** Rows that another program sends: the same as it would write into a file. */
export const webhook: Webhook<FileSettings> = {
  secret: 'secret',
  setUp: [
    'Let your program POST rows to {address}: a JSON list, JSON Lines, or CSV with a header.',
    'Send the time (seconds since 1970) as X-Rapport-Timestamp.',
    'Send as X-Rapport-Signature "sha256=" and the HMAC-SHA256, in hexadecimal, of the time, a point and the body, with the key {secret}.',
  ],
  verify(request, { secret }) {
    if (secret === undefined || secret === '')
      throw new AppError('unauthenticated', 'webhook.signature', 'This source has no secret yet: make one, and sign with it.');
    verifySignature(request, {
      secret,
      header: 'x-rapport-signature',
      prefix: 'sha256=',
      timestamp: { header: 'x-rapport-timestamp', signed: (time, body) => Buffer.concat([Buffer.from(`${time}.`), body]) },
    });
  },
  read,
};

/** What cannot be taken in goes to quarantine, and the sender hears which line it was and why. */
function read(request: WebhookRequest, settings: FileSettings): WebhookNews {
  const rows = readRows(Buffer.from(request.body), settings);
  const items = rows.flatMap(({ item }) => (item === undefined ? [] : [item]));
  const refused = rows.flatMap(({ line, refused: why }) => (why === undefined ? [] : [{ line, ...why }]));
  const unreadable = refused.map(({ raw, reason }) => ({ externalId: `sent ${hash('sha1', raw, 'base64url')}`, raw, reason }));
  return {
    pages: [{ stream: 'rows', items, ...(unreadable.length === 0 ? {} : { unreadable }) }],
    answer: {
      json: {
        rows: items.length,
        refusedRows: refused.length,
        refused: refused.slice(0, mostShown).map(({ line, reason }) => ({ line, reason })),
      },
    },
  };
}

/** Errors: `file.empty`, `file.not_json`, `file.columns`. */
function readRows(body: Buffer, settings: FileSettings): ReadRow[] {
  const bytes = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
  const text = bytes.toString('utf8').trimStart();
  if (text === '') throw sourceRefused('file.empty', 'the request holds no rows');
  if (text.startsWith('[')) return readObjects(parseList(text), settings);
  const one = text.startsWith('{') ? parseObject(text) : undefined;
  if (one !== undefined) return readObjects([one], settings);
  const [first, ...rest] = linesOf(bytes).filter((line) => line.bytes.length > 0);
  if (first === undefined) throw sourceRefused('file.empty', 'the request holds no rows');
  if (text.startsWith('{')) {
    const reader = jsonReader(parseObject(first.bytes.toString('utf8')), settings);
    return [first, ...rest].map((line) => {
      const own = line.bytes.toString('utf8');
      return reader.read({ place: line, text: own, object: parseObject(own) });
    });
  }
  const reader = csvReader(first.bytes.toString('utf8'), settings, 'the request');
  return csvRowsOf(linesOf(bytes.subarray(first.end), first), reader.delimiter).map(reader.read);
}

/** As `jq -c '.[]'` would write them: so that a row has the same id as in a file. */
function readObjects(list: unknown[], settings: FileSettings): ReadRow[] {
  const reader = jsonReader(asObject(list[0]), settings);
  return list.map((value, index) =>
    reader.read({ place: { number: index + 1, end: 0 }, text: JSON.stringify(value), object: asObject(value) }),
  );
}

function parseList(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw sourceRefused('file.not_json', 'the body begins like a JSON list and is none');
}

/** The lines of a body, counted on from the one before. */
function linesOf(bytes: Buffer, before: Pick<Line, 'number' | 'end'> = { number: 0, end: 0 }): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(10, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, bytes[end - 1] === 13 && end > start ? end - 1 : end);
    lines.push({ number: before.number + lines.length + 1, end: before.end + end + 1, bytes: line, tooLong: false });
    start = end + 1;
  }
  return lines;
}
