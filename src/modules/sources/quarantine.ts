import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { retryJob } from './jobs.ts';
import { done, enqueue, sourceRow } from './rows.ts';

export const listQuarantine = defineAction({
  name: 'sources.quarantine',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists the records of a source that could not be read, each with the reason and the raw item.',
  input: z.object({ source: idInput('source'), ...pageInput }),
  output: z.object({
    records: z.array(
      z.object({
        stream: z.string(),
        externalId: z.string(),
        reason: z.string(),
        raw: z.string(),
        firstAt: z.string(),
        lastAt: z.string(),
        attempts: z.number(),
      }),
    ),
    next: z.string().nullable(),
  }),
  async run(context, input) {
    const after = readCursor(input.cursor, 2);
    const { rows } = await context.database.pool.query<{
      stream: string;
      stream_id: number;
      external_id: string;
      reason: string;
      raw: string;
      first_at: Date;
      last_at: Date;
      attempts: number;
    }>(
      `select q.*, s.name as stream from quarantine q join source_stream s on s.source_id = q.source_id and s.id = q.stream_id
       where q.source_id = $1 and ($2::int is null or (q.stream_id, q.external_id) > ($2, $3::text)) order by q.stream_id, q.external_id limit $4`,
      [input.source, after?.[0] ?? null, after?.[1] ?? null, input.limit + 1],
    );
    const shown = rows.slice(0, input.limit);
    const last = shown.at(-1);
    return {
      records: shown.map((row) => ({
        stream: row.stream,
        externalId: row.external_id,
        reason: row.reason,
        raw: row.raw.slice(0, 20_000),
        firstAt: row.first_at.toISOString(),
        lastAt: row.last_at.toISOString(),
        attempts: row.attempts,
      })),
      next: rows.length > input.limit && last !== undefined ? writeCursor([last.stream_id, last.external_id]) : null,
    };
  },
});

export const retryQuarantine = defineAction({
  name: 'sources.retry-quarantine',
  kind: 'command',
  access: 'manager',
  summary: 'Tries the quarantined records of a source again, without fetching them anew.',
  input: z.object({ source: idInput('source') }),
  output: done,
  async run(context, input) {
    const row = await sourceRow(context, input.source);
    context.audit({ subject: showId('source', input.source), summary: `Asked to retry the quarantine of ${row.name}` });
    await enqueue(context, retryJob, { source: input.source }, String(input.source));
    return { done: true } as const;
  },
});
