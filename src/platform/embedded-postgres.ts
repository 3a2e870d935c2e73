import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { AppError, messageOf } from './errors.ts';
import type { Log } from './log.ts';
import { chooseAccount } from './embedded-postgres/account.ts';
import { prepareBinaries } from './embedded-postgres/binaries.ts';
import {
  bareEnvironment,
  checkOurs,
  diskFull,
  ensureCluster,
  previousPort,
  rapport,
  readPassword,
  seenFromInside,
  writeSettings,
} from './embedded-postgres/cluster.ts';
import { clearStaleLock, findPostmaster, stopPostmaster } from './embedded-postgres/postmaster.ts';
import { tunedSettings } from './embedded-postgres/settings.ts';

export interface EmbeddedDatabaseOptions {
  /** The database lives in its folder `postgres`, with the server's log beside it. */
  dataDir: string;
  log: Pick<Log, 'info' | 'warn'>;
  /** Settings of postgresql.conf that win over ours; `fsync: off` for a throw-away database. */
  settings?: Record<string, string>;
}

export interface EmbeddedDatabase {
  /** For this start only: the port may be another one after the next. */
  url: string;
  /** This call started the server; otherwise it attached to a running one. */
  owner: boolean;
  /** Leaves the database. The last process to leave shuts the server down, and waits for its clean end. */
  stop(): Promise<void>;
}

/**
 * The PostgreSQL that comes with Rapport, running: started here, or found running and attached to. The server outlives
 * the program, so that Ctrl-C or a kill never takes it down in the middle of a write.
 *
 * Every process that uses it holds one connection with a shared advisory lock. A process that leaves tries for the
 * exclusive lock, and shuts the server down only when it gets it: then nobody else is there, and nobody can come
 * before the server has ended.
 *
 * Errors: `database.not_installed`, `.cannot_run`, `.other_version`, `.disk_full`, `.not_ours`, `.start_failed`, each with a
 * sentence that says what to do.
 */
export async function startDatabase(options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  const folder = path.join(path.resolve(options.dataDir), 'postgres');
  const state = { leaving: false };
  let presence: pg.Client;
  let returning: Promise<void> = Promise.resolve();

  const enter = async (): Promise<{ url: string; owner: boolean }> => {
    const entered = await enterServer(folder, options);
    presence = entered.presence;
    presence.once('end', () => {
      if (!state.leaving) returning = comeBack();
    });
    return entered;
  };
  // The server itself was killed or has crashed: start it again, on the same port, so that our pools find it.
  const comeBack = async (): Promise<void> => {
    options.log.warn('The embedded database went away; starting it again.');
    while (!state.leaving) {
      try {
        await enter();
        return;
      } catch (error) {
        options.log.warn(messageOf(error));
        await sleep(2000);
      }
    }
  };

  const { url, owner } = await enter();
  return {
    url,
    owner,
    stop: async () => {
      state.leaving = true;
      await returning;
      await leaveServer(folder, presence, options.log);
    },
  };
}

/** The key of the advisory lock that says "a Rapport process is here". */
const presenceLock = 72_617_020;

interface Entered {
  url: string;
  owner: boolean;
  presence: pg.Client;
}

async function enterServer(folder: string, options: EmbeddedDatabaseOptions): Promise<Entered> {
  let owner = false;
  for (let turn = 1; ; turn += 1) {
    const running = findPostmaster(folder);
    if (running === undefined) {
      owner = await launch(folder, options);
      continue;
    }
    const url = `postgres://${rapport}:${readPassword(folder)}@127.0.0.1:${running.port}/${rapport}?sslmode=disable`;
    const presence = running.ready ? await attach(url) : undefined;
    if (presence !== undefined) return { url, owner, presence };
    if (turn % 400 === 0) options.log.info('Waiting for the database: it is recovering, or another process is just stopping it.');
    await sleep(25);
  }
}

/**
 * Starts the server. True when it runs by our doing, false when another process was faster. The server then still has
 * to open: see `Postmaster.ready`.
 */
