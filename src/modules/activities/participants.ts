import { kindCode } from './kinds.ts';

/**
 * The bytes of `thread.people`: who said something in a thread, when and in which kind. Pure. For each entry, oldest first:
 * milliseconds since the entry before (the first one since the year 1), identity, and kind, as varints (LEB128).
 *
 * Of what comes in streams (posts, replies, messages) only the first by an identity within each quarter of an hour is there:
 * a day of any time zone begins with such a quarter, so that "the first by somebody who was one of us on that day" is exact.
 */
export interface Entry {
  at: number;
  identityId: number;
  kind: number;
}

/** Done with a click: nobody is answered by it, and there is too much of it to keep. */
const silent = new Set((['reaction', 'star', 'fork', 'join', 'leave', 'badge'] as const).map(kindCode));

export const streamed: readonly number[] = (['post', 'reply', 'message'] as const).map(kindCode);
export const quarter = 15 * 60_000;
export const silentKinds: readonly number[] = [...silent];

/** 1 January of the year 1: no activity is older. */
const epoch = -62_135_596_800_000;

export function isSaid(kind: number): boolean {
  return !silent.has(kind);
}

/** The bytes of entries in any order; the same entries give the same bytes. */
export function packEntries(entries: Iterable<Entry>): Buffer {
  const first = new Map<string, Entry>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const known = first.get(key);
    if (known === undefined || entry.at < known.at) first.set(key, entry);
  }
  return write([...first.values()].sort(inOrder), epoch);
}

/** The bytes with more entries: what comes last, as most does, is put behind the others without writing them anew. */
export function addEntries(bytes: Buffer, added: readonly Entry[]): Buffer {
  if (added.length === 0) return bytes;
  const sorted = [...added].sort(inOrder);
  const earliest = sorted[0]?.at ?? 0;
  const tail = new Set<string>();
  let last = epoch;
  eachEntry(bytes, 0, bytes.length, (at, identityId, kind) => {
    last = at;
    if (at >= earliest - quarter) tail.add(keyOf({ at, identityId, kind }));
    return true;
  });
  if (last >= earliest) return packEntries([...readEntries(bytes), ...added]);
  const fresh = sorted.filter((entry) => {
    const key = keyOf(entry);
    if (tail.has(key)) return false;
    tail.add(key);
    return true;
  });
  return fresh.length === 0 ? bytes : Buffer.concat([bytes, write(fresh, last)]);
}

/** Of entries with the same key only the first counts. */
function keyOf({ at, identityId, kind }: Entry): string {
  return `${identityId} ${kind} ${streamed.includes(kind) ? `q${Math.floor(at / quarter)}` : at}`;
}

function inOrder(a: Entry, b: Entry): number {
  return a.at - b.at || a.identityId - b.identityId || a.kind - b.kind;
}

function write(sorted: readonly Entry[], after: number): Buffer {
  const bytes: number[] = [];
  let before = after;
  for (const { at, identityId, kind } of sorted) {
    pushVarint(bytes, at - before);
    pushVarint(bytes, identityId);
    pushVarint(bytes, kind);
    before = at;
  }
  return Buffer.from(bytes);
}

export function readEntries(bytes: Uint8Array): Entry[] {
  const entries: Entry[] = [];
  eachEntry(bytes, 0, bytes.length, (at, identityId, kind) => {
    entries.push({ at, identityId, kind });
    return true;
  });
  return entries;
}

/** Calls `visit` for each entry, oldest first, until it answers false. */
function eachEntry(bytes: Uint8Array, start: number, end: number, visit: (at: number, identityId: number, kind: number) => boolean): void {
  let position = start;
  let at = epoch;
  const varint = (): number => {
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = bytes[position++] ?? 0;
      value += (byte & 127) * unit;
      if (byte < 128) return value;
      unit *= 128;
    }
  };
  while (position < end) {
    at += varint();
    const identityId = varint();
    if (!visit(at, identityId, varint())) return;
  }
}

function pushVarint(target: number[], value: number): void {
  let rest = value;
  while (rest > 127) {
    target.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  target.push(rest);
}
