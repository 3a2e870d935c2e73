import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import { notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { addressOf } from '../access/index.ts';
import { deliveryShape, describeDeliveries } from './deliveries.ts';
import { readHealth } from './health.ts';
import { sourceRow } from './rows.ts';
import { choosesSecret, findConnector, secretFields, settingsSchema, unsealSettings } from './settings.ts';
import type { AnyConnector } from './settings.ts';

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

export const listSources = defineAction({
  name: 'sources.list',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists the sources with their health: last success, lag, items a day, quarantine, failures, next reading.',
  input: z.object({ kept: z.boolean().default(false).describe('Also those that were removed while their data was kept.') }),
  output: z.object({ sources: z.array(health) }),
  run: async (context, input) => ({ sources: (await readHealth(context)).filter(({ state }) => input.kept || state !== 'kept') }),
});

export const getSource = defineAction({
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
