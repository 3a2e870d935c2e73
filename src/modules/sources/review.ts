import type { Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { deriveRecords, streamsOf } from './again.ts';
import type { RawRecord } from './again.ts';
import { given } from './provided.ts';
import { unsealSettings } from './settings.ts';
import { deleteRecords, holdSource } from './store.ts';

/** Derives some records of a source anew, by the suppression list of now. The caller holds the source; a repeat changes nothing. */
export async function reviewRecords(program: Program, tx: OpenTransaction, sourceId: number, recordIds: readonly number[]): Promise<void> {
  const { taker, ...source } = await openSource(program, tx, sourceId);
  const { taken } = await deriveRecords(tx, { sourceId, taker, ...source }, await readRecords(tx, sourceId, recordIds));
  await taker.take(tx, taken);
}

async function openSource(program: Program, tx: OpenTransaction, sourceId: number) {
  const row = await tx.db.selectFrom('source').selectAll().where('id', '=', sourceId).executeTakeFirstOrThrow();
  const streams = await tx.db.selectFrom('source_stream').select(['id', 'name']).where('source_id', '=', sourceId).execute();
  return {
    settings: unsealSettings(row, program.secrets),
    taker: given().openTaker(program, sourceId),
    streamOf: streamsOf(row.connector, streams),
  };
}

async function readRecords(tx: OpenTransaction, sourceId: number, recordIds: readonly number[]): Promise<RawRecord[]> {
  const { rows } = await tx.client.query<RawRecord>(
    'select id, stream_id, payload from record where source_id = $1 and id = any ($2::bigint[]) order by id',
    [sourceId, recordIds],
  );
  return rows;
}

/** Records looked through in one step, and those of them judged in one transaction. */
const window = 20_000;
const batch = 500;

/**
 * Purges what raw records still hold of people on the suppression list for good: a record that is solely about them is deleted,
 * one that also speaks of others loses its raw item. Looks at the records given, then at all whose text has one of `needles`
 * (lower case) in it. In steps that each commit; a repeat goes on. Answers how many records were deleted or emptied.
 */
export async function purgeRecords(
  program: Program,
  sourceId: number,
  recordIds: readonly number[],
  needles: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  let purged = 0;
  for (let from = 0; from < recordIds.length; from += batch) {
    signal.throwIfAborted();
    purged += await purgeBatch(program, sourceId, recordIds.slice(from, from + batch), true);
  }
  let after = 0;
  for (;;) {
    signal.throwIfAborted();
    const { rows } = await program.database.pool.query<{ last: number | null; found: number[] | null }>(
      `with page as materialized (select id, external_id, payload from record where source_id = $1 and id > $2 order by id limit $3)
       select max(id) as last, array_agg(id) filter (where exists (
         select from unnest($4::text[]) n where strpos(lower(payload), n) > 0 or strpos(lower(external_id), n) > 0)) as found from page`,
      [sourceId, after, window, needles],
    );
    const { last, found } = rows[0] ?? { last: null, found: null };
    if (last === null) return purged;
    const ids = (found ?? []).map(Number);
    for (let from = 0; from < ids.length; from += batch)
      purged += await purgeBatch(program, sourceId, ids.slice(from, from + batch), false);
    after = last;
  }
}

/** `theirs`: records that did speak of them; what cannot be derived any more is emptied unseen. */
function purgeBatch(program: Program, sourceId: number, recordIds: readonly number[], theirs: boolean): Promise<number> {
  return transaction(program.database, async (tx) => {
    await holdSource(tx, sourceId);
    const { taker, ...source } = await openSource(program, tx, sourceId);
    const rows = await readRecords(tx, sourceId, recordIds);
    const { taken, solely } = await deriveRecords(tx, { sourceId, taker, ...source }, rows);
    const mixed = taken.filter((record) => record.withoutRaw === true).map((record) => record.recordId);
    const derived = new Set(taken.map((record) => record.recordId));
    const unread = theirs ? rows.filter((row) => row.payload !== '' && !derived.has(row.id)).map((row) => row.id) : [];
    await taker.take(
      tx,
      taken.filter((record) => record.withoutRaw === true || solely.includes(record.recordId)),
    );
    await deleteRecords(tx, sourceId, solely);
    await emptyRecords(tx, sourceId, [...mixed, ...unread]);
    return solely.length + mixed.length + unread.length;
  });
}

/** Their raw items are gone; that they are known, and as what, stays, so that they are not taken for new. */
export async function emptyRecords(tx: OpenTransaction, sourceId: number, recordIds: readonly number[]): Promise<void> {
  if (recordIds.length > 0)
    await tx.client.query(`update record set payload = '' where source_id = $1 and id = any ($2::bigint[])`, [sourceId, recordIds]);
}

/** Deletes what quarantine holds of these people: raw items in which one of `needles` (lower case) stands. */
export async function purgeQuarantine(tx: OpenTransaction, needles: readonly string[]): Promise<number> {
  const { rowCount } = await tx.client.query(
    `delete from quarantine where exists (select from unnest($1::text[]) n where strpos(lower(raw), n) > 0 or strpos(lower(external_id), n) > 0)`,
    [needles],
  );
  return rowCount ?? 0;
}

/** What was asked to be done to these (thr_…, act_…, idn_…) or to these accounts: its inputs are wiped, what waits is dropped. */
export async function purgeDeliveries(tx: OpenTransaction, subjects: readonly string[], accounts: readonly string[]): Promise<number> {
  const { rowCount } = await tx.client.query(
    `update delivery set input = '{}', target = '{}', detail = null, url = null, state = case when state = 'waiting' then 'dropped' else state end
     where subject = any ($1::text[]) or lower(target -> 'person' ->> 'value') = any ($2::text[])`,
    [subjects, accounts],
  );
  return rowCount ?? 0;
}
