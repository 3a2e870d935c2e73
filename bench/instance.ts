import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openProgram } from '../src/entry/program.ts';
import type { RunningProgram } from '../src/entry/program.ts';
import type { Caller } from '../src/platform/action.ts';
import { systemClock } from '../src/platform/clock.ts';
import type { Clock } from '../src/platform/clock.ts';
import { projectRoot, readConfig } from '../src/platform/config.ts';
import type { Config } from '../src/platform/config.ts';
import { createLog } from '../src/platform/log.ts';

export const bench: Caller = { actor: { type: 'system', name: 'Benchmark' }, origin: 'cli' };

const tmpfs = 0x0102_1994;

/** A new folder on a real disk: one in memory would make the figures better than they are. */
export function makeFolder(name: string): string {
  const isMemory = process.platform === 'linux' && statfsSync(os.tmpdir()).type === tmpfs;
  const parent = isMemory ? path.join(projectRoot, 'data') : os.tmpdir();
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(path.join(parent, `rapport-bench-${name}-`));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** The settings of an instance in that folder. Neither the environment nor a `.env` file counts: nobody's own database is touched. */
export function benchConfig(dataDir: string): Config {
  return readConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'warn', PORT: '0' }, dataDir);
}

/** The whole program with a database of its own, as it is in production: fsync on, the usual settings. */
export function openInstance(dataDir: string, clock: Clock = systemClock): Promise<RunningProgram> {
  return openProgram(benchConfig(dataDir), { log: createLog('warn'), clock });
}

/** Goes as fast as any other, but from that moment on (milliseconds since 1970). */
export function clockFrom(moment: number): Clock {
  const behind = Date.now() - moment;
  return { now: () => new Date(Date.now() - behind) };
}
