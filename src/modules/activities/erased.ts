import { transaction } from '../../platform/db.ts';
import type { History } from '../members/index.ts';
import { showId } from '../../platform/ids.ts';
import { holdSource, purgeDeliveries, purgeRecords, reviewRecords } from '../sources/index.ts';
import { keepErased, markErased, takeErased } from './erased-rows.ts';
import { placesInRecord } from './ingest.ts';
import { kindName } from './kinds.ts';
import { existingActivities } from './store.ts';
import type { ActivityRow } from './store.ts';
import { putBack, takeBack } from './taken-back.ts';

/** What erased people did: handed to members, who say whom it is about. Each step is a transaction; a repeat goes on. */

/** Records done in one transaction. */
const batch = 1000;

/** Takes the next activities of these identities out of everything that shows or counts them. Answers how many; 0: all are out. */
const hideNext: History['hideNext'] = async (program, { id, identityIds }, note) => {
  const { rows: next } = await program.database.pool.query<{ source_id: number; record_id: number }>(
    `select source_id, id / ${placesInRecord} as record_id from activity where identity_id = any ($1::int[])
     and source_id = (select source_id from activity where identity_id = any ($1::int[]) limit 1) limit $2`,
    [identityIds, batch],
  );
  const sourceId = next[0]?.source_id;
  if (sourceId === undefined) return 0;
  const recordIds = [...new Set(next.map((row) => row.record_id))];
  return transaction(program.database, async (tx) => {
    await holdSource(tx, sourceId);
    const own = await ofIdentities(tx, sourceId, recordIds, identityIds);
    await markErased(tx, sourceId, own, id);
    await tx.client.query(
      'insert into erasure_record (source_id, record_id, erasure_id) select $1, unnest($2::bigint[]), $3 on conflict do nothing',
      [sourceId, recordIds, id],
    );
    await reviewRecords(program, tx, sourceId, recordIds);
    // What is still there has no raw record that says so.
    const left = await ofIdentities(tx, sourceId, recordIds, identityIds);
    await keepErased(tx, sourceId, left, id);
    await takeBack(tx, sourceId, left);
    await note(tx, own.length);
    return own.length;
  });
};

/** Brings back what records say of somebody who is off the list again. Answers how many records; 0: all is back. */
const restoreNext: History['restoreNext'] = async (program, { id }) => {
  const { rows } = await program.database.pool.query<{ source_id: number }>(
    `select source_id from erasure_record where erasure_id = $1 union select source_id from erased_activity where erasure_id = $1 limit 1`,
    [id],
  );
  const sourceId = rows[0]?.source_id;
  if (sourceId === undefined) {
    await program.database.pool.query('delete from erased_entry where erasure_id = $1', [id]);
    return 0;
  }
  return transaction(program.database, async (tx) => {
    await holdSource(tx, sourceId);
    const { rows: next } = await tx.client.query<{ record_id: number }>(
      `delete from erasure_record where source_id = $1 and erasure_id = $2 and record_id in
         (select record_id from erasure_record where source_id = $1 and erasure_id = $2 order by 1 limit $3) returning record_id`,
      [sourceId, id, batch],
    );
    await reviewRecords(
      program,
      tx,
      sourceId,
      next.map((row) => row.record_id),
    );
    if (next.length > 0) return next.length;
    const copies = await takeErased(tx, sourceId, id, batch);
    await putBack(tx, sourceId, copies);
    return copies.length;
  });
};

/** Deletes what is left of somebody's activities for good: raw records, copies, and what was to be done to them. */
const purgeHistory: History['purge'] = async (program, { id, needles, accounts }, signal) => {
  let records = 0;
  const { rows: sources } = await program.database.pool.query<{ id: number }>(
    `select id from source where state <> 'removing' order by id`,
  );
  for (const source of sources) {
    const { rows } = await program.database.pool.query<{ record_id: number }>(
      'select record_id from erasure_record where source_id = $1 and erasure_id = $2',
      [source.id, id],
    );
    records += await purgeRecords(
      program,
      source.id,
      rows.map((row) => row.record_id),
      needles,
      signal,
    );
  }
  await transaction(program.database, async (tx) => {
    const { rows } = await tx.client.query<{ activity_id: number }>('select activity_id from erased_entry where erasure_id = $1', [id]);
    await purgeDeliveries(
      tx,
      rows.map((row) => showId('activity', row.activity_id)),
      accounts,
    );
    await tx.client.query('delete from erasure_record where erasure_id = $1', [id]);
    await tx.client.query('delete from erased_activity where erasure_id = $1', [id]);
  });
  return records;
};

/** Activities with their texts, by source and id, and with the raw record where its first activity is theirs: then they wrote it. */
const readHistory: History['read'] = async (db, identityIds, after, limit) => {
  const { rows } = await db.query<{
    source_id: number;
    id: number;
    kind: number;
    line: Record<string, unknown>;
  }>(
    `select a.source_id, a.id, a.kind, jsonb_build_object('identity', i.platform || ' ' || i.value, 'source', s.name, 'at', a.at, 'platformType', a.platform_type,
       'title', a.title, 'text', a.body, 'url', a.url, 'value', a.value,
       'thread', case when t.id is not null then jsonb_build_object('title', t.title, 'url', t.url, 'kind', t.kind, 'openedByThem', coalesce(t.opener_identity_id = any ($1::int[]), false)) end,
       'raw', case when a.id % ${placesInRecord} = 0 then nullif(r.payload, '') end) as line
     from activity a join source s on s.id = a.source_id join identity i on i.id = a.identity_id
     left join thread t on t.source_id = a.source_id and t.id = a.thread_id
     left join record r on r.source_id = a.source_id and r.id = a.id / ${placesInRecord}
     where a.identity_id = any ($1::int[]) and (a.source_id, a.id) > ($2, $3) order by a.source_id, a.id limit $4`,
    [identityIds, after[0], after[1], limit],
  );
  return rows.map((row) => ({
    key: [row.source_id, row.id],
    line: { ...row.line, id: showId('activity', row.id), kind: kindName(row.kind) },
  }));
};

async function ofIdentities(
  tx: Parameters<typeof existingActivities>[0],
  sourceId: number,
  recordIds: readonly number[],
  identityIds: readonly number[],
): Promise<ActivityRow[]> {
  const own = new Set(identityIds);
  const all = await existingActivities(tx, sourceId, recordIds, placesInRecord);
  return [...all.values()].filter((row) => own.has(row.identityId));
}

export const history: History = { hideNext, restoreNext, purge: purgeHistory, read: readHistory };
