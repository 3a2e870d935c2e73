import { expect } from 'vitest';
import type { Program } from '../../platform/context.ts';
import { daysIn, readDay } from './days.ts';
import { compileTopics } from './keywords.ts';
import { ownWords } from './own-words.ts';
import { ReadingChanges, writeCounts } from './reading-sheets.ts';

/**
 * The roll-ups of what is read equal a count over what is kept. With `settled` (nothing waits to be read), what is kept is also
 * what the texts say: a reading for each text with words, and the topics that its keywords give.
 */
export async function expectReadingsCounted(program: Program, settled = false): Promise<void> {
  const { pool } = program.database;
  const zone = (await pool.query<{ zone: string }>('select time_zone as zone from workspace')).rows[0]?.zone ?? 'UTC';
  const days = daysIn(zone);
  const { rows } = await pool.query<{
    source_id: number;
    id: number;
    identityId: number;
    at: Date;
    kind: number;
    title: string | null;
    body: string | null;
    language: number | null;
    sentiment: number;
    topics: number[];
  }>(
    `select a.source_id, a.id, a.identity_id as "identityId", a.at, a.kind, a.title, a.body, r.language, r.sentiment,
       array(select topic_id from activity_topic t where t.source_id = a.source_id and t.activity_id = a.id
         and (t.at, t.kind, t.language, t.sentiment) = (a.at, a.kind, r.language, r.sentiment) order by 1) as topics
     from activity a left join activity_reading r on r.source_id = a.source_id and r.activity_id = a.id and r.at = a.at and r.kind = a.kind`,
  );
  const counted = new Map<number, ReadingChanges>();
  for (const row of rows) {
    if (row.language === null) continue;
    const changes = counted.get(row.source_id) ?? new ReadingChanges();
    counted.set(row.source_id, changes);
    changes.count({ ...row, language: row.language, day: days.dayOf(row.at.getTime()) }, 1);
  }
  const wanted = [...counted].flatMap(([source, changes]) =>
    [...changes.rows.values()].map(({ what, day, counts }) => [`${source} ${what} ${day}`, writeCounts(counts).toString('hex')] as const),
  );
  const sheets = await pool.query<{ source_id: number; what: number; day: string; people: Buffer }>(
    "select source_id, what, day, people from reading_sheet where people <> ''",
  );
  const found = sheets.rows.map((row) => [`${row.source_id} ${row.what} ${readDay(row.day)}`, row.people.toString('hex')] as const);
  expect(new Map(found)).toEqual(new Map(wanted));
  if (!settled) return;
  const rules = await pool.query<{
    id: number;
    keywords: string[];
    exclusions: string[];
    sources: number[] | null;
    kinds: number[] | null;
  }>('select id, keywords, exclusions, sources, kinds from topic order by id');
  const matcher = compileTopics(rules.rows);
  for (const row of rows) {
    const own = ownWords(row);
    expect([row.title, row.language !== null, row.topics]).toEqual([
      row.title,
      own !== undefined,
      own === undefined ? [] : matcher.topicsOf(own, row.source_id, row.kind),
    ]);
  }
}
