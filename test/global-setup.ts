import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startDatabase } from '../src/platform/embedded-postgres.ts';
import { migrate } from '../src/platform/migrate.ts';
import { onServer, withDatabase } from './database.ts';

const silent = { info: () => undefined, warn: () => undefined };
const prefix = 'rapport-test-';

/** One PostgreSQL and one migrated template database a run. TEST_DATABASE_URL names a server to use instead. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer(process.env['TEST_DATABASE_URL']);
  const template = `rapport_test_${randomBytes(4).toString('hex')}`;
  await onServer(server.url, `create database ${template}`);
  await migrate(withDatabase(server.url, template));
  project.provide('serverUrl', server.url);
  project.provide('templateDatabase', template);
  return async () => {
    await dropDatabases(server.url, template);
    await server.stop();
  };
}

async function startServer(given: string | undefined): Promise<{ url: string; stop(): Promise<void> }> {
  if (given !== undefined && given !== '') return { url: given, stop: () => Promise.resolve() };
  await removeAbandoned();
  const dataDir = mkdtempSync(path.join(os.tmpdir(), `${prefix}${process.pid}-`));
  // Losing these rows in a power cut is fine; waiting for the disk is not.
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200', shared_buffers: '256MB' };
  const database = await startDatabase({ dataDir, log: silent, settings });
  return {
    url: database.url,
    stop: async () => {
      await database.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function dropDatabases(serverUrl: string, template: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const left = await client.query<{ datname: string }>('select datname from pg_database where datname like $1', [`${template}%`]);
    for (const { datname } of left.rows) await client.query(`drop database if exists ${datname} with (force)`);
  } finally {
    await client.end();
  }
}

/** Servers of test runs that were killed: attach and leave, which stops them. */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(os.tmpdir())) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const dataDir = path.join(os.tmpdir(), name);
    try {
      await (await startDatabase({ dataDir, log: silent })).stop();
      rmSync(dataDir, { recursive: true, force: true });
    } catch {
      // Another account's, which is not ours to clean.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
