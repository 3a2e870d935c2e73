import { rm } from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'kysely';
import type { Program } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import type { Job } from '../../platform/jobs.ts';
import { deliverWaiting, sourcesWithDeliveries } from './deliveries.ts';
import { given } from './provided.ts';
import { rederiveSource, retryQuarantined } from './again.ts';
import { retentionJob } from './retention.ts';
import { lockSource, runSource } from './run.ts';
import type { RunCause } from './run.ts';
import { forgetReceipts } from './store.ts';

export const readJob = 'sources.read';
export const rederiveJob = 'sources.rederive';
export const retryJob = 'sources.retry';
export const removeJob = 'sources.remove';
export const afterNewsJob = 'sources.after-news';
export const deliverJob = 'sources.deliver';

/** Long enough for the first import of a large history; a dead worker's source is taken up again by the schedule. */
const longWork = 24 * 3600;

export const sourcesJobs: readonly Job[] = [
  retentionJob,
  {
    name: 'sources.due',
    cron: '* * * * *',
    async work(program) {
      const due = await program.database.db
        .selectFrom('source')
        .select('id')
        .where('state', '=', 'active')
        .where('next_run_at', '<=', program.clock.now())
        .orderBy('next_run_at')
        .limit(500)
        .execute();
      for (const { id } of due) await program.jobs.send(readJob, { source: id, cause: 'schedule' }, { key: String(id) });
    },
  },
  {
    name: readJob,
    atOnce: 2,
    expireSeconds: longWork,
    async work(program, data, signal) {
      const sourceId = Number(data['source']);
      const source = await program.database.db.selectFrom('source').select(['state']).where('id', '=', sourceId).executeTakeFirst();
      if (source?.state !== 'active') return;
      await unlessBusy(() => runSource(program, sourceId, { cause: (data['cause'] ?? 'schedule') as RunCause, signal }));
    },
  },
  {
    name: rederiveJob,
    expireSeconds: longWork,
    work: (program, data, signal) => rederiveSource(program, Number(data['source']), signal),
  },
  {
    name: retryJob,
    expireSeconds: longWork,
    work: (program, data, signal) => retryQuarantined(program, Number(data['source']), signal),
  },
  {
    name: removeJob,
    expireSeconds: longWork,
    work: (program, data) => finishRemoval(program, Number(data['source'])),
  },
  {
    // What came by webhook is found by search and in lists at once, as after a reading.
    name: afterNewsJob,
    expireSeconds: 3600,
    work: (program, _data, signal) => given().afterReading(program, signal),
  },
  {
    name: deliverJob,
    atOnce: 2,
    work: (program, data, signal) => deliverWaiting(program, Number(data['source']), signal),
  },
  {
    // What waits for a limit to pass, and what a killed process left.
    name: 'sources.deliver-due',
    cron: '* * * * *',
    async work(program) {
      await forgetReceipts(program.database.db, program.clock.now());
      for (const source of await sourcesWithDeliveries(program)) await program.jobs.send(deliverJob, { source }, { key: String(source) });
    },
  },
  {
    // What a killed process left: its runs are marked, its sources become due, removals go on.
    name: 'sources.recover',
    cron: '*/2 * * * *',
    work: recoverSources,
  },
];

/** Another process reads it already: then there is nothing to do. */
async function unlessBusy(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'source.busy' && error.kind !== 'not_found')) throw error;
  }
}

/** Deletes what a source that is being removed brought. Errors: `source.busy` while its last run winds down. */
export async function finishRemoval(program: Program, sourceId: number): Promise<void> {
  const source = await program.database.db.selectFrom('source').select(['name', 'state']).where('id', '=', sourceId).executeTakeFirst();
  if (source?.state !== 'removing') return;
  const lock = await lockSource(program, sourceId);
  try {
    const removed = await given().dropSource(program, sourceId);
    const { rowCount: records } = await program.database.pool.query('delete from record where source_id = $1', [sourceId]);
    removed['records'] = records ?? 0;
    await program.database.db.deleteFrom('quarantine').where('source_id', '=', sourceId).execute();
    await program.database.db.deleteFrom('source').where('id', '=', sourceId).execute();
    await rm(path.join(program.config.dataDir, 'work', `source-${sourceId}`), { recursive: true, force: true });
    await program.database.db
      .insertInto('audit_entry')
      .values({
        actor_type: 'system',
        actor_name: 'Rapport',
        origin: 'job',
        action: 'sources.remove',
        summary: `Deleted the data of ${source.name}: ${Object.entries(removed)
          .map(([what, n]) => `${n} ${what}`)
          .join(', ')}`,
        after: JSON.stringify(removed),
        at: program.clock.now(),
      })
      .execute();
  } finally {
    await lock.release();
  }
}

/** A run without a heartbeat for a minute belongs to a dead process: its source is due again at once. */
async function recoverSources(program: Program): Promise<void> {
  const { db } = program.database;
  const dead = await db
    .updateTable('source_run')
    .set({ state: 'interrupted', ended_at: sql`heartbeat_at`, error: 'The program ended in the middle. Reading goes on from there.' })
    .where('state', '=', 'running')
    .where('heartbeat_at', '<', sql<Date>`now() - interval '60 seconds'`)
    .returning('source_id')
    .execute();
  for (const { source_id: id } of dead) {
    await db.updateTable('source').set({ next_run_at: program.clock.now() }).where('id', '=', id).execute();
    await program.jobs.send(readJob, { source: id, cause: 'schedule' }, { key: `${id} after a crash` });
  }
  const removing = await db.selectFrom('source').select('id').where('state', '=', 'removing').execute();
  for (const { id } of removing) await program.jobs.send(removeJob, { source: id }, { key: String(id) });
}
