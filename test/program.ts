import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Caller } from '../src/platform/action.ts';
import type { Role } from '../src/platform/access.ts';
import type { Clock } from '../src/platform/clock.ts';
import { readConfig } from '../src/platform/config.ts';
import { openProgram } from '../src/entry/program.ts';
import type { RunningProgram } from '../src/entry/program.ts';
import { createLog } from '../src/platform/log.ts';
import { cloneDatabase } from './database.ts';

export interface TestProgram {
  program: RunningProgram;
  asAdministrator: Caller;
  asRole(role: Role): Caller;
  close(): Promise<void>;
}

/** The whole program on a database of its own, without its web server; one for each test file. */
export async function createTestProgram(options: { clock?: Clock; settings?: Record<string, string> } = {}): Promise<TestProgram> {
  const database = await cloneDatabase();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'rapport-test-'));
  const config = readConfig({
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    LOG_LEVEL: 'silent',
    PORT: '0',
    POOL_SIZE: '6',
    ALLOW_PRIVATE_HOSTS: '127.0.0.1,localhost',
    ...options.settings,
  });
  const program = await openProgram(config, {
    log: createLog('silent'),
    migrate: false,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  const asRole = (role: Role): Caller => ({ actor: { type: 'user', id: `test-${role}`, name: `Test ${role}`, role }, origin: 'api' });
  return {
    program,
    asAdministrator: asRole('administrator'),
    asRole,
    async close() {
      await program.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
