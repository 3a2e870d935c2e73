import { transaction } from '../../platform/db.ts';
import type { Job } from '../../platform/jobs.ts';
import { holdSource } from '../sources/index.ts';
import { countUncounted } from './threads.ts';

const batch = 1000;

/** Counts who took part in threads that were read before that was kept. Done once, nothing is left to do: an index says so. */
export const countThreadsJob: Job = {
  name: 'activities.count-threads',
  cron: '*/5 * * * *',
  expireSeconds: 24 * 3600,
  async work(program, _data, signal) {
    const { rows } = await program.database.pool.query<{ source_id: number }>('select distinct source_id from thread where people is null');
    for (const { source_id: sourceId } of rows) {
      for (;;) {
        signal.throwIfAborted();
        const done = await transaction(program.database, async (tx) => {
          await holdSource(tx, sourceId);
          return countUncounted(tx, sourceId, batch);
        });
        if (done < batch) break;
      }
    }
  },
};
