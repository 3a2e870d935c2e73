import type { OpenTransaction } from '../../platform/db.ts';
import { readDay, showDay } from './days.ts';
import { changeSheet, emptySheet } from './presence.ts';
import type { Sheet, SheetChange } from './presence.ts';

interface DayChange {
  kind: number;
  day: number;
  value: number;
  people: Map<number, SheetChange>;
}

/** What a page adds to and takes from the presence rows, gathered so that each row is written once. */
export class SheetChanges {
  readonly days = new Map<number, DayChange>();

  add(kind: number, day: number, identityId: number, hours: [number, number], value: number): void {
    this.#person(kind, day, identityId, value).add.push(hours);
  }

  remove(kind: number, day: number, identityId: number, hours: [number, number], value: number): void {
    this.#person(kind, day, identityId, value).remove.push(hours);
  }

  #person(kind: number, day: number, identityId: number, value: number): SheetChange {
    const key = day * 256 + kind;
    let change = this.days.get(key);
    if (change === undefined) this.days.set(key, (change = { kind, day, value: 0, people: new Map() }));
    change.value += value;
    let person = change.people.get(identityId);
    if (person === undefined) change.people.set(identityId, (person = { add: [], remove: [] }));
    return person;
  }
}

/** Reads the rows that a page touches, changes them, and writes them back: two round trips, whatever the page. */
export async function writeSheets(tx: OpenTransaction, sourceId: number, changes: SheetChanges): Promise<void> {
  if (changes.days.size === 0) return;
  const list = [...changes.days.values()];
  const { rows } = await tx.client.query<{ kind: number; day: string; people: Buffer; hours: Buffer; identities: number; total: number }>({
    name: 'presence-read',
    text: `select p.kind, p.day, p.people, p.hours, p.identities, p.total from presence p
           join unnest($2::smallint[], $3::date[]) as u (kind, day) on p.kind = u.kind and p.day = u.day where p.source_id = $1`,
    values: [sourceId, list.map((c) => c.kind), list.map((c) => showDay(c.day))],
  });
  const before = new Map<number, Sheet>(rows.map((row) => [readDay(row.day) * 256 + row.kind, row]));
  const after = list.map((change) => ({
    change,
    sheet: changeSheet(before.get(change.day * 256 + change.kind) ?? emptySheet, change.people),
  }));
  await tx.client.query({
    name: 'presence-write',
    text: `insert into presence as p (source_id, kind, day, people, hours, identities, total, value)
           select $1, u.* from unnest($2::smallint[], $3::date[], $4::bytea[], $5::bytea[], $6::int[], $7::int[], $8::bigint[]) as u
           on conflict (source_id, kind, day) do update set people = excluded.people, hours = excluded.hours, identities = excluded.identities,
             total = excluded.total, value = p.value + excluded.value, revision = pg_current_xact_id()::text::bigint`,
    values: [
      sourceId,
      after.map(({ change }) => change.kind),
      after.map(({ change }) => showDay(change.day)),
      after.map(({ sheet }) => sheet.people),
      after.map(({ sheet }) => sheet.hours),
      after.map(({ sheet }) => sheet.identities),
      after.map(({ sheet }) => sheet.total),
      after.map(({ change }) => change.value),
    ],
  });
}
