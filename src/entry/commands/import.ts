import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { addSource, dryRun, findImportSource, runSource } from '../../modules/sources/index.ts';
import { callAction } from '../../platform/action.ts';
import type { Program } from '../../platform/context.ts';
import { AppError, invalidInput } from '../../platform/errors.ts';
import { readId } from '../../platform/ids.ts';
import { showSeconds } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { operator, withProgram } from './shared.ts';

/** `rapport import git <path or URL>` and `rapport import <file>`: no set-up needed; the same again reads what is new. */
export function addImport(cli: Command, terminal: Terminal): void {
  cli
    .command('import <what> [where]')
    .description('import a git repository (`import git <path or URL>`) or a CSV or JSON Lines file (`import <file>`)')
    .option('--since <day>', 'only what happened from this day on, for example 2024-01-31')
    .option('--name <name>', 'what the source is called')
    .option('--dry-run', 'for files: say what would be imported and refused, and store nothing')
    .action(async (what: string, where: string | undefined, options: ImportOptions) => {
      if (options.since !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(options.since))
        throw invalidInput('import.since', `"${options.since}" is not a day: write it as 2024-01-31.`);
      if (what === 'git') {
        if (where === undefined) throw invalidInput('import.where', 'Say which repository: rapport import git <path or URL>.');
        const repository = existsSync(where) ? path.resolve(where) : where;
        await withProgram((program, signal) => importSource(program, terminal, 'git', { repository }, options, signal));
        return;
      }
      const file = path.resolve(what);
      if (!existsSync(file))
        throw invalidInput('import.missing', `There is no file ${what}. For a repository use: rapport import git ${what}`);
      if (options.dryRun === true) {
        await withProgram((program) => rehearse(program, terminal, file));
        return;
      }
      await withProgram((program, signal) => importSource(program, terminal, 'file', { path: file }, options, signal));
    });
}

interface ImportOptions {
  since?: string;
  name?: string;
  dryRun?: boolean;
}

async function rehearse(program: Program, terminal: Terminal, file: string): Promise<void> {
  const result = await callAction(program, operator, dryRun, { connector: 'file', settings: { path: file } });
  const lines = [
    `${result.rows.toLocaleString('en')} rows (${result.kind}, ${result.format}, ${result.encoding}) would be imported, ${result.refusedRows.toLocaleString('en')} refused. Nothing was stored.`,
    `Columns: ${result.columns.mapped.map(({ column, field }) => (column === field ? column : `${column} → ${field}`)).join(', ')}${result.columns.ignored.length === 0 ? '' : `; ignored: ${result.columns.ignored.join(', ')}`}.`,
    ...result.refused.map(({ line, reason }) => `line ${line}: ${reason}`),
  ];
  terminal.result(lines.join('\n'), result);
}

async function importSource(
  program: Program,
  terminal: Terminal,
  connector: string,
  settings: Record<string, unknown>,
  options: ImportOptions,
  signal: AbortSignal,
): Promise<void> {
  const found = await findImportSource({ ...program, db: program.database.db }, connector, settings);
  // What was removed while its data was kept is connected again, and read on.
  const existing = found?.state === 'kept' ? undefined : found;
  const added =
    existing === undefined
      ? await callAction(program, operator, addSource, {
          connector,
          settings,
          read: false,
          ...(options.name === undefined ? {} : { name: options.name }),
          ...(options.since === undefined ? {} : { since: options.since }),
        })
      : existing;
  if (existing !== undefined) terminal.note(`Reading on in ${existing.name} (${existing.id}).`);
  const startedAt = Date.now();
  const result = await runSource(program, readId('source', added.id), {
    cause: existing === undefined ? 'first' : 'request',
    signal,
    onProgress: (progress) => terminal.progress({ what: progress.stream, done: progress.items, total: progress.total, startedAt }),
  });
  const seconds = (Date.now() - startedAt) / 1000;
  if (result.state !== 'done')
    throw new AppError(
      result.state === 'interrupted' ? 'conflict' : 'upstream_failed',
      'import.unfinished',
      `${result.error ?? 'The import ended early.'} ${result.fresh.toLocaleString('en')} new records are stored; the same command goes on from there.`,
    );
  const quarantined =
    result.quarantined === 0
      ? ''
      : `, ${result.quarantined.toLocaleString('en')} could not be read (rapport sources quarantine --source ${added.id})`;
  terminal.result(
    `${added.name}: ${result.fresh.toLocaleString('en')} new records, ${result.activities.toLocaleString('en')} activities in ${showSeconds(seconds)}${quarantined}.`,
    { source: added.id, ...result, seconds },
  );
}
