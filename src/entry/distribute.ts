import type pg from 'pg';
import { AppError } from '../platform/errors.ts';

/**
 * How the tables lie on a Citus cluster. What grows with activities is spread by its source, so that unique keys and joins
 * stay on one node. Presence, threads and what says who is who carry triggers, which Citus keeps to the coordinator: they stay there.
 * https://docs.citusdata.com/en/stable/develop/api_udf.html
 */
const distribution = {
  /** Table to the column that it is spread by, the first one first: the others are put beside it. */
  spread: [
    ['record', 'source_id'],
    ['quarantine', 'source_id'],
    ['activity', 'source_id'],
    ['activity_search', 'source_id'],
    ['activity_reading', 'source_id'],
    ['activity_topic', 'source_id'],
    ['reading_progress', 'source_id'],
    ['reading_pending', 'source_id'],
    ['reading_correction', 'source_id'],
    ['reading_sheet', 'source_id'],
    ['topic_run', 'source_id'],
  ],
  everywhere: ['topic', 'source', 'source_stream', 'identity_stat', 'member_card', 'workspace'],
} as const satisfies { spread: readonly (readonly [string, string])[]; everywhere: readonly string[] };

/** Spreads what is not spread yet. Returns the statements. Errors: `distribute.no_citus`. */
export async function distribute(pool: pg.Pool, dryRun: boolean): Promise<string[]> {
  const { rows: extension } = await pool.query(`select 1 from pg_extension where extname = 'citus'`);
  if (extension.length === 0 && !dryRun) {
    throw new AppError(
      'conflict',
      'distribute.no_citus',
      'This database is not a Citus cluster. Point DATABASE_URL at a Citus coordinator (create extension citus), or look at the statements with --dry-run.',
    );
  }
  const done = new Set(
    extension.length === 0
      ? []
      : (await pool.query<{ name: string }>('select logicalrelid::text as name from pg_dist_partition')).rows.map((row) => row.name),
  );
  const first = distribution.spread[0][0];
  const statements = [
    ...distribution.everywhere.filter((name) => !done.has(name)).map((name) => `select create_reference_table('${name}')`),
    ...distribution.spread
      .filter(([name]) => !done.has(name))
      .map(
        ([name, column]) =>
          `select create_distributed_table('${name}', '${column}'${name === first ? '' : `, colocate_with => '${first}'`})`,
      ),
  ];
  if (!dryRun) for (const statement of statements) await pool.query(statement);
  return statements;
}
