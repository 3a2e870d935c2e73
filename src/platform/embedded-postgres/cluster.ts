import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { AppError, messageOf } from '../errors.ts';
import { handOver } from './account.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { asConfiguration } from './settings.ts';

/** The superuser, and the database that Rapport uses. */
export const rapport = 'rapport';

/** Programs of PostgreSQL get nothing of our environment: no secrets, and no PG* variable that would mislead them. */
export const bareEnvironment = process.platform === 'win32' ? {} : { env: { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' } };

/** Makes the data folder when there is none; checks that an existing one can be used. */
export function ensureCluster(folder: string, binaries: Binaries, account: Account | undefined, durable: boolean): void {
  if (!existsSync(path.join(folder, 'PG_VERSION'))) createCluster(folder, binaries, account, durable);
  const owner = statSync(path.join(folder, 'PG_VERSION')).uid;
  if (account !== undefined && owner !== account.uid) handOver(folder, account);
  const major = readFileSync(path.join(folder, 'PG_VERSION'), 'utf8').trim();
  if (major !== binaries.major) {
    throw new AppError(
      'internal',
      'database.other_version',
      `The data in ${folder} was written by PostgreSQL ${major}; this Rapport brings ${binaries.major}. Start the Rapport that wrote it, run \`rapport backup\`, move ${folder} aside, and run \`rapport restore\` with this one. Or set DATABASE_URL to a PostgreSQL ${major} that serves this data.`,
    );
  }
}

/** Makes the folder above the data folder. Errors: `database.not_ours` when this account may not use either. */
export function checkOurs(folder: string): void {
  const dataDir = path.dirname(folder);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notOurs(dataDir, messageOf(error));
  }
  const owner = statSync(folder, { throwIfNoEntry: false })?.uid;
  const uid = process.getuid?.();
  if (owner !== undefined && uid !== undefined && uid !== 0 && owner !== uid)
    throw notOurs(folder, `it belongs to the account number ${owner}`);
}

/** Errors: `database.not_ours`. */
export function readPassword(folder: string): string {
  try {
    return readFileSync(path.join(folder, 'rapport.password'), 'utf8').trim();
  } catch (error) {
    throw notOurs(folder, messageOf(error));
  }
}

function notOurs(folder: string, why: string): AppError {
  return new AppError(
    'internal',
    'database.not_ours',
    `${folder} cannot be used by this account: ${why}. Start Rapport as the account that started it first, or as root; or give the whole data folder to this account with chown -R; or set DATA_DIR to another folder.`,
  );
}

/** The port of the start before, which is kept where it is free. */
export function previousPort(folder: string): number {
  try {
    return Number(/^port = '(\d+)'$/m.exec(readFileSync(path.join(folder, 'rapport.conf'), 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

export function writeSettings(folder: string, settings: Record<string, string>, account: Account | undefined): void {
  const staging = path.join(folder, `rapport.conf.${process.pid}-${randomBytes(4).toString('hex')}`);
  writeOwned(staging, asConfiguration(settings), account);
  renameSync(staging, path.join(folder, 'rapport.conf'));
}

/**
 * The folder in the words of the server's account. On Linux a program that is started inside a folder reaches it as
 * /proc/self/cwd, even where the way there is closed to its account.
 */
export function seenFromInside(folder: string, account: Account | undefined): string {
  return account !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : folder;
}

function createCluster(folder: string, binaries: Binaries, account: Account | undefined, durable: boolean): void {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new AppError(
      'internal',
      'database.not_a_data_folder',
      `${folder} has files in it but is not a PostgreSQL data folder. Move it aside, or set DATA_DIR to another folder.`,
    );
  }
  removeAbandoned(folder);
  const staging = mkdtempSync(`${folder}.new-${process.pid}-`);
  try {
    const data = path.join(staging, 'data');
    const password = randomBytes(24).toString('base64url');
    mkdirSync(data, { mode: 0o700 });
    writeOwned(path.join(staging, 'password'), `${password}\n`, account);
    if (account !== undefined) handOver(staging, account);
    initialize(staging, binaries, account, durable);
    writeOwned(path.join(data, 'rapport.password'), `${password}\n`, account);
    writeFileSync(path.join(data, 'pg_hba.conf'), `host all all 127.0.0.1/32 scram-sha-256\n`);
    writeFileSync(
      path.join(data, 'postgresql.conf'),
      `# Rapport writes rapport.conf at every start. Settings that you add below it win.\ninclude_if_exists = 'rapport.conf'\n`,
    );
    if (durable && process.platform !== 'win32') {
      for (const name of ['rapport.password', 'pg_hba.conf', 'postgresql.conf', '.']) sync(path.join(data, name));
    }
    putInPlace(data, folder);
    if (durable && process.platform !== 'win32') sync(path.dirname(folder));
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function initialize(staging: string, binaries: Binaries, account: Account | undefined, durable: boolean): void {
  const data = path.join(staging, 'data');
  const inside = seenFromInside(data, account);
  const done = spawnSync(
    binaries.initdb,
    [
      `--pgdata=${inside}`,
      `--pwfile=${inside}/../password`,
      `--username=${rapport}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Sorts and folds the same on every machine, whatever its C library.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
    ],
    { ...account, ...bareEnvironment, cwd: data, encoding: 'utf8', windowsHide: true },
  );
  if (done.status === 0) return;
  const said = done.error?.message ?? done.stderr.trim();
  if (/No space left on device/.test(said)) throw diskFull(staging);
  throw new AppError('internal', 'database.init_failed', `The database could not be made in ${path.dirname(staging)}: ${said}`);
}

export function diskFull(folder: string): AppError {
  return new AppError(
    'internal',
    'database.disk_full',
    `The disk that holds ${folder} is full. Make room, or set DATA_DIR to a folder on another disk, then start again.`,
  );
}

/** Whoever is first wins; the cluster of a second starter is thrown away. */
function putInPlace(data: string, folder: string): void {
  try {
    renameSync(data, folder);
  } catch (error) {
    if (!existsSync(path.join(folder, 'PG_VERSION'))) throw error;
  }
}

/** What a killed first start has left. */
function removeAbandoned(folder: string): void {
  const parent = path.dirname(folder);
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${path.basename(folder)}\\.new-(\\d+)-`).exec(name)?.[1];
    if (pid === undefined) continue;
    try {
      process.kill(Number(pid), 0);
    } catch {
      rmSync(path.join(parent, name), { recursive: true, force: true });
    }
  }
}

function writeOwned(file: string, text: string, account: Account | undefined): void {
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  if (account !== undefined) chownSync(file, account.uid, account.gid);
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
