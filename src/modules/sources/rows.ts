import { z } from 'zod';
import type { Context } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import { conflict, notFound } from '../../platform/errors.ts';
import { showId } from '../../platform/ids.ts';

export const done = z.object({ done: z.literal(true) });

export async function sourceRow(context: Context, id: number) {
  const row = await context.db.selectFrom('source').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('source', showId('source', id));
  return row;
}

/** Of a source that is still connected. Errors: `source.kept`. */
export async function connectedRow(context: Context, id: number) {
  const row = await sourceRow(context, id);
  if (row.state !== 'kept') return row;
  throw conflict('source.kept', `"${row.name}" was removed; only its data is kept. Connect it again with the same settings to read on.`);
}

export async function enqueue(context: Context, job: string, data: Record<string, unknown>, key: string): Promise<void> {
  if (context.tx === undefined) await transaction(context.database, (tx) => context.jobs.sendInside(tx, job, data, { key }));
  else await context.jobs.sendInside(context.tx, job, data, { key });
}
