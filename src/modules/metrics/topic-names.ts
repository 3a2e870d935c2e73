import type { Database, Db } from '../../platform/db.ts';
import { readingsVersion } from './readings.ts';

/** Topics that are watched, by id, in the order of their names. */
export async function readTopicNames(db: Db): Promise<Map<number, string>> {
  const rows = await db.selectFrom('topic').select(['id', 'name']).where('removed_at', 'is', null).orderBy('name').execute();
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Another text with each change of the watched topics' names, and of what was read of these sources. */
export async function topicsVersion(database: Database, sources: readonly number[] | undefined): Promise<string> {
  const [names, readings] = await Promise.all([readTopicNames(database.db), readingsVersion(database, sources)]);
  return JSON.stringify([[...names], readings]);
}
