import { Kysely, PostgresDialect } from 'kysely';
import type { Transaction } from 'kysely';
import pg from 'pg';
import type { DB } from './schema.gen.ts';

export type Db = Kysely<DB>;
export type Tx = Transaction<DB>;

/** A pool and a typed query builder over it. */
export interface Database {
  url: string;
  pool: pg.Pool;
  db: Db;
  close(): Promise<void>;
}

/** An open transaction: typed queries, and the connection itself for COPY. */
export interface OpenTransaction {
  db: Db;
  client: pg.PoolClient;
}

// bigint and numeric fit a double here: ids stay under 2^53, sums of counts too.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);
types.setTypeParser(pg.types.builtins.NUMERIC, Number);
// A day is a day, not a moment in some zone.
types.setTypeParser(pg.types.builtins.DATE, (text: string) => text);

/**
 * Whoever waits longer for a connection gets an error instead of one: should work that holds one ever wait for a second while
 * all are held so, it ends by itself.
 */
const longestWaitMs = 60_000;

export function openDatabase(url: string, poolSize = 12): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    types,
    application_name: 'rapport',
    connectionTimeoutMillis: longestWaitMs,
  });
  // An idle connection that breaks (server restarted) is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  return { url, pool, db, close: () => db.destroy() };
}

/**
 * Runs `work` in one transaction and commits when it resolves, rolls back when it rejects.
 * The inner handle is the only one to use inside: it shadows the pool.
 */
export async function transaction<T>(database: Database, work: (tx: OpenTransaction) => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work({ db: onConnection(client), client });
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** A query builder that speaks over one connection only. */
function onConnection(client: pg.PoolClient): Db {
  const borrowed = {
    query: client.query.bind(client),
    release: () => undefined,
  };
  const pool = { connect: () => Promise.resolve(borrowed), end: () => Promise.resolve() };
  // PostgresDialect asks of a pool only what this has.
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool: pool as unknown as pg.Pool }) });
}
