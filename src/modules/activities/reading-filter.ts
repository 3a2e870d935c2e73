import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Db } from '../../platform/db.ts';

/** What was read, as the timeline is asked for it: any of each list, and all lists. */
export interface ReadingFilter {
  topics?: number[] | undefined;
  languages?: number[] | undefined;
  sentiments?: number[] | undefined;
}

export function hasReadingFilter({ topics, languages, sentiments }: ReadingFilter): boolean {
  return topics !== undefined || languages !== undefined || sentiments !== undefined;
}

/** As conditions on `activity a`: for when the activities are found by something narrower. */
export function readingConditions(filter: ReadingFilter): RawBuilder<unknown>[] {
  const { topics, languages, sentiments } = filter;
  const conditions: RawBuilder<unknown>[] = [];
  if (topics !== undefined)
    conditions.push(
      sql`exists (select from activity_topic t where t.source_id = a.source_id and t.activity_id = a.id and t.topic_id = any (${topics}::int[]))`,
    );
  if (languages !== undefined || sentiments !== undefined) {
    const own = [
      ...(languages === undefined ? [] : [sql`r.language = any (${languages}::smallint[])`]),
      ...(sentiments === undefined ? [] : [sql`r.sentiment = any (${sentiments}::smallint[])`]),
    ];
    conditions.push(
      sql`exists (select from activity_reading r where r.source_id = a.source_id and r.activity_id = a.id and ${sql.join(own, sql` and `)})`,
    );
  }
  return conditions;
}

/**
 * The newest activities that fit, as rows of `activity`, in the order of the index that says most: of each source and topic (or
 * sentiment, or language) the newest, and of those the newest. `narrower`: conditions on the columns `r.at`, `r.kind` and
 * `r.activity_id` of that index, and on `a`.
 */
export async function newestRead(
  db: Db,
  filter: ReadingFilter,
  sources: readonly number[] | undefined,
  narrower: { index: RawBuilder<unknown>[]; row: RawBuilder<unknown>[] },
  limit: number,
): Promise<RawBuilder<unknown>> {
  const { topics, languages, sentiments } = filter;
  const all = sources ?? (await db.selectFrom('source').select('id').execute()).map((source) => source.id);
  const by =
    topics !== undefined
      ? { table: sql`activity_topic`, column: sql`topic_id`, values: topics }
      : sentiments !== undefined
        ? { table: sql`activity_reading`, column: sql`sentiment`, values: sentiments }
        : { table: sql`activity_reading`, column: sql`language`, values: languages ?? [] };
  const pairs = [...new Set(all)].flatMap((source) => [...new Set(by.values)].map((value) => ({ source, value })));
  const where = [
    sql`r.source_id = p.source_id`,
    sql`r.${by.column} = p.value`,
    ...(languages !== undefined ? [sql`r.language = any (${languages}::smallint[])`] : []),
    ...(sentiments !== undefined ? [sql`r.sentiment = any (${sentiments}::smallint[])`] : []),
    ...narrower.index,
  ];
  const looksAtRow = narrower.row.length > 0;
  const joined = looksAtRow ? sql`${by.table} r join activity a on a.source_id = r.source_id and a.id = r.activity_id` : sql`${by.table} r`;
  // One activity may have several of the topics: it is listed once. So many more rows are read that a page stays full.
  const most = limit * Math.max(1, topics?.length ?? 1);
  return sql`
    select a.* from (
      select distinct k.source_id, k.activity_id, k.at from (
        select k.* from unnest(${pairs.map((pair) => pair.source)}::int[], ${pairs.map((pair) => pair.value)}::int[]) as p (source_id, value)
        cross join lateral (
          select r.source_id, r.activity_id, r.at from ${joined}
          where ${sql.join([...where, ...narrower.row], sql` and `)} order by r.at desc, r.activity_id desc limit ${limit}) k
        order by k.at desc, k.activity_id desc limit ${most}) k
      order by k.at desc, k.activity_id desc limit ${limit}) k
    join activity a on a.source_id = k.source_id and a.id = k.activity_id order by a.at desc, a.id desc`;
}
