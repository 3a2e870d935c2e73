import { copyRows } from '../../platform/copy.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { daysIn } from './days.ts';
import type { Days } from './days.ts';
import type { TopicRules } from './keywords.ts';
import type { Text } from './own-words.ts';
import { readWorkspace } from '../access/index.ts';
import { ReadingChanges, writeReadingSheets } from './reading-sheets.ts';

/** An activity as it is read; `at` in milliseconds since 1970. */
export interface Readable extends Text {
  id: number;
  identityId: number;
  at: number;
}

/** What is kept of one activity. */
export interface Reading {
  activity: Pick<Readable, 'id' | 'identityId' | 'at' | 'kind'>;
  language: number;
  sentiment: number;
  score: number | null;
  topics: readonly number[];
}

/** Advisory lock: whoever reads texts shares it, whoever changes topics has it alone. So no text is matched by rules that were. */
const rulesLock = 72_617_031;

export async function holdRules(tx: OpenTransaction): Promise<void> {
  await tx.client.query('select pg_advisory_xact_lock($1)', [rulesLock]);
}

/**
 * Holds what is read of a source until the transaction ends: up to where it is read, and nobody else writes it. Whoever also
 * holds the source does so before.
 */
export async function holdReading(tx: OpenTransaction, sourceId: number): Promise<{ upTo: number }> {
  await tx.client.query('select pg_advisory_xact_lock_shared($1)', [rulesLock]);
  await tx.client.query('insert into reading_progress (source_id) values ($1) on conflict do nothing', [sourceId]);
  const { rows } = await tx.client.query<{ activity_id: number }>(
    'update reading_progress set changes = changes + 1 where source_id = $1 returning activity_id',
    [sourceId],
  );
  return { upTo: rows[0]?.activity_id ?? 0 };
}

export async function workspaceDays(tx: OpenTransaction): Promise<Days> {
  return daysIn((await readWorkspace(tx.db)).timeZone);
}

/** Topics as they are matched now. */
export async function readTopicRules(tx: OpenTransaction, only?: readonly number[]): Promise<TopicRules[]> {
  const { rows } = await tx.client.query<TopicRules>(
    `select id, keywords, exclusions, sources, kinds from topic
     where removed_at is null and ($1::int[] is null or id = any ($1)) order by id`,
    [only ?? null],
  );
  return rows;
}

const readable = `select id, identity_id as "identityId", kind, (extract(epoch from at) * 1000)::bigint as at, title, body from activity`;

/** The next activities behind a place, in the order of their ids. */
export async function readablesAfter(
  tx: OpenTransaction,
  sourceId: number,
  after: number,
  until: number,
  limit: number,
): Promise<Readable[]> {
  const { rows } = await tx.client.query<Readable>(`${readable} where source_id = $1 and id > $2 and id <= $3 order by id limit $4`, [
    sourceId,
    after,
    until,
    limit,
  ]);
  return rows;
}

export async function readablesOf(tx: OpenTransaction, sourceId: number, ids: readonly number[]): Promise<Readable[]> {
  const { rows } = await tx.client.query<Readable>(`${readable} where source_id = $1 and id = any ($2::bigint[])`, [sourceId, ids]);
  return rows;
}

export interface Correction {
  language: number | null;
  sentiment: number | null;
}

export async function correctionsOf(tx: OpenTransaction, sourceId: number, ids: readonly number[]): Promise<Map<number, Correction>> {
  const { rows } = await tx.client.query<Correction & { activity_id: number }>(
    'select activity_id, language, sentiment from reading_correction where source_id = $1 and activity_id = any ($2::bigint[])',
    [sourceId, ids],
  );
  return new Map(rows.map((row) => [row.activity_id, row]));
}

/** What a person decided stands above what was detected. */
export function corrected<T extends { language: number; sentiment: number; score: number | null }>(said: T, by: Correction | undefined): T {
  if (by === undefined) return said;
  return {
    ...said,
    language: by.language ?? said.language,
    ...(by.sentiment === null ? {} : { sentiment: by.sentiment, score: null }),
  };
}

