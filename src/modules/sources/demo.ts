import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import { conflict } from '../../platform/errors.ts';
import { showId } from '../../platform/ids.ts';
import { addSource } from './connect.ts';
import { removeSource } from './remove.ts';

const places = ['forum', 'code', 'chat'];

export const loadDemo = defineAction({
  name: 'demo.load',
  kind: 'command',
  access: 'administrator',
  summary: 'Fills the workspace with a plainly labelled, made-up community of some 2,000 people over two years.',
  input: z.object({ read: z.boolean().default(true).describe('Whether the worker starts reading at once.') }),
  output: z.object({ sources: z.array(z.object({ id: z.string(), name: z.string() })) }),
  async run(context, input) {
    const sources = [];
    for (const place of places) sources.push(await context.call(addSource, { connector: 'demo', settings: { place }, read: input.read }));
    context.audit({ summary: 'Loaded the demo community' });
    return { sources };
  },
});

export const removeDemo = defineAction({
  name: 'demo.remove',
  kind: 'command',
  access: 'administrator',
  summary: 'Removes the demo community with everything that it brought.',
  input: z.object({}),
  output: z.object({ sources: z.array(z.string()) }),
  async run(context) {
    const rows = await context.db
      .selectFrom('source')
      .select('id')
      .where('connector', '=', 'demo')
      .where('state', '<>', 'removing')
      .execute();
    if (rows.length === 0) throw conflict('demo.absent', 'There is no demo community here.');
    const ids = rows.map((row) => showId('source', row.id));
    for (const id of ids) await context.call(removeSource, { id, data: 'delete' });
    context.audit({ summary: 'Removed the demo community' });
    return { sources: ids };
  },
});
