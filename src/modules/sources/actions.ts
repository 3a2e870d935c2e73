import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Action } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import { conflict, invalidInput, notFound } from '../../platform/errors.ts';
import { idInput, readId, showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { idOf } from '../../platform/access.ts';
import { addressOf } from '../access/index.ts';
import { blotter } from './blot.ts';
import { describeRun, readHealth } from './health.ts';
import type { RunRow } from './health.ts';
import { readJob, rederiveJob, removeJob, retryJob } from './jobs.ts';
import { given } from './provided.ts';
import { withIo } from './run.ts';
import {
  checkLocalPath,
  checkSecretsStay,
  choosesSecret,
  findConnector,
  findImportSource,
  parseSettings,
  sealSettings,
  secretFields,
  settingsSchema,
  unsealSettings,
} from './settings.ts';
import type { AnyConnector } from './settings.ts';

const done = z.object({ done: z.literal(true) });
const settingsInput = z.record(z.string(), z.unknown()).describe("The connector's settings; see sources.connectors for what each takes.");
const sinceInput = z.iso.date().nullable().describe('Only items from this day on (UTC); null for all.');
const everyMinutesInput = z.number().int().min(1).max(43_200).describe('Minutes between two readings.');

const health = z.object({
  id: z.string(),
  name: z.string(),
  connector: z.string(),
  state: z.enum(['active', 'paused', 'removing', 'kept']),
  pausedReason: z.string().nullable(),
  everyMinutes: z.number(),
  lastSuccessAt: z.string().nullable(),
  failingSince: z.string().nullable(),
  failures: z.number(),
  lastError: z.string().nullable(),
  nextRunAt: z.string().nullable(),
  records: z.number(),
  quarantined: z.number(),
  lagMinutes: z.number(),
  itemsADay: z.array(z.number()),
  silent: z.boolean(),
  running: z.boolean(),
  warnings: z.array(z.string()),
  webhookAt: z.string().nullable(),
});

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

const deliveryShape = z.object({
  name: z.string(),
  title: z.string(),
  summary: z.string(),
  on: z.enum(['thread', 'activity', 'person', 'source']),
  input: z.record(z.string(), z.unknown()),
});

function describeDeliveries(connector: AnyConnector): z.input<typeof deliveryShape>[] {
  return (connector.deliveries ?? []).map(({ name, title, summary, on, input }) => ({
    name,
    title,
    summary,
    on,
    input: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>,
  }));
}

const listConnectors = defineAction({
  name: 'sources.connectors',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists the systems that can be connected, each with the settings that it takes.',
  input: z.object({}),
  output: z.object({
    connectors: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        summary: z.string(),
        everyMinutes: z.number(),
        settings: z.record(z.string(), z.unknown()),
        streams: z.array(z.object({ name: z.string(), title: z.string() })),
        webhook: z.boolean(),
        deliveries: z.array(deliveryShape),
      }),
    ),
  }),
  async run() {
    return {
      connectors: given().connectors.map(({ name }) => {
        const connector = findConnector(name);
        return {
          name,
          title: connector.title,
          summary: connector.summary,
          everyMinutes: connector.everyMinutes,
          settings: settingsSchema(connector),
          streams: connector.streams.map((stream) => ({ name: stream.name, title: stream.title })),
          webhook: connector.webhook !== undefined,
          deliveries: describeDeliveries(connector),
        };
      }),
    };
  },
});

const testSource = defineAction({
  name: 'sources.test',
  kind: 'command',
  access: 'manager',
  // It asks the other system.
  transaction: false,
  summary: 'Tries settings on the other system, and says plainly what works and what permission is missing.',
  input: z.object({
    connector: z.string(),
    settings: settingsInput,
    source: idInput('source').optional().describe('Secrets left out are taken from this source.'),
  }),
  output: z.object({ ok: z.boolean(), lines: z.array(z.object({ ok: z.boolean(), what: z.string(), detail: z.string() })) }),
  async run(context, input) {
    const connector = findConnector(input.connector);
    const kept = input.source === undefined ? {} : unsealSettings(await sourceRow(context, input.source), context.secrets);
    const settings = parseSettings(connector, { ...kept, ...withoutEmpty(input.settings) });
    checkSecretsStay(connector, kept, settings, input.settings);
    checkLocalPath(context, connector, settings);
    const blot = blotter(connector, settings);
    const lines = await withIo(
      context,
      { id: input.source ?? 0, since: undefined },
      connector,
      settings,
      AbortSignal.timeout(60_000),
      (io) => connector.check(io),
    );
    return { ok: lines.every((line) => line.ok), lines: lines.map((line) => ({ ...line, detail: blot(line.detail) })) };
  },
});

