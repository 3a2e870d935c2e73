import type { Db } from '../../platform/db.ts';

/** Topics that are watched, by id, in the order of their names. */
export async function readTopicNames(db: Db): Promise<Map<number, string>> {
  const rows = await db.selectFrom('topic').select(['id', 'name']).where('removed_at', 'is', null).orderBy('name').execute();
  return new Map(rows.map((row) => [row.id, row.name]));
}
