import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { cloneDatabase } from './database.ts';
import type { ClonedDatabase } from './database.ts';

const clones: ClonedDatabase[] = [];
afterAll(async () => {
  for (const clone of clones) await clone.drop();
});

it('gives each file a migrated database that nobody else writes to', async () => {
  const [one, other] = await Promise.all([cloneDatabase(), cloneDatabase()]);
  clones.push(one, other);
  await query(one.url, 'create table mine (id int)');
  const tables = await query(other.url, "select table_name as name from information_schema.tables where table_schema = 'public'");
  expect(tables).toContainEqual({ name: 'schema_migration' });
  expect(tables).not.toContainEqual({ name: 'mine' });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
