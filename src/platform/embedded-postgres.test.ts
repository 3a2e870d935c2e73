import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { startDatabase } from './embedded-postgres.ts';
import type { EmbeddedDatabase } from './embedded-postgres.ts';

const log = { info: () => undefined, warn: () => undefined };
/** Killing a process loses nothing that it gave to the system: only a power cut would, and waiting for the disk is slow. */
const settings = { fsync: 'off' };
const isRoot = process.getuid?.() === 0;
const folders: string[] = [];
const running: EmbeddedDatabase[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const database of running.splice(0)) await database.stop();
  for (const folder of folders.splice(0)) {
    if (postmasterPid(folder) !== undefined) await (await startDatabase({ dataDir: folder, log })).stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('the embedded database', { timeout: 120_000 }, () => {
  it('starts on a new folder, keeps its data, and ends with the last one who leaves', async () => {
    const dataDir = newFolder();
    const first = await start(dataDir);
    expect(first.owner).toBe(true);
    await run(first.url, 'create table kept (text text)', "insert into kept values ('Zoë'), ('zebra'), ('Ärger')");
    const second = await start(dataDir);
    expect(second).toMatchObject({ owner: false, url: first.url });

    await first.stop();
    expect(await run(second.url, 'select text from kept order by text')).toEqual([{ text: 'Zoë' }, { text: 'zebra' }, { text: 'Ärger' }]);
    await second.stop();
    expect(postmasterPid(dataDir)).toBeUndefined();

    const again = await start(dataDir);
    expect(await run(again.url, 'select count(*)::int as n from kept')).toEqual([{ n: 3 }]);
  });

  it('is closed to whoever does not know its password', async () => {
    const database = await start(newFolder());
    const stranger = new URL(database.url);
    stranger.password = 'guess';
    await expect(run(stranger.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('ends up with one server when two processes start at once', async () => {
    const dataDir = newFolder();
    const both = await Promise.all([start(dataDir), start(dataDir), inOtherProcess(dataDir)]);
    expect(new Set(both.map(({ url }) => url)).size).toBe(1);
    expect(both.filter(({ owner }) => owner)).toHaveLength(1);
  });

  it('outlives a program that is killed, and is found again', async () => {
    const dataDir = newFolder();
    const other = await inOtherProcess(dataDir);
    await run(other.url, 'create table kept (id int)');
    other.child.kill('SIGKILL');
    const database = await start(dataDir);
    expect(database.owner).toBe(false);
    expect(await run(database.url, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
  });

  it('recovers what was committed when the server itself is killed, while the program goes on', async () => {
    const dataDir = newFolder();
    const database = await start(dataDir);
    await run(database.url, 'create table kept (id int)', 'insert into kept select generate_series(1, 1000)');
    process.kill(postmasterPid(dataDir) ?? 0, 'SIGKILL');
    expect(await eventually(() => run(database.url, 'select count(*)::int as n from kept'))).toEqual([{ n: 1000 }]);
  });

  it('starts after everything was killed, also when another program has the process id in the lock by now', async () => {
    const dataDir = newFolder();
    const other = await inOtherProcess(dataDir);
    await run(other.url, 'create table kept (id int)', 'insert into kept values (1)');
    const lock = path.join(dataDir, 'postgres', 'postmaster.pid');
    const left = readFileSync(lock, 'utf8').split('\n');
    const server = Number(left[0]);
    other.child.kill('SIGKILL');
    process.kill(server, 'SIGKILL');
    await eventually(() => expect(existsSync(`/proc/${server}/exe`)).toBe(false));
    writeFileSync(lock, [String(sleeper(dataDir)), ...left.slice(1)].join('\n'));

    const database = await start(dataDir);
    expect(database.owner).toBe(true);
    expect(await run(database.url, 'select id from kept')).toEqual([{ id: 1 }]);
  });

  it('takes another port when its own is taken', async () => {
    const dataDir = newFolder();
    const first = await start(dataDir);
    const { port } = new URL(first.url);
    await first.stop();
    const squatter = await import('node:net').then(({ createServer }) => createServer().listen(Number(port), '127.0.0.1'));
    try {
      const second = await start(dataDir);
      expect(new URL(second.url).port).not.toBe(port);
      expect(await run(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      squatter.close();
    }
  });

  it('says what to do with the data of another PostgreSQL, and leaves it alone', async () => {
    const dataDir = newFolder();
    const folder = path.join(dataDir, 'postgres');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'PG_VERSION'), '17\n');
    await expect(start(dataDir)).rejects.toThrow(/written by PostgreSQL 17; this Rapport brings 18.*rapport backup/);
    rmSync(path.join(folder, 'PG_VERSION'));
    writeFileSync(path.join(folder, 'thesis.txt'), 'mine');
    await expect(start(dataDir)).rejects.toThrow(/is not a PostgreSQL data folder/);
    expect(readFileSync(path.join(folder, 'thesis.txt'), 'utf8')).toBe('mine');
  });

  // Run by .ci/run, which is root; scripts/test.ts says so in its closing lines where these are left out.
  describe.runIf(isRoot)('started by root', () => {
    it('runs as another account, under a folder which that account cannot enter', async () => {
      const closed = newFolder();
      expect(statSync(closed)).toMatchObject({ uid: 0 });
      expect(statSync(closed).mode & 0o777).toBe(0o700);
      const dataDir = path.join(closed, 'data');
      const database = await start(dataDir);
      expect(await run(database.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      expect(statSync(`/proc/${postmasterPid(dataDir)}`).uid).not.toBe(0);
    });

    it('goes on with the data of an ordinary user as that user, and takes over data that root has copied', async () => {
      const dataDir = newFolder();
      const theirs = path.join(dataDir, 'postgres');
      mkdirSync(theirs);
      const nobody = Number(spawnSync('id', ['-u', 'nobody'], { encoding: 'utf8' }).stdout);
      chownSync(theirs, nobody, nobody);
      const ours = await start(dataDir);
      expect(statSync(`/proc/${postmasterPid(dataDir)}`).uid).toBe(nobody);
      await run(ours.url, 'create table kept (id int)');
      await ours.stop();

      const copy = newFolder();
      spawnSync('cp', ['-r', path.join(dataDir, 'postgres'), copy]);
      const copied = await start(copy);
      expect(await run(copied.url, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
    });
  });
});

function newFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rapport-embedded-'));
  folders.push(folder);
  return folder;
}

async function start(dataDir: string): Promise<EmbeddedDatabase> {
  const database = await startDatabase({ dataDir, log, settings });
  running.push(database);
  return database;
}

/** A process that enters the database and stays: killed, it leaves as a crashed program does. */
async function inOtherProcess(dataDir: string): Promise<{ url: string; owner: boolean; child: ChildProcess }> {
  const module = path.resolve(import.meta.dirname, 'embedded-postgres.ts');
  const script = `import { startDatabase } from ${JSON.stringify(module)};
    const quiet = { info: () => undefined, warn: () => undefined };
    const database = await startDatabase({ dataDir: ${JSON.stringify(dataDir)}, log: quiet, settings: { fsync: 'off' } });
    console.log(JSON.stringify(database));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (text: Buffer) => resolve(text.toString()));
    child.once('exit', (code) => reject(new Error(`The other process ended with ${code}.`)));
  });
  const { url, owner } = JSON.parse(line) as { url: string; owner: boolean };
  return { url, owner, child };
}

/** A harmless process of the account that owns the data folder. */
function sleeper(dataDir: string): number {
  const { uid, gid } = statSync(path.join(dataDir, 'postgres'));
  const child = spawn('sleep', ['600'], { uid, gid, stdio: 'ignore' });
  children.push(child);
  return child.pid ?? 0;
}

function postmasterPid(dataDir: string): number | undefined {
  const file = path.join(dataDir, 'postgres', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
}

async function run(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

async function eventually<T>(attempt: () => T | Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tries > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
