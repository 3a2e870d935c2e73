import { addSource, runSource } from '../src/modules/sources/index.ts';
import { callAction } from '../src/platform/action.ts';
import { readId } from '../src/platform/ids.ts';
import { bench, openInstance } from './instance.ts';
import { serverSeconds } from './usage.ts';

/**
 * One import of a repository in a process of its own, so that its memory is its own: `node bench/import-git.ts
 * <data folder> <repository>`. Prints what git.ts reads.
 */
export interface ImportedGit {
  commits: number;
  activities: number;
  /** Seconds until the last commit was stored, and until lists and search had caught up. */
  storing: number;
  all: number;
  node: number;
  postgres: number;
  peakMegabytes: number;
}

if (import.meta.main) {
  const [dataDir = '', repository = ''] = process.argv.slice(2);
  const program = await openInstance(dataDir);
  try {
    const { id } = await callAction(program, bench, addSource, { connector: 'git', settings: { repository }, read: false });
    const used = { node: process.cpuUsage(), postgres: serverSeconds(dataDir) };
    const began = performance.now();
    let stored = began;
    let commits = 0;
    const result = await runSource(program, readId('source', id), {
      cause: 'first',
      onProgress(counts) {
        if (counts.stream !== 'commits') return;
        stored = performance.now();
        commits = counts.items;
      },
    });
    if (result.state !== 'done') throw new Error(result.error ?? result.state);
    const { user, system } = process.cpuUsage(used.node);
    const imported: ImportedGit = {
      commits,
      activities: result.activities,
      storing: (stored - began) / 1000,
      all: (performance.now() - began) / 1000,
      node: (user + system) / 1e6,
      postgres: serverSeconds(dataDir) - used.postgres,
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
    };
    process.stdout.write(`${JSON.stringify(imported)}\n`);
  } finally {
    await program.close();
  }
}
