import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type pg from 'pg';
import { childEnvironment, readConfig } from '../../platform/config.ts';
import { messageOf } from '../../platform/errors.ts';
import { migrate } from '../../platform/migrate.ts';
import { distribute } from '../distribute.ts';
import { table } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { withProgram } from './shared.ts';

export function addDatabase(cli: Command, terminal: Terminal): void {
  const db = cli.command('db').description('the database itself');
  db.command('migrate')
    .description('bring the database up to date (start does it too)')
    .action(() =>
      withProgram(async (program) => {
        const applied = await migrate(program.database.url);
        terminal.result(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`, { applied });
      }),
    );
  db.command('psql [sql]')
    .description("open PostgreSQL's own terminal where it is installed, else a plain one; or run one statement")
    .action((sql: string | undefined) =>
      withProgram((program) => openTerminal(program.database.url, program.database.pool, sql, terminal)),
    );
  db.command('url')
    .description('print the address of the database while it runs')
    .action(() => withProgram(async (program) => terminal.result(program.database.url, { url: program.database.url })));
  db.command('distribute')
    .description('spread the large tables over the nodes of a Citus cluster')
    .option('--dry-run', 'print the statements, run nothing')
    .action((options: { dryRun?: boolean }) =>
      withProgram(async (program) => {
        const statements = await distribute(program.database.pool, options.dryRun === true);
        terminal.result(statements.map((statement) => `${statement};`).join('\n'), { statements, applied: options.dryRun !== true });
      }),
    );
}

async function openTerminal(url: string, pool: pg.Pool, sql: string | undefined, terminal: Terminal): Promise<void> {
  if (sql !== undefined) {
    await show(pool, sql, terminal);
    return;
  }
  const code = await new Promise<number | undefined>((resolve) => {
    // The address carries the password: by the environment, where other accounts cannot read it.
    const { hostname, port, username, password, pathname } = new URL(url);
    const env = {
      ...childEnvironment(),
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: decodeURIComponent(username),
      PGPASSWORD: decodeURIComponent(password),
      PGDATABASE: pathname.slice(1),
    };
    const child = spawn('psql', { stdio: 'inherit', env });
    child.once('error', () => resolve(undefined));
    child.once('exit', (exit) => resolve(exit ?? 1));
  });
  if (code !== undefined) return;
  terminal.note(
    `psql is not installed here; this is a plain terminal on ${readConfig().databaseUrl === undefined ? 'the embedded database' : 'the database'}. End statements with Enter, leave with Ctrl-D.`,
  );
  const lines = createInterface({ input: process.stdin, output: process.stdin.isTTY ? process.stderr : undefined, prompt: 'rapport=> ' });
  lines.prompt();
  for await (const line of lines) {
    if (line.trim() !== '') await show(pool, line, terminal).catch((error: unknown) => terminal.note(messageOf(error)));
    lines.prompt();
  }
}

async function show(pool: pg.Pool, sql: string, terminal: Terminal): Promise<void> {
  const answer = await pool.query<Record<string, unknown>>(sql);
  const columns = answer.fields.map((field) => field.name);
  const text =
    columns.length === 0
      ? `${answer.command} ${answer.rowCount ?? ''}`
      : table(
          columns,
          answer.rows.map((row) => columns.map((name) => cell(row[name]))),
        );
  terminal.result(text, answer.rows);
}

function cell(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
