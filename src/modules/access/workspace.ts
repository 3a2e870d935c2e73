import { sql } from 'kysely';
import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db.ts';
import { invalidInput } from '../../platform/errors.ts';
import { filePath, maxFileBytes, removeFile, storePicture } from '../../platform/files.ts';
import { domainsInput, timeZoneInput } from './rules.ts';

/** How this instance is called and counts its days. */
export interface Workspace {
  name: string;
  /** IANA, for example Europe/Berlin. */
  timeZone: string;
  /** 1 is January. */
  fiscalYearStartMonth: number;
  /** `#rrggbb`, or null for the product's own. */
  accent: string | null;
  /** Path of the picture, or null. */
  logo: string | null;
  /** Lower case, sorted. */
  ourDomains: string[];
  setUpAt: Date | null;
}

export async function readWorkspace(db: Db): Promise<Workspace> {
  const row = await db.selectFrom('workspace').selectAll().executeTakeFirstOrThrow();
  return {
    name: row.name,
    timeZone: row.time_zone,
    fiscalYearStartMonth: row.fiscal_year_start_month,
    accent: row.accent,
    logo: row.logo_file_id === null ? null : filePath(row.logo_file_id),
    ourDomains: row.our_domains,
    setUpAt: row.set_up_at,
  };
}

export const workspaceName = z.string().trim().min(1, 'is empty').max(80);

const workspaceOutput = z.object({
  name: z.string(),
  timeZone: z.string(),
  fiscalYearStartMonth: z.number(),
  accent: z.string().nullable(),
  logo: z.string().nullable(),
  ourDomains: z.array(z.string()),
});

export const workspace = defineAction({
  name: 'access.workspace',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows how the workspace is called, its time zone, fiscal year, looks and our own domains.',
  input: z.object({}),
  output: workspaceOutput,
  run: (context) => readWorkspace(context.db),
});

const changes = z.object({
  name: workspaceName.optional(),
  timeZone: timeZoneInput.optional(),
  fiscalYearStartMonth: z.number().int().min(1).max(12).optional(),
  accent: z
    .string()
    .toLowerCase()
    .regex(/^#[0-9a-f]{6}$/, 'is not a colour: use one such as #e4572e')
    .nullable()
    .optional(),
  ourDomains: domainsInput.optional(),
});
type Changes = z.output<typeof changes>;

export const updateWorkspace = defineAction({
  name: 'access.update-workspace',
  kind: 'command',
  access: 'administrator',
  summary: 'Changes the name, time zone, fiscal year, accent or our own domains.',
  input: changes,
  output: workspaceOutput,
  async run(context, input) {
    await changeWorkspace(context, input);
    return readWorkspace(context.db);
  },
});

export const setLogo = defineAction({
  name: 'access.set-logo',
  kind: 'command',
  access: 'administrator',
  summary: 'Puts a picture (PNG, JPEG, GIF or WebP, up to one megabyte) in place of the logo, or removes it.',
  input: z.object({
    name: z.string().max(200).default('logo'),
    content: z
      .base64()
      .max(Math.ceil((maxFileBytes * 4) / 3) + 4, 'is larger than one megabyte')
      .nullable()
      .meta({ secret: true })
      .describe('The picture in base64; null removes the logo.'),
  }),
  output: workspaceOutput,
  async run(context, input) {
    const before = await context.db.selectFrom('workspace').select('logo_file_id').forUpdate().executeTakeFirstOrThrow();
    const id = input.content === null ? null : await storePicture(context, input.name, Buffer.from(input.content, 'base64'));
    await context.db.updateTable('workspace').set({ logo_file_id: id }).execute();
    if (before.logo_file_id !== null) await removeFile(context.db, before.logo_file_id);
    context.audit({ subject: 'workspace', summary: id === null ? 'Removed the logo' : 'Changed the logo' });
    await context.fact('workspace.updated', { changed: ['logo'] });
    return readWorkspace(context.db);
  },
});

/** Applies what differs, and tells the other modules which fields: `workspace.updated` `{ changed: ['ourDomains'] }`. */
export async function changeWorkspace(context: Context, input: Changes): Promise<void> {
  await context.db.selectFrom('workspace').select('id').forUpdate().execute();
  const before = await readWorkspace(context.db);
  if (input.timeZone !== undefined) await knownToDatabase(context.db, input.timeZone);
  const names = ['name', 'timeZone', 'fiscalYearStartMonth', 'accent', 'ourDomains'] as const;
  const changed = names.filter((name) => input[name] !== undefined && JSON.stringify(input[name]) !== JSON.stringify(before[name]));
  if (changed.length === 0) return;
  const after = { ...before, ...dropUndefined(input) };
  await context.db
    .updateTable('workspace')
    .set({
      name: after.name,
      time_zone: after.timeZone,
      fiscal_year_start_month: after.fiscalYearStartMonth,
      accent: after.accent,
      our_domains: after.ourDomains,
    })
    .execute();
  context.audit({
    subject: 'workspace',
    summary: `Changed ${changed.join(', ')} of the workspace`,
    before: pick(before, changed),
    after: pick(after, changed),
  });
  await context.fact('workspace.updated', { changed });
}

/** PostgreSQL counts the days, with a list of zones of its own. Errors: `access.time_zone_unknown`. */
async function knownToDatabase(db: Db, zone: string): Promise<void> {
  const { rows } = await sql`select 1 from pg_timezone_names where lower(name) = lower(${zone})`.execute(db);
  if (rows.length === 0)
    throw invalidInput(
      'access.time_zone_unknown',
      `The database does not know the time zone ${zone}. Use a name such as Europe/Berlin or UTC.`,
    );
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function dropUndefined<T extends object>(given: T): Defined<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;
}
