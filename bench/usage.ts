import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Linux counts processor time in these. */
const ticksASecond = 100;

/** Processor seconds that this Node has used so far. */
export function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Processor seconds that a PostgreSQL with all its processes has used since its start; NaN where there is no /proc. */
export function serverSeconds(dataDir: string): number {
  try {
    const postmaster = postmasterOf(dataDir);
    let ticks = 0;
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const stat = readStat(Number(name));
      // Its own, of its living children, and of those that it has buried.
      if (Number(name) === postmaster) ticks += (stat?.own ?? 0) + (stat?.buried ?? 0);
      else if (stat?.parent === postmaster) ticks += stat.own;
    }
    return ticks / ticksASecond;
  } catch {
    return Number.NaN;
  }
}

function postmasterOf(dataDir: string): number {
  return Number(readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function readStat(pid: number): { parent: number; own: number; buried: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name may hold spaces; what follows its closing bracket does not.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return { parent: fields[1] ?? 0, own: (fields[11] ?? 0) + (fields[12] ?? 0), buried: (fields[13] ?? 0) + (fields[14] ?? 0) };
  } catch {
    return undefined;
  }
}

/** Resident megabytes of a process now; NaN where there is no /proc. */
export function residentMegabytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
