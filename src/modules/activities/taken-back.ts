import type { Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { emptyRecords, holdSource } from '../sources/index.ts';
import { openTaker, placesInRecord, writeActivities } from './ingest.ts';
import { workspaceDays } from './reading-store.ts';
import { existingActivities } from './store.ts';
import type { ActivityRow } from './store.ts';
import { openThreads } from './threads.ts';

const batch = 2000;

/** Takes back activities whatever their records say, and everything that was counted of them. The caller holds the source. */
export async function takeBack(tx: OpenTransaction, sourceId: number, rows: readonly ActivityRow[]): Promise<void> {
  if (rows.length === 0) return;
  const before = new Map(rows.map((row) => [row.id, row]));
  const threads = await openThreads(tx, sourceId, [], [], before);
  await writeActivities(tx, await workspaceDays(tx), sourceId, true, before, [], threads);
}

/** Puts activities back as they were, in their threads where those are still there. The caller holds the source. */
export async function putBack(tx: OpenTransaction, sourceId: number, rows: readonly ActivityRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { rows: known } = await tx.client.query<{ id: number }>('select id from thread where source_id = $1 and id = any ($2::bigint[])', [
    sourceId,
    rows.map((row) => row.threadId),
  ]);
  const there = new Set(known.map(({ id }) => id));
  const fresh = rows.map((row) => (row.threadId !== null && there.has(row.threadId) ? row : { ...row, threadId: null, statement: null }));
  const threads = await openThreads(tx, sourceId, [], [], new Map());
  await writeActivities(tx, await workspaceDays(tx), sourceId, true, new Map(), fresh, threads);
}

/**
 * For `Provided.dropOlder`: what a source does not keep any longer. Records that have nothing newer to say lose their raw item,
 * too; of the others only the old activities go.
 */
export async function dropOlder(program: Program, sourceId: number, before: Date, signal: AbortSignal): Promise<number> {
  let gone = 0;
  for (;;) {
    signal.throwIfAborted();
    const done = await transaction(program.database, (tx) => dropBatch(program, tx, sourceId, before));
    gone += done;
    if (done === 0) return gone;
  }
}

async function dropBatch(program: Program, tx: OpenTransaction, sourceId: number, before: Date): Promise<number> {
  await holdSource(tx, sourceId);
  const { rows } = await tx.client.query<{ id: number }>('select id from activity where source_id = $1 and at < $2 order by at limit $3', [
    sourceId,
    before,
    batch,
  ]);
  if (rows.length === 0) return 0;
  const recordIds = [...new Set(rows.map((row) => recordOf(row.id)))];
  const all = [...(await existingActivities(tx, sourceId, recordIds, placesInRecord)).values()];
  const old = all.filter((row) => row.at < before.getTime());
  const lasting = new Set(all.filter((row) => row.at >= before.getTime()).map((row) => recordOf(row.id)));
  const over = recordIds.filter((id) => !lasting.has(id));
  await takeBack(
    tx,
    sourceId,
    old.filter((row) => lasting.has(recordOf(row.id))),
  );
  await openTaker(program, sourceId).take(
    tx,
    over.map((recordId) => ({ recordId, isNew: false, derived: { activities: [] } })),
  );
  await emptyRecords(tx, sourceId, over);
  return old.length;
}

function recordOf(activityId: number): number {
  return Math.floor(activityId / placesInRecord);
}

export async function countOlder(program: Program, sourceId: number, before: Date): Promise<number> {
  const { rows } = await program.database.pool.query<{ n: number }>('select count(*) as n from activity where source_id = $1 and at < $2', [
    sourceId,
    before,
  ]);
  return rows[0]?.n ?? 0;
}
