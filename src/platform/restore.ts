import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import { Writable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { from as copyFrom } from 'pg-copy-streams';
import { extract as createExtract } from 'tar-stream';
import type { Extract } from 'tar-stream';
import { columnList, listTables, manifestSchema, plainSession, queueVersion, quoted, summarySchema } from './backup-format.ts';
import type { Manifest, Progress, Summary, Table } from './backup-format.ts';
import { projectRoot } from './config.ts';
import { AppError, conflict, invalidInput, messageOf } from './errors.ts';
import { jobsSchema } from './jobs.ts';
import { migrate, migrationNames } from './migrate.ts';

export interface RestoreOptions {
  onProgress?: (progress: Progress) => void;
  /** Throw away what the database holds. Without it a database with rows is refused. */
  replace?: boolean;
  /** Where the key goes, if the backup has it. An existing other key is kept beside it. */
  keyFile?: string;
}

export interface RestoreResult {
  createdAt: string;
  tables: number;
  rows: number;
  /** The backup brought the key that its secrets are sealed with. */
  key: boolean;
  /** Waiting background work was left out, because another version of the queue wrote it. */
  jobsLeftOut: boolean;
}

/**
 * Makes the database what it was when the backup was written, in one transaction: a file that is cut or changed, or a
 * full disk, changes nothing. A backup of an older Rapport is brought up to date afterwards.
 * Errors: `restore.not_a_backup`, `restore.damaged`, `restore.newer`, `restore.not_empty`, `restore.in_use`.
 */
export async function restore(file: string, databaseUrl: string, options: RestoreOptions = {}): Promise<RestoreResult> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'rapport restore' });
  await client.connect();
  try {
    await client.query(plainSession);
    await refuseUsed(client);
    await readThrough(file);
    await createQueueTables(databaseUrl);
    await client.query('begin');
    const outcome = await readInto(client, file, options);
    await client.query('commit');
    if (outcome.key !== undefined && options.keyFile !== undefined) await putKey(options.keyFile, outcome.key);
    await migrate(databaseUrl);
    return { ...outcome.result, key: outcome.key !== undefined };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error instanceof AppError ? error : explain(file, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A running Rapport keeps much in memory: it must not have its rows replaced under it. */
async function refuseUsed(client: pg.Client): Promise<void> {
  const others = await client.query("select from pg_stat_activity where datname = current_database() and application_name = 'rapport'");
  if (others.rowCount !== 0) throw inUse();
}

/** The queue makes its own tables, not our migrations. */
async function createQueueTables(databaseUrl: string): Promise<void> {
  const boss = new PgBoss({ connectionString: databaseUrl, schema: jobsSchema, supervise: false, schedule: false });
  boss.on('error', () => undefined);
  await boss.start();
  await boss.stop({ graceful: false });
}

interface Outcome {
  result: Omit<RestoreResult, 'key'>;
  key: Buffer | undefined;
}

async function readInto(client: pg.Client, file: string, options: RestoreOptions): Promise<Outcome> {
  const extract = createExtract();
  const reading = pipeline(createReadStream(file), createZstdDecompress(), extract).then(
    () => undefined,
    (error: unknown) => error,
  );
  try {
    const outcome = await readEntries(client, file, extract, options);
    const failure = await reading;
    if (failure !== undefined) throw failure;
    return outcome;
  } finally {
    extract.destroy();
    await reading;
  }
}

/** Reads the file to its end once: its checksum tells a changed byte before anything is touched. */
async function readThrough(file: string): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await pipeline(createReadStream(file), createZstdDecompress(), nowhere);
}

async function readEntries(client: pg.Client, file: string, extract: Extract, options: RestoreOptions): Promise<Outcome> {
  let manifest: Manifest | undefined;
  let summary: Summary | undefined;
  let key: Buffer | undefined;
  let constraints: Constraints | undefined;
  let jobsLeftOut = false;
  let loading: Loading | undefined;
  const loaded = new Map<string, { rows: number; sha256: string }>();
  const finishLoading = async (): Promise<void> => {
    if (loading !== undefined) loaded.set(loading.table.name, await loading.end());
    loading = undefined;
  };

  try {
    for await (const entry of extract) {
      const { name } = entry.header;
      if (manifest === undefined) {
        if (name !== 'manifest.json') throw notABackup(file);
        manifest = manifestSchema.parse(JSON.parse((await bytesOf(entry)).toString('utf8')));
        jobsLeftOut = manifest.jobsVersion !== null && manifest.jobsVersion !== (await queueVersion(client));
        await prepare(client, manifest, options.replace === true);
        constraints = await liftConstraints(client);
        continue;
      }
      const tableName = /^tables\/([^/]+)\/\d+$/.exec(name)?.[1];
      if (tableName === undefined) {
        await finishLoading();
        const content = await bytesOf(entry);
        if (name === 'secret.key') key = content;
        if (name === 'summary.json') summary = summarySchema.parse(JSON.parse(content.toString('utf8')));
        continue;
      }
      if (loading?.table.name !== tableName) {
        await finishLoading();
        const table = manifest.tables.find((candidate) => candidate.name === tableName);
        if (table === undefined) throw damaged(file, `${tableName} is not in its list`);
        loading = startLoading(jobsLeftOut && isQueueTable(table) ? undefined : client, table);
      }
      await loading.write(entry);
      const rows = [...loaded.values()].reduce((sum, done) => sum + done.rows, 0) + loading.rows();
      options.onProgress?.({ table: tableName, done: loaded.size, tables: manifest.tables.length, rows });
    }
  } catch (error) {
    // A COPY that is left open would keep the connection from hearing the rollback.
    await loading?.abort();
    throw error;
  }
  if (manifest === undefined) throw notABackup(file);
  if (summary === undefined || constraints === undefined) throw damaged(file, 'its end is missing');
  const rows = check(file, manifest, summary, loaded);
  await renumberRevisions(client);
  await putBackConstraints(client, constraints);
  for (const { name, value } of summary.sequences)
    await client.query('select setval($1::regclass, $2::bigint, true)', [quoted(name), value]);
  return { result: { createdAt: manifest.createdAt, tables: manifest.tables.length, rows, jobsLeftOut }, key };
}

/** Leaves the tables that the backup's migrations make, without a row. */
async function prepare(client: pg.Client, manifest: Manifest, replace: boolean): Promise<void> {
  const known = new Set(await migrationNames());
  const unknown = manifest.migrations.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw conflict(
      'restore.newer',
      `The backup is from a newer Rapport (it knows ${unknown.join(', ')}). Update this one first, then restore.`,
    );
  }
  const before = await rowCounts(client);
  await client.query("set local lock_timeout = '10s'");
  await client.query('drop schema public cascade; create schema public');
  await client.query('create table schema_migration (name text primary key, applied_at timestamptz not null default now())');
  for (const name of manifest.migrations) {
    await client.query(await readFile(path.join(projectRoot, 'migrations', name), 'utf8'));
  }
  if (!replace) refuseRows(before, await rowCounts(client));
  const tables = await listTables(client);
  await client.query(`truncate ${tables.map((table) => quoted(table.name)).join(', ')} cascade`);
}

