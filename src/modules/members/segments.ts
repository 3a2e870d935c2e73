import { z } from 'zod';
import { hasRole, roleOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { conflict, forbidden, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { usersById } from '../access/index.ts';
import { conditionsOf, filterOfSegment, memberFilter, storeFilter } from './filter.ts';
import { countCards } from './card-page.ts';
import { readySegments } from './ready.ts';
import { actorId } from './store.ts';
import { cleanLine, cleanText } from './text.ts';

const nameInput = z
  .string()
  .transform((text) => cleanLine(text, 80))
  .pipe(z.string().min(1, 'is empty'));
const descriptionInput = z.string().transform((text) => cleanText(text, 500));
const filterOutput = z.record(z.string(), z.unknown()).describe('As members.list takes it.');

const segmentOutput = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  filter: filterOutput,
  ready: z.boolean().describe('Comes with the program: to copy, not to change.'),
  shared: z.boolean(),
  mine: z.boolean(),
  owner: z.string().nullable().describe('Who saved it.'),
  alerts: z.boolean().describe('Whoever enters or leaves is told of as a fact: segment.entered, segment.left.'),
  notify: z.array(z.object({ id: z.string(), name: z.string() })).describe('Who gets a mail each morning after somebody entered or left.'),
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

async function show(context: Context, rows: readonly SegmentRow[]): Promise<z.input<typeof segmentOutput>[]> {
  if (rows.length === 0) return [];
  const subscribers = await context.db
    .selectFrom('segment_subscriber')
    .select(['segment_id', 'user_id'])
    .where(
      'segment_id',
      'in',
      rows.map((row) => row.id),
    )
    .execute();
  const users = await usersById(context.db, [...rows.flatMap((row) => row.owner_id ?? []), ...subscribers.map((row) => row.user_id)]);
  const me = actorId(context);
  return rows.map((row) => {
    const ready = row.ready === null ? undefined : readySegments[row.ready];
    return {
      id: showId('segment', row.id),
      name: ready?.name ?? row.name,
      description: ready?.description ?? row.description,
      filter: z.record(z.string(), z.unknown()).parse(ready?.filter ?? row.filter),
      ready: ready !== undefined,
      shared: row.shared,
      mine: row.owner_id !== null && row.owner_id === me,
      owner: users.get(row.owner_id ?? '')?.name ?? null,
      alerts: row.alerts,
      notify: subscribers
        .filter((one) => one.segment_id === row.id)
        .map((one) => ({ id: one.user_id, name: users.get(one.user_id)?.name ?? one.user_id })),
      createdAt: row.created_at,
    };
  });
}

export const listSegments = defineAction({
  name: 'segments.list',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists the saved filters over members: the ready ones, the shared ones and your own.',
  input: z.object({}),
  output: z.object({ segments: z.array(segmentOutput) }),
  run: async (context) => ({
    segments: await show(
      context,
      await selectSegments(context)
        .orderBy((e) => e('ready', 'is', null))
        .orderBy((e) => e.case().when('ready', 'is not', null).then(e.ref('id')).else(0).end())
        .orderBy('name')
        .orderBy('id')
        .limit(1000)
        .execute(),
    ),
  }),
});

export const getSegment = defineAction({
  name: 'segments.get',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows a segment, how many members are in it now (up to 10,000), and how many entered and left in the last seven days.',
  input: z.object({ id: idInput('segment') }),
  output: segmentOutput.extend({
    members: z.number(),
    more: z.boolean(),
    entered: z.number().nullable().describe('In the last seven days; null while it was not watched for as long as a day.'),
    left: z.number().nullable(),
  }),
  async run(context, input) {
    const row = await selectSegments(context).where('id', '=', input.id).executeTakeFirst();
    const [shown] = row === undefined ? [] : await show(context, [row]);
    if (row === undefined || shown === undefined) throw notFound('segment', showId('segment', input.id));
    const counted = await countCards(context.db, await conditionsOf(context, [filterOfSegment(row)]));
    return { ...shown, members: counted.count, more: counted.more, ...(await readMoves(context, row.id)) };
  },
});

async function readMoves(context: Context, id: number): Promise<{ entered: number | null; left: number | null }> {
  const now = context.clock.now().getTime();
  const watched = await context.db.selectFrom('segment_membership').select('filled_at').where('segment_id', '=', id).executeTakeFirst();
  if (watched === undefined || watched.filled_at.getTime() > now - 86_400_000) return { entered: null, left: null };
  const rows = await context.db
    .selectFrom('segment_change')
    .select((s) => ['entered', s.fn.count<number>('member_id').distinct().as('members')])
    .where('segment_id', '=', id)
    .where('at', '>', new Date(now - 7 * 86_400_000))
    .groupBy('entered')
    .execute();
  const count = (entered: boolean) => rows.find((row) => row.entered === entered)?.members ?? 0;
  return { entered: count(true), left: count(false) };
}

export const createSegment = defineAction({
  name: 'segments.create',
  kind: 'command',
  access: 'agent',
  summary: 'Saves a filter over members under a name. It is live: who fits is in it.',
  input: z.object({
    name: nameInput,
    description: descriptionInput.default(''),
    filter: memberFilter,
    shared: z.boolean().default(true).describe('For everybody, or for you alone.'),
  }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await context.db
      .insertInto('segment')
      .values({
        name: input.name,
        description: input.description,
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

/** One's own, or any shared one for a manager; never a ready one. */
async function changeable(context: Context, id: number): Promise<SegmentRow> {
  const row = await findSegment(context, id);
  if (row.ready !== null)
    throw conflict('segments.ready', 'This segment comes with the program and stays as it is. Copy it, and change the copy.');
  if (row.owner_id !== actorId(context) && !hasRole(roleOf(context.actor), 'manager'))
    throw forbidden('Only the one who saved this segment or a manager may change it.');
  return row;
}

/** One that the actor may see; in a command held until its end. Errors: `not_found`. */
export async function findSegment(context: Context, id: number): Promise<SegmentRow> {
  const query = selectSegments(context).where('id', '=', id);
  const row = await (context.tx === undefined ? query : query.forUpdate()).executeTakeFirst();
  if (row === undefined) throw notFound('segment', showId('segment', id));
  return row;
}

export const updateSegment = defineAction({
  name: 'segments.update',
  kind: 'command',
  access: 'agent',
  summary: 'Renames or describes a segment, changes its filter, or shares it.',
  input: z.object({
    id: idInput('segment'),
    name: nameInput.optional(),
    description: descriptionInput.optional(),
    filter: memberFilter.optional(),
    shared: z.boolean().optional(),
  }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await changeable(context, input.id);
    const after = {
      name: input.name ?? row.name,
      description: input.description ?? row.description,
      filter: JSON.stringify(input.filter === undefined ? row.filter : storeFilter(input.filter)),
      shared: input.shared ?? row.shared,
    };
    await context.db
      .updateTable('segment')
      .set({ ...after, changed_at: context.clock.now() })
      .where('id', '=', row.id)
      .execute();
    context.audit({
      subject: showId('segment', row.id),
      summary: `Changed the segment ${after.name}`,
      before: { name: row.name, description: row.description, filter: row.filter, shared: row.shared },
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
