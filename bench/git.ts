import path from 'node:path';
import { runChild } from './child.ts';
import { aside, atLeast, atMost, show } from './figures.ts';
import type { Figure } from './figures.ts';
import type { ImportedGit } from './import-git.ts';
import { makeFolder, removeFolder } from './instance.ts';
import { makeRepository, run } from './repository.ts';
import type { ReadGit } from './scan-git.ts';

const commits = 52_000;
const rounds = 3;

/** Imports a repository next to `git log --numstat`, in turns, and takes the middle of each. */
export async function benchGit(repository: string | undefined, note: (line: string) => void): Promise<Figure[]> {
  const made = repository === undefined ? makeFolder('repository') : undefined;
  const folder = path.resolve(repository ?? made ?? '.');
  try {
    if (made !== undefined) {
      note(`making a repository of ${commits.toLocaleString('en')} commits`);
      await makeRepository(made, commits);
    }
    const log = ['log', '--numstat', '--no-renames'];
    // So that the first turn does not pay for the disk.
    await run(folder, log);
    const alone: number[] = [];
    const imports: ImportedGit[] = [];
    for (let round = 0; round < rounds; round++) {
      alone.push(await run(folder, log));
      note(`git log --numstat --no-renames: ${show(alone.at(-1) ?? 0)} s`);
      imports.push(await importOnce(folder));
      const last = imports.at(-1);
      if (last !== undefined)
        note(
          `import: ${show(last.all)} s (stored after ${show(last.storing)} s; processor: Node ${show(last.node)} s, PostgreSQL ${show(last.postgres)} s)`,
        );
    }
    const scanned = await runChild<ReadGit>('scan-git.ts', [folder]);
    const git = middle(alone);
    const [some] = imports;
    const part = `git ${(some?.commits ?? 0).toLocaleString('en')} commits`;
    return [
      atMost(
        part,
        'import, until lists and search have caught up, against git log',
        middle(imports.map((one) => one.all)) / git,
        1.5,
        ' ×',
      ),
      aside(part, '  parsed, resolved, stored, rolled up', `${show(middle(imports.map((one) => one.storing)) / git)} ×`),
      aside(
        part,
        '  seconds',
        `git ${show(git)}, import ${show(middle(imports.map((one) => one.all)))}; processor: Node ${show(middle(imports.map((one) => one.node)))}, PostgreSQL ${show(middle(imports.map((one) => one.postgres)))}`,
      ),
      atMost(part, 'memory of the importing process, at most', Math.max(...imports.map((one) => one.peakMegabytes)), 400, ' MB'),
      // Git's own time is in neither: it prints what it prints at its own pace, as the line below says.
      atLeast(part, 'reading alone: parsing, validating, deriving', scanned.commits / scanned.node, 8000, ' commits/s'),
      aside(
        part,
        '  with git before it; git alone',
        `${show(scanned.commits / scanned.seconds)} commits/s; ${show(scanned.commits / git)} commits/s`,
      ),
    ];
  } finally {
    if (made !== undefined) removeFolder(made);
  }
}

async function importOnce(folder: string): Promise<ImportedGit> {
  const dataDir = makeFolder('git');
  try {
    return await runChild<ImportedGit>('import-git.ts', [dataDir, folder]);
  } finally {
    removeFolder(dataDir);
  }
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
