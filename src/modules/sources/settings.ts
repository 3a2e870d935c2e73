import { realpathSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Connector } from '../../connectors/contract.ts';
import { hasRole, roleOf } from '../../platform/access.ts';
import type { Context } from '../../platform/context.ts';
import { forbidden, invalidInput, notFound } from '../../platform/errors.ts';
import { showId } from '../../platform/ids.ts';
import type { Secrets } from '../../platform/secrets.ts';
import { given } from './provided.ts';

export type AnyConnector = Connector<Record<string, unknown>>;

/** Errors: `not_found`. */
export function findConnector(name: string): AnyConnector {
  const found = given().connectors.find((connector) => connector.name === name);
  if (found === undefined) throw notFound('connector', name);
  // The registry's connectors differ in their settings; each validates its own before use.
  return found as unknown as AnyConnector;
}

export function secretFields(connector: AnyConnector): string[] {
  return Object.entries(connector.settings.shape)
    .filter(([, field]) => (field as z.ZodType).meta()?.['secret'] === true)
    .map(([name]) => name);
}

/** Errors: `source.settings`, naming each field. */
export function parseSettings(connector: AnyConnector, settings: Record<string, unknown>): Record<string, unknown> {
  const parsed = connector.settings.safeParse(settings);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  const complaints = parsed.error.issues.map((issue) => ({ path: `settings.${issue.path.join('.')}`, message: issue.message }));
  throw invalidInput(
    'source.settings',
    `The settings cannot be used: ${complaints.map((c) => `${c.path.slice(9)}: ${c.message}`).join('; ')}.`,
    complaints,
  );
}

/**
 * A source that reads files of this machine lets its reader see them: only an administrator may name one, and none may lie
 * in the program's own data. Errors: `forbidden`, `source.own_data`.
 */
export function checkLocalPath(context: Context, connector: AnyConnector, settings: Record<string, unknown>): void {
  const local = connector.localPath?.(settings);
  if (local === undefined) return;
  if (!hasRole(roleOf(context.actor), 'administrator')) {
    throw forbidden('Only an administrator may connect a file or folder of the server itself. Use an address, or ask an administrator.');
  }
  const inside = path.relative(realPath(context.config.dataDir), realPath(local));
  if (inside === '' || (!inside.startsWith('..') && !path.isAbsolute(inside))) {
    throw invalidInput(
      'source.own_data',
      "This lies in Rapport's own data folder, which holds its keys. Copy what you want to import to another folder.",
    );
  }
}

/**
 * Nobody is shown a secret once it is entered: who changes the address that it is sent to enters it again. Errors:
 * `source.secret_elsewhere`.
 */
export function checkSecretsStay(
  connector: AnyConnector,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  entered: Record<string, unknown>,
): void {
  const moved = Object.keys(connector.settings.shape).some((name) => originOf(before[name]) !== originOf(after[name]));
  if (!moved) return;
  const given = (name: string): boolean => entered[name] !== undefined && entered[name] !== '' && entered[name] !== null;
  const sent = secretFields(connector).filter((name) => name !== connector.webhook?.secret);
  const kept = sent.find((name) => before[name] !== undefined && after[name] === before[name] && !given(name));
  if (kept === undefined) return;
  const title = (connector.settings.shape[kept] as z.ZodType | undefined)?.meta()?.title ?? kept;
  throw invalidInput(
    'source.secret_elsewhere',
    `The address is another one now: enter "${title}" again, so that it is not sent to a host that it was not meant for.`,
    [{ path: `settings.${kept}`, message: 'enter it again' }],
  );
}

function originOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^https?:/i.test(value) && URL.canParse(value) ? new URL(value).origin : undefined;
}

function realPath(name: string): string {
  try {
    return realpathSync(name);
  } catch {
    return path.resolve(name);
  }
}

/** Splits settings into what may be shown and what is sealed. */
export function sealSettings(
  connector: AnyConnector,
  settings: Record<string, unknown>,
  secrets: Secrets,
): { open: Record<string, unknown>; sealed: string | null } {
  const hidden = new Set(secretFields(connector));
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  const secretPart = Object.fromEntries(entries.filter(([name]) => hidden.has(name)));
  return {
    open: Object.fromEntries(entries.filter(([name]) => !hidden.has(name))),
    sealed: Object.keys(secretPart).length === 0 ? null : secrets.seal(JSON.stringify(secretPart)),
  };
}

export function unsealSettings(row: { settings: unknown; secrets: string | null }, secrets: Secrets): Record<string, unknown> {
  const open = row.settings as Record<string, unknown>;
  return row.secrets === null ? open : { ...open, ...(JSON.parse(secrets.open(row.secrets)) as Record<string, unknown>) };
}

/** Whether the webhook's secret is ours to choose: then its steps say where to enter it over there. */
export function choosesSecret(webhook: { setUp: string[] }): boolean {
  return webhook.setUp.some((step) => step.includes('{secret}'));
}

/** The JSON Schema that draws the form; secret fields carry `secret: true`, what few need `advanced: true`. */
export function settingsSchema({ settings, webhook }: AnyConnector): Record<string, unknown> {
  const schema = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }) as { properties?: Record<string, object> };
  const secret = webhook === undefined ? undefined : schema.properties?.[webhook.secret];
  // A secret of our own is made on the source's page, once there is an address to send to.
  if (webhook !== undefined && secret !== undefined && choosesSecret(webhook)) Object.assign(secret, { advanced: true });
  return schema;
}

/** The source that already reads this, so that the same import goes on instead of starting another. */
export async function findImportSource(
  context: Pick<Context, 'db' | 'secrets'>,
  connectorName: string,
  settings: Record<string, unknown>,
): Promise<{ id: string; name: string; state: string } | undefined> {
  const connector = findConnector(connectorName);
  const { open } = sealSettings(connector, parseSettings(connector, settings), context.secrets);
  const row = await context.db
    .selectFrom('source')
    .select(['id', 'name', 'state'])
    .where('connector', '=', connectorName)
    .where('state', '<>', 'removing')
    .where((eb) => eb('settings', '=', JSON.stringify(open)))
    .executeTakeFirst();
  return row === undefined ? undefined : { id: showId('source', row.id), name: row.name, state: row.state };
}
