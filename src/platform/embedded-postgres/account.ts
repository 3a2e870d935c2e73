import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, lchownSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors.ts';

/** The account that PostgreSQL runs as. PostgreSQL refuses root, whatever the reason. */
export interface Account {
  uid: number;
  gid: number;
}

/**
 * Undefined for an ordinary user: PostgreSQL then runs as that user. For root: the owner of the existing data
 * folder, else a `postgres` or `rapport` account, made where there is none.
 */
export function chooseAccount(dataFolder: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(dataFolder, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of ['postgres', '_postgres', 'rapport']) {
    const found = lookUp(name);
    if (found !== undefined) return found;
  }
  spawnSync('/usr/sbin/useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    'rapport',
  ]);
  const made = lookUp('rapport') ?? lookUp('nobody');
  if (made !== undefined) return made;
  throw new AppError(
    'internal',
    'database.no_account',
    'PostgreSQL does not run as root, and no other account was found or could be made. Start Rapport as an ordinary user, or set DATABASE_URL.',
  );
}

/** Hands a folder and all in it to the account, for example after root has copied a data folder. */
export function handOver(folder: string, account: Account): void {
  try {
    chownSync(folder, account.uid, account.gid);
    for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      lchownSync(path.join(folder, entry), account.uid, account.gid);
    }
  } catch (cause) {
    throw new AppError(
      'internal',
      'database.cannot_hand_over',
      `${folder} cannot be given to the account that PostgreSQL runs as (its file system may not know owners). Set DATA_DIR to a folder on a local disk, start Rapport as an ordinary user, or set DATABASE_URL.`,
      { cause },
    );
  }
}

function lookUp(name: string): Account | undefined {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
