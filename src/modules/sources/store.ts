import { sql } from 'kysely';
import type { Json } from '../../connectors/contract.ts';
import { copyRows } from '../../platform/copy.ts';
import type { Db, OpenTransaction } from '../../platform/db.ts';
import { conflict } from '../../platform/errors.ts';
import type { ReadItem, Unreadable } from './page.ts';

/** The rows of a source's records. One run at a time holds a stream's row while it writes a page. */

export interface StreamRow {
  id: number;
  cursor: Json | undefined;
  resume: Json | undefined;
}

/** Sources that are not being removed. */
export async function liveSources(db: Db): Promise<number[]> {
  return (await db.selectFrom('source').select('id').where('state', '<>', 'removing').execute()).map((row) => row.id);
}

export async function openStream(db: Db, sourceId: number, name: string): Promise<StreamRow> {
  await db
    .insertInto('source_stream')
    .values({ source_id: sourceId, name })
    .onConflict((c) => c.columns(['source_id', 'name']).doNothing())
    .execute();
  const row = await db
    .selectFrom('source_stream')
    .select(['id', 'cursor', 'resume'])
    .where('source_id', '=', sourceId)
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return { id: row.id, cursor: (row.cursor ?? undefined) as Json | undefined, resume: (row.resume ?? undefined) as Json | undefined };
}

/** Activities from before (milliseconds) are not kept of this source; undefined when all are. */
export async function oldestKept(tx: OpenTransaction, sourceId: number, now: Date): Promise<number | undefined> {
  const { rows } = await tx.client.query<{ days: number | null }>({
    name: 'source-keeps',
    text: 'select keep_activities_days as days from source where id = $1',
    values: [sourceId],
  });
  const days = rows[0]?.days ?? undefined;
  return days === undefined ? undefined : now.getTime() - days * 86_400_000;
}

/** Class of the advisory locks that let one transaction at a time write what came from a source. */
const writeLock = 72_617_023;

/** Nobody else writes what came from this source until the transaction ends. */
export async function holdSource(tx: OpenTransaction, sourceId: number): Promise<void> {
  await tx.client.query({ name: 'source-hold', text: 'select pg_advisory_xact_lock($1, $2)', values: [writeLock, sourceId] });
}

/**
 * Nobody else writes what comes from this source until the transaction ends, so that ids rise in the order of commits.
 * Errors: `source.gone`.
 */
export async function holdStream(tx: OpenTransaction, sourceId: number, streamId: number): Promise<void> {
  await holdSource(tx, sourceId);
  const { rows } = await tx.client.query<{ state: string }>({
    name: 'source-state',
    text: 'select s.state from source_stream t join source s on s.id = t.source_id where t.source_id = $1 and t.id = $2',
    values: [sourceId, streamId],
  });
  const [row] = rows;
  if (row === undefined) throw conflict('source.gone', 'This source was removed while it was being read.');
  if (row.state === 'removing') throw conflict('source.gone', 'This source is being removed.');
}

export interface Sorted {
  fresh: SortedItem[];
  changed: SortedItem[];
}

interface SortedItem {
  item: ReadItem;
  recordId: number;
  /** Stored with an empty payload: known, but nobody may read it. */
  withoutRaw?: true;
}

/** Which items are new, which are known with another content; what is unchanged is left out. */
export async function sortItems(tx: OpenTransaction, sourceId: number, streamId: number, items: readonly ReadItem[]): Promise<Sorted> {
  if (items.length === 0) return { fresh: [], changed: [] };
  const { rows } = await tx.client.query<{ external_id: string; id: number; hash: string }>({
    text: `select external_id, id, hash::text as hash from record
           where source_id = $1 and stream_id = $2 and external_id = any ($3::text[])`,
    values: [sourceId, streamId, items.map((item) => item.externalId)],
  });
  const known = new Map(rows.map((row) => [row.external_id, row]));
  const freshItems = items.filter((item) => !known.has(item.externalId));
  const ids = await nextIds(tx, 'record_id', freshItems.length);
  return {
    fresh: freshItems.map((item, i) => ({ item, recordId: ids[i] ?? 0 })),
    changed: items.flatMap((item) => {
      const before = known.get(item.externalId);
      return before === undefined || before.hash === item.hash.toString() ? [] : [{ item, recordId: before.id }];
    }),
  };
}

