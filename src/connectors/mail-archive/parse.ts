import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Email } from 'postal-mime';
import PostalMime, { decodeWords } from 'postal-mime';
import type { Json } from '../contract.ts';
import { absurdTime, readOffset, readTime } from '../kit/time.ts';
import { readAuthor } from './people.ts';

const longestText = 100_000;
const mostReferences = 100;

export type Parsed = { item: { [key: string]: Json }; at: number } | { reason: string };

/**
 * One message as an item: what its headers say, and its text; attachments are left out. `now` decides which dates cannot be.
 */
export async function parseMessage(raw: Buffer, envelope: string, now: number): Promise<Parsed> {
  let email: Email;
  try {
    email = await PostalMime.parse(readable(raw), { maxNestingDepth: 50, forceRfc822Attachments: true });
  } catch (error) {
    return { reason: `the message cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  const headers = new Map<string, string>();
  // Of two the first counts: relays write theirs above, but never a second From.
  for (const { key, value } of email.headers) if (!headers.has(key)) headers.set(key, value.replace(/\s+/g, ' ').trim());
  const header = (name: string) => headers.get(name) || undefined;
  const list = [...addressesIn(header('list-post')), ...addressesIn(header('x-beenthere'))];
  const author = readAuthor({ from: header('from'), replyTo: header('reply-to'), originalFrom: header('x-original-from'), list });
  if (author === undefined) return { reason: 'the message has no sender (From)' };
  const time = timeOf(header('date'), envelope, header('received'), now);
  if ('reason' in time) return time;
  const references = idsIn(header('references')).slice(0, mostReferences);
  const inReplyTo = idsIn(header('in-reply-to'));
  const item = {
    id: idsIn(header('message-id'))[0] ?? `#${hash('sha256', raw, 'base64url')}`,
    at: time.at,
    ...(time.offset === undefined ? {} : { offset: time.offset }),
    ...(time.from === 'date' ? {} : { dateFrom: time.from }),
    from: { name: author.name, address: author.address },
    ...optional('fromHeader', header('from')),
    ...optional('replyTo', header('reply-to')),
    ...optional('subject', header('subject') === undefined ? undefined : decodeWords(header('subject') ?? '').slice(0, 2000)),
    ...(references.length === 0 ? {} : { references }),
    ...(inReplyTo.length === 0 ? {} : { inReplyTo: inReplyTo.slice(0, 10) }),
    ...optional('listId', header('list-id')),
    ...optional('archivedAt', header('archived-at')),
    ...optional('autoSubmitted', header('auto-submitted')),
    ...optional('text', email.text?.slice(0, longestText)),
    ...(email.text === undefined ? optional('html', email.html?.slice(0, longestText)) : {}),
    ...(email.attachments.length === 0 ? {} : { attachments: email.attachments.length }),
  };
  return { item, at: time.at };
}

/** Old programs wrote headers in whatever they had: what is not UTF-8 there is Latin-1. */
function readable(raw: Buffer): Buffer {
  const bodyAt = /\r?\n\r?\n/.exec(raw.toString('latin1', 0, 256 * 1024))?.index ?? Math.min(raw.length, 256 * 1024);
  const head = raw.subarray(0, bodyAt);
  return isUtf8(head) ? raw : Buffer.concat([Buffer.from(head.toString('latin1')), raw.subarray(bodyAt)]);
}

/** The sender's date; where that cannot be, the time of delivery in the From_ line, or of the last relay. */
function timeOf(
  date: string | undefined,
  envelope: string,
  received: string | undefined,
  now: number,
): { at: number; offset: number | undefined; from: string } | { reason: string } {
  const delivered = /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b.*$/.exec(envelope)?.[0] ?? '';
  const tries = [
    ['date', date ?? ''],
    ['envelope', delivered.replace(/\s+/g, ' ')],
    ['received', received?.split(';').at(-1) ?? ''],
  ] as const;
  let reason = 'the message has no date';
  for (const [from, text] of tries) {
    const plain = text.replace(/\s*\([^()]*\)\s*$/, '').trim();
    if (plain === '') continue;
    const at = readTime(plain);
    const why = absurdTime(at, now);
    if (why === undefined) return { at, offset: readOffset(plain), from };
    if (from === 'date') reason = `${why} ("${plain.slice(0, 60)}")`;
  }
  return { reason };
}

/** Ids without their brackets; what stands around them (old programs wrote sentences) is left out. */
function idsIn(header: string | undefined): string[] {
  const found = [...(header ?? '').slice(0, 20_000).matchAll(/<([^<>\s]{1,900})>/g)].map((match) => match[1] ?? '');
  // Longer ones than a record's key: then their digest stands for them.
  return found.map((id) => (id.length > 380 ? `#${hash('sha256', id, 'base64url')}` : id));
}

function addressesIn(header: string | undefined): string[] {
  return [...(header ?? '').matchAll(/(?:mailto:)?([^\s<>?,:]+@[^\s<>?,]+)/gi)].map((match) => (match[1] ?? '').toLowerCase());
}

function optional(key: string, value: string | undefined): { [key: string]: string } {
  return value === undefined || value === '' ? {} : { [key]: value.slice(0, longestText) };
}
