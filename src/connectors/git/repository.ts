import { lstat, mkdir, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { sourceFailed, sourceRefused } from '../kit/failures.ts';
import type { GitRun } from './process.ts';
import { askGit, GitRefusal, gitText, runGit } from './process.ts';
import type { GitIo, Location } from './settings.ts';
import { locate } from './settings.ts';

/** A repository that can be read. `tip` is the commit to read from; undefined when nothing was committed yet. */
export interface Repository {
  run: GitRun;
  tip: string | undefined;
  shallow: boolean;
}

/**
 * Brings a remote repository up to date in the working folder, or takes a local one as it lies.
 * Errors: `git.not_found`, `git.not_repository`, `git.branch`, `git.unreachable`, `git.permission`, each a sentence.
 */
export async function openRepository(io: GitIo): Promise<Repository> {
  const location = locate(io.settings.repository);
  const run = location.kind === 'local' ? await openFolder(io, location.folder) : await fetchRemote(io, location);
  const { branch } = io.settings;
  const tip = await askGit(io, run, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${branch === undefined ? 'HEAD' : `refs/heads/${branch}`}^{commit}`,
  ]);
  if (tip === undefined && branch !== undefined) {
    throw sourceRefused(
      'git.branch',
      `${io.settings.repository} has no branch "${branch}". Leave the field empty to read the default branch.`,
    );
  }
  const shallow = (await askGit(io, run, ['rev-parse', '--is-shallow-repository'])) === 'true';
  return { run, tip: tip?.slice(0, 64), shallow };
}

async function openFolder(io: GitIo, folder: string): Promise<GitRun> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES')
      throw sourceRefused('git.permission', `${folder} may not be read by the account that Rapport runs as. Give it read permission.`);
    throw sourceRefused('git.not_found', `There is no folder ${folder} on this machine. Check the path, or enter an address.`);
  });
  if (!found.isDirectory())
    throw sourceRefused('git.not_repository', `${folder} is a file, not a git repository. Enter the folder that holds ".git".`);
  const run = { folder: await realpath(folder) };
  await gitText(io, run, ['rev-parse', '--git-dir']).catch((error: unknown) => {
    if (!(error instanceof GitRefusal)) throw error;
    if (/permission denied/i.test(error.message))
      throw sourceRefused('git.permission', `${folder} may not be read by the account that Rapport runs as (${error.message}).`);
    throw sourceRefused('git.not_repository', `${folder} is not a git repository (${error.message}). Enter the folder that holds ".git".`);
  });
  return run;
}

/** An interrupted fetch leaves whole packs or none, so that the next one simply starts again. */
async function fetchRemote(io: GitIo, location: Location & { kind: 'remote' }): Promise<GitRun> {
  const folder = path.join(io.workDir, 'repository.git');
  await mkdir(folder, { recursive: true });
  const run: GitRun = { folder: await realpath(folder), network: true, secretSettings: await remoteSettings(io, location) };
  try {
    await gitText(io, run, ['init', '--bare', '--quiet', '.']);
    await removeLeftovers(run.folder);
    await gitText(io, run, [
      'fetch',
      '--quiet',
      '--force',
      '--prune',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-auto-maintenance',
      '--end-of-options',
      location.url,
      '+refs/heads/*:refs/heads/*',
      '+refs/tags/*:refs/tags/*',
    ]);
    const head = await gitText(io, run, ['ls-remote', '--symref', '--end-of-options', location.url, 'HEAD']);
    const branch = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(head)?.[1];
    if (branch !== undefined) await gitText(io, run, ['symbolic-ref', 'HEAD', branch]);
  } catch (error) {
    throw error instanceof GitRefusal ? explain(location, error.message) : error;
  }
  return { folder: run.folder };
}

/** The address is checked as every outgoing request's is, and git is pinned to what was checked. */
async function remoteSettings(io: GitIo, location: Location & { kind: 'remote' }): Promise<Record<string, string>> {
  const addresses = await io.http.resolve(`https://${location.host}/`);
  if (!/^https?:/.test(location.url)) return {};
  const url = new URL(location.url);
  const { token, user } = io.settings;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return {
    // A redirect could lead to an address that was not checked.
    'http.followRedirects': 'false',
    'http.curloptResolve': `${url.hostname}:${port}:${addresses.map((address) => (address.includes(':') ? `[${address}]` : address)).join(',')}`,
    ...(token === undefined || token === ''
      ? {}
      : { [`http.${url.origin}/.extraHeader`]: `Authorization: Basic ${Buffer.from(`${user ?? 'oauth2'}:${token}`).toString('base64')}` }),
  };
}

/** What a killed fetch was writing. */
async function removeLeftovers(folder: string): Promise<void> {
  const packs = path.join(folder, 'objects', 'pack');
  for (const name of await readdir(packs).catch(() => [])) {
    if (name.startsWith('tmp_')) await rm(path.join(packs, name), { force: true });
  }
  for (const name of ['shallow.lock', 'packed-refs.lock', 'HEAD.lock', 'config.lock']) await rm(path.join(folder, name), { force: true });
}

function explain({ url, host }: { url: string; host: string }, words: string) {
  if (
    /could not read Username|Authentication failed|HTTP (?:401|403)|returned error: (?:401|403)|Permission denied|access denied/i.test(
      words,
    )
  ) {
    return sourceRefused(
      'git.permission',
      `${host} refuses to show ${url} (${words}). It is private or does not exist: enter a token that may read the code, or for ssh give this machine's key access.`,
    );
  }
  if (/not found|does not exist|returned error: 404|does not appear to be a git repository/i.test(words)) {
    return sourceRefused('git.not_repository', `There is no git repository at ${url} (${words}). Check the address.`);
  }
  if (/unable to update url base|returned error: 30\d/i.test(words)) {
    return sourceRefused('git.moved', `${url} redirects to another address (${words}). Enter the final address.`);
  }
  return sourceFailed(
    'git.unreachable',
    `${host} could not be reached (${words}). It is tried again later; check the address if it stays.`,
  );
}

const largestMailmap = 8 * 1024 * 1024;

/** The `.mailmap` that git itself would use: of the working tree, or of HEAD where there is none. Empty if none. */
export async function readMailmap(io: GitIo, repository: Repository): Promise<Buffer> {
  const top = await askGit(io, repository.run, ['rev-parse', '--show-toplevel']);
  if (top !== undefined && top !== '') {
    const file = path.join(top, '.mailmap');
    // A link could lead to any file of this machine; git does not follow it either.
    const found = await lstat(file).catch(() => undefined);
    return found?.isFile() === true && found.size <= largestMailmap ? readFile(file) : Buffer.alloc(0);
  }
  const size = Number(await askGit(io, repository.run, ['cat-file', '-s', 'HEAD:.mailmap']));
  if (!(size > 0 && size <= largestMailmap)) return Buffer.alloc(0);
  return runGit(io, repository.run, ['cat-file', 'blob', 'HEAD:.mailmap']);
}