const readingColumns = {
  source_id: 'int4',
  activity_id: 'int8',
  at: 'timestamptz',
  kind: 'int2',
  language: 'int2',
  sentiment: 'int2',
  score: 'int2',
} as const;
const topicColumns = {
  source_id: 'int4',
  activity_id: 'int8',
  topic_id: 'int4',
  at: 'timestamptz',
  kind: 'int2',
  language: 'int2',
  sentiment: 'int2',
} as const;

/** Keeps readings of activities that have none, and counts them. */
export async function insertReadings(tx: OpenTransaction, sourceId: number, days: Days, readings: readonly Reading[]): Promise<void> {
  if (readings.length === 0) return;
  await copyRows(
    tx.client,
    'activity_reading',
    readingColumns,
    readings.map(({ activity, language, sentiment, score }) => [
      sourceId,
      activity.id,
      activity.at,
      activity.kind,
      language,
      sentiment,
      score,
    ]),
  );
  await insertTopics(
    tx,
    sourceId,
    readings.flatMap((reading) => reading.topics.map((topic) => ({ ...reading, topic }))),
  );
  const changes = new ReadingChanges();
  for (const reading of readings) changes.count(countedOf(reading, days), 1);
  await writeReadingSheets(tx, sourceId, changes);
}

export async function insertTopics(
  tx: OpenTransaction,
  sourceId: number,
  matches: readonly (Pick<Reading, 'activity' | 'language' | 'sentiment'> & { topic: number })[],
): Promise<void> {
  if (matches.length === 0) return;
  await copyRows(
    tx.client,
    'activity_topic',
    topicColumns,
    matches.map(({ activity, topic, language, sentiment }) => [
      sourceId,
      activity.id,
      topic,
      activity.at,
      activity.kind,
      language,
      sentiment,
    ]),
  );
}

export function countedOf({ activity, language, sentiment, topics }: Omit<Reading, 'score'>, days: Days) {
  return { day: days.dayOf(activity.at), identityId: activity.identityId, kind: activity.kind, language, sentiment, topics };
}

/** What is kept of these activities, which are as they were when it was read. */
export async function keptReadings(tx: OpenTransaction, sourceId: number, activities: readonly Reading['activity'][]): Promise<Reading[]> {
  const { rows } = await tx.client.query<{ id: number; language: number; sentiment: number; score: number | null; topics: number[] }>(
    `select r.activity_id as id, r.language, r.sentiment, r.score,
       array(select t.topic_id from activity_topic t where t.source_id = r.source_id and t.activity_id = r.activity_id order by 1) as topics
     from activity_reading r where r.source_id = $1 and r.activity_id = any ($2::bigint[])`,
    [sourceId, activities.map(({ id }) => id)],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return activities.flatMap((activity) => {
    const kept = byId.get(activity.id);
    return kept === undefined ? [] : [{ ...kept, activity }];
  });
}

/** Takes back what was read of activities, out of the roll-ups too. They are given as they were when it was read. */
export async function removeReadings(
  tx: OpenTransaction,
  sourceId: number,
  days: Days,
  activities: readonly Reading['activity'][],
): Promise<void> {
  if (activities.length === 0) return;
  const kept = await keptReadings(tx, sourceId, activities);
  const changes = new ReadingChanges();
  for (const reading of kept) changes.count(countedOf(reading, days), -1);
  await writeReadingSheets(tx, sourceId, changes);
  const ids = activities.map(({ id }) => id);
  await tx.client.query('delete from activity_topic where source_id = $1 and activity_id = any ($2::bigint[])', [sourceId, ids]);
  await tx.client.query('delete from activity_reading where source_id = $1 and activity_id = any ($2::bigint[])', [sourceId, ids]);
}
