import type { OpenTransaction } from '../../platform/db.ts';
import type { TakenRecord } from '../sources/index.ts';
import type { ActivityRow } from './store.ts';

/** Remembers which records speak of people who are erased and may be brought back: those are derived again then. */
export async function noteErasures(tx: OpenTransaction, sourceId: number, records: readonly TakenRecord[]): Promise<void> {
  const found = records.flatMap(({ recordId, erasures }) => (erasures ?? []).map((erasure) => ({ recordId, erasure })));
  if (found.length === 0) return;
  await tx.client.query(
    'insert into erasure_record (source_id, record_id, erasure_id) select $1, * from unnest($2::bigint[], $3::int[]) on conflict do nothing',
    [sourceId, found.map((one) => one.recordId), found.map((one) => one.erasure)],
  );
}

/** That something was said at these places of threads stays to be seen; by whom and what does not. */
export async function markErased(tx: OpenTransaction, sourceId: number, rows: readonly ActivityRow[], erasureId: number): Promise<void> {
  const inThreads = rows.filter((row) => row.threadId !== null);
  if (inThreads.length === 0) return;
  await tx.client.query(
    `insert into erased_entry (source_id, thread_id, activity_id, at, erasure_id)
     select $1, t, a, to_timestamp(at / 1000), $5 from unnest($2::bigint[], $3::bigint[], $4::float8[]) u (t, a, at) on conflict do nothing`,
    [sourceId, inThreads.map((row) => row.threadId), inThreads.map((row) => row.id), inThreads.map((row) => row.at), erasureId],
  );
}

/** Activities that no raw record can give again, for as long as their person may be brought back. */
export async function keepErased(tx: OpenTransaction, sourceId: number, rows: readonly ActivityRow[], erasureId: number): Promise<void> {
  if (rows.length === 0) return;
  await tx.client.query(
    `insert into erased_activity (source_id, id, erasure_id, content)
     select $1, (value ->> 'id')::bigint, $3, value from jsonb_array_elements($2::jsonb) on conflict (source_id, id) do nothing`,
    [sourceId, JSON.stringify(rows), erasureId],
  );
}

export async function takeErased(tx: OpenTransaction, sourceId: number, erasureId: number, most: number): Promise<ActivityRow[]> {
  const { rows } = await tx.client.query<{ content: ActivityRow }>(
    `delete from erased_activity where source_id = $1 and erasure_id = $2 and id in
       (select id from erased_activity where source_id = $1 and erasure_id = $2 order by id limit $3) returning content`,
    [sourceId, erasureId, most],
  );
  return rows.map((row) => row.content);
}
