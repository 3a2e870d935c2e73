import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../src/platform/config.ts';
import type { TestProgram } from './program.ts';

/**
 * Runs a file of this folder in a process of its own, on the database of a test's program. Answers the signal that ended it,
 * null when it ended well. Throws what it complained of when it failed.
 */
export async function runChild(file: string, args: readonly string[], { program }: TestProgram): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [path.join(projectRoot, 'test', file), ...args], {
    env: {
      ...process.env,
      DATABASE_URL: program.database.url,
      DATA_DIR: program.config.dataDir,
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
  if (signal === null && status !== 0) throw new Error(`${file} failed: ${complaint}`);
  return signal;
}
