import { hash } from 'node:crypto';
import type { Derived, Json, Page, Stream } from '../../connectors/contract.ts';
import { messageOf } from '../../platform/errors.ts';

/** A raw item that could be read, before it is known whether it is new. */
export interface ReadItem {
  externalId: string;
  payload: string;
  /** First 8 bytes of the payload's SHA-256, as a signed 64-bit number. */
  hash: bigint;
  record: unknown;
}

export interface Unreadable {
  externalId: string;
  raw: string;
  reason: string;
}

export type AnyStream = Stream<Record<string, unknown>>;

/** An activity's place among those of its record has ten bits. */
const mostActivities = 1024;
const longestId = 400;
/** The years 1 to 9999: what is beyond is no date, and does not fit the database. */
const earliest = Date.parse('0001-01-01');
const latest = Date.parse('9999-12-31');
// oxlint-disable-next-line no-control-regex -- the range that must not be in an id
const controls = /[\u0000-\u001f\u007f]/;

/** Validates every item of a page; of two with the same id the later one counts. Nothing throws: what fails is listed. */
export function readPage(stream: AnyStream, page: Page): { items: ReadItem[]; unreadable: Unreadable[] } {
  const items = new Map<string, ReadItem>();
  const unreadable: Unreadable[] = [...(page.unreadable ?? [])];
  for (const item of page.items) {
    const read = writeAndRead(stream, item);
    if ('reason' in read) unreadable.push(read);
    else items.set(read.externalId, read);
  }
  return { items: [...items.values()], unreadable: unreadable.map(bounded) };
}

/** What is nested ten thousand deep can be taken apart, but not written or checked: the rest of its page goes on. */
function writeAndRead(stream: AnyStream, item: Json): ReadItem | Unreadable {
  try {
    return readItem(stream, item, JSON.stringify(item));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const externalId = guessId(item) ?? 'nested too deep';
    return { externalId, raw: JSON.stringify({ id: externalId }), reason: 'The item is nested too deep to be kept.' };
  }
}

export function readItem(stream: AnyStream, item: Json, payload: string): ReadItem | Unreadable {
  const digest = hash('sha256', payload, 'buffer');
  const parsed = stream.record.safeParse(item);
  if (!parsed.success) {
    const reason = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    return { externalId: guessId(item) ?? digest.toString('hex', 0, 16), raw: payload, reason };
  }
  try {
    const externalId = stream.externalId(parsed.data as never);
    if (externalId === '' || externalId.length > longestId || controls.test(externalId)) {
      return {
        externalId: digest.toString('hex', 0, 16),
        raw: payload,
        reason: `The item's id is empty, longer than ${longestId} characters, or holds control characters.`,
      };
    }
    return { externalId, payload, hash: digest.readBigInt64BE(0), record: parsed.data };
  } catch (error) {
    return { externalId: digest.toString('hex', 0, 16), raw: payload, reason: messageOf(error) };
  }
}

/** What a record says, or why it cannot be told. */
export function deriveItem(stream: AnyStream, item: ReadItem, settings: Record<string, unknown>): Derived | Unreadable {
  try {
    const derived = stream.derive(item.record as never, settings);
    if (derived.activities.length > mostActivities) {
      return {
        externalId: item.externalId,
        raw: item.payload,
        reason: `It holds ${derived.activities.length} activities; ${mostActivities} is the most that one record may.`,
      };
    }
    const wrong = derived.activities.find((draft) => !(draft.at >= earliest && draft.at <= latest));
    if (wrong !== undefined) return { externalId: item.externalId, raw: item.payload, reason: 'An activity has no valid time.' };
    return derived;
  } catch (error) {
    return { externalId: item.externalId, raw: item.payload, reason: messageOf(error) };
  }
}

export function isUnreadable(value: object): value is Unreadable {
  return 'reason' in value;
}

function guessId(item: Json): string | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
  const id = item['id'] ?? item['sha'] ?? item['externalId'];
  const text = typeof id === 'string' || typeof id === 'number' ? String(id) : '';
  return text === '' || text.length > longestId || controls.test(text) ? undefined : text;
}

/** Quarantine keeps the item whole up to a megabyte: more is cut, and said. */
function bounded(item: Unreadable): Unreadable {
  const most = 1024 * 1024;
  return {
    externalId: item.externalId.slice(0, longestId),
    raw: item.raw.length > most ? item.raw.slice(0, most) : item.raw,
    reason: (item.raw.length > most ? `${item.reason} (only the first megabyte is kept)` : item.reason).slice(0, 2000),
  };
}
