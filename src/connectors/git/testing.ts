import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { OfflineSource } from '../kit/testing.ts';

const run = promisify(execFile);

export interface CommitSpec {
  message: string;
  author?: string;
  /** `1700000000 +0100`, for the committer too unless it is named. */
  date?: string;
  committer?: string;
  committed?: string;
  /** Path → content. */
  files?: Record<string, string | Buffer>;
}

export interface TestRepository {
  folder: string;
  /** Runs git there and answers what it printed. */
  git: (...args: string[]) => Promise<string>;
  /** Answers the new commit's id. */
  commit: (spec: CommitSpec) => Promise<string>;
  close: () => Promise<void>;
}

const own = { LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0' };

/** A repository for a test to fill, in a folder of its own. */
export async function makeRepository(): Promise<TestRepository> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'rapport-repository-'));
  let clock = 1_700_000_000;
  async function git(args: string[], environment: Record<string, string> = {}): Promise<string> {
    // oxlint-disable-next-line node/no-process-env -- git itself is found by the PATH of whoever runs the tests
    const { stdout } = await run('git', args, {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...own, ...environment },
      maxBuffer: 100 * 1024 * 1024,
    });
    return stdout.trim();
  }
  await git(['init', '--quiet', '--initial-branch=main', '.']);
  return {
    folder,
    git: (...args) => git(args),
    async commit({ message, author = 'Ada Lovelace <ada@example.org>', date, committer, committed, files = {} }) {
      for (const [name, content] of Object.entries(files)) {
        await writeFile(path.join(folder, name), content);
        await git(['add', '--', name]);
      }
      clock += 3600;
      const at = date ?? `${clock} +0100`;
      const [name, email] = split(author);
      const [committerName, committerEmail] = split(committer ?? author);
      await git(['commit', '--quiet', '--allow-empty', '--allow-empty-message', '--cleanup=verbatim', '-m', message], {
        GIT_AUTHOR_NAME: name,
        GIT_AUTHOR_EMAIL: email,
        GIT_AUTHOR_DATE: `@${at}`,
        GIT_COMMITTER_NAME: committerName,
        GIT_COMMITTER_EMAIL: committerEmail,
        GIT_COMMITTER_DATE: `@${committed ?? at}`,
      });
      return git(['rev-parse', 'HEAD']);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A small history with everything in it: people in every role, a merge, a binary file, a `.mailmap`, tags. */
export async function openOffline(): Promise<OfflineSource> {
  const repository = await makeRepository();
  const { git, commit } = repository;
  await commit({ message: 'Begin', files: { 'README.md': 'one\ntwo\n' } });
  await commit({
    message: 'Add a table\n\nSigned-off-by: Ada Lovelace <ada@example.org>\nReviewed-by: Grace Hopper <grace@example.com>',
    author: 'ada <ada@old.example>',
    files: { 'table.txt': 'a\nb\nc\n' },
  });
  await commit({
    message: 'Draw',
    author: 'Grace Hopper <1234+grace@users.noreply.github.com>',
    committer: 'GitHub <noreply@github.com>',
    files: { 'logo.bin': Buffer.from([0, 1, 2, 0, 255]) },
  });
  await git('checkout', '--quiet', '-b', 'side', 'HEAD~1');
  await commit({
    message: 'Work aside\n\nCo-authored-by: Grace Hopper <grace@example.com>\nTested-by: A Tester <tester@example.net>',
    author: 'Zoë Ωmega <zoe@example.org>',
    files: { 'ünï côdé.txt': 'x\n' },
  });
  await git('checkout', '--quiet', 'main');
  await git('-c', 'user.name=Ada Lovelace', '-c', 'user.email=ada@example.org', 'merge', '--quiet', '--no-ff', '-m', 'Merge side', 'side');
  await commit({ message: 'Map people', files: { '.mailmap': 'Ada Lovelace <ada@example.org> <ada@old.example>\n' } });
  await git('tag', 'v0.1', 'HEAD~1');
  await git('-c', 'user.name=Ada Lovelace', '-c', 'user.email=ada@example.org', 'tag', '-a', '-m', 'The first release', 'v1.0');
  return { settings: { repository: repository.folder }, close: () => repository.close() };
}

function split(person: string): [string, string] {
  const match = /^(.*?) ?<(.*)>$/.exec(person);
  return [match?.[1] ?? person, match?.[2] ?? ''];
}
