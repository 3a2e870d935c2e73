import { z } from 'zod';
import { hasRole, roleOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { forbidden, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { memberFilter, storeFilter } from './filter.ts';
import { countCards } from './list.ts';
import { actorId } from './store.ts';
import { cleanLine } from './text.ts';

const nameInput = z
  .string()
  .transform((text) => cleanLine(text, 80))
  .pipe(z.string().min(1, 'is empty'));
const filterOutput = z.record(z.string(), z.unknown()).describe('As members.list takes it.');

const segmentOutput = z.object({
  id: z.string(),
  name: z.string(),
  filter: filterOutput,
  shared: z.boolean(),
  mine: z.boolean(),
  createdAt: z.date(),
});

function selectSegments(context: Context) {
  const me = actorId(context);
  return context.db
    .selectFrom('segment')
    .selectAll()
    .where((where) => where.or([where('shared', '=', true), ...(me === null ? [] : [where('owner_id', '=', me)])]));
}
type SegmentRow = Awaited<ReturnType<ReturnType<typeof selectSegments>['execute']>>[number];

function show(context: Context, row: SegmentRow): z.input<typeof segmentOutput> {
  const filter = z.record(z.string(), z.unknown()).parse(row.filter);
  return {
    id: showId('segment', row.id),
    name: row.name,
    filter,
    shared: row.shared,
    mine: row.owner_id !== null && row.owner_id === actorId(context),
    createdAt: row.created_at,
  };
}

export const listSegments = defineAction({
  name: 'segments.list',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists the saved filters over members: the shared ones and your own.',
  input: z.object({}),
  output: z.object({ segments: z.array(segmentOutput) }),
  run: async (context) => ({
    segments: (await selectSegments(context).orderBy('name').orderBy('id').limit(1000).execute()).map((row) => show(context, row)),
  }),
});

export const getSegment = defineAction({
  name: 'segments.get',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows a segment, and how many members are in it now (up to 10,000).',
  input: z.object({ id: idInput('segment') }),
  output: segmentOutput.extend({ members: z.number(), more: z.boolean() }),
  async run(context, input) {
    const row = await selectSegments(context).where('id', '=', input.id).executeTakeFirst();
    if (row === undefined) throw notFound('segment', showId('segment', input.id));
    const counted = await countCards(context.db, [memberFilter.parse(row.filter)], context.clock.now());
    return { ...show(context, row), members: counted.count, more: counted.more };
  },
});

export const createSegment = defineAction({
  name: 'segments.create',
  kind: 'command',
  access: 'agent',
  summary: 'Saves a filter over members under a name. It is live: who fits is in it.',
  input: z.object({ name: nameInput, filter: memberFilter, shared: z.boolean().default(true) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await context.db
      .insertInto('segment')
      .values({
        name: input.name,
        filter: JSON.stringify(storeFilter(input.filter)),
        owner_id: actorId(context),
        shared: input.shared,
        created_at: context.clock.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const id = showId('segment', row.id);
    context.audit({ subject: id, summary: `Saved the segment ${input.name}`, after: storeFilter(input.filter) });
    return { id };
  },
});

/** One's own, or any shared one for a manager. */
async function changeable(context: Context, id: number): Promise<SegmentRow> {
  const row = await selectSegments(context).where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw notFound('segment', showId('segment', id));
  if (row.owner_id !== actorId(context) && !hasRole(roleOf(context.actor), 'manager'))
    throw forbidden('Only the one who saved this segment or a manager may change it.');
  return row;
}

export const updateSegment = defineAction({
  name: 'segments.update',
  kind: 'command',
  access: 'agent',
  summary: 'Renames a segment, changes its filter, or shares it.',
  input: z.object({ id: idInput('segment'), name: nameInput.optional(), filter: memberFilter.optional(), shared: z.boolean().optional() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await changeable(context, input.id);
    const after = {
      name: input.name ?? row.name,
      filter: JSON.stringify(input.filter === undefined ? row.filter : storeFilter(input.filter)),
      shared: input.shared ?? row.shared,
    };
    await context.db.updateTable('segment').set(after).where('id', '=', row.id).execute();
    context.audit({
      subject: showId('segment', row.id),
      summary: `Changed the segment ${after.name}`,
      before: { name: row.name, filter: row.filter, shared: row.shared },
      after: { ...after, filter: JSON.parse(after.filter) },
    });
    return { id: showId('segment', row.id) };
  },
});

export const deleteSegment = defineAction({
  name: 'segments.delete',
  kind: 'command',
  access: 'agent',
  summary: 'Deletes a segment. Nobody in it is touched.',
  input: z.object({ id: idInput('segment') }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await changeable(context, input.id);
    await context.db.deleteFrom('segment').where('id', '=', row.id).execute();
    context.audit({
      subject: showId('segment', row.id),
      summary: `Deleted the segment ${row.name}`,
      before: { name: row.name, filter: row.filter },
    });
    return { id: showId('segment', row.id) };
  },
});
