import { sql } from 'kysely';
import { z } from 'zod';
import type { DeliveryTarget, Json, Picture } from '../../connectors/contract.ts';
import type { Program } from '../../platform/context.ts';
import type { Db } from '../../platform/db.ts';
import { AppError, invalidInput, messageOf, notFound } from '../../platform/errors.ts';
import { showId } from '../../platform/ids.ts';
import { withIo } from './run.ts';
import { findConnector, unsealSettings } from './settings.ts';
import type { AnyConnector } from './settings.ts';

type AnyDelivery = NonNullable<AnyConnector['deliveries']>[number];

/** Class of the advisory locks that let one process at a time do what is asked of a source. */
const deliveryLock = 72_617_024;
const patience = 120_000;

/** Errors: `delivery.none`, naming what the connector can do. */
export function findDelivery(connector: AnyConnector, name: string): AnyDelivery {
  const can = connector.deliveries ?? [];
  const found = can.find((delivery) => delivery.name === name);
  if (found !== undefined) return found;
  throw invalidInput(
    'delivery.none',
    can.length === 0
      ? `${connector.title} is only read: nothing can be done there from here.`
      : `${connector.title} cannot "${name}". It can: ${can.map((delivery) => delivery.name).join(', ')}.`,
  );
}

/** Errors: `delivery.input`, naming each field. */
export function parseDeliveryInput(delivery: AnyDelivery, input: Record<string, unknown>): unknown {
  const parsed = delivery.input.safeParse(input);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map((issue) => ({ path: `input.${issue.path.join('.')}`, message: issue.message }));
  throw invalidInput(
    'delivery.input',
    `Please correct: ${complaints.map((c) => `${c.path.slice(6)}: ${c.message}`).join('; ')}.`,
    complaints,
  );
}

export async function sourcesWithDeliveries(program: Program): Promise<number[]> {
  const { rows } = await program.database.pool.query<{ source_id: number }>(
    `select distinct source_id from delivery
     where state = 'sending' or (state = 'waiting' and (next_try_at is null or next_try_at <= $1))`,
    [program.clock.now()],
  );
  return rows.map((row) => row.source_id);
}

/**
 * Does what waits to be done at a source, in the order in which it was asked. Each is marked before it is sent, so that after a
 * crash it is not sent a second time: then nobody knows whether it arrived, and the row says so.
 */
export async function deliverWaiting(program: Program, sourceId: number, signal: AbortSignal): Promise<void> {
  const client = await program.database.pool.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1, $2) as held', [deliveryLock, sourceId]);
    if (rows[0]?.held !== true) return;
    await client.query(
      `update delivery set state = 'unknown', ended_at = $2, detail = $3, pictures = null where source_id = $1 and state = 'sending'`,
      [
        sourceId,
        program.clock.now(),
        'The program ended while this was being sent. Look there whether it arrived before you send it again.',
      ],
    );
    while (!signal.aborted && (await deliverNext(program, sourceId, signal))) {
      // One after the other: the next may build on the last.
    }
    await client.query('select pg_advisory_unlock($1, $2)', [deliveryLock, sourceId]);
  } catch (error) {
    broken = error instanceof Error ? error : new Error(messageOf(error));
    throw error;
  } finally {
    // A broken connection takes its lock with it.
    client.release(broken);
  }
}

interface DeliveryRow {
  id: number;
  name: string;
  target: DeliveryTarget;
  input: Record<string, unknown>;
  pictures: string | null;
}

/** What a delivery carries, as it is asked for and kept until it is sent. */
export const pictureInput = z.object({
  name: z
    .string()
    .regex(/^[\w][\w .()-]{0,100}\.png$/, 'is a file name that ends in .png')
    .describe('A file name: growth.png.'),
  alt: z.string().trim().min(1).max(500).describe('What it shows, for who cannot see it.'),
  content: z
    .base64()
    .max(8_000_000)
    .refine((text) => text.startsWith('iVBORw0KGgo'), 'is a PNG in Base64')
    .describe('A PNG in Base64.'),
});

/** Sealed: there may be names of members in it. */
export function sealPictures({ secrets }: Pick<Program, 'secrets'>, pictures: readonly z.infer<typeof pictureInput>[]): string | null {
  return pictures.length === 0 ? null : secrets.seal(JSON.stringify(pictures));
}

function openPictures({ secrets }: Pick<Program, 'secrets'>, sealed: string | null): Picture[] {
  const kept = sealed === null ? [] : z.array(pictureInput).parse(JSON.parse(secrets.open(sealed)));
  return kept.map(({ content, ...rest }) => ({ ...rest, mediaType: 'image/png', content: Buffer.from(content, 'base64') }));
}

