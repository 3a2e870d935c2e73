import type { Context, Program } from '../../platform/context.ts';
import type { Database } from '../../platform/db.ts';
import { transaction } from '../../platform/db.ts';
import type { Job } from '../../platform/jobs.ts';
import { refreshPeople } from './cards.ts';
import { inside } from './store.ts';

/** People in one transaction: short enough that nobody who merges notices the wait. */
const batch = 1000;

/**
 * Makes the cards anew of everybody whose page was ingested since. Returns how many people. What was done is done: the
 * next call carries on after a stop or a crash.
 */
export async function refreshStaleCards(program: Pick<Program, 'database' | 'clock'>, signal?: AbortSignal): Promise<number> {
  const { database, clock } = program;
  let people = 0;
  for (;;) {
    const { rows } = await database.pool.query<{ id: number; identity_ids: number[] }>(
      'select id, identity_ids from card_stale order by id limit 100',
    );
    if (rows.length === 0) return people;
    const roots = await rootsOf(database, [...new Set(rows.flatMap((row) => row.identity_ids))]);
    for (let from = 0; from < roots.length; from += batch) {
      if (signal?.aborted === true) return people;
      const some = roots.slice(from, from + batch);
      await transaction(database, (tx) => refreshPeople(tx, some, clock.now()));
      people += some.length;
    }
    await database.pool.query('delete from card_stale where id = any($1::bigint[])', [rows.map((row) => row.id)]);
  }
}

async function rootsOf(database: Database, identityIds: readonly number[]): Promise<number[]> {
  const { rows } = await database.pool.query<{ member_id: number }>(
    'select distinct member_id from identity where id = any($1::int[]) order by member_id',
    [identityIds],
  );
  return rows.map((row) => row.member_id);
}

export const refreshCardsJob: Job = {
  name: 'members.refresh-cards',
  cron: '* * * * *',
  async work(program, _data, signal) {
    await refreshStaleCards(program, signal);
  },
};

/** Cards of people whose page is stale are made as soon as this commits, not at the next minute. */
export async function queueCards(context: Context): Promise<void> {
  await context.jobs.sendInside(inside(context), refreshCardsJob.name, {}, { once: true });
}