async function launch(folder: string, options: EmbeddedDatabaseOptions): Promise<boolean> {
  const dataDir = path.dirname(folder);
  const durable = options.settings?.['fsync'] !== 'off';
  checkOurs(folder);
  const account = chooseAccount(folder);
  const binaries = prepareBinaries(account);
  if (!existsSync(folder)) options.log.info(`Making the database in ${folder}.`);
  ensureCluster(folder, binaries, account, durable);
  await clearStaleLock(folder);

  let said = '';
  for (let attempt = 1; attempt <= 40; attempt += 1) {
    const port = await choosePort(previousPort(folder));
    writeSettings(folder, { ...tunedSettings(options.settings), port: String(port) }, account);
    const logFile = path.join(dataDir, 'postgres.log');
    const logged = rotate(logFile);
    const log = openSync(logFile, 'a', 0o600);
    const server = spawn(binaries.postgres, ['-D', seenFromInside(folder, account)], {
      ...account,
      ...bareEnvironment,
      cwd: folder,
      detached: true,
      stdio: ['ignore', log, log],
      windowsHide: true,
    });
    closeSync(log);
    server.unref();
    const outcome: { ended?: string } = {};
    server.once('error', (error) => (outcome.ended = error.message));
    server.once('exit', (code, signal) => (outcome.ended = `it ended with ${signal ?? code}`));
    while (outcome.ended === undefined) {
      const running = findPostmaster(folder);
      if (running?.ready === true || (running !== undefined && running.pid !== server.pid)) return running.pid === server.pid;
      await sleep(10);
    }
    if (findPostmaster(folder) !== undefined) return false;
    said = readFileSync(logFile).subarray(logged).toString('utf8').trim() || outcome.ended;
    if (/No space left on device/.test(said)) throw diskFull(folder);
    // A port that was just taken, a starter that failed, a backend that is still ending: all pass.
    if (!/could not bind|could not create any TCP|lock file|shared memory block/.test(said)) break;
    await sleep(250);
  }
  throw new AppError(
    'internal',
    'database.start_failed',
    `PostgreSQL did not start: ${reason(said)} The whole story is in ${path.join(dataDir, 'postgres.log')}.`,
  );
}

/** A connection that holds the shared lock, or undefined when the server is not open, or just closing. */
async function attach(url: string): Promise<pg.Client | undefined> {
  const client = connection(url);
  try {
    await client.connect();
    await client.query('select pg_advisory_lock_shared($1)', [presenceLock]);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (codeOf(error) === '3D000') await createDatabase(url);
    else if (!passes(error)) throw error;
    return undefined;
  }
}

async function createDatabase(url: string): Promise<void> {
  const other = new URL(url);
  other.pathname = '/postgres';
  const client = connection(other.href);
  try {
    await client.connect();
    await client.query(`create database ${rapport}`);
  } catch (error) {
    // Another starter makes it at this moment.
    if (!['42P04', '23505', '55006'].includes(codeOf(error)) && !passes(error)) throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function leaveServer(folder: string, presence: pg.Client, log: Pick<Log, 'warn'>): Promise<void> {
  try {
    await presence.query('select pg_advisory_unlock_shared($1)', [presenceLock]);
    const tried = await presence.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [presenceLock]);
    const running = findPostmaster(folder);
    if (tried.rows[0]?.last === true && running !== undefined) {
      const ended = await stopPostmaster(folder, running, prepareBinaries(undefined).pgCtl);
      if (!ended) log.warn('The database is still writing to disk; it will end by itself.');
    }
  } catch (error) {
    if (!passes(error)) throw error;
  } finally {
    await presence.end().catch(() => undefined);
  }
}

function connection(url: string): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'rapport presence',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  });
  // Reported by the query that fails, or by `end`.
  client.on('error', () => undefined);
  return client;
}

/** Starting up, shutting down, crashed, or not there (any more): worth another try. */
function passes(error: unknown): boolean {
  const code = codeOf(error);
  if (['57P01', '57P02', '57P03', '53300', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code)) return true;
  return code === '' && /terminated|timeout|not queryable|closed/i.test(messageOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function choosePort(wish: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', (error) => (wish === 0 ? reject(error) : resolve(choosePort(0))));
    probe.listen({ port: wish, host: '127.0.0.1', exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : wish));
    });
  });
}

/** Keeps the log at some 10 MB and one older file. Returns its present size in bytes. */
function rotate(logFile: string): number {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size < 10_000_000) return size;
  renameSync(logFile, `${logFile}.1`);
  return 0;
}

/** The line that says why, out of a server's log. */
function reason(said: string): string {
  const lines = said.split('\n').filter((line) => line !== '');
  return lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1) ?? 'it said nothing.';
}