async function deliverNext(program: Program, sourceId: number, signal: AbortSignal): Promise<boolean> {
  const { rows } = await program.database.pool.query<DeliveryRow>(
    `update delivery set state = 'sending', attempts = attempts + 1, next_try_at = null
     where id = (select id from delivery where source_id = $1 and state = 'waiting' and (next_try_at is null or next_try_at <= $2)
                 order by id limit 1)
     returning id, name, target, input, pictures`,
    [sourceId, program.clock.now()],
  );
  const row = rows[0];
  if (row === undefined) return false;
  try {
    const delivered = await send(program, sourceId, row, signal);
    await settle(program, row.id, 'done', delivered.url, delivered.detail);
  } catch (error) {
    if (error instanceof AppError && error.kind === 'rate_limited') {
      await waitForLimit(program, row.id, error);
      return false;
    }
    const { state, detail } = outcomeOf(error);
    await settle(program, row.id, state, undefined, detail);
  }
  return true;
}

async function send(program: Program, sourceId: number, row: DeliveryRow, signal: AbortSignal) {
  const source = await program.database.db.selectFrom('source').selectAll().where('id', '=', sourceId).executeTakeFirstOrThrow();
  const connector = findConnector(source.connector);
  const delivery = findDelivery(connector, row.name);
  const input = parseDeliveryInput(delivery, row.input);
  const settings = unsealSettings(source, program.secrets);
  const until = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  return withIo(program, { id: sourceId, since: undefined }, connector, settings, until, (io) =>
    delivery.deliver(io, row.target, input as never, openPictures(program, row.pictures)),
  );
}

/** A refusal is final; a broken line or an error of their own leaves open whether it was done. */
function outcomeOf(error: unknown): { state: 'failed' | 'unknown'; detail: string } {
  const uncertain = !(error instanceof AppError) || (error.kind === 'upstream_failed' && error.code === 'http.failed');
  const detail = messageOf(error).slice(0, 2000);
  return uncertain
    ? { state: 'unknown', detail: `${detail} Look there whether it arrived before you send it again.` }
    : { state: 'failed', detail };
}

async function settle(program: Program, id: number, state: string, url: string | undefined, detail: string | undefined): Promise<void> {
  await program.database.pool.query('update delivery set state = $2, ended_at = $3, url = $4, detail = $5, pictures = null where id = $1', [
    id,
    state,
    program.clock.now(),
    url ?? null,
    detail ?? null,
  ]);
}

async function waitForLimit(program: Program, id: number, error: AppError): Promise<void> {
  const at = new Date(program.clock.now().getTime() + (error.retryAfter ?? 60) * 1000);
  await program.database.pool.query(`update delivery set state = 'waiting', next_try_at = $2, detail = $3 where id = $1`, [
    id,
    at,
    error.message,
  ]);
}

/** The raw item that an activity comes from, for its connector. */
export async function readOrigin(
  db: Db,
  sourceId: number,
  recordId: number,
): Promise<{ stream: string; externalId: string; record: Json } | undefined> {
  const row = await db
    .selectFrom('record as r')
    .innerJoin('source_stream as s', (join) => join.onRef('s.source_id', '=', 'r.source_id').onRef('s.id', '=', 'r.stream_id'))
    .select(['s.name', 'r.external_id', 'r.payload'])
    .where('r.source_id', '=', sourceId)
    .where('r.id', '=', sql<number>`${recordId}::bigint`)
    .executeTakeFirst();
  // A raw item that was dropped is as one that was never there.
  return row === undefined || row.payload === ''
    ? undefined
    : { stream: row.name, externalId: row.external_id, record: JSON.parse(row.payload) as Json };
}

/** A delivery as people choose it. */
export const deliveryShape = z.object({
  name: z.string(),
  title: z.string(),
  summary: z.string(),
  on: z.enum(['thread', 'activity', 'person', 'source']),
  input: z.record(z.string(), z.unknown()),
  pictures: z.boolean().describe('Whether it carries pictures beside its words.'),
});

/** A delivery of a connected source. Errors: `not_found`, `delivery.none`. */
export async function deliveryOf(db: Db, sourceId: number, name: string): Promise<z.input<typeof deliveryShape>> {
  const source = await db.selectFrom('source').select('connector').where('id', '=', sourceId).executeTakeFirst();
  if (source === undefined) throw notFound('source', showId('source', sourceId));
  return describe(findDelivery(findConnector(source.connector), name));
}

export function describeDeliveries(connector: AnyConnector): z.input<typeof deliveryShape>[] {
  return (connector.deliveries ?? []).map(describe);
}

function describe({ name, title, summary, on, input, pictures }: AnyDelivery): z.input<typeof deliveryShape> {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>;
  return { name, title, summary, on, input: schema, pictures: pictures === true };
}
