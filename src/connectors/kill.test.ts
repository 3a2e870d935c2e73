import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentOf, expectConsistent } from '../../test/invariants.ts';
import { createTestProgram } from '../../test/program.ts';
import type { TestProgram } from '../../test/program.ts';
import { callAction } from '../platform/action.ts';
import { projectRoot } from '../platform/config.ts';
import { readId } from '../platform/ids.ts';
import { addSource, runSource } from '../modules/sources/index.ts';
import { connectors } from './registry.ts';
import { offlineSources } from './testing.ts';

// A kill -9 in every page of every stream's first reading: a process commits one page and dies in the transaction of the next,
// again and again. What is read in the end equals an undisturbed reading.
let undisturbed: TestProgram;
let killed: TestProgram;
beforeAll(async () => {
  [undisturbed, killed] = await Promise.all([createTestProgram(), createTestProgram()]);
});
afterAll(() => Promise.all([undisturbed.close(), killed.close()]));

/** Longer readings end undisturbed after so many kills. */
const mostKills = 6;

test.each(connectors.map(({ name }) => name))(
  '%s resumes after each kill, loses nothing and doubles nothing',
  async (name) => {
    const offline = await offlineSources[name]?.();
    if (offline === undefined) throw new Error(`testing.ts opens no source for ${name}.`);
    try {
      const input = { connector: name, settings: offline.settings, read: false };
      const calm = await callAction(undisturbed.program, undisturbed.asAdministrator, addSource, input);
      const result = await runSource(undisturbed.program, readId('source', calm.id), { cause: 'first' });
      expect(result).toMatchObject({ state: 'done' });
      const { id } = await callAction(killed.program, killed.asAdministrator, addSource, input);
      let kills = 0;
      while (kills < mostKills && (await readOn(id, kills === 0 ? 1 : 2)) === 'SIGKILL') kills += 1;
      if (kills === mostKills) expect(await readOn(id, 0)).toBe(null);
      expect(kills).toBeGreaterThan(0);
      expect(await contentOf(killed.program)).toEqual(await contentOf(undisturbed.program));
    } finally {
      await offline.close();
    }
  },
  120_000,
);

test('and the roll-ups say what the activities say', async () => {
  await expectConsistent(killed.program);
});

async function readOn(source: string, pagesUntilKill: number): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [path.join(projectRoot, 'test/read-child.ts'), source, String(pagesUntilKill)], {
    env: {
      ...process.env,
      DATABASE_URL: killed.program.database.url,
      DATA_DIR: killed.program.config.dataDir,
      LOG_LEVEL: 'error',
      ALLOW_PRIVATE_HOSTS: '127.0.0.1,localhost',
      // The same program again and again: it need not be compiled each time.
      NODE_COMPILE_CACHE: path.join(tmpdir(), 'rapport-test-compiled'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (signal === null) expect(status, complaint).toBe(0);
  return signal;
}