async function nextIds(tx: OpenTransaction, sequence: 'record_id' | 'thread_id', count: number): Promise<number[]> {
  if (count === 0) return [];
  const { rows } = await tx.client.query<{ id: number }>({
    name: `next-${sequence}`,
    text: `select nextval('${sequence}') as id from generate_series(1, $1)`,
    values: [count],
  });
  return rows.map((row) => row.id);
}

export async function writeRecords(tx: OpenTransaction, sourceId: number, streamId: number, sorted: Sorted, now: Date): Promise<void> {
  const fetched = now.getTime();
  if (sorted.fresh.length > 0) {
    await copyRows(
      tx.client,
      'record',
      { source_id: 'int4', id: 'int8', stream_id: 'int4', external_id: 'text', hash: 'int8', payload: 'text', fetched_at: 'timestamptz' },
      sorted.fresh.map((entry) => [sourceId, entry.recordId, streamId, entry.item.externalId, entry.item.hash, payloadOf(entry), fetched]),
    );
  }
  if (sorted.changed.length > 0) {
    await tx.client.query(
      `update record set hash = u.hash, payload = u.payload, fetched_at = $5
       from unnest($2::bigint[], $3::bigint[], $4::text[]) as u (id, hash, payload)
       where record.source_id = $1 and record.id = u.id`,
      [
        sourceId,
        sorted.changed.map((c) => c.recordId),
        sorted.changed.map((c) => c.item.hash.toString()),
        sorted.changed.map(payloadOf),
        now,
      ],
    );
  }
}

function payloadOf({ item, withoutRaw }: SortedItem): string {
  return withoutRaw === true ? '' : item.payload;
}

export async function findRecords(
  tx: OpenTransaction,
  sourceId: number,
  streamId: number,
  externalIds: readonly string[],
): Promise<number[]> {
  if (externalIds.length === 0) return [];
  const { rows } = await tx.client.query<{ id: number }>(
    'select id from record where source_id = $1 and stream_id = $2 and external_id = any ($3::text[])',
    [sourceId, streamId, externalIds],
  );
  return rows.map((row) => row.id);
}

export async function readPayloads(tx: OpenTransaction, sourceId: number, ids: readonly number[]): Promise<Map<number, string>> {
  const { rows } = await tx.client.query<{ id: number; payload: string }>(
    'select id, payload from record where source_id = $1 and id = any ($2::bigint[])',
    [sourceId, ids],
  );
  return new Map(rows.map((row) => [row.id, row.payload]));
}

/** New and changed items by the day (UTC) on which they came: what health shows. */
export async function countArrivals(tx: OpenTransaction, sourceId: number, items: number, now: Date): Promise<void> {
  if (items === 0) return;
  await tx.client.query({
    name: 'source-day-add',
    text: `insert into source_day (source_id, day, items) values ($1, $2, $3)
           on conflict (source_id, day) do update set items = source_day.items + excluded.items`,
    values: [sourceId, now.toISOString().slice(0, 10), items],
  });
}

export async function deleteRecords(tx: OpenTransaction, sourceId: number, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await tx.client.query('delete from record where source_id = $1 and id = any ($2::bigint[])', [sourceId, ids]);
}

