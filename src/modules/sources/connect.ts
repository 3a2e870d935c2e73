import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { idOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import { conflict, invalidInput } from '../../platform/errors.ts';
import { idInput, readId, showId } from '../../platform/ids.ts';
import { blotter } from './blot.ts';
import { deliveryShape, describeDeliveries } from './deliveries.ts';
import { readJob } from './jobs.ts';
import { given } from './provided.ts';
import { connectedRow, done, sourceRow } from './rows.ts';
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

const settingsInput = z.record(z.string(), z.unknown()).describe("The connector's settings; see sources.connectors for what each takes.");

const sinceInput = z.iso.date().nullable().describe('Only items from this day on (UTC); null for all.');

const everyMinutesInput = z.number().int().min(1).max(43_200).describe('Minutes between two readings.');

export const listConnectors = defineAction({
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

export const testSource = defineAction({
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

export const updateSource = defineAction({
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

export const makeWebhookSecret = defineAction({
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

/** A form sends empty fields as empty text: they mean "not given". */
function withoutEmpty(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== '' && value !== null && value !== undefined));
}