export const dryRun = defineAction({
  name: 'sources.dry-run',
  kind: 'query',
  access: 'manager',
  summary: 'Says what importing a file would take in and which lines it would refuse, with line numbers, and stores nothing.',
  input: z.object({ connector: z.string().default('file'), settings: settingsInput }),
  output: z.object({
    kind: z.string(),
    format: z.string(),
    encoding: z.string(),
    rows: z.number(),
    refusedRows: z.number(),
    refused: z.array(z.object({ line: z.number(), reason: z.string() })),
    columns: z.object({ mapped: z.array(z.object({ column: z.string(), field: z.string() })), ignored: z.array(z.string()) }),
  }),
  async run(context, input) {
    const connector = findConnector(input.connector);
    const settings = parseSettings(connector, withoutEmpty(input.settings));
    checkLocalPath(context, connector, settings);
    const { dryRun: rehearse } = connector;
    if (rehearse === undefined)
      throw invalidInput('source.no_dry_run', `${connector.title} has no dry run: sources.test says whether it can be read.`);
    return withIo(context, { id: 0, since: undefined }, connector, settings, AbortSignal.timeout(300_000), (io) => rehearse(io));
  },
});

export const addSource = defineAction({
  name: 'sources.add',
  kind: 'command',
  access: 'manager',
  summary: 'Connects a source and starts reading it.',
  input: z.object({
    connector: z.string(),
    settings: settingsInput,
    name: z.string().trim().min(1).max(200).optional(),
    since: sinceInput.optional(),
    everyMinutes: everyMinutesInput.optional(),
    read: z
      .boolean()
      .default(true)
      .describe('Whether the worker starts reading at once; false leaves the first reading to whoever adds it.'),
  }),
  output: z.object({ id: z.string(), name: z.string() }),
  async run(context, input) {
    const connector = findConnector(input.connector);
    const settings = parseSettings(connector, withoutEmpty(input.settings));
    checkLocalPath(context, connector, settings);
    const { open, sealed } = sealSettings(connector, settings, context.secrets);
    const name = input.name ?? connector.nameOf(settings).slice(0, 200);
    const twin = await findImportSource(context, connector.name, settings);
    if (twin !== undefined && twin.state !== 'kept')
      throw conflict('source.exists', `"${twin.name}" (${twin.id}) already reads this. Open it instead.`);
    const everyMinutes = input.everyMinutes ?? connector.everyMinutes;
    const row = {
      name,
      secrets: sealed,
      every_minutes: everyMinutes,
      owner_id: idOf(context.actor) ?? null,
      next_run_at: input.read ? context.clock.now() : new Date(context.clock.now().getTime() + connector.everyMinutes * 60_000),
    };
    // What was removed while its data was kept is read on, so that nothing is there twice.
    const { id } =
      twin === undefined
        ? await context.db
            .insertInto('source')
            .values({ ...row, connector: connector.name, settings: JSON.stringify(open), since: input.since ?? null })
            .returning('id')
            .executeTakeFirstOrThrow()
        : await context.db
            .updateTable('source')
            .set({ ...row, state: 'active', failures: 0, failing_since: null, last_error: null })
            .where('id', '=', readId('source', twin.id))
            .returning('id')
            .executeTakeFirstOrThrow();
    context.audit({ subject: showId('source', id), summary: `Connected ${name}`, after: { connector: connector.name, settings: open } });
    await context.fact('source.added', { source: showId('source', id), name });
    if (input.read && context.tx !== undefined)
      await context.jobs.sendInside(context.tx, readJob, { source: id, cause: 'first' }, { key: String(id) });
    return { id: showId('source', id), name };
  },
});

