import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { removeJob } from './jobs.ts';
import { done, enqueue, sourceRow } from './rows.ts';

export const removeSource = defineAction({
  name: 'sources.remove',
  kind: 'command',
  access: 'manager',
  summary: 'Removes a source. Its data is kept and only the reading ends, or it is deleted, as you say.',
  input: z.object({ id: idInput('source'), data: z.enum(['keep', 'delete']) }),
  output: done,
  async run(context, input) {
    const row = await sourceRow(context, input.id);
    context.audit({
      subject: showId('source', input.id),
      summary: `Removed ${row.name}, data ${input.data === 'keep' ? 'kept' : 'deleted'}`,
      before: { name: row.name, connector: row.connector, settings: row.settings },
    });
    if (input.data === 'keep') {
      await context.db
        .updateTable('source')
        .set({ state: 'kept', paused_reason: null, secrets: null })
        .where('id', '=', input.id)
        .execute();
    } else {
      await context.db.updateTable('source').set({ state: 'removing' }).where('id', '=', input.id).execute();
      await enqueue(context, removeJob, { source: input.id }, String(input.id));
    }
    await context.fact('source.removed', { source: showId('source', input.id), name: row.name, data: input.data });
    return { done: true } as const;
  },
});
