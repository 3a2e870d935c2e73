import { z } from 'zod';
import type { Delivery, DeliveryTarget } from '../../connectors/contract.ts';
import { idOf, nameOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Action } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { conflict, invalidInput, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { findDelivery, parseDeliveryInput, pictureInput, readOrigin, sealPictures } from './deliveries.ts';
import { deliverJob } from './jobs.ts';
import { given } from './provided.ts';
import type { DeliverySubject } from './provided.ts';
import { done, enqueue, sourceRow } from './rows.ts';
import { findConnector } from './settings.ts';

const states = ['waiting', 'sending', 'done', 'failed', 'unknown', 'dropped'] as const;

const delivery = z.object({
  id: z.string(),
  source: z.object({ id: z.string(), name: z.string() }),
  name: z.string(),
  title: z.string(),
  subject: z.string().nullable(),
  input: z.record(z.string(), z.unknown()),
  state: z.enum(states),
  askedBy: z.string(),
  askedAt: z.string(),
  attempts: z.number(),
  nextTryAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  url: z.string().nullable(),
  detail: z.string().nullable(),
});

const subjectInput = {
  thread: idInput('thread').optional().describe('The thread that it is done to.'),
  activity: idInput('activity').optional().describe('The activity that it is done to.'),
  identity: idInput('identity').optional().describe('The account that it is done to.'),
};

export const deliver = defineAction({
  name: 'sources.deliver',
  kind: 'command',
  access: 'agent',
  summary: 'Does something over there: replies, labels, closes, posts. It is queued, sent once, and its outcome is kept.',
  input: z.object({
    source: idInput('source').optional().describe('Needed only when nothing else names it.'),
    delivery: z.string().describe("One of the connector's deliveries; sources.connectors lists them."),
    ...subjectInput,
    input: z.record(z.string(), z.unknown()).default({}).describe('What the delivery takes.'),
    pictures: z.array(pictureInput).max(10).default([]).describe('For a delivery that carries pictures.'),
  }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { sourceId, subject, target } = await resolveSubject(context, input);
    const source = await sourceRow(context, sourceId);
    if (source.state === 'removing' || source.state === 'kept')
      throw conflict('source.gone', `"${source.name}" was removed: nothing can be done there from here.`);
    const connector = findConnector(source.connector);
    const wanted = findDelivery(connector, input.delivery);
    if (!reaches(target, wanted.on)) {
      throw invalidInput(
        'delivery.subject',
        `"${wanted.title}" is done to ${wanted.on === 'source' ? 'the source itself: name nothing else' : `a${wanted.on === 'activity' ? 'n' : ''} ${wanted.on}: name one (an activity stands for its thread and person too)`}.`,
      );
    }
    parseDeliveryInput(wanted, input.input);
    if (input.pictures.length > 0 && wanted.pictures !== true)
      throw invalidInput('delivery.pictures', `"${wanted.title}" carries no pictures. Leave them out.`);
    const { id } = await context.db
      .insertInto('delivery')
      .values({
        source_id: sourceId,
        name: wanted.name,
        subject,
        target: JSON.stringify(target),
        input: JSON.stringify(input.input),
        pictures: sealPictures(context, input.pictures),
        asked_by: idOf(context.actor) ?? null,
        asked_by_name: nameOf(context.actor),
        asked_at: context.clock.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    context.audit({ subject: subject ?? showId('source', sourceId), summary: `${wanted.title} at ${source.name}` });
    await enqueue(context, deliverJob, { source: sourceId }, String(sourceId));
    return { id: showId('delivery', id) };
  },
});

/** An activity stands for its thread and its person too; nothing named, for the source. */
function reaches(target: DeliveryTarget, on: Delivery['on']): boolean {
  return on === 'source' ? Object.keys(target).length === 0 : target[on] !== undefined;
}

interface Resolved {
  sourceId: number;
  subject: string | null;
  target: DeliveryTarget;
}

async function resolveSubject(
  context: Context,
  input: { source?: number | undefined; thread?: number | undefined; activity?: number | undefined; identity?: number | undefined },
): Promise<Resolved> {
  const named = [input.thread, input.activity, input.identity].filter((id) => id !== undefined);
  if (named.length > 1) throw invalidInput('delivery.subject', 'Name one of thread, activity and identity.');
  const about = subjectOf(input);
  if (about === undefined) {
    if (input.source === undefined) throw invalidInput('delivery.subject', 'Name a source, a thread, an activity or an identity.');
    return { sourceId: input.source, subject: null, target: {} };
  }
  const found = await given().findTarget(context.db, about.subject);
  const sourceId = found.sourceId ?? input.source;
  if (sourceId === undefined) throw invalidInput('delivery.subject', 'Name the source too: an account is known to several.');
  if (input.source !== undefined && input.source !== sourceId)
    throw invalidInput('delivery.subject', `${about.shown} belongs to another source (${showId('source', sourceId)}).`);
  const origin = found.recordId === undefined ? undefined : await readOrigin(context.db, sourceId, found.recordId);
  const target: DeliveryTarget =
    origin === undefined ? found.target : { ...found.target, activity: { ...found.target.activity, ...origin } };
  return { sourceId, subject: about.shown, target };
}

function subjectOf(input: {
  thread?: number | undefined;
  activity?: number | undefined;
  identity?: number | undefined;
}): { subject: DeliverySubject; shown: string } | undefined {
  if (input.thread !== undefined) return { subject: { thread: input.thread }, shown: showId('thread', input.thread) };
  if (input.activity !== undefined) return { subject: { activity: input.activity }, shown: showId('activity', input.activity) };
  if (input.identity !== undefined) return { subject: { identity: input.identity }, shown: showId('identity', input.identity) };
  return undefined;
}

const listDeliveries = defineAction({
  name: 'sources.deliveries',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists what was asked to be done over there, newest first, each with its outcome.',
  input: z.object({
    source: idInput('source').optional(),
    subject: z.string().max(40).optional().describe('Only what was done to this thread, activity or identity.'),
    state: z.enum(states).optional(),
    ...pageInput,
  }),
  output: z.object({ deliveries: z.array(delivery), next: z.string().nullable() }),
  async run(context, input) {
    const after = readCursor(input.cursor, 1);
    const { rows } = await context.database.pool.query<DeliveryRow>(
      `select d.*, s.name as source_name, s.connector from delivery d join source s on s.id = d.source_id
       where ($1::int is null or d.source_id = $1) and ($2::text is null or d.subject = $2) and ($3::text is null or d.state = $3)
         and ($4::bigint is null or d.id < $4) order by d.id desc limit $5`,
      [input.source ?? null, input.subject ?? null, input.state ?? null, after?.[0] ?? null, input.limit + 1],
    );
    const shown = rows.slice(0, input.limit);
    const last = shown.at(-1);
    return { deliveries: shown.map(describe), next: rows.length > input.limit && last !== undefined ? writeCursor([last.id]) : null };
  },
});

interface DeliveryRow {
  id: number;
  source_id: number;
  source_name: string;
  connector: string;
  name: string;
  subject: string | null;
  input: Record<string, unknown>;
  state: (typeof states)[number];
  asked_by_name: string;
  asked_at: Date;
  attempts: number;
  next_try_at: Date | null;
  ended_at: Date | null;
  url: string | null;
  detail: string | null;
}

function describe(row: DeliveryRow): z.input<typeof delivery> {
  const known = findConnector(row.connector).deliveries?.find((one) => one.name === row.name);
  return {
    id: showId('delivery', row.id),
    source: { id: showId('source', row.source_id), name: row.source_name },
    name: row.name,
    title: known?.title ?? row.name,
    subject: row.subject,
    input: row.input,
    state: row.state,
    askedBy: row.asked_by_name,
    askedAt: row.asked_at.toISOString(),
    attempts: row.attempts,
    nextTryAt: row.next_try_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    url: row.url,
    detail: row.detail,
  };
}

const sendAgain = defineAction({
  name: 'sources.deliver-again',
  kind: 'command',
  access: 'agent',
  summary: 'Sends again what failed, or what may not have arrived.',
  input: z.object({ id: idInput('delivery') }),
  output: done,
  async run(context, input) {
    const row = await change(context, input.id, ['failed', 'unknown', 'dropped'], 'waiting');
    context.audit({ subject: showId('delivery', input.id), summary: `Asked to send ${row.name} again` });
    await enqueue(context, deliverJob, { source: row.source_id }, String(row.source_id));
    return { done: true } as const;
  },
});

const dropDelivery = defineAction({
  name: 'sources.deliver-drop',
  kind: 'command',
  access: 'agent',
  summary: 'Gives up something that still waits to be sent.',
  input: z.object({ id: idInput('delivery') }),
  output: done,
  async run(context, input) {
    const row = await change(context, input.id, ['waiting', 'failed', 'unknown'], 'dropped');
    context.audit({ subject: showId('delivery', input.id), summary: `Gave up ${row.name}` });
    return { done: true } as const;
  },
});

async function change(context: Context, id: number, from: readonly (typeof states)[number][], to: (typeof states)[number]) {
  const row = await context.db
    .updateTable('delivery')
    .set({ state: to, next_try_at: null, ended_at: to === 'dropped' ? context.clock.now() : null })
    .where('id', '=', id)
    .where('state', 'in', [...from])
    .returning(['source_id', 'name'])
    .executeTakeFirst();
  if (row !== undefined) return row;
  const found = await context.db.selectFrom('delivery').select('state').where('id', '=', id).executeTakeFirst();
  if (found === undefined) throw notFound('delivery', showId('delivery', id));
  throw conflict('delivery.state', `This is ${found.state}: only what is ${from.join(' or ')} can be changed so.`);
}

export const deliveryActions = [deliver, listDeliveries, sendAgain, dropDelivery] satisfies readonly Action[];
