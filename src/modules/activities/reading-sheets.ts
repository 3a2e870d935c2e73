import type { OpenTransaction } from '../../platform/db.ts';
import { readDay, showDay } from './days.ts';
import { eachPerson } from './presence.ts';

/** What a roll-up row is about, and what its keys are. A key also holds the kind of activity (`sheetKey`). */
export const sheetOf = {
  /** Number of the language. */
  language: 1,
  /** Number of the sentiment. */
  sentiment: 2,
  /** Topic times 4, plus the number of the sentiment. */
  topic: 3,
} as const;

const kindsRoom = 64;

/** One number for a language, sentiment or topic and the kind of activity, so that reports can be narrowed to kinds. */
function sheetKey(key: number, kind: number): number {
  return key * kindsRoom + kind;
}

export function splitSheetKey(sheetKeyOf: number): { key: number; kind: number } {
  return { key: Math.floor(sheetKeyOf / kindsRoom), kind: sheetKeyOf % kindsRoom };
}

/** Key → identity → how many. */
type Counts = Map<number, Map<number, number>>;

/**
 * The bytes of a roll-up row: for each key in ascending order three parts: key and length as varints (LEB128), then, as in
 * presence, for each identity in ascending order two varints: id minus the id before, and its count.
 */
export function eachSection(bytes: Uint8Array, visit: (key: number, start: number, end: number) => void): void {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const length = varint();
    visit(key, at, at + length);
    at += length;
  }
}

function readCounts(bytes: Uint8Array): Counts {
  const counts: Counts = new Map();
  eachSection(bytes, (key, start, end) => {
    const people = new Map<number, number>();
    eachPerson(bytes.subarray(start, end), (id, count) => people.set(id, count));
    counts.set(key, people);
  });
  return counts;
}

export function writeCounts(counts: Counts): Buffer {
  const bytes: number[] = [];
  for (const [key, people] of [...counts].toSorted(([a], [b]) => a - b)) {
    const section: number[] = [];
    let before = 0;
    for (const [id, count] of [...people].filter(([, n]) => n > 0).toSorted(([a], [b]) => a - b)) {
      pushVarint(section, id - before);
      pushVarint(section, count);
      before = id;
    }
    if (section.length === 0) continue;
    pushVarint(bytes, key);
    pushVarint(bytes, section.length);
    for (const byte of section) bytes.push(byte);
  }
  return Buffer.from(bytes);
}

function pushVarint(target: number[], value: number): void {
  let rest = value;
  while (rest > 127) {
    target.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  target.push(rest);
}

/** What one activity counts for: its day, its person, and what is read of it. */
export interface Counted {
  day: number;
  identityId: number;
  kind: number;
  language: number;
  sentiment: number;
  topics: readonly number[];
}

/** What a transaction adds to and takes from the roll-ups of one source, gathered so that each row is written once. */
export class ReadingChanges {
  readonly rows = new Map<number, { what: number; day: number; counts: Counts }>();

  count(one: Counted, by: 1 | -1): void {
    this.#add(sheetOf.language, one.language, one, by);
    this.#add(sheetOf.sentiment, one.sentiment, one, by);
    this.countTopics(one, by);
  }

  /** The topics alone. */
  countTopics(one: Counted, by: 1 | -1): void {
    for (const topic of one.topics) this.#add(sheetOf.topic, topic * 4 + one.sentiment, one, by);
  }

  #add(what: number, about: number, { day, identityId, kind }: Counted, by: number): void {
    const row = this.rows.get(day * 4 + what) ?? { what, day, counts: new Map<number, Map<number, number>>() };
    this.rows.set(day * 4 + what, row);
    const key = sheetKey(about, kind);
    const people = row.counts.get(key) ?? new Map<number, number>();
    row.counts.set(key, people);
    people.set(identityId, (people.get(identityId) ?? 0) + by);
  }
}

/** Applies changes: two round trips. The caller holds the source's progress, and counts `changes` up. */
export async function writeReadingSheets(tx: OpenTransaction, sourceId: number, changes: ReadingChanges): Promise<void> {
  if (changes.rows.size === 0) return;
  const list = [...changes.rows.values()];
  const { rows } = await tx.client.query<{ what: number; day: string; people: Buffer }>({
    name: 'reading-sheets',
    text: `select s.what, s.day, s.people from reading_sheet s join unnest($2::smallint[], $3::date[]) as u (what, day) using (what, day)
           where s.source_id = $1`,
    values: [sourceId, list.map((row) => row.what), list.map((row) => showDay(row.day))],
  });
  const before = new Map(rows.map((row) => [readDay(row.day) * 4 + row.what, row.people]));
  await putReadingSheets(
    tx,
    sourceId,
    list.map(({ what, day, counts: more }) => {
      const counts = readCounts(before.get(day * 4 + what) ?? Buffer.alloc(0));
      for (const [key, people] of more) {
        const own = counts.get(key) ?? new Map<number, number>();
        for (const [id, by] of people) own.set(id, (own.get(id) ?? 0) + by);
        counts.set(key, own);
      }
      return { what, day, people: writeCounts(counts) };
    }),
  );
}

export async function putReadingSheets(
  tx: OpenTransaction,
  sourceId: number,
  rows: readonly { what: number; day: number; people: Buffer }[],
): Promise<void> {
  await tx.client.query({
    name: 'reading-sheets-write',
    text: `insert into reading_sheet (source_id, what, day, people, change)
           select $1, u.what, u.day, u.people, p.changes
           from reading_progress p, unnest($2::smallint[], $3::date[], $4::bytea[]) as u (what, day, people) where p.source_id = $1
           on conflict (source_id, what, day) do update set people = excluded.people, change = excluded.change`,
    values: [sourceId, rows.map((row) => row.what), rows.map((row) => showDay(row.day)), rows.map((row) => row.people)],
  });
}
