import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

export interface RepositoryPlan {
  commits: number;
  people?: number;
  /** First commit, seconds since 1970. */
  from?: number;
  mailmap?: string;
}

/** The nth person of a made repository. */
export function personOf(n: number): { name: string; email: string } {
  return { name: `Person ${n}`, email: `person${n}@example${n % 5}.org` };
}

/** Makes a repository by `git fast-import`, the same for the same plan: one commit an hour, authors in a skewed turn. Returns its folder. */
export function makeRepository(folder: string, plan: RepositoryPlan): string {
  const { commits, people = 40, from = 1_600_000_000 } = plan;
  mkdirSync(folder, { recursive: true });
  git(folder, ['init', '--quiet', '--initial-branch=main', '.']);
  const lines: string[] = [];
  const data = (text: string): void => {
    lines.push(`data ${Buffer.byteLength(text)}`, text);
  };
  for (let n = 0; n < commits; n++) {
    // Squares are skewed: few people do most, as in life.
    const author = personOf(Math.floor((((n * 7919) % 10_007) ** 2 / 10_007 ** 2) * people));
    const at = from + n * 3600;
    lines.push(
      'commit refs/heads/main',
      `mark :${n + 1}`,
      `author ${author.name} <${author.email}> ${at} +0200`,
      `committer ${author.name} <${author.email}> ${at} +0200`,
    );
    data(`Change number ${n}\n\nWhy it was needed.\n`);
    if (n > 0) lines.push(`from :${n}`);
    lines.push(`M 100644 inline file${n % 50}.txt`);
    data(`content ${n}\n`);
    if (n === 0 && plan.mailmap !== undefined) {
      lines.push('M 100644 inline .mailmap');
      data(plan.mailmap);
    }
    lines.push('');
  }
  lines.push('done', '');
  const made = spawnSync('git', ['fast-import', '--quiet', '--done'], {
    cwd: folder,
    input: lines.join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (made.status !== 0) throw new Error(`git fast-import failed: ${made.stderr}`);
  git(folder, ['reset', '--quiet', '--hard', 'main']);
  return path.resolve(folder);
}

export function git(folder: string, args: string[]): string {
  const done = spawnSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  });
  if (done.status !== 0) throw new Error(`git ${args[0] ?? ''} failed: ${done.stderr}`);
  return done.stdout;
}
