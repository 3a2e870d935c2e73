import type { Database } from '../../platform/db.ts';
import { languageOf } from '../activities/index.ts';
import type { DayRange, MemberBits, MemberField } from '../members/index.ts';
import { languageName } from './place-names.ts';

/** People with such activities in these days, as bits. `which` selects source and id of activities, with `$4` the values. */
async function whoHas(
  database: Database,
  which: string,
  values: readonly number[],
  { from, to }: DayRange,
  timeZone: string,
): Promise<MemberBits> {
  const { rows } = await database.pool.query<{ id: number }>(
    `select distinct i.member_id as id from (${which}
       and ($1::date is null or r.at >= ($1::date::timestamp at time zone $3)) and ($2::date is null or r.at < (($2::date + 1)::timestamp at time zone $3))) r
     join activity a on a.source_id = r.source_id and a.id = r.activity_id join identity i on i.id = a.identity_id order by 1`,
    [from ?? null, to ?? null, timeZone, values],
  );
  const bits = new Uint8Array(((rows.at(-1)?.id ?? -1) >> 3) + 1);
  for (const { id } of rows) bits[id >> 3] = (bits[id >> 3] ?? 0) | (1 << (id & 7));
  return bits;
}

const topic: MemberField = {
  name: 'topic',
  title: 'Talked about',
  async options(database) {
    const { rows } = await database.pool.query<{ id: number; name: string }>(
      'select id, name from topic where removed_at is null order by lower(name) limit 500',
    );
    return rows.map((row) => ({ value: String(row.id), label: row.name }));
  },
  members: (database, values, days, timeZone) =>
    whoHas(
      database,
      'select r.source_id, r.activity_id from activity_topic r where r.topic_id = any($4::int[])',
      values.map(Number).filter(Number.isInteger),
      days,
      timeZone,
    ),
};

const language: MemberField = {
  name: 'language',
  title: 'Wrote in',
  async options(database) {
    // One step in the index for each language of each source, not one for each text.
    const { rows } = await database.pool.query<{ language: number }>(
      `select n::int as language from generate_series(1, 200) n
       where exists (select from source s where exists (select from activity_reading r where r.source_id = s.id and r.language = n))`,
    );
    return rows
      .map((row) => ({ value: String(row.language), label: languageName(languageOf(row.language)) }))
      .toSorted((a, b) => (a.label < b.label ? -1 : 1));
  },
  members: (database, values, days, timeZone) =>
    whoHas(
      database,
      'select r.source_id, r.activity_id from activity_reading r where r.language = any($4::int[])',
      values.map(Number).filter(Number.isInteger),
      days,
      timeZone,
    ),
};

/** What segments can ask beside what members know themselves and who did what. */
export const memberFields: readonly MemberField[] = [topic, language];
