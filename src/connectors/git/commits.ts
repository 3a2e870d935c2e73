import type { Json, Page } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { sourceFailed } from '../kit/failures.ts';
import { commitRecord } from './commit-record.ts';
import { deriveCommit } from './derive-commit.ts';
import { logArguments } from './log-format.ts';
import { parseMailmap } from './mailmap.ts';
import type { Mailmap } from './mailmap.ts';
import { parseCommit } from './parse-commit.ts';
import { askGit, GitRefusal, gitText, streamGit } from './process.ts';
import type { Repository } from './repository.ts';
import { openRepository, readMailmap } from './repository.ts';
import type { GitIo } from './settings.ts';
import { repositoryName } from './settings.ts';
import { splitLog } from './split-log.ts';
import { readCursor, scopeOf } from './walk.ts';
import type { Cursor, Walk } from './walk.ts';

/** A page is as many commits, or as much of git's output, whatever comes first. */
const pageCommits = 2000;
const pageBytes = 2 * 1024 * 1024;

/**
 * The commits that one tip reaches. Git gives the newest first and holds nothing back for it; the cursor names the
 * tips of the walk and how far it came, so that it can go on after any interruption: hence `oldest-first`, which
 * commits the cursor with each page.
 */
export const commits = defineStream({
  name: 'commits',
  title: 'Commits',
  order: 'oldest-first',
  record: commitRecord,
  externalId: (commit) => commit.sha,
  derive: deriveCommit,
  async *pages(io: GitIo, given: Json | undefined): AsyncGenerator<Page> {
    const repository = await openRepository(io);
    const mailmapBytes = await readMailmap(io, repository);
    const mailmap = parseMailmap(mailmapBytes);
    const scope = scopeOf(mailmapBytes, io.since);
    let cursor = readCursor(given);
    if (cursor.scope !== scope) {
      const before = cursor.done ?? cursor.walk?.tip;
      if (before !== undefined && repository.tip !== undefined) yield* lost(io, repository, before, repository.tip, { scope });
      cursor = { scope };
    }
    // An unfinished walk is finished first, from the tip that it began with; then what came since.
    while (cursor.walk !== undefined || (repository.tip !== undefined && cursor.done !== repository.tip)) {
      const walk: Walk = (await stillThere(io, repository, cursor.walk)) ?? (await beginWalk(io, repository, cursor.done));
      if (walk.base !== undefined && walk.skip === 0) yield* lost(io, repository, walk.base, walk.tip, cursor);
      yield* walkPages(io, repository, walk, mailmap, scope);
      cursor = { scope, done: walk.tip };
    }
  },
});

async function stillThere(io: GitIo, { run }: Repository, walk: Walk | undefined): Promise<Walk | undefined> {
  if (walk === undefined || !(await isCommit(io, run, walk.tip))) return undefined;
  return walk.base === undefined || (await isCommit(io, run, walk.base)) ? walk : undefined;
}

async function beginWalk(io: GitIo, { run, tip }: Repository, done: string | undefined): Promise<Walk> {
  if (tip === undefined) throw new Error('A repository without commits has nothing to walk.');
  return done !== undefined && (await isCommit(io, run, done)) ? { tip, base: done, skip: 0 } : { tip, skip: 0 };
}

async function isCommit(io: GitIo, run: Repository['run'], sha: string): Promise<boolean> {
  return (await askGit(io, run, ['cat-file', '-t', sha])) === 'commit';
}

/** Commits that were read and that the tip does not reach any more: the branch was rewritten. */
async function* lost(io: GitIo, { run }: Repository, before: string, tip: string, cursor: Cursor): AsyncGenerator<Page> {
  // Without the old commits nobody can say which they were.
  if (!(await isCommit(io, run, before))) return;
  const shas = (await gitText(io, run, ['rev-list', before, '--not', tip])).split('\n').filter((sha) => sha !== '');
  if (shas.length > 0) io.log(`${shas.length} commits are no longer part of the branch: it was rewritten.`);
  for (let at = 0; at < shas.length; at += pageCommits) {
    yield { items: [], gone: shas.slice(at, at + pageCommits), cursor };
  }
}

async function* walkPages(io: GitIo, { run }: Repository, walk: Walk, mailmap: Mailmap, scope: string): AsyncGenerator<Page> {
  const range = [walk.tip, ...(walk.base === undefined ? [] : [`^${walk.base}`])];
  const since = io.since === undefined ? [] : [`--since=${io.since.toISOString()}`];
  let total: number | undefined;
  const counting = countCommits();
  async function countCommits(): Promise<void> {
    // Only the progress bar needs it; a reading that fails for the same reason says so itself.
    const count = await gitText(io, run, ['rev-list', '--count', ...since, ...range, '--']).catch(() => undefined);
    if (count !== undefined) total = Number(count);
  }
  let items: Json[] = [];
  let unreadable: NonNullable<Page['unreadable']> = [];
  let bytes = 0;
  let read = walk.skip;
  function page(cursor: Cursor): Page {
    const made: Page = { items, cursor, ...(unreadable.length === 0 ? {} : { unreadable }), ...(total === undefined ? {} : { total }) };
    items = [];
    unreadable = [];
    bytes = 0;
    return made;
  }
  const log = streamGit(io, run, [...logArguments, `--skip=${walk.skip}`, ...since, ...range, '--']);
  try {
    for await (const found of splitLog(log)) {
      for (const commit of found) {
        if (items.length + unreadable.length >= pageCommits || bytes > pageBytes) yield page({ scope, walk: { ...walk, skip: read } });
        try {
          items.push(parseCommit(commit, mailmap));
        } catch (error) {
          unreadable.push({
            externalId: commit.bytes.toString('latin1', 1, 41),
            raw: commit.bytes.toString('latin1', 0, 100_000),
            reason: (error as Error).message,
          });
        }
        bytes += commit.bytes.length;
        read++;
      }
    }
  } catch (error) {
    if (!(error instanceof GitRefusal)) throw error;
    throw sourceFailed(
      'git.broken',
      `Git cannot read the history of ${repositoryName(io.settings)} (${error.message}). "git fsck" in the repository says what is broken.`,
      error,
    );
  }
  await counting;
  yield page({ scope, done: walk.tip });
}