/** Rows that a new database has anyway count for nothing. */
function refuseRows(before: Map<string, number>, fresh: Map<string, number>): void {
  const filled = [...before].filter(
    ([name, rows]) => rows > (fresh.get(name) ?? 0) && name !== 'public.schema_migration' && !name.startsWith(`${jobsSchema}.`),
  );
  if (filled.length === 0) return;
  throw conflict(
    'restore.not_empty',
    `The database is not empty (${filled
      .slice(0, 3)
      .map(([name, rows]) => `${name.replace('public.', '')}: ${rows}`)
      .join(', ')}${filled.length > 3 ? ', …' : ''}). Restore with --replace to throw this away, or restore into another database.`,
  );
}

async function rowCounts(client: pg.Client): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { name } of await listTables(client)) {
    // More than a handful need not be counted.
    const counted = await client.query<{ n: number }>(`select count(*)::int as n from (select from ${quoted(name)} limit 100) t`);
    counts.set(name, counted.rows[0]?.n ?? 0);
  }
  return counts;
}

interface Constraints {
  /** Statements that put back what was lifted. */
  restoring: string[];
}

/**
 * Lets rows come in any order, and fast: references, triggers and plain indexes are lifted, and put back when all rows
 * are in, which checks every reference. Any owner of the tables may do this; session_replication_role takes a superuser.
 */
