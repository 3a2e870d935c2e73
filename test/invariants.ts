import { expect } from 'vitest';
import { changeSheet, daysIn, emptySheet, hourOfWeek, readDay, unknownHour } from '../src/modules/activities/index.ts';
import type { SheetChange } from '../src/modules/activities/index.ts';
import { wordsOf } from '../src/modules/activities/words.ts';
import type { Program } from '../src/platform/context.ts';

/** What is derived equals what the activities say: presence byte for byte, statistics, every member's root, words of titles. */
export async function expectConsistent(program: Program): Promise<void> {
  const { pool } = program.database;
  const zone = (await pool.query<{ zone: string }>('select time_zone as zone from workspace')).rows[0]?.zone ?? 'UTC';
  const days = daysIn(zone);
  const { rows } = await pool.query<{
    source_id: number;
    kind: number;
    at: Date;
    offset_minutes: number | null;
    identity_id: number;
    value: number | null;
  }>('select source_id, kind, at, offset_minutes, identity_id, value from activity');
  const sheets = new Map<string, { people: Map<number, SheetChange>; value: number }>();
  for (const row of rows) {
    const at = row.at.getTime();
    const key = `${row.source_id} ${row.kind} ${days.dayOf(at)}`;
    const sheet = sheets.get(key) ?? { people: new Map<number, SheetChange>(), value: 0 };
    const person = sheet.people.get(row.identity_id) ?? { add: [], remove: [] };
    person.add.push([hourOfWeek(at), row.offset_minutes === null ? unknownHour : hourOfWeek(at, row.offset_minutes)]);
    sheet.people.set(row.identity_id, person);
    sheet.value += row.value ?? 0;
    sheets.set(key, sheet);
  }
  const presence = await pool.query<{
    source_id: number;
    kind: number;
    day: string;
    people: Buffer;
    hours: Buffer;
    identities: number;
    total: number;
    value: number;
  }>('select * from presence where total > 0');
  const found = new Map(presence.rows.map((row) => [`${row.source_id} ${row.kind} ${readDay(row.day)}`, row]));
  expect([...found.keys()].sort()).toEqual([...sheets.keys()].sort());
  for (const [key, { people, value }] of sheets) {
    const { people: peopleBytes, hours, identities, total, value: kept } = found.get(key) ?? { ...emptySheet, value: 0 };
    expect({ people: peopleBytes, hours, identities, total, value: kept }, key).toEqual({ ...changeSheet(emptySheet, people), value });
  }
  const stats = await pool.query(
    `select coalesce(s.identity_id, a.identity_id) as id, s.first_at, s.last_at, s.activities, a.first_at as first_counted, a.last_at as last_counted, a.n as counted from identity_stat s
     full join (select identity_id, min(at) as first_at, max(at) as last_at, count(*) as n from activity group by 1) a using (identity_id)
     where (s.first_at, s.last_at, s.activities) is distinct from (a.first_at, a.last_at, a.n)`,
  );
  expect(stats.rows).toEqual([]);
  const roots = await pool.query(
    `with recursive up as (
       select id, id as root, merged_into from member union all select up.id, m.id, m.merged_into from up join member m on m.id = up.merged_into)
     select i.id from identity i join up on up.id = i.origin_member_id and up.merged_into is null where i.member_id <> up.root`,
  );
  expect(roots.rows).toEqual([]);
  const words = await pool.query(
    `select t.id, w.thread_id from (select source_id, id, ${wordsOf('title')} as words from thread where title is not null) t
     full join thread_words w on w.source_id = t.source_id and w.thread_id = t.id where t.words is distinct from w.words`,
  );
  expect(words.rows).toEqual([]);
}

/** Everything that came in, in a form that does not depend on the order in which ids were given. */
export async function contentOf(program: Program): Promise<Record<string, unknown[]>> {
  const { pool } = program.database;
  const list = async (sql: string): Promise<unknown[]> =>
    (await pool.query<{ line: string }>(`select row_to_json(t)::text as line from (${sql}) t order by 1`)).rows.map((row) => row.line);
  return {
    records: await list(
      'select s.name, r.external_id, r.payload from record r join source_stream s on s.source_id = r.source_id and s.id = r.stream_id',
    ),
    activities: await list(
      `select r.external_id, a.id % 1024 as place, a.kind, a.at, a.offset_minutes, a.title, a.body, a.url, a.value, i.platform, i.host, i.type, i.value_key, t.external_id as thread
       from activity a join record r on r.source_id = a.source_id and r.id = a.id / 1024 join identity i on i.id = a.identity_id
       left join thread t on t.source_id = a.source_id and t.id = a.thread_id`,
    ),
    threads: await list(
      'select t.external_id, t.kind, t.title, t.url, t.opened_at, t.closed_at, t.last_at, i.value_key from thread t left join identity i on i.id = t.opener_identity_id',
    ),
    identities: await list('select platform, host, type, value, name from identity'),
    people: await list(
      `select (select string_agg(j.value_key, ' ' order by j.platform, j.value_key) from identity j where j.member_id = i.member_id) as together from identity i`,
    ),
    stats: await list(
      'select i.platform, i.value_key, s.first_at, s.last_at, s.activities from identity_stat s join identity i on i.id = s.identity_id',
    ),
    quarantine: await list('select external_id, reason from quarantine'),
  };
}
