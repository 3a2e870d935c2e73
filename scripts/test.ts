import { spawn } from 'node:child_process';
import path from 'node:path';
import { findChromium } from '../test/chromium.ts';

// Vitest, and closing lines that say what this run did not check.
const vitest = path.resolve(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
const args = process.argv.slice(2);
const child = spawn(process.execPath, [vitest, 'run', ...args], { stdio: 'inherit', cwd: path.resolve(import.meta.dirname, '..') });
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}

const code = await new Promise<number>((resolve, reject) => {
  child.once('error', reject);
  child.once('exit', (status) => resolve(status ?? 1));
});
for (const line of notChecked()) process.stdout.write(`${line}\n`);
process.exitCode = code;

function notChecked(): string[] {
  const lines: string[] = [];
  if (process.getuid?.() !== 0) {
    lines.push('Not checked: starting the database as root, because this is an ordinary user. .ci/run checks it.');
  }
  if (findChromium() === undefined) {
    lines.push(
      '',
      '!!! THE BROWSER JOURNEYS DID NOT RUN: no Chromium or Chrome was found on this machine.',
      '!!! Install one (Debian: apt-get install chromium), or set CHROMIUM_PATH to its program, and run npm test again.',
    );
  }
  return lines;
}
