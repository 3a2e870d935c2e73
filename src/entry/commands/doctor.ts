import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { Command } from 'commander';
import { ensureSetupToken } from '../../modules/access/index.ts';
import { readHealth } from '../../modules/sources/index.ts';
import { childEnvironment, projectRoot, readConfig } from '../../platform/config.ts';
import type { Config } from '../../platform/config.ts';
import { AppError, messageOf } from '../../platform/errors.ts';
import { createLog } from '../../platform/log.ts';
import { migrationNames } from '../../platform/migrate.ts';
import { openProgram } from '../program.ts';
import type { RunningProgram } from '../program.ts';
import type { Terminal } from '../terminal.ts';

interface Finding {
  what: string;
  state: 'good' | 'attention' | 'broken';
  detail: string;
}

/** Checks everything that the program stands on, and says how to mend what is not right. Exit code 1 when something is broken. */
export function addDoctor(cli: Command, terminal: Terminal): void {
  cli
    .command('doctor')
    .description('check everything, and say how to mend it')
    .action(async () => {
      const findings = await examine();
      const marks = { good: '✓', attention: '!', broken: '✗' };
      terminal.result(findings.map((f) => `${marks[f.state]} ${f.what}: ${f.detail}`).join('\n'), findings);
      const broken = findings.filter((f) => f.state === 'broken');
      if (broken.length > 0)
        throw new AppError(
          'internal',
          'doctor.broken',
          `${broken.length} of ${findings.length} checks failed: ${broken.map((f) => f.what).join(', ')}.`,
        );
    });
}

async function examine(): Promise<Finding[]> {
  const findings: Finding[] = [];
  const check = async (what: string, work: () => Promise<Omit<Finding, 'what'>> | Omit<Finding, 'what'>): Promise<void> => {
    try {
      findings.push({ what, ...(await work()) });
    } catch (error) {
      findings.push({ what, state: 'broken', detail: messageOf(error) });
    }
  };
  const good = (detail: string): Omit<Finding, 'what'> => ({ state: 'good', detail });
  const attention = (detail: string): Omit<Finding, 'what'> => ({ state: 'attention', detail });

  await check('Node', () =>
    Number(process.versions.node.split('.')[0]) >= 24
      ? good(process.versions.node)
      : { state: 'broken', detail: `${process.versions.node} runs; start Rapport with npm start or npx rapport, which bring their own.` },
  );
  let config: Config | undefined;
  await check('Settings', () => {
    config = readConfig();
    return good(
      config.databaseUrl === undefined ? `embedded database in ${config.dataDir}` : `database at ${new URL(config.databaseUrl).host}`,
    );
  });
  if (config === undefined) return findings;
  const { dataDir, port, host } = config;
  await check('Data folder', () => {
    if (!existsSync(dataDir)) return good(`${dataDir} will be made at the first start`);
    accessSync(dataDir, constants.R_OK | constants.W_OK);
    const { bavail, bsize } = statfsSync(dataDir);
    const free = (bavail * bsize) / 1e9;
    return free < 2 ? attention(`only ${free.toFixed(1)} GB free: make room before the next import`) : good(`${free.toFixed(0)} GB free`);
  });
  await check('Secret key', () => {
    const file = path.join(dataDir, 'secret.key');
    if (config?.secretKey !== undefined) return good('from SECRET_KEY');
    if (!existsSync(file)) return good('will be made at the first start');
    return (statSync(file).mode & 0o077) === 0
      ? good(`${file}; keep a copy apart from backups`)
      : attention(`${file} can be read by others: chmod 600 ${file}`);
  });
  await check('git', () => {
    const { status, stdout } = spawnSync('git', ['--version'], { encoding: 'utf8', env: childEnvironment() });
    return status === 0 ? good(stdout.trim()) : attention('git is not installed: repositories cannot be imported until it is');
  });
  let program: RunningProgram | undefined;
  await check('Database', async () => {
    program = await openProgram(readConfig(), { log: createLog('silent'), migrate: false });
    const { rows } = await program.database.pool.query<{ version: string; fsync: string }>(
      `select current_setting('server_version') as version, current_setting('fsync') as fsync`,
    );
    const version = rows[0]?.version ?? '';
    if (Number.parseInt(version, 10) < 15) return { state: 'broken', detail: `PostgreSQL ${version}: 15 or newer is needed` };
    return rows[0]?.fsync === 'off'
      ? attention(`PostgreSQL ${version} with fsync off: a power cut loses data`)
      : good(`PostgreSQL ${version}`);
  });
  const opened = program;
  if (opened !== undefined) {
    try {
      await check('Migrations', async () => {
        const { rows } = await opened.database.pool
          .query<{ name: string }>('select name from schema_migration')
          .catch(() => ({ rows: [] }));
        const known = await migrationNames();
        const missing = known.filter((name) => !rows.some((row) => row.name === name));
        const newer = rows.filter((row) => !known.includes(row.name)).map((row) => row.name);
        if (newer.length > 0)
          return { state: 'broken', detail: `the database was written by a newer Rapport (${newer.join(', ')}): update the program` };
        return missing.length === 0
          ? good(`${rows.length} applied`)
          : attention(`${missing.length} to apply: rapport db migrate, or start`);
      });
      await check('Administrator', async () => {
        const link = await ensureSetupToken(opened);
        return link === undefined ? good('there is one') : attention(`none yet: start Rapport and open ${link}`);
      });
      await check('Sources', async () => {
        const sources = await readHealth(opened);
        const failing = sources.filter((source) => source.failingSince !== null);
        const quarantined = sources.reduce((sum, source) => sum + source.quarantined, 0);
        if (failing.length > 0) return attention(failing.map((s) => `${s.name} fails since ${s.failingSince}: ${s.lastError}`).join('; '));
        return quarantined > 0
          ? attention(`${quarantined} records in quarantine: rapport sources quarantine`)
          : good(`${sources.length} connected`);
      });
      await check('Secrets', async () => {
        const sealed = await opened.database.db.selectFrom('source').select(['name', 'secrets']).where('secrets', 'is not', null).execute();
        for (const row of sealed) opened.secrets.open(row.secrets ?? '');
        return good(`${sealed.length} can be read with the present key`);
      });
      await check('Mail', () =>
        config?.smtpUrl === undefined
          ? attention('no SMTP_URL: mails wait in the outbox and are shown there')
          : good(`by ${new URL(config.smtpUrl).host}`),
      );
    } finally {
      await opened.close();
    }
  }
  await check('Web app', () =>
    existsSync(path.join(projectRoot, 'dist/web/index.html')) ? good('built') : attention('not built yet: start builds it'),
  );
  await check('Port', async () =>
    (await isFree(host, port))
      ? good(`${host}:${port} is free`)
      : attention(`${host}:${port} is taken: by a running Rapport, or set PORT to another`),
  );
  return findings;
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer().once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
