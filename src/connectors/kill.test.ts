import { afterAll, beforeAll, expect, test } from 'vitest';
import { runChild } from '../../test/child.ts';
import { contentOf, expectConsistent } from '../../test/invariants.ts';
import { createTestProgram } from '../../test/program.ts';
import type { TestProgram } from '../../test/program.ts';
import { callAction } from '../platform/action.ts';
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

const readOn = (source: string, pagesUntilKill: number): Promise<NodeJS.Signals | null> =>
  runChild('read-child.ts', [source, String(pagesUntilKill)], killed);
