import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { pack as createPack } from 'tar-stream';
import type { Pack } from 'tar-stream';
import { columnList, formatVersion, listTables, plainSession, queueVersion, quoted } from './backup-format.ts';
import type { Manifest, Progress, Summary, Table } from './backup-format.ts';
import { conflict } from './errors.ts';

export interface BackupOptions {
  onProgress?: (progress: Progress) => void;
  /** The key that secrets are sealed with, to put into the backup. Whoever has such a backup can read the secrets. */
  keyFile?: string;
}

export interface BackupResult {
  tables: number;
  rows: number;
  /** Size of the file. */
  bytes: number;
}

const partBytes = 4 * 1024 * 1024;

/**
 * Writes everything that the database holds at one moment to a new file, while others go on writing. The file appears
 * under its name only when it is whole and on disk. Errors: `backup.exists`, and those of the disk and the database.
 */
export async function backup(databaseUrl: string, file: string, options: BackupOptions = {}): Promise<BackupResult> {
  if (existsSync(file)) throw conflict('backup.exists', `${file} exists already. Give another name, or move it away first.`);
  const staging = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'rapport backup' });
  await client.connect();
  try {
    await client.query(plainSession);
    await client.query('begin isolation level repeatable read read only');
    const pack = createPack();
    // People's data and password hashes: for this account only.
    const written = pipeline(
      pack,
      createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
      createWriteStream(staging, { mode: 0o600, flags: 'wx' }),
    );
    const [result] = await Promise.all([
      fill(pack, client, options).catch((error: Error) => {
        pack.destroy(error);
        throw error;
      }),
      written,
    ]);
    await client.query('commit');
    await keep(staging, file);
    return { ...result, bytes: (await stat(file)).size };
  } finally {
    await client.end().catch(() => undefined);
    await rm(staging, { force: true });
  }
}

async function fill(pack: Pack, client: pg.Client, options: BackupOptions): Promise<{ tables: number; rows: number }> {
  const tables = await listTables(client);
  await entry(pack, 'manifest.json', asJson(await describe(client, tables)));
  const summary: Summary = { tables: {}, sequences: [] };
  let rows = 0;
  for (const [done, table] of tables.entries()) {
    const written = await writeTable(pack, client, table, (soFar) =>
      options.onProgress?.({ table: table.name, done, tables: tables.length, rows: rows + soFar }),
    );
    summary.tables[table.name] = written;
    rows += written.rows;
    options.onProgress?.({ table: table.name, done: done + 1, tables: tables.length, rows });
  }
  // Sequences stand outside of transactions: read last, they are never behind the rows above.
  summary.sequences = await readSequences(client);
  if (options.keyFile !== undefined) await entry(pack, 'secret.key', await readFile(options.keyFile));
  await entry(pack, 'summary.json', asJson(summary));
  pack.finalize();
  return { tables: tables.length, rows };
}

async function describe(client: pg.Client, tables: Table[]): Promise<Manifest> {
  const applied = await client.query<{ name: string }>('select name from schema_migration order by name');
  const server = await client.query<{ server_version: string }>('show server_version');
  return {
    format: formatVersion,
    createdAt: new Date().toISOString(),
    postgres: server.rows[0]?.server_version ?? '',
    migrations: applied.rows.map((row) => row.name),
    jobsVersion: await queueVersion(client),
    tables,
  };
}

async function writeTable(
  pack: Pack,
  client: pg.Client,
  table: Table,
  onRows: (rows: number) => void,
): Promise<{ rows: number; sha256: string }> {
  const rows = client.query(copyTo(`copy (select ${columnList(table)} from ${quoted(table.name)}) to stdout`));
  const hash = createHash('sha256');
  let pending: Buffer[] = [];
  let bytes = 0;
  let parts = 0;
  let count = 0;
  const flush = async (): Promise<void> => {
    parts += 1;
    await entry(pack, `tables/${table.name}/${String(parts).padStart(6, '0')}`, Buffer.concat(pending));
    pending = [];
    bytes = 0;
    onRows(count);
  };
  for await (const chunk of rows as AsyncIterable<Buffer>) {
    hash.update(chunk);
    count += newlines(chunk);
    pending.push(chunk);
    bytes += chunk.length;
    if (bytes >= partBytes) await flush();
  }
  if (bytes > 0) await flush();
  return { rows: count, sha256: hash.digest('hex') };
}

/** In COPY's text format each row ends with one, and none is inside a value. */
function newlines(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count += 1;
  return count;
}

async function readSequences(client: pg.Client): Promise<Summary['sequences']> {
  const found = await client.query<{ name: string; value: string }>(
    `select schemaname || '.' || sequencename as name, last_value::text as value
     from pg_sequences where schemaname = 'public' and last_value is not null order by 1`,
  );
  return found.rows;
}

function entry(pack: Pack, name: string, content: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    pack.entry({ name, size: content.length, mode: 0o600 }, content, (error) =>
      error === null || error === undefined ? resolve() : reject(error),
    );
  });
}

function asJson(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

async function keep(staging: string, file: string): Promise<void> {
  const handle = await open(staging, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(staging, file);
}
