import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { backup } from '../../platform/backup.ts';
import type { Progress } from '../../platform/backup-format.ts';
import { readConfig } from '../../platform/config.ts';
import type { Config } from '../../platform/config.ts';
import { startDatabase } from '../../platform/embedded-postgres.ts';
import { invalidInput } from '../../platform/errors.ts';
import { createLog } from '../../platform/log.ts';
import { migrate } from '../../platform/migrate.ts';
import { restore } from '../../platform/restore.ts';
import type { Terminal } from '../terminal.ts';

export function addBackup(cli: Command, terminal: Terminal): void {
  cli
    .command('backup [file]')
    .description('write everything to one file, exact, while Rapport runs')
    .option('--with-key', 'put the key of the stored secrets into it too: whoever has the file can then read them')
    .action(async (file: string | undefined, options: { withKey?: boolean }) => {
      const config = readConfig();
      const target = path.resolve(file ?? `rapport-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.tar.zst`);
      const keyFile = options.withKey === true ? keyFileOf(config) : undefined;
      const done = await onDatabase(config, async (url) => {
        await migrate(url);
        return backup(url, target, { onProgress: showing(terminal, 'Backing up'), ...(keyFile === undefined ? {} : { keyFile }) });
      });
      const key =
        keyFile === undefined
          ? ' The key of the stored secrets is not in it: keep SECRET_KEY or data/secret.key elsewhere, or use --with-key.'
          : ' The key is in it: keep it safe.';
      terminal.result(
        `Wrote ${done.rows.toLocaleString('en')} rows of ${done.tables} tables to ${target} (${megabytes(done.bytes)}).${key}`,
        { file: target, ...done },
      );
    });

  cli
    .command('restore <file>')
    .description('make the database what a backup says; all or nothing. Stop Rapport first')
    .option('--replace', 'throw away what the database holds now')
    .action(async (file: string, options: { replace?: boolean }) => {
      const config = readConfig();
      const restored = await onDatabase(config, (url) =>
        restore(path.resolve(file), url, {
          onProgress: showing(terminal, 'Restoring'),
          replace: options.replace === true,
          ...(config.secretKey === undefined ? { keyFile: path.join(config.dataDir, 'secret.key') } : {}),
        }),
      );
      const key = restored.key ? '' : ' It brought no key: stored secrets open only with the SECRET_KEY or data/secret.key of that time.';
      const jobs = restored.jobsLeftOut
        ? ' Waiting background work was written by another version of the queue and was left out; schedules start it again.'
        : '';
      terminal.result(
        `Restored ${restored.rows.toLocaleString('en')} rows of ${restored.tables} tables, as of ${restored.createdAt}.${key}${jobs}`,
        restored,
      );
    });
}

/** Not through the program: a restore must be alone in the database. */
async function onDatabase<T>(config: Config, work: (url: string) => Promise<T>): Promise<T> {
  if (config.databaseUrl !== undefined) return work(config.databaseUrl);
  const embedded = await startDatabase({ dataDir: config.dataDir, log: createLog('warn') });
  try {
    return await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}

function keyFileOf(config: Config): string {
  const file = path.join(config.dataDir, 'secret.key');
  if (config.secretKey !== undefined || !existsSync(file)) {
    throw invalidInput(
      'backup.no_key_file',
      'There is no key file: the key comes from SECRET_KEY, or no secret was stored yet. Leave --with-key out, and keep SECRET_KEY safe yourself.',
    );
  }
  return file;
}

function showing(terminal: Terminal, what: string): (progress: Progress) => void {
  const startedAt = Date.now();
  return ({ table, done, tables, rows }) =>
    terminal.progress({ what: `${what} ${table} (${done} of ${tables} tables), rows`, done: rows, total: undefined, startedAt });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
