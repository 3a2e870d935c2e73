import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentOf, expectConsistent } from '../../test/invariants.ts';
import { createTestProgram } from '../../test/program.ts';
import type { TestProgram } from '../../test/program.ts';
import { makeRepository } from '../../test/repository.ts';
import { projectRoot } from '../platform/config.ts';

// A kill -9 in the middle of an import, as often as it takes: the import then ends with the same rows as an undisturbed one.
let folder: string;
let repository: string;
let undisturbed: TestProgram;
let killed: TestProgram;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rapport-kill-'));
  repository = makeRepository(path.join(folder, 'repository'), { commits: 9000 });
  [undisturbed, killed] = await Promise.all([createTestProgram(), createTestProgram()]);
});
afterAll(async () => {
  await Promise.all([undisturbed.close(), killed.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function environment(on: TestProgram): NodeJS.ProcessEnv {
  return { ...process.env, DATABASE_URL: on.program.database.url, DATA_DIR: on.program.config.dataDir, LOG_LEVEL: 'error' };
}
const command = [path.join(projectRoot, 'src/main.ts'), 'import', 'git', ''];

test('an import that is killed again and again resumes, loses nothing and doubles nothing', async () => {
  const args = [...command.slice(0, 3), repository];
  const calm = spawnSync(process.execPath, args, { env: environment(undisturbed), encoding: 'utf8' });
  expect(calm.stderr + calm.stdout).toContain('9,000 activities');

  const counted = async (): Promise<number> =>
    Number((await killed.program.database.pool.query<{ n: number }>('select count(*) as n from record')).rows[0]?.n);
  let kills = 0;
  let before = -1;
  while (kills < 3) {
    const child = spawn(process.execPath, args, { env: environment(killed), stdio: 'ignore' });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    // Killed just after another page went in: in the middle of the next one.
    let finished = false;
    void ended.then(() => (finished = true));
    while (!finished && (await counted()) <= Math.max(0, before)) await sleep(5);
    if (finished) break;
    child.kill('SIGKILL');
    await ended;
    before = await counted();
    kills += 1;
  }
  expect(kills).toBeGreaterThan(0);
  const last = spawnSync(process.execPath, args, { env: environment(killed), encoding: 'utf8' });
  expect(last.status, last.stderr).toBe(0);
  expect(await contentOf(killed.program)).toEqual(await contentOf(undisturbed.program));
  await expectConsistent(killed.program);
}, 180_000);
