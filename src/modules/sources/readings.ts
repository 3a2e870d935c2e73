import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import { conflict, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { describeRun } from './health.ts';
import type { RunRow } from './health.ts';
import { readJob, rederiveJob } from './jobs.ts';
import { connectedRow, done, enqueue } from './rows.ts';

const run = z.object({
  id: z.string(),
  sourceId: z.string(),
  sourceName: z.string(),
  cause: z.string(),
  state: z.string(),
  stream: z.string().nullable(),
  items: z.number(),
  total: z.number().nullable(),
  quarantined: z.number(),
  rate: z.number(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  etaSeconds: z.number().nullable(),
  error: z.string().nullable(),
});

export const pauseSource = defineAction({
  name: 'sources.pause',
  kind: 'command',
  access: 'manager',
  summary: 'Stops reading a source, also in the middle; what was read stays.',
  input: z.object({ id: idInput('source'), reason: z.string().max(500).default('Paused by hand.') }),
  output: done,
  async run(context, input) {
    const row = await connectedRow(context, input.id);
    await context.db.updateTable('source').set({ state: 'paused', paused_reason: input.reason }).where('id', '=', input.id).execute();
    context.audit({ subject: showId('source', input.id), summary: `Paused ${row.name}` });
    return { done: true } as const;
  },
});

export const resumeSource = defineAction({
  name: 'sources.resume',
  kind: 'command',
  access: 'manager',
  summary: 'Reads a paused source on from where it stopped.',
  input: z.object({ id: idInput('source') }),
  output: done,
  async run(context, input) {
    const row = await connectedRow(context, input.id);
    await context.db
      .updateTable('source')
      .set({ state: 'active', paused_reason: null, failures: 0, next_run_at: context.clock.now() })
      .where('id', '=', input.id)
      .execute();
    context.audit({ subject: showId('source', input.id), summary: `Resumed ${row.name}` });
    await enqueue(context, readJob, { source: input.id, cause: 'request' }, String(input.id));
    return { done: true } as const;
  },
});

export const readSource = defineAction({
  name: 'sources.read',
  kind: 'command',
  access: 'agent',
  summary: 'Reads a source now instead of at its next time.',
  input: z.object({ id: idInput('source') }),
  output: done,
  async run(context, input) {
    const row = await connectedRow(context, input.id);
    if (row.state === 'paused') throw conflict('source.paused', `"${row.name}" is paused. Resume it first.`);
    context.audit({ subject: showId('source', input.id), summary: `Asked to read ${row.name} now` });
    await enqueue(context, readJob, { source: input.id, cause: 'request' }, String(input.id));
    return { done: true } as const;
  },
});

export const listRuns = defineAction({
  name: 'sources.runs',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists the readings of one source or of all, newest first.',
  input: z.object({ source: idInput('source').optional(), ...pageInput }),
  output: z.object({ runs: z.array(run), next: z.string().nullable() }),
  async run(context, input) {
    const after = readCursor(input.cursor, 1);
    const { rows } = await context.database.pool.query<RunRow>(
      `select r.*, s.name from source_run r join source s on s.id = r.source_id
       where ($1::int is null or r.source_id = $1) and ($2::bigint is null or r.id < $2) order by r.id desc limit $3`,
      [input.source ?? null, after?.[0] ?? null, input.limit + 1],
    );
    const shown = rows.slice(0, input.limit);
    const last = shown.at(-1);
    return { runs: shown.map(describeRun), next: rows.length > input.limit && last !== undefined ? writeCursor([last.id]) : null };
  },
});

export const rederive = defineAction({
  name: 'sources.rederive',
  kind: 'command',
  access: 'manager',
  summary: 'Runs the mapping again over the raw records of a source, or of all, without fetching; the run says what changed.',
  input: z.object({ source: idInput('source').optional() }),
  output: z.object({ sources: z.number() }),
  async run(context, input) {
    const rows = await context.db
      .selectFrom('source')
      .select(['id', 'name'])
      .where('state', '<>', 'removing')
      .$if(input.source !== undefined, (q) => q.where('id', '=', input.source ?? 0))
      .execute();
    if (input.source !== undefined && rows.length === 0) throw notFound('source', showId('source', input.source));
    for (const row of rows) await enqueue(context, rederiveJob, { source: row.id }, String(row.id));
    context.audit({
      summary: `Asked to derive again: ${rows.map((row) => row.name).join(', ')}`.slice(0, 500),
      ...(input.source === undefined ? {} : { subject: showId('source', input.source) }),
    });
    return { sources: rows.length };
  },
});
