import type { Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import type { Job } from '../../platform/jobs.ts';
import type { Days } from './days.ts';
import { readTexts } from './reader.ts';
import {
  corrected,
  correctionsOf,
  holdReading,
  insertReadings,
  readTopicRules,
  readablesAfter,
  readablesOf,
  removeReadings,
  workspaceDays,
} from './reading-store.ts';
import type { Readable } from './reading-store.ts';
import { newestOf } from './store.ts';
import type { ActivityRow } from './store.ts';
import { matchAgain } from './topic-run.ts';

export const readJobName = 'activities.read-texts';
const batch = 2000;
const farthest = Number.MAX_SAFE_INTEGER;

/**
 * Reads language, tone and topics of what is new, behind the import: up to where each source is read is known, and ids rise in
 * the order of commits within a source. A batch is whole or not there at all. Of one source, or of all.
 */
export async function readNewTexts(program: Program, signal?: AbortSignal, sourceId?: number): Promise<number> {
  let read = 0;
  const { rows } = await program.database.pool.query<{ id: number }>(
    `select id from source where ($1::int is null or id = $1) and state <> 'removing' order by id`,
    [sourceId ?? null],
  );
  for (const { id } of rows) {
    for (;;) {
      signal?.throwIfAborted();
      const done = await readBatch(program, id);
      read += done;
      if (done < batch) break;
    }
  }
  return read;
}

async function readBatch(program: Program, sourceId: number): Promise<number> {
  // Asked outside first, so that a source without news is not written to each minute.
  const { rows } = await program.database.pool.query<{ news: boolean }>(
    `select exists (select from reading_pending where source_id = $1)
       or ${newestOf('$1')} > coalesce((select activity_id from reading_progress where source_id = $1), 0) as news`,
    [sourceId],
  );
  if (rows[0]?.news !== true) return 0;
  return transaction(program.database, async (tx) => {
    const { upTo } = await holdReading(tx, sourceId);
    const pending = await tx.client.query<{ activity_id: number }>(
      `delete from reading_pending where source_id = $1 and activity_id in
         (select activity_id from reading_pending where source_id = $1 order by 1 limit $2) returning activity_id`,
      [sourceId, batch],
    );
    const again = pending.rows.map((row) => row.activity_id);
    const days = await workspaceDays(tx);
    if (again.length > 0) {
      await readAgain(tx, sourceId, days, await readablesOf(tx, sourceId, again));
      return batch;
    }
    const fresh = await readablesAfter(tx, sourceId, upTo, farthest, batch);
    const last = fresh.at(-1);
    if (last === undefined) return 0;
    await read(tx, sourceId, days, fresh);
    await tx.client.query('update reading_progress set activity_id = $2 where source_id = $1', [sourceId, last.id]);
    return fresh.length;
  });
}

/** Reads activities that may have been read before, as they are now. The caller holds the source's progress. */
export async function readAgain(tx: OpenTransaction, sourceId: number, days: Days, activities: readonly Readable[]): Promise<void> {
  await removeReadings(tx, sourceId, days, activities);
  await read(tx, sourceId, days, activities);
}

async function read(tx: OpenTransaction, sourceId: number, days: Days, activities: readonly Readable[]): Promise<void> {
  const topics = await readTopicRules(tx);
  const said = await readTexts(
    activities.map(({ kind, title, body }) => ({ kind, title, body, source: sourceId })),
    topics,
  );
  const corrections = await correctionsOf(
    tx,
    sourceId,
    activities.map(({ id }) => id),
  );
  const readings = activities.flatMap((activity, i) => {
    const found = said[i];
    return found === undefined ? [] : [{ activity, ...corrected(found, corrections.get(activity.id)) }];
  });
  await insertReadings(tx, sourceId, days, readings);
}

/**
 * Activities of records that are known were replaced: what was read of the old ones goes with them, the new ones wait to be
 * read. Those beyond what is read are met there anyway. The caller holds the source.
 */
export async function changedActivities(
  tx: OpenTransaction,
  sourceId: number,
  days: Days,
  gone: readonly ActivityRow[],
  fresh: readonly ActivityRow[],
): Promise<void> {
  if (gone.length + fresh.length === 0) return;
  const { upTo } = await holdReading(tx, sourceId);
  const behind = fresh.filter((row) => row.id <= upTo).map((row) => row.id);
  await removeReadings(
    tx,
    sourceId,
    days,
    gone.filter((row) => row.id <= upTo),
  );
  await tx.client.query('delete from reading_pending where source_id = $1 and activity_id = any ($2::bigint[])', [
    sourceId,
    gone.map((row) => row.id),
  ]);
  if (behind.length > 0)
    await tx.client.query('insert into reading_pending (source_id, activity_id) select $1, unnest($2::bigint[]) on conflict do nothing', [
      sourceId,
      behind,
    ]);
}

/** What is read of a source goes with it. */
export async function dropReadings(program: Program, sourceId: number): Promise<void> {
  await transaction(program.database, async (tx) => {
    await holdReading(tx, sourceId);
    for (const table of ['reading_sheet', 'activity_topic', 'activity_reading', 'reading_pending', 'reading_correction', 'topic_run'])
      await tx.client.query(`delete from ${table} where source_id = $1`, [sourceId]);
    await tx.client.query('delete from reading_progress where source_id = $1', [sourceId]);
  });
}

/** Reads what is new, then matches topics that were changed over what was read before. */
export const readTextsJob: Job = {
  name: readJobName,
  cron: '* * * * *',
  expireSeconds: 24 * 3600,
  async work(program, _data, signal) {
    await readNewTexts(program, signal);
    await matchAgain(program, signal);
  },
};
