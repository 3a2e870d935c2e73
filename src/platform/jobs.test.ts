import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from '../../test/database.ts';
import type { ClonedDatabase } from '../../test/database.ts';
import { createContext } from './action.ts';
import { systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import type { Program } from './context.ts';
import { openDatabase, transaction } from './db.ts';
import { deliverFacts } from './facts.ts';
import type { Fact, FactHandler } from './facts.ts';
import { createJobs } from './jobs.ts';
import type { Job } from './jobs.ts';
import { createLog } from './log.ts';

let clone: ClonedDatabase;
beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(() => clone.drop());

function makeProgram(jobs: readonly Job[]): Program {
  const database = openDatabase(clone.url, 5);
  const log = createLog('silent');
  const secrets = { seal: (text: string) => text, open: (text: string) => text, derive: (text: string) => text };
  return {
    config: readConfig({ DATABASE_URL: clone.url }),
    database,
    log,
    secrets,
    clock: systemClock,
    jobs: createJobs(database, log, jobs),
  };
}
async function end(program: Program): Promise<void> {
  await program.jobs.stop();
  await program.database.close();
}
const system = { actor: { type: 'system', name: 'Test' }, origin: 'job' } as const;

test('a job runs in a worker soon after another process sent it, and one that failed runs again', async () => {
  const seen: unknown[] = [];
  let failing = true;
  const jobs: Job[] = [
    { name: 'test.note', work: async (_program, data) => void seen.push(data) },
    {
      name: 'test.shaky',
      async work() {
        seen.push('tried');
        if (failing) throw new Error('not yet');
      },
    },
  ];
  const [sender, worker] = [makeProgram(jobs), makeProgram(jobs)];
  await worker.jobs.work(worker);
  await sender.jobs.send('test.note', { n: 1 });
  await expect.poll(() => seen, { timeout: 20_000 }).toEqual([{ n: 1 }]);
  await sender.jobs.send('test.shaky', {});
  await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(2);
  failing = false;
  await expect.poll(() => seen.length, { timeout: 40_000 }).toBe(3);
  await end(worker);
  await end(sender);
}, 60_000);

test('a job that is sent inside a transaction exists only if that commits, and equal keys are one', async () => {
  const seen: unknown[] = [];
  const jobs: Job[] = [{ name: 'test.inside', work: async (_program, data) => void seen.push(data) }];
  const program = makeProgram(jobs);
  const lost = transaction(program.database, async (tx) => {
    await program.jobs.sendInside(tx, 'test.inside', { n: 'lost' }, { key: 'a' });
    throw new Error('rolled back');
  });
  await expect(lost).rejects.toThrow('rolled back');
  await transaction(program.database, async (tx) => {
    await program.jobs.sendInside(tx, 'test.inside', { n: 'kept' }, { key: 'a' });
    await program.jobs.sendInside(tx, 'test.inside', { n: 'kept' }, { key: 'a' });
  });
  await program.jobs.work(program);
  await expect.poll(() => seen.length, { timeout: 20_000 }).toBeGreaterThan(0);
  expect(seen).toEqual([{ n: 'kept' }]);
  await end(program);
});

test('what has piled up is worked off without a pause', async () => {
  const seen: unknown[] = [];
  const program = makeProgram([{ name: 'test.pile', work: async (_program, data) => void seen.push(data['n']) }]);
  for (let n = 0; n < 20; n++) await program.jobs.send('test.pile', { n });
  await program.jobs.work(program);
  await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(20);
  expect(seen.length).toBe(new Set(seen).size);
  await end(program);
});

test('each handler gets each fact once, also when another one fails first', async () => {
  const got: string[] = [];
  let failing = true;
  const handler = (name: string, handle: (fact: Fact) => void): FactHandler => ({
    name,
    on: 'thing.happened',
    handle: async (_program, _tx, fact) => handle(fact),
  });
  const handlers = [
    handler('first', (fact) => got.push(`first ${String(fact.payload['n'])}`)),
    handler('second', (fact) => {
      if (failing) throw new Error('down');
      got.push(`second ${String(fact.payload['n'])}`);
    }),
  ];
  const deliver = deliverFacts(handlers);
  const program = makeProgram([deliver]);
  const lost = transaction(program.database, async (tx) => {
    await createContext(program, system, tx).fact('thing.happened', { n: 0 });
    throw new Error('rolled back');
  });
  await expect(lost).rejects.toThrow();
  await transaction(program.database, (tx) => createContext(program, system, tx).fact('thing.happened', { n: 1 }));
  const { signal } = new AbortController();
  await expect(deliver.work(program, {}, signal)).rejects.toThrow('down');
  failing = false;
  await deliver.work(program, {}, signal);
  await deliver.work(program, {}, signal);
  expect(got).toEqual(['first 1', 'second 1']);
  await end(program);
});
