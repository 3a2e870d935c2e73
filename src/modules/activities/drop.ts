import type { Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import { forgetUnused, replaceStats } from '../members/index.ts';
import { liveSources } from '../sources/index.ts';
import { dropReadings } from './reading.ts';
import { countAfresh } from './store.ts';

const batch = 20_000;

/**
 * Deletes everything that came from a source, in steps that each commit: activities, words, threads, roll-ups; counts its
 * people afresh and lets go of those that nothing else knows. Can be called again after a crash.
 */
export async function dropSource(program: Program, sourceId: number): Promise<Record<string, number>> {
  const removed: Record<string, number> = { activities: 0 };
  const { pool } = program.database;
  await pool.query('delete from presence where source_id = $1', [sourceId]);
  for (;;) {
    const done = await transaction(program.database, async (tx) => {
      const { rows } = await tx.client.query<{ identity_id: number }>(
        `delete from activity where source_id = $1 and id in (select id from activity where source_id = $1 order by id limit $2) returning identity_id`,
        [sourceId, batch],
      );
      await replaceStats(tx, await countAfresh(tx, [...new Set(rows.map((row) => row.identity_id))]));
      return rows.length;
    });
    removed['activities'] = (removed['activities'] ?? 0) + done;
    if (done < batch) break;
  }
  await dropReadings(program, sourceId);
  await pool.query('delete from activity_search where source_id = $1', [sourceId]);
  await pool.query('delete from activity_search_progress where source_id = $1', [sourceId]);
  await pool.query('delete from thread_record where source_id = $1', [sourceId]);
  await pool.query('delete from thread_words where source_id = $1', [sourceId]);
  await pool.query('delete from room where source_id = $1', [sourceId]);
  for (const table of ['erasure_record', 'erased_activity', 'erased_entry'])
    await pool.query(`delete from ${table} where source_id = $1`, [sourceId]);
  removed['threads'] = (await pool.query('delete from thread where source_id = $1', [sourceId])).rowCount ?? 0;
  removed['people'] = await transaction(program.database, async (tx) => forgetUnused(tx, sourceId, await liveSources(tx.db)));
  return removed;
}
