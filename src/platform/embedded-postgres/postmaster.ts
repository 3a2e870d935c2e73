import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readdirSync, readFileSync, readlinkSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The server's main process, as its lock file postmaster.pid tells. */
export interface Postmaster {
  pid: number;
  port: number;
  /** It accepts connections: recovery, if any, is over. */
  ready: boolean;
}

/** More than any system's highest process id. */
const nobody = 2_147_483_646;

/**
 * The postmaster that runs on this data folder, or undefined. A lock file left by a killed one is seen through, also
 * when its process id belongs to another program by now.
 */
export function findPostmaster(dataFolder: string): Postmaster | undefined {
  const lines = lockFileLines(dataFolder);
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isPostgresOf(pid, dataFolder)) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Makes the way free after a kill: waits for server processes that outlived their postmaster, then takes the process
 * id out of the left lock file when another program has it now (PostgreSQL would refuse to start). The rest of the
 * file stays, because PostgreSQL reads there which shared memory must not be in use.
 */
export async function clearStaleLock(dataFolder: string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (findPostmaster(dataFolder) !== undefined || orphans(dataFolder).length === 0) break;
    await sleep(50);
  }
  const lines = lockFileLines(dataFolder);
  const pid = Number(lines[0]);
  if (!isAlive(pid) || findPostmaster(dataFolder) !== undefined) return;
  const file = openSync(path.join(dataFolder, 'postmaster.pid'), constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW);
  try {
    writeSync(file, [String(nobody), ...lines.slice(1)].join('\n'));
  } finally {
    closeSync(file);
  }
}

/**
 * Stops the server cleanly, ending open connections; resolves when its lock file is gone. False when it has not
 * ended after two minutes.
 */
export async function stopPostmaster(dataFolder: string, postmaster: Postmaster, pgCtl: string): Promise<boolean> {
  // Windows has no signals: pg_ctl speaks to the server there.
  if (process.platform === 'win32') spawnSync(pgCtl, ['stop', '-D', dataFolder, '-m', 'fast', '-W'], { windowsHide: true });
  else process.kill(postmaster.pid, 'SIGINT');
  for (let waited = 0; waited < 120_000; waited += 20) {
    if (Number(lockFileLines(dataFolder)[0]) !== postmaster.pid || !isAlive(postmaster.pid)) return true;
    await sleep(20);
  }
  return false;
}

function lockFileLines(dataFolder: string): string[] {
  try {
    return readFileSync(path.join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Every process of a PostgreSQL server stands in its data folder. */
function isPostgresOf(pid: number, dataFolder: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === 'linux') {
    try {
      if (!/\/postgres( \(deleted\))?$/.test(readlinkSync(`/proc/${pid}/exe`))) return false;
      const itsFolder = statSync(`/proc/${pid}/cwd`);
      const ours = statSync(dataFolder);
      return itsFolder.ino === ours.ino && itsFolder.dev === ours.dev;
    } catch {
      return false;
    }
  }
  if (process.platform === 'win32') return true;
  try {
    return /postgres/.test(execFileSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' }));
  } catch {
    return false;
  }
}

function orphans(dataFolder: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isPostgresOf(pid, dataFolder));
}
