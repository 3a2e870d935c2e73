import type { Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { readTexts } from './reader.ts';
import { ReadingChanges, writeReadingSheets } from './reading-sheets.ts';
import { countedOf, holdReading, insertTopics, keptReadings, readTopicRules, readablesAfter, workspaceDays } from './reading-store.ts';
import type { Reading } from './reading-store.ts';

const batch = 4000;

/**
 * From now on a topic's rules are others: all that was read before is to be matched again. What is read later is matched by
 * the new rules. The caller holds the rules (`holdRules`), and did so before changing them.
 */
export async function startRun(tx: OpenTransaction, topicId: number): Promise<void> {
  await tx.client.query(
    `insert into topic_run (source_id, topic_id, until_id) select source_id, $1, activity_id from reading_progress where activity_id > 0
     on conflict (source_id, topic_id) do update set activity_id = 0, until_id = excluded.until_id`,
    [topicId],
  );
}

/**
 * Matches topics that were changed over history: in one pass for all that are equally far, in steps that each commit. Done,
 * topics that were removed are gone. Killed, it goes on where it was.
 */
export async function matchAgain(program: Program, signal?: AbortSignal): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const { rows } = await program.database.pool.query<{ source_id: number }>('select source_id from topic_run order by 1 limit 1');
    const sourceId = rows[0]?.source_id;
    if (sourceId === undefined) break;
    await transaction(program.database, (tx) => step(tx, sourceId));
  }
  await program.database.pool.query(
    `delete from topic t where removed_at is not null
       and not exists (select from topic_run r where r.topic_id = t.id)`,
  );
}

async function step(tx: OpenTransaction, sourceId: number): Promise<void> {
  await holdReading(tx, sourceId);
  const { rows } = await tx.client.query<{ topic_id: number; activity_id: number; until_id: number }>(
    'select topic_id, activity_id, until_id from topic_run where source_id = $1 order by activity_id, topic_id',
    [sourceId],
  );
  const from = rows[0]?.activity_id;
  if (from === undefined) return;
  const together = rows.filter((row) => row.activity_id === from);
  // Where another run waits, both go on together.
  const ahead = rows.find((row) => row.activity_id > from)?.activity_id ?? Number.MAX_SAFE_INTEGER;
  const until = Math.min(ahead, Math.max(...together.map((row) => row.until_id)));
  const topics = together.map((row) => row.topic_id);
  const activities = await readablesAfter(tx, sourceId, from, until, batch);
  await replaceMatches(tx, sourceId, topics, activities);
  const reached = activities.length < batch ? until : (activities.at(-1)?.id ?? until);
  await tx.client.query('update topic_run set activity_id = $3 where source_id = $1 and topic_id = any ($2::int[])', [
    sourceId,
    topics,
    reached,
  ]);
  await tx.client.query('delete from topic_run where source_id = $1 and activity_id >= until_id', [sourceId]);
}

async function replaceMatches(
  tx: OpenTransaction,
  sourceId: number,
  topics: readonly number[],
  activities: Awaited<ReturnType<typeof readablesAfter>>,
): Promise<void> {
  const said = await readTexts(
    activities.map(({ kind, title, body }) => ({ kind, title, body, source: sourceId })),
    await readTopicRules(tx, topics),
    true,
  );
  const found = new Map(activities.map((activity, i) => [activity.id, said[i]?.topics ?? []]));
  const changes = new ReadingChanges();
  const born: (Pick<Reading, 'activity' | 'language' | 'sentiment'> & { topic: number })[] = [];
  const lost: { activity: number; topic: number }[] = [];
  const days = await workspaceDays(tx);
  // What has no reading yet (it waits to be read again) is matched when it is read.
  for (const kept of await keptReadings(tx, sourceId, activities)) {
    const now = found.get(kept.activity.id) ?? [];
    const before = kept.topics.filter((topic) => topics.includes(topic));
    const fresh = now.filter((topic) => !before.includes(topic));
    const gone = before.filter((topic) => !now.includes(topic));
    changes.countTopics(countedOf({ ...kept, topics: fresh }, days), 1);
    changes.countTopics(countedOf({ ...kept, topics: gone }, days), -1);
    born.push(...fresh.map((topic) => ({ ...kept, topic })));
    lost.push(...gone.map((topic) => ({ activity: kept.activity.id, topic })));
  }
  await insertTopics(tx, sourceId, born);
  if (lost.length > 0)
    await tx.client.query(
      `delete from activity_topic t using unnest($2::bigint[], $3::int[]) as l (activity_id, topic_id)
       where t.source_id = $1 and t.activity_id = l.activity_id and t.topic_id = l.topic_id`,
      [sourceId, lost.map((one) => one.activity), lost.map((one) => one.topic)],
    );
  await writeReadingSheets(tx, sourceId, changes);
}

/** How far the runs are, by topic: 0 to 1. Topics without one are not in it. */
export async function readRuns(db: Pick<Program['database'], 'pool'>): Promise<Map<number, number>> {
  const { rows } = await db.pool.query<{ topic_id: number; done: number; total: number }>(
    `select r.topic_id, sum(r.activity_id)::float8 as done, sum(r.until_id)::float8 as total from topic_run r group by 1`,
  );
  return new Map(rows.map((row) => [row.topic_id, row.total === 0 ? 0 : row.done / row.total]));
}
