import type { Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import type { Job } from '../../platform/jobs.ts';
import { readTextsJob } from './reading.ts';
import { recountDaysJob } from './recount.ts';
import { indexWords, newestOf } from './store.ts';
import { countThreadsJob } from './thread-count.ts';

const batch = 5000;

/**
 * Full-text search catches up behind the import, so that importing does not wait for it: up to where each source's words
 * are indexed is known, and ids rise in the order of commits within a source. Of one source, or of all.
 */
export async function indexNewWords(program: Program, signal?: AbortSignal, sourceId?: number): Promise<number> {
  let indexed = 0;
  // Asked outside first: most sources have no news, and a transaction for each would be most of what small readings cost.
  const sources = await program.database.pool.query<{ id: number }>(
    `select s.id from source s where ($1::int is null or s.id = $1)
       and ${newestOf('s.id')} > coalesce((select p.activity_id from activity_search_progress p where p.source_id = s.id), 0) order by s.id`,
    [sourceId ?? null],
  );
  for (const { id } of sources.rows) {
    for (;;) {
      signal?.throwIfAborted();
      const done = await indexBatch(program, id);
      indexed += done;
      if (done < batch) break;
    }
  }
  return indexed;
}

function indexBatch(program: Program, sourceId: number): Promise<number> {
  return transaction(program.database, async (tx) => {
    await tx.client.query('insert into activity_search_progress (source_id, activity_id) values ($1, 0) on conflict do nothing', [
      sourceId,
    ]);
    // One indexer of a source at a time.
    const { rows } = await tx.client.query<{ from: number }>(
      'select activity_id as "from" from activity_search_progress where source_id = $1 for update',
      [sourceId],
    );
    const last = await tx.client.query<{ to: number | null; n: number }>(
      'select max(id) as to, count(*) as n from (select id from activity where source_id = $1 and id > $2 order by id limit $3) t',
      [sourceId, rows[0]?.from ?? 0, batch],
    );
    const { to, n } = last.rows[0] ?? { to: null, n: 0 };
    if (to === null) return 0;
    await tx.client.query(`${indexWords} where a.source_id = $1 and a.id > $2 and a.id <= $3 on conflict do nothing`, [
      sourceId,
      rows[0]?.from ?? 0,
      to,
    ]);
    await tx.client.query('update activity_search_progress set activity_id = $2 where source_id = $1', [sourceId, to]);
    return n;
  });
}

export const activitiesJobs: readonly Job[] = [
  {
    name: 'activities.index-words',
    cron: '* * * * *',
    expireSeconds: 24 * 3600,
    async work(program, _data, signal) {
      await indexNewWords(program, signal);
    },
  },
  readTextsJob,
  countThreadsJob,
  recountDaysJob,
];