async function liftConstraints(client: pg.Client): Promise<Constraints> {
  const found = await client.query<{ lift: string; put: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as lift,
            format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as put
     from pg_constraint where contype = 'f' and conparentid = 0 and connamespace = 'public'::regnamespace
     union all
     select distinct format('alter table %s disable trigger user', tgrelid::regclass), format('alter table %s enable trigger user', tgrelid::regclass)
     from pg_trigger join pg_class c on c.oid = tgrelid where not tgisinternal and c.relnamespace = 'public'::regnamespace
     union all
     select format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
     from pg_index i join pg_class c on c.oid = i.indexrelid
     where c.relnamespace = 'public'::regnamespace and not c.relispartition
       and not exists (select from pg_constraint k where k.conindid = i.indexrelid)`,
  );
  for (const { lift } of found.rows) await client.query(lift);
  // Indexes first: references are checked faster with them.
  const restoring = found.rows.map(({ put }) => put).sort((a, b) => Number(b.startsWith('CREATE')) - Number(a.startsWith('CREATE')));
  return { restoring };
}

async function putBackConstraints(client: pg.Client, constraints: Constraints): Promise<void> {
  for (const statement of constraints.restoring) await client.query(statement);
}

type Entry = Extract extends AsyncIterable<infer One> ? One : never;

/**
 * Revisions are numbers of this server's transactions. Rows of another server may have higher ones, which would look
 * new for ever: they become as new as this restore.
 */
async function renumberRevisions(client: pg.Client): Promise<void> {
  const columns = await client.query<{ table: string; column: string }>(
    `select format('%I.%I', n.nspname, c.relname) as table, format('%I', a.attname) as column
     from pg_attrdef d
     join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
     join pg_class c on c.oid = d.adrelid and not c.relispartition
     join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
     where pg_get_expr(d.adbin, d.adrelid) like '%pg_current_xact_id()%'`,
  );
  for (const { table, column } of columns.rows) {
    await client.query(`update ${table} set ${column} = default where ${column} > pg_current_xact_id()::text::bigint`);
  }
}

interface Loading {
  table: Table;
  write(part: Entry): Promise<void>;
  rows(): number;
  end(): Promise<{ rows: number; sha256: string }>;
  abort(): Promise<void>;
}

/** One table's rows on their way in; without a client they are only checked. */
function startLoading(client: pg.Client | undefined, table: Table): Loading {
  const copy: Writable | undefined = client?.query(copyFrom(`copy ${quoted(table.name)} (${columnList(table)}) from stdin`));
  const done = copy === undefined ? Promise.resolve() : finished(copy);
  // Looked at in `end`; a failure before that must not count as unhandled.
  done.catch(() => undefined);
  const hash = createHash('sha256');
  let rows = 0;
  return {
    table,
    async write(part) {
      for await (const chunk of part as AsyncIterable<Buffer>) {
        hash.update(chunk);
        for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) rows += 1;
        if (copy !== undefined && !copy.write(chunk)) await Promise.race([done, new Promise((resolve) => copy.once('drain', resolve))]);
      }
    },
    rows: () => rows,
    async end() {
      copy?.end();
      await done;
      return { rows, sha256: hash.digest('hex') };
    },
    async abort() {
      copy?.destroy(new Error('The restore was given up.'));
      await done.catch(() => undefined);
    },
  };
}

function check(file: string, manifest: Manifest, summary: Summary, loaded: Map<string, { rows: number; sha256: string }>): number {
  let rows = 0;
  for (const { name } of manifest.tables) {
    const expected = summary.tables[name];
    const got = loaded.get(name) ?? { rows: 0, sha256: createHash('sha256').digest('hex') };
    if (expected === undefined || expected.rows !== got.rows || expected.sha256 !== got.sha256) {
      throw damaged(file, `${name} has ${got.rows} rows instead of ${expected?.rows ?? 0}, or other ones`);
    }
    rows += got.rows;
  }
  return rows;
}

function isQueueTable(table: Table): boolean {
  return table.name.startsWith(`${jobsSchema}.`);
}

async function bytesOf(entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function putKey(keyFile: string, key: Buffer): Promise<void> {
  if (existsSync(keyFile) && !(await readFile(keyFile)).equals(key)) await rename(keyFile, `${keyFile}.before-restore`);
  await writeFile(keyFile, key, { mode: 0o600 });
}

function notABackup(file: string): AppError {
  return invalidInput(
    'restore.not_a_backup',
    `${file} is not a backup of Rapport. Nothing was changed. Give a file that \`rapport backup\` has written.`,
  );
}

function damaged(file: string, why: string): AppError {
  return invalidInput(
    'restore.damaged',
    `The backup ${file} is damaged: ${why}. Nothing was changed. Copy it again from where it is kept, or take another one.`,
  );
}

function explain(file: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') return notABackup(file);
  if (
    code.startsWith('ZSTD_') ||
    code === 'Z_BUF_ERROR' ||
    /unexpected end of|Invalid tar header|Unknown frame|stream was destroyed|premature close/i.test(messageOf(error))
  ) {
    return damaged(file, `it ends early or was changed (${messageOf(error)})`);
  }
  // A value that is none, or that breaks a rule of the table: no backup was written like that.
  if (/^2[23]/.test(code)) return damaged(file, messageOf(error));
  if (code === '55P03') return inUse();
  return error;
}

function inUse(): AppError {
  return conflict('restore.in_use', 'Rapport runs on this database. Stop it everywhere, then restore. Nothing was changed.');
}
