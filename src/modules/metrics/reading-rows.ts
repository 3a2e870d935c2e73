import { sql } from 'kysely';
import type { SqlBool } from 'kysely';
import type { Context } from '../../platform/context.ts';
import type { Census } from './census.ts';
import type { Selection } from './counting.ts';
import type { ActivityQuery, Ask } from './report.ts';
import { selectActivities } from './rows.ts';

/** What was read of the activities behind a number; all that are left out may be anything. */
export interface ReadOf {
  /** Any of these. */
  topics?: readonly number[] | undefined;
  language?: number | undefined;
  sentiment?: number | undefined;
}

/** The activities of a selection of which this was read, for `metrics.rows`. */
export function openRead(context: Context, ask: Ask, census: Census, selection: Selection, of: ReadOf): ActivityQuery {
  let query = selectActivities(context.db, census, selection, ask.timeZone).select(['a.source_id', 'a.id']);
  const { topics, language, sentiment } = of;
  if (topics !== undefined)
    query = query.where(
      sql<SqlBool>`exists (select from activity_topic t where t.source_id = a.source_id and t.activity_id = a.id and t.topic_id = any (${[...topics]}::int[]))`,
    );
  const own = [
    ...(language === undefined ? [] : [sql`r.language = ${language}`]),
    ...(sentiment === undefined ? [] : [sql`r.sentiment = ${sentiment}`]),
  ];
  query = query.where(
    sql<SqlBool>`exists (select from activity_reading r where ${sql.join([sql`r.source_id = a.source_id`, sql`r.activity_id = a.id`, ...own], sql` and `)})`,
  );
  return sql`${query}`;
}
