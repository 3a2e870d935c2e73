import { copyRows } from '../../platform/copy.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { wordsOf } from './words.ts';

/** A row of `activity`; `at` in milliseconds since 1970. */
export interface ActivityRow {
  sourceId: number;
  id: number;
  identityId: number;
  kind: number;
  at: number;
  offsetMinutes: number | null;
  platformType: string | null;
  threadId: number | null;
  title: string | null;
  body: string | null;
  url: string | null;
  value: number | null;
  /** What it says about its thread (see statements.ts). */
  statement: number | null;
}

const columns = {
  source_id: 'int4',
  id: 'int8',
  identity_id: 'int4',
  kind: 'int2',
  at: 'timestamptz',
  offset_minutes: 'int2',
  platform_type: 'text',
  thread_id: 'int8',
  title: 'text',
  body: 'text',
  url: 'text',
  value: 'int8',
  statement: 'int8',
} as const;

/** An `ActivityRow` of `activity a`. */
const activityColumns = `a.source_id as "sourceId", a.id, a.identity_id as "identityId", a.kind, (extract(epoch from a.at) * 1000)::bigint as at,
  a.offset_minutes as "offsetMinutes", a.platform_type as "platformType", a.thread_id as "threadId", a.title, a.body, a.url, a.value, a.statement`;

/**
 * The highest id of a source's activities, 0 without any: one look at an index. Whether any is above a place would be asked by
 * reading the whole table where the answer is no.
 */
export function newestOf(source: string): string {
  return `coalesce((select max(id) from activity where source_id = ${source}), 0)`;
}

/** The activities that these records gave before, by id. */
export async function existingActivities(
  tx: OpenTransaction,
  sourceId: number,
  recordIds: readonly number[],
  places: number,
): Promise<Map<number, ActivityRow>> {
  const { rows } = await tx.client.query<ActivityRow>(
    `select ${activityColumns}
     from unnest($2::bigint[]) as r (id)
     join activity a on a.source_id = $1 and a.id >= r.id * $3 and a.id < (r.id + 1) * $3`,
    [sourceId, recordIds, places],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

export function sameActivity(a: ActivityRow, b: ActivityRow | undefined): boolean {
  return (
    b !== undefined &&
    a.identityId === b.identityId &&
    a.kind === b.kind &&
    a.at === b.at &&
    a.offsetMinutes === b.offsetMinutes &&
    a.platformType === b.platformType &&
    a.threadId === b.threadId &&
    a.title === b.title &&
    a.body === b.body &&
    a.url === b.url &&
    a.value === b.value &&
    a.statement === b.statement
  );
}

export async function deleteActivities(tx: OpenTransaction, sourceId: number, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.client.query('delete from activity where source_id = $1 and id = any ($2::bigint[])', [sourceId, ids]);
  await tx.client.query('delete from activity_search where source_id = $1 and activity_id = any ($2::bigint[])', [sourceId, ids]);
}

/** With `behind` (of records that are known), their words are indexed here: the background index only moves forward. */
export async function insertActivities(tx: OpenTransaction, rows: readonly ActivityRow[], behind: boolean): Promise<void> {
  if (rows.length === 0) return;
  await copyRows(
    tx.client,
    'activity',
    columns,
    rows.map((row) => [
      row.sourceId,
      row.id,
      row.identityId,
      row.kind,
      row.at,
      row.offsetMinutes,
      row.platformType,
      row.threadId,
      row.title,
      row.body,
      row.url,
      row.value,
      row.statement,
    ]),
  );
  if (behind) {
    await tx.client.query(`${indexWords} where a.source_id = $1 and a.id = any ($2::bigint[]) on conflict do nothing`, [
      rows[0]?.sourceId,
      rows.map((row) => row.id),
    ]);
  }
}

/** First, last and number of activities of identities, counted from the rows. */
export async function countAfresh(
  tx: OpenTransaction,
  identityIds: readonly number[],
): Promise<{ identityId: number; firstAt: number; lastAt: number; count: number }[]> {
  const { rows } = await tx.client.query<{ id: number; first: number | null; last: number | null; n: number }>(
    `select i.id, (extract(epoch from min(a.at)) * 1000)::bigint as first, (extract(epoch from max(a.at)) * 1000)::bigint as last, count(a.id) as n
     from unnest($1::int[]) as i (id) left join activity a on a.identity_id = i.id group by i.id`,
    [identityIds],
  );
  return rows.map((row) => ({ identityId: row.id, firstAt: row.first ?? 0, lastAt: row.last ?? 0, count: row.n }));
}

/** Continues with a where clause over `activity a`. The text is cut: a tsvector holds one megabyte. What has no text has no row. */
export const indexWords = `insert into activity_search (source_id, activity_id, at, words)
  select a.source_id, a.id, a.at, ${wordsOf('t.text')}
  from activity a join lateral (select left(coalesce(a.title, '') || ' ' || coalesce(a.body, ''), 10000) as text offset 0) t on t.text <> ' '`;