/** Keeps what could not be read, and forgets what now can. */
export async function writeQuarantine(
  tx: OpenTransaction,
  sourceId: number,
  streamId: number,
  bad: readonly Unreadable[],
  items: readonly ReadItem[],
): Promise<void> {
  if (bad.length === 0 && items.length === 0) return;
  const { rows: waiting } = await tx.client.query({
    name: 'quarantine-any',
    text: 'select 1 from quarantine where source_id = $1 and stream_id = $2 limit 1',
    values: [sourceId, streamId],
  });
  const unique = new Map(bad.map((item) => [item.externalId, item]));
  if (waiting.length > 0) {
    const good = items.map((item) => item.externalId).filter((id) => !unique.has(id));
    await tx.client.query('delete from quarantine where source_id = $1 and stream_id = $2 and external_id = any ($3::text[])', [
      sourceId,
      streamId,
      good,
    ]);
  }
  if (unique.size === 0) return;
  const rows = [...unique.values()];
  await tx.client.query(
    `insert into quarantine (source_id, stream_id, external_id, raw, reason)
     select $1, $2, u.external_id, u.raw, u.reason from unnest($3::text[], $4::text[], $5::text[]) as u (external_id, raw, reason)
     on conflict (source_id, stream_id, external_id)
     do update set raw = excluded.raw, reason = excluded.reason, last_at = now(), attempts = quarantine.attempts + 1`,
    [
      sourceId,
      streamId,
      rows.map((row) => withoutNul(row.externalId)),
      rows.map((row) => withoutNul(row.raw)),
      rows.map((row) => withoutNul(row.reason)),
    ],
  );
}

export interface PageCounts {
  items: number;
  fresh: number;
  changed: number;
  activities: number;
  quarantined: number;
}

/** Moves a stream on, in the page's transaction. It is complete only when its reading has reached the end. */
export async function moveStream(
  tx: OpenTransaction,
  sourceId: number,
  streamId: number,
  column: 'cursor' | 'resume',
  cursor: Json,
  counts: PageCounts,
): Promise<void> {
  await tx.client.query({
    name: `stream-move-${column}`,
    text: `update source_stream set ${column} = $3, items = items + $4, completed_at = null where source_id = $1 and id = $2`,
    values: [sourceId, streamId, cursorText(cursor), counts.fresh],
  });
}

/** Where to go on is often taken from what the other side said: what the database cannot hold becomes the sign for it. */
function cursorText(cursor: Json | undefined): string {
  return JSON.stringify(cursor, (_key, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value,
  );
}

export async function countForRun(
  tx: OpenTransaction,
  runId: number,
  stream: string,
  counts: PageCounts,
  total: number | undefined,
): Promise<void> {
  await tx.client.query({
    name: 'run-count',
    text: `update source_run set items = items + $2, fresh = fresh + $3, changed = changed + $4, activities = activities + $5,
             quarantined = quarantined + $6, stream = $7, total = coalesce($8, total), heartbeat_at = now() where id = $1`,
    values: [runId, counts.items, counts.fresh, counts.changed, counts.activities, counts.quarantined, stream, total ?? null],
  });
}

export async function completeStream(db: Db, sourceId: number, streamId: number, cursor: Json | undefined, now: Date): Promise<void> {
  await db
    .updateTable('source_stream')
    .set({ completed_at: now, resume: null, ...(cursor === undefined ? {} : { cursor: JSON.stringify(cursor) }) })
    .where('source_id', '=', sourceId)
    .where('id', '=', streamId)
    .execute();
}

/** Runs that a dead process left behind: nobody holds their source any more. */
export async function endAbandonedRuns(db: Db, sourceId: number): Promise<void> {
  await db
    .updateTable('source_run')
    .set({ state: 'interrupted', ended_at: sql`heartbeat_at`, error: 'The program ended in the middle. Reading goes on from there.' })
    .where('source_id', '=', sourceId)
    .where('state', '=', 'running')
    .execute();
}

/** How long a request is known by its digest. Later, an old copy still cannot replace what is newer (streams have versions). */
const rememberedDays = 7;

/** Forgets requests of outside systems that were taken long ago. */
export async function forgetReceipts(db: Db, now: Date): Promise<void> {
  await db
    .deleteFrom('webhook_receipt')
    .where('received_at', '<', new Date(now.getTime() - rememberedDays * 86_400_000))
    .execute();
}

// oxlint-disable-next-line no-control-regex -- PostgreSQL's text cannot hold the character NUL
const nul = /\u0000/g;

function withoutNul(text: string): string {
  return text.replace(nul, '');
}
