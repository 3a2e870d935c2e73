import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Action } from '../../platform/action.ts';
import type { Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import { notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import type { Job } from '../../platform/jobs.ts';
import { given } from './provided.ts';

const dayLength = 86_400_000;
/** Records looked at in one statement. */
const window = 20_000;

const days = (what: string) =>
  z.number().int().min(1, 'is at least one day').max(36_500).nullable().describe(`${what} Null keeps them for good.`);
const rawDays = days('Days after which raw records are dropped, while what was derived of them stays.');
const activitiesDays = days('Days after which activities are dropped, with what was counted of them.');

const retention = defineAction({
  name: 'sources.retention',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows how long data of a source is kept, and how much would go by that, or by other numbers of days.',
  input: z.object({ id: idInput('source'), rawDays: rawDays.optional(), activitiesDays: activitiesDays.optional() }),
  output: z.object({
    rawDays: z.number().nullable(),
    activitiesDays: z.number().nullable(),
    rawRecords: z.number().describe('Raw records that are older than that now.'),
    activities: z.number().describe('Activities that are older than that now.'),
    withoutRaw: z.number().describe('Records whose raw item is gone already: they cannot be derived again.'),
  }),
  async run(context, input) {
    const row = await context.db
      .selectFrom('source')
      .select(['keep_raw_days', 'keep_activities_days'])
      .where('id', '=', input.id)
      .executeTakeFirst();
    if (row === undefined) throw notFound('source', showId('source', input.id));
    const raw = input.rawDays === undefined ? row.keep_raw_days : input.rawDays;
    const kept = input.activitiesDays === undefined ? row.keep_activities_days : input.activitiesDays;
    const now = context.clock.now();
    const { rows } = await context.database.pool.query<{ old: number; without: number }>(
      `select count(*) filter (where payload <> '' and fetched_at < $2) as old, count(*) filter (where payload = '') as without
       from record where source_id = $1`,
      [input.id, raw === null ? null : before(now, raw)],
    );
    return {
      rawDays: row.keep_raw_days,
      activitiesDays: row.keep_activities_days,
      rawRecords: rows[0]?.old ?? 0,
      activities: kept === null ? 0 : await given().countOlder(context, input.id, before(now, kept)),
      withoutRaw: rows[0]?.without ?? 0,
    };
  },
});

const setRetention = defineAction({
  name: 'sources.set-retention',
  kind: 'command',
  access: 'administrator',
  summary: 'Sets how long raw records and activities of a source are kept. What is older goes the next night, and does not come back.',
  input: z.object({ id: idInput('source'), rawDays, activitiesDays }),
  output: z.object({ done: z.literal(true) }),
  async run(context, input) {
    const source = await context.db
      .selectFrom('source')
      .select(['name', 'keep_raw_days', 'keep_activities_days'])
      .where('id', '=', input.id)
      .forUpdate()
      .executeTakeFirst();
    if (source === undefined) throw notFound('source', showId('source', input.id));
    await context.db
      .updateTable('source')
      .set({ keep_raw_days: input.rawDays, keep_activities_days: input.activitiesDays })
      .where('id', '=', input.id)
      .execute();
    const say = (n: number | null): string => (n === null ? 'for good' : `for ${n} days`);
    context.audit({
      subject: showId('source', input.id),
      summary: `${source.name} keeps raw records ${say(input.rawDays)}, activities ${say(input.activitiesDays)}`,
      before: { rawDays: source.keep_raw_days, activitiesDays: source.keep_activities_days },
      after: { rawDays: input.rawDays, activitiesDays: input.activitiesDays },
    });
    return { done: true } as const;
  },
});

export const retentionActions = [retention, setRetention] satisfies readonly Action[];

export const retentionJob: Job = {
  name: 'sources.retention',
  cron: '30 2 * * *',
  expireSeconds: 24 * 3600,
  work: (program, _data, signal) => keepToRetention(program, signal),
};

/** Drops what sources do not keep any longer, in steps that each commit: killed anywhere, the next night goes on. */
export async function keepToRetention(program: Program, signal: AbortSignal): Promise<void> {
  const sources = await program.database.db
    .selectFrom('source')
    .select(['id', 'keep_raw_days', 'keep_activities_days'])
    .where('state', '<>', 'removing')
    .orderBy('id')
    .execute();
  const now = program.clock.now();
  for (const { id, keep_raw_days: raw, keep_activities_days: kept } of sources) {
    if (kept !== null) await given().dropOlder(program, id, before(now, kept), signal);
    if (raw !== null) await dropRaw(program, id, before(now, raw), signal);
  }
}

async function dropRaw(program: Program, sourceId: number, until: Date, signal: AbortSignal): Promise<void> {
  for (let after = 0; ;) {
    signal.throwIfAborted();
    const last = await transaction(program.database, async ({ client }) => {
      const page = await client.query<{ last: number | null }>(
        'select max(id) as last from (select id from record where source_id = $1 and id > $2 order by id limit $3) page',
        [sourceId, after, window],
      );
      await client.query(
        `update record set payload = '' where source_id = $1 and id > $2 and id <= $3 and fetched_at < $4 and payload <> ''`,
        [sourceId, after, page.rows[0]?.last ?? 0, until],
      );
      return page.rows[0]?.last ?? null;
    });
    if (last === null) return;
    after = last;
  }
}

function before(now: Date, kept: number): Date {
  return new Date(now.getTime() - kept * dayLength);
}
