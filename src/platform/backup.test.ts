import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { cloneDatabase } from '../../test/database.ts';
import type { ClonedDatabase } from '../../test/database.ts';
import { backup } from './backup.ts';
import { jobsSchema } from './jobs.ts';
import { restore } from './restore.ts';

// A restore makes all tables anew, and some tests restore many times.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const folder = mkdtempSync(path.join(os.tmpdir(), 'rapport-backup-'));
const clones: ClonedDatabase[] = [];
let source: ClonedDatabase;
/** What the rows of the source must be in any later test. */
let whole: string;

beforeAll(async () => {
  source = await newDatabase();
  await fill(source.url);
  whole = path.join(folder, 'whole.tar.zst');
  await backup(source.url, whole);
});

afterAll(async () => {
  for (const clone of clones) await clone.drop();
  rmSync(folder, { recursive: true, force: true });
});

it('carries every table, sequence and waiting job to another database', async () => {
  const target = await newDatabase();
  const result = await restore(whole, target.url);
  expect(result).toMatchObject({ key: false, jobsLeftOut: false });
  expect(await contentOf(target.url)).toEqual(await contentOf(source.url));
  expect(await structureOf(target.url)).toEqual(await structureOf(source.url));

  const [next] = await query<{ id: number }>(
    target.url,
    "insert into organization (name, name_key) values ('after', 'after') returning id",
  );
  // The last ones were deleted in the source: their numbers must not come back.
  expect(next?.id).toBe(5001);
});

it('is one moment, although rows are written meanwhile', async () => {
  const busy = await newDatabase();
  await query(busy.url, 'create table debit (n int); ', 'create table zz_credit (n int)');
  const writer = new pg.Client({ connectionString: busy.url });
  await writer.connect();
  const state = { going: true };
  let written = 0;
  const writing = (async () => {
    while (state.going) {
      written += 1;
      await writer.query(`begin; insert into debit values (${written}); insert into zz_credit values (${written}); commit`);
    }
  })();
  const rows: Record<string, number> = {};
  const file = path.join(folder, 'busy.tar.zst');
  try {
    await expect.poll(() => written).toBeGreaterThan(20);
    await backup(busy.url, file, {
      onProgress: ({ table, rows: all }) => (rows[table] = all),
    });
  } finally {
    state.going = false;
    await writing;
    await writer.end();
  }
  // These two tables are not of our migrations, so their rows are read out of the file.
  const { summary } = await readArchive(file);
  expect(summary.tables['public.debit']?.rows).toBeGreaterThan(20);
  expect(summary.tables['public.zz_credit']).toEqual(summary.tables['public.debit']);
  expect(Object.keys(rows)).toContain('public.debit');
});

it('refuses a database that holds something, unless told to replace it', async () => {
  const target = await newDatabase();
  await query(target.url, "insert into organization (name, name_key) values ('precious', 'precious')");
  await expect(restore(whole, target.url)).rejects.toThrow(/not empty \(organization: 1\).*--replace/);
  expect(await query(target.url, 'select name from organization')).toEqual([{ name: 'precious' }]);
  await restore(whole, target.url, { replace: true });
  expect(await contentOf(target.url)).toEqual(await contentOf(source.url));
});

it('refuses a database that Rapport runs on', async () => {
  const target = await newDatabase();
  const running = new pg.Client({ connectionString: target.url, application_name: 'rapport' });
  await running.connect();
  try {
    await expect(restore(whole, target.url)).rejects.toThrow(/Stop it everywhere/);
  } finally {
    await running.end();
  }
});

it('changes nothing when the file is cut, changed or something else', async () => {
  const target = await newDatabase();
  await query(target.url, "insert into organization (name, name_key) values ('precious', 'precious')");
  const before = await contentOf(target.url);
  const size = statSync(whole).size;
  const damaged = path.join(folder, 'damaged');
  for (const length of [size - 200, Math.floor(size / 2), 200]) {
    writeFileSync(damaged, readFileSync(whole));
    truncateSync(damaged, length);
    await expect(restore(damaged, target.url, { replace: true })).rejects.toThrow(/is damaged: .*Nothing was changed/);
  }
  const flipped = readFileSync(whole);
  flipped[Math.floor(size / 2)] = (flipped[Math.floor(size / 2)] ?? 0) ^ 0xff;
  writeFileSync(damaged, flipped);
  await expect(restore(damaged, target.url, { replace: true })).rejects.toThrow(/is damaged/);
  writeFileSync(damaged, 'Dear diary');
  await expect(restore(damaged, target.url, { replace: true })).rejects.toThrow(/damaged|not a backup/);
  await expect(restore(path.join(folder, 'nowhere'), target.url)).rejects.toThrow(/not a backup/);
  // The queue has made its empty tables; no row has come or gone.
  expect(await contentOf(target.url)).toMatchObject(before);
});

