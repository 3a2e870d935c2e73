import type { OpenTransaction } from '../../platform/db.ts';
import { showDay } from './days.ts';
import type { Days } from './days.ts';
import { putReadingSheets, ReadingChanges, writeCounts } from './reading-sheets.ts';
import { countedOf, holdReading } from './reading-store.ts';

const dayLength = 86_400_000;

/** Counts the roll-ups of what is read anew for some days of a source. The caller holds the source. */
export async function recountReadings(tx: OpenTransaction, sourceId: number, days: Days, from: number, to: number): Promise<void> {
  await holdReading(tx, sourceId);
  const { rows } = await tx.client.query<{
    id: number;
    identityId: number;
    kind: number;
    at: number;
    language: number;
    sentiment: number;
    topics: number[];
  }>(
    `select a.id, a.identity_id as "identityId", r.kind, (extract(epoch from r.at) * 1000)::bigint as at, r.language, r.sentiment,
       array(select t.topic_id from activity_topic t where t.source_id = r.source_id and t.activity_id = r.activity_id order by 1) as topics
     from activity_reading r join activity a on a.source_id = r.source_id and a.id = r.activity_id
     where r.source_id = $1 and a.at >= $2 and a.at < $3`,
    [sourceId, new Date((from - 1) * dayLength), new Date((to + 2) * dayLength)],
  );
  const changes = new ReadingChanges();
  for (const row of rows) {
    const day = days.dayOf(row.at);
    if (day >= from && day <= to) changes.count(countedOf({ activity: row, ...row }, days), 1);
  }
  // Emptied, not deleted: readers follow what changed.
  await tx.client.query(
    `update reading_sheet s set people = '', change = p.changes from reading_progress p
     where s.source_id = $1 and p.source_id = $1 and s.day between $2 and $3 and s.people <> ''`,
    [sourceId, showDay(from), showDay(to)],
  );
  await putReadingSheets(
    tx,
    sourceId,
    [...changes.rows.values()].map(({ what, day, counts }) => ({ what, day, people: writeCounts(counts) })),
  );
}