const listSources = defineAction({
  name: 'sources.list',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists the sources with their health: last success, lag, items a day, quarantine, failures, next reading.',
  input: z.object({ kept: z.boolean().default(false).describe('Also those that were removed while their data was kept.') }),
  output: z.object({ sources: z.array(health) }),
  run: async (context, input) => ({ sources: (await readHealth(context)).filter(({ state }) => input.kept || state !== 'kept') }),
});

const getSource = defineAction({
  name: 'sources.get',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows one source: settings without secrets, streams, health.',
  input: z.object({ id: idInput('source') }),
  output: health.extend({
    settings: z.record(z.string(), z.unknown()),
    secrets: z.array(z.object({ name: z.string(), set: z.boolean() })),
    settingsSchema: z.record(z.string(), z.unknown()),
    since: z.string().nullable(),
    createdAt: z.string(),
    streams: z.array(
      z.object({ name: z.string(), title: z.string(), items: z.number(), completedAt: z.string().nullable(), underway: z.boolean() }),
    ),
    deliveries: z.array(deliveryShape),
    webhook: z
      .object({
        address: z.string().describe('Where the outside system sends its requests.'),
        secret: z.string().describe('The setting that holds the secret.'),
        secretSet: z.boolean(),
        ours: z.boolean().describe('Whether we choose the secret; otherwise the outside system shows it.'),
        setUp: z.array(z.string()),
        requests: z.number(),
        items: z.number(),
        error: z.string().nullable().describe('Why the last request that was refused was refused, until one is taken.'),
      })
      .nullable(),
  }),
  async run(context, input) {
    const row = await sourceRow(context, input.id);
    const [state] = await readHealth(context, input.id);
    if (state === undefined) throw notFound('source', showId('source', input.id));
    const connector = findConnector(row.connector);
    const streams = await context.db.selectFrom('source_stream').selectAll().where('source_id', '=', input.id).execute();
    const all = unsealSettings(row, context.secrets);
    return {
      ...state,
      settings: row.settings as Record<string, unknown>,
      secrets: secretFields(connector).map((name) => ({ name, set: all[name] !== undefined })),
      settingsSchema: settingsSchema(connector),
      since: row.since?.toISOString() ?? null,
      createdAt: row.created_at.toISOString(),
      deliveries: describeDeliveries(connector),
      webhook: describeWebhook(connector, row, all, addressOf(context.config)),
      streams: connector.streams.map(({ name, title }) => {
        const found = streams.find((stream) => stream.name === name);
        return {
          name,
          title,
          items: found?.items ?? 0,
          completedAt: found?.completed_at?.toISOString() ?? null,
          underway: found !== undefined && found.completed_at === null,
        };
      }),
    };
  },
});

const updateSource = defineAction({
  name: 'sources.update',
  kind: 'command',
  access: 'manager',
  summary: "Changes a source's name, schedule or settings. Secrets left out stay as they are.",
  input: z.object({
    id: idInput('source'),
    name: z.string().trim().min(1).max(200).optional(),
    everyMinutes: everyMinutesInput.optional(),
    settings: settingsInput.optional(),
  }),
  output: done,
  async run(context, input) {
    const row = await connectedRow(context, input.id);
    const connector = findConnector(row.connector);
    const change: { name?: string; every_minutes?: number; settings?: string; secrets?: string | null } = {};
    if (input.name !== undefined) change.name = input.name;
    if (input.everyMinutes !== undefined) change.every_minutes = input.everyMinutes;
    if (input.settings !== undefined) {
      const before = unsealSettings(row, context.secrets);
      const kept = Object.fromEntries(secretFields(connector).map((name) => [name, before[name]]));
      const settings = parseSettings(connector, { ...withoutEmpty(kept), ...withoutEmpty(input.settings) });
      checkSecretsStay(connector, before, settings, input.settings);
      checkLocalPath(context, connector, settings);
      const { open, sealed } = sealSettings(connector, settings, context.secrets);
      change.settings = JSON.stringify(open);
      change.secrets = sealed;
    }
    if (Object.keys(change).length > 0) await context.db.updateTable('source').set(change).where('id', '=', input.id).execute();
    context.audit({
      subject: showId('source', input.id),
      summary: `Changed ${row.name}`,
      before: { name: row.name, everyMinutes: row.every_minutes, settings: row.settings },
      after: {
        name: input.name,
        everyMinutes: input.everyMinutes,
        settings: change.settings === undefined ? undefined : JSON.parse(change.settings),
      },
    });
    return { done: true } as const;
  },
});

