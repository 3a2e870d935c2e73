import type { Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import type { FactHandler } from '../../platform/facts.ts';
import type { Job } from '../../platform/jobs.ts';
import { readWorkspace } from '../access/index.ts';
import { holdSource } from '../sources/index.ts';
import { daysIn, showDay } from './days.ts';
import { hoursOf } from './ingest.ts';
import { recountReadings } from './reading-recount.ts';
import { SheetChanges, writeSheets } from './sheets.ts';

const recountJob = 'activities.recount-days';
/** Days written in one transaction: readers wait for nobody, writers for one window. */
const windowDays = 31;
const dayLength = 86_400_000;

/** Days are the workspace's: when its time zone changes, presence is counted again from the activities. */
export const recountWhenZoneChanges: FactHandler = {
  name: 'activities.recount-days',
  on: 'workspace.updated',
  async handle(program, tx, fact) {
    const { changed } = fact.payload;
    if (Array.isArray(changed) && changed.includes('timeZone')) await program.jobs.sendInside(tx, recountJob, {}, { once: true });
  },
};

export const recountDaysJob: Job = {
  name: recountJob,
  expireSeconds: 24 * 3600,
  work: (program, _data, signal) => recountDays(program, signal),
};

/** Counts the presence of every source anew, window by window. Interrupted, it starts over: a repeat changes nothing. */
export async function recountDays(program: Program, signal?: AbortSignal): Promise<void> {
  const { rows } = await program.database.pool.query<{ source_id: number; first: Date; last: Date }>(
    'select source_id, min(at) as first, max(at) as last from activity group by source_id order by source_id',
  );
  for (const { source_id: sourceId, first, last } of rows) {
    // A day more on either side: what was counted by the old zone may lie there.
    const end = Math.floor(last.getTime() / dayLength) + 2;
    for (let from = Math.floor(first.getTime() / dayLength) - 1; from <= end; from += windowDays) {
      signal?.throwIfAborted();
      await recountWindow(program, sourceId, from, Math.min(end, from + windowDays - 1));
    }
  }
}

async function recountWindow(program: Program, sourceId: number, from: number, to: number): Promise<void> {
  await transaction(program.database, async (tx) => {
    await holdSource(tx, sourceId);
    const days = daysIn((await readWorkspace(tx.db)).timeZone);
    const { rows } = await tx.client.query<{
      kind: number;
      at: Date;
      offsetMinutes: number | null;
      identity_id: number;
      value: number | null;
    }>(
      `select kind, at, offset_minutes as "offsetMinutes", identity_id, value from activity where source_id = $1 and at >= $2 and at < $3`,
      [sourceId, new Date((from - 1) * dayLength), new Date((to + 2) * dayLength)],
    );
    const changes = new SheetChanges();
    for (const row of rows) {
      const at = row.at.getTime();
      const day = days.dayOf(at);
      if (day >= from && day <= to)
        changes.add(row.kind, day, row.identity_id, hoursOf({ at, offsetMinutes: row.offsetMinutes }), row.value ?? 0);
    }
    await tx.client.query('delete from presence where source_id = $1 and day between $2 and $3', [sourceId, showDay(from), showDay(to)]);
    await writeSheets(tx, sourceId, changes);
    await recountReadings(tx, sourceId, days, from, to);
  });
}
