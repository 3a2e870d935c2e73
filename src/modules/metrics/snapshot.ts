import type pg from 'pg';
import type { Database } from '../../platform/db.ts';

/** One state of the database: what was committed by then. */
export interface Snapshot {
  /** As PostgreSQL writes it: `xmin:xmax:those still open between them`. */
  text: string;
  /** The files of the tables: another after truncate or restore, when revisions say nothing. */
  files: string;
  at: number;
}

/** Nobody asked for so long: what can be made or read again in a few seconds is let go. The census itself stays longer. */
export const idleTime = 5 * 60_000;

/** Keys of what is gone are kept for a day (see jobs.ts): a census that slept for half of one starts anew. */
export const forgetAfter = 12 * 3_600_000;

/** Columns of a snapshot, to which others may be added: one statement sees one state of the database. */
export const snapshotQuery = `select pg_current_snapshot()::text as text, extract(epoch from now())::float8 * 1000 as at,
  (select string_agg(pg_relation_filenode(name::regclass)::text, ',' order by name)
   from unnest(array['presence', 'identity', 'member', 'affiliation', 'organization', 'thread']) name) as files`;

export async function readSnapshot(on: pg.Pool | pg.PoolClient): Promise<Snapshot> {
  const [row] = (await on.query<Snapshot>(snapshotQuery)).rows;
  if (row === undefined) throw new Error('The database gave no snapshot.');
  return row;
}

/** The same snapshot sees the same rows, to the letter. */
export function isSame(one: Snapshot | undefined, other: Snapshot): boolean {
  return one?.text === other.text && one.files === other.files;
}

/** Reads from a database that holds still meanwhile. */
export async function inSnapshot<T>(database: Database, read: (client: pg.PoolClient, snapshot: Snapshot) => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const result = await read(client, await readSnapshot(client));
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/**
 * A condition for the rows whose transaction was not visible to a snapshot. The lower bound is for the index; the upper one
 * leaves out revisions that a restored dump brought from a cluster that was further on.
 */
export function changedSince(since: string, revision = 'revision'): string {
  // A snapshot is digits, colons and commas: nothing to escape.
  return `${revision} >= pg_snapshot_xmin('${since}')::text::bigint and ${revision} < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    and not pg_visible_in_snapshot(${revision}::text::xid8, '${since}')`;
}