const makeWebhookSecret = defineAction({
  name: 'sources.make-webhook-secret',
  kind: 'command',
  access: 'manager',
  summary: 'Makes the secret that signs the requests of the outside system, keeps it sealed, and shows it this once.',
  input: z.object({ id: idInput('source') }),
  output: z.object({ secret: z.string() }),
  async run(context, input) {
    const row = await connectedRow(context, input.id);
    const connector = findConnector(row.connector);
    if (connector.webhook === undefined || !choosesSecret(connector.webhook)) {
      throw invalidInput('webhook.not_ours', `${connector.title} shows its own secret: copy it from there into the settings.`);
    }
    const secret = randomBytes(24).toString('base64url');
    const settings = { ...unsealSettings(row, context.secrets), [connector.webhook.secret]: secret };
    const { sealed } = sealSettings(connector, settings, context.secrets);
    await context.db.updateTable('source').set({ secrets: sealed }).where('id', '=', input.id).execute();
    context.audit({ subject: showId('source', input.id), summary: `Made a new webhook secret for ${row.name}` });
    return { secret };
  },
});

const pauseSource = defineAction({
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

const resumeSource = defineAction({
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

const readSource = defineAction({
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

const listRuns = defineAction({
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

const listQuarantine = defineAction({
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

const retryQuarantine = defineAction({
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

const rederive = defineAction({
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

export const sourcesActions = [
  listConnectors,
  testSource,
  dryRun,
  addSource,
  listSources,
  getSource,
  updateSource,
  makeWebhookSecret,
  pauseSource,
  resumeSource,
  readSource,
  listRuns,
  listQuarantine,
  retryQuarantine,
  rederive,
  removeSource,
] satisfies readonly Action[];

async function sourceRow(context: Context, id: number) {
  const row = await context.db.selectFrom('source').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('source', showId('source', id));
  return row;
}

/** Of a source that is still connected. Errors: `source.kept`. */
async function connectedRow(context: Context, id: number) {
  const row = await sourceRow(context, id);
  if (row.state !== 'kept') return row;
  throw conflict('source.kept', `"${row.name}" was removed; only its data is kept. Connect it again with the same settings to read on.`);
}

function describeWebhook(
  { webhook }: AnyConnector,
  row: { id: number; webhook_requests: number; webhook_items: number; webhook_error: string | null },
  settings: Record<string, unknown>,
  address: string,
) {
  if (webhook === undefined) return null;
  const url = `${address}/webhooks/${showId('source', row.id)}`;
  const secret = settings[webhook.secret];
  return {
    address: url,
    secret: webhook.secret,
    secretSet: typeof secret === 'string' && secret !== '',
    ours: choosesSecret(webhook),
    setUp: webhook.setUp.map((step) => step.replaceAll('{address}', url).replaceAll('{secret}', 'the secret')),
    requests: row.webhook_requests,
    items: row.webhook_items,
    error: row.webhook_error,
  };
}

async function enqueue(context: Context, job: string, data: Record<string, unknown>, key: string): Promise<void> {
  if (context.tx === undefined) await transaction(context.database, (tx) => context.jobs.sendInside(tx, job, data, { key }));
  else await context.jobs.sendInside(context.tx, job, data, { key });
}

/** A form sends empty fields as empty text: they mean "not given". */
function withoutEmpty(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== '' && value !== null && value !== undefined));
}