it('writes for this account only, never over another file, and brings the key when asked', async () => {
  const key = path.join(folder, 'secret.key');
  writeFileSync(key, 'a key\n');
  const file = path.join(folder, 'with-key.tar.zst');
  await backup(source.url, file, { keyFile: key });
  expect(statSync(file).mode & 0o077).toBe(0);
  await expect(backup(source.url, file)).rejects.toThrow(/exists already/);

  const other = path.join(folder, 'other.key');
  writeFileSync(other, 'another key\n');
  const target = await newDatabase();
  expect(await restore(file, target.url, { keyFile: other })).toMatchObject({ key: true });
  expect(readFileSync(other, 'utf8')).toBe('a key\n');
  expect(readFileSync(`${other}.before-restore`, 'utf8')).toBe('another key\n');
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
});

async function newDatabase(): Promise<ClonedDatabase> {
  const clone = await cloneDatabase();
  clones.push(clone);
  return clone;
}

/** Rows that are hard to carry: every kind of escape, bytes, arrays, nulls, references in a circle, waiting jobs. */
async function fill(url: string): Promise<void> {
  await query(
    url,
    "insert into organization (name, name_key) select E'Tab\\t, line\\n, slash \\\\, quote '' and Zoë 🦒 ' || n, 'key ' || n from generate_series(1, 5000) n",
    `insert into audit_entry (actor_type, actor_name, origin, action, input) select 'system', 'Member ' || n, 'cli', 'x', '{"a": [1, null, "\\\\n"]}' from generate_series(1, 2000) n`,
    "update workspace set name = E'\\\\N'",
    'delete from organization where id between 4990 and 5000',
  );
  const boss = new PgBoss({ connectionString: url, schema: jobsSchema, supervise: false, schedule: false });
  await boss.start();
  await boss.createQueue('tests.wait', { policy: 'stately' });
  await boss.send('tests.wait', { text: 'later' }, { startAfter: 3600, singletonKey: 'one' });
  await boss.schedule('tests.wait', '0 3 * * *');
  await boss.stop({ graceful: false });
}

/** Every row of every table, as text, ordered. */
async function contentOf(url: string): Promise<Record<string, string[]>> {
  const tables = await query<{ name: string }>(
    url,
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname = 'public' or schemaname = '${jobsSchema}' and tablename in ('queue', 'schedule', 'job_common') order by 1`,
  );
  const content: Record<string, string[]> = {};
  for (const { name } of tables) {
    content[name] = (await query<{ row: string }>(url, `select t::text as row from ${name} t order by 1`)).map(({ row }) => row);
  }
  return content;
}

/** Constraints, indexes and triggers, which a restore lifts and puts back. */
async function structureOf(url: string): Promise<unknown[]> {
  return query(
    url,
    `select 'c' as kind, conrelid::regclass::text as on_table, conname::text as name, pg_get_constraintdef(oid) as is, convalidated::text as state from pg_constraint where connamespace = 'public'::regnamespace
     union all select 'i', tablename, indexname, indexdef, '' from pg_indexes where schemaname = 'public'
     union all select 't', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text from pg_trigger where not tgisinternal and tgrelid::regclass::text not like '${jobsSchema}.%'
     order by 1, 2, 3`,
  );
}

async function readArchive(file: string): Promise<{ summary: { tables: Record<string, { rows: number; sha256: string }> } }> {
  const { extract } = await import('tar-stream');
  const { zstdDecompressSync } = await import('node:zlib');
  const reader = extract();
  reader.end(zstdDecompressSync(readFileSync(file)));
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(Buffer.from(chunk as Uint8Array));
    if (entry.header.name === 'summary.json')
      return {
        summary: JSON.parse(Buffer.concat(chunks).toString('utf8')) as { tables: Record<string, { rows: number; sha256: string }> },
      };
  }
  throw new Error('no summary');
}

async function query<Row extends object>(url: string, ...statements: string[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const statement of statements) rows = (await client.query<Row>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}
