import { spawn } from 'node:child_process';
import path from 'node:path';
import { childEnvironment } from '../src/platform/config.ts';

/** Runs one of these files in a Node of its own, and gives the JSON of its last line. */
export function runChild<Result>(file: string, args: readonly string[]): Promise<Result> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, file), ...args], {
    env: childEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const line = said.trim().split('\n').at(-1) ?? '';
      // Our own file printed it, in the form that it exports.
      if (code === 0) resolve(JSON.parse(line) as Result);
      else reject(new Error(`${file} ended with code ${code}.`));
    });
  });
}
