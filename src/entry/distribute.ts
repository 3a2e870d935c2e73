import type pg from 'pg';
import { AppError } from '../platform/errors.ts';
import { distribution } from './distribution.ts';

/**
 * Spreads what is not spread yet, as distribution.ts says. Returns the statements. Errors: `distribute.no_citus`.
 * https://docs.citusdata.com/en/stable/develop/api_udf.html
 */
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
  const spread = Object.entries(distribution.spread);
  const first = spread[0]?.[0];
  const statements = [
    ...distribution.everywhere.filter((name) => !done.has(name)).map((name) => `select create_reference_table('${name}')`),
    ...spread
      .filter(([name]) => !done.has(name))
      .map(
        ([name, column]) =>
          `select create_distributed_table('${name}', '${column}'${name === first ? '' : `, colocate_with => '${first}'`})`,
      ),
  ];
  if (!dryRun) for (const statement of statements) await pool.query(statement);
  return statements;
}
