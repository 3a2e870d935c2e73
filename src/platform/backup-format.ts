import type pg from 'pg';
import { z } from 'zod';
import { jobsSchema } from './jobs.ts';

/**
 * A backup is a tar file, compressed with zstd (`tar --zstd -tf` lists it):
 *   manifest.json             what is in it; first, so that a restore knows before it changes anything
 *   tables/<schema>.<table>/<n>   rows in PostgreSQL's COPY text format, in parts of some megabytes
 *   secret.key                only when asked for
 *   summary.json              rows and checksums; last, so that a cut file is known by its absence
 */
export const formatVersion = 1;

export const manifestSchema = z.object({
  format: z.literal(formatVersion),
  createdAt: z.iso.datetime(),
  postgres: z.string(),
  migrations: z.array(z.string()),
  jobsVersion: z.number().nullable(),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()) })),
});

export const summarySchema = z.object({
  tables: z.record(z.string(), z.object({ rows: z.number(), sha256: z.string() })),
  sequences: z.array(z.object({ name: z.string(), value: z.string() })),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Summary = z.infer<typeof summarySchema>;

/** A table by its full name (`public.member`), and the columns that hold something of their own. */
export interface Table {
  name: string;
  columns: string[];
}

export interface Progress {
  table: string;
  /** Tables done so far, of how many. */
  done: number;
  tables: number;
  /** Rows of all tables so far. */
  rows: number;
}

/** Of the queue: what waits and when it is due, not its bookkeeping. In an order in which references hold. */
const queueTables = ['queue', 'schedule', 'subscription', 'job', 'job_dependency'];

/** Every table of ours, then those of the queue that matter. */
export async function listTables(client: pg.ClientBase): Promise<Table[]> {
  const found = await client.query<{ schema: string; table: string; columns: string[] }>(
    `select n.nspname as schema, c.relname as table,
            array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = '') as columns
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind in ('r', 'p') and not c.relispartition
       and (n.nspname = 'public' or n.nspname = $1 and c.relname = any($2))
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     group by n.nspname, c.relname
     order by n.nspname <> 'public', array_position($2, c.relname::text), c.relname`,
    [jobsSchema, queueTables],
  );
  return found.rows.map(({ schema, table, columns }) => ({ name: `${schema}.${table}`, columns }));
}

/** The version of the queue's tables; null before the queue was first used. */
export async function queueVersion(client: pg.ClientBase): Promise<number | null> {
  const exists = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [`${jobsSchema}.version`]);
  if (exists.rows[0]?.exists !== true) return null;
  const version = await client.query<{ version: number }>(`select version from ${jobsSchema}.version`);
  return version.rows[0]?.version ?? null;
}

export function quoted(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
}

export function columnList(table: Table): string {
  return table.columns.map((column) => `"${column.replaceAll('"', '""')}"`).join(', ');
}

/** How values are written: the same whatever the server's own settings are. */
export const plainSession = [
  "set datestyle = 'ISO, MDY'",
  "set intervalstyle = 'postgres'",
  "set timezone = 'UTC'",
  "set bytea_output = 'hex'",
  'set extra_float_digits = 1',
  "set client_encoding = 'UTF8'",
  'set statement_timeout = 0',
  'set idle_in_transaction_session_timeout = 0',
].join('; ');
