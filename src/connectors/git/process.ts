import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { sourceFailed, sourceRefused } from '../kit/failures.ts';
import type { GitIo } from './settings.ts';

/**
 * A repository is data, never a program: its configuration must not start anything (hooks, a file-system monitor,
 * signature checks, transports), whoever owns it. These win over what the repository says.
 */
const harmless = [
  'safe.directory=*',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'log.showSignature=false',
  'protocol.ext.allow=never',
  'submodule.recurse=false',
].flatMap((setting) => ['-c', setting]);

/** Where git runs, and what it may do there. */
export interface GitRun {
  folder: string;
  /** Settings for this run that must not be seen in the list of processes: a token. */
  secretSettings?: Record<string, string>;
  /** Only fetching reaches out; reading must not, whatever a partial clone's configuration asks for. */
  network?: boolean;
}

const longestComplaint = 4000;
/** How much of git's output may wait in memory, so that git goes on while a page is stored. */
const mostWaiting = 4 * 1024 * 1024;

/** Everything that git prints, as bytes. Errors: `git.missing`, `git.failed`. */
export async function runGit(io: GitIo, run: GitRun, args: readonly string[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of streamGit(io, run, args)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function gitText(io: GitIo, run: GitRun, args: readonly string[]): Promise<string> {
  return (await runGit(io, run, args)).toString('utf8').trim();
}

/** The text, or undefined where git says no: for questions whose answer may be "there is none". */
export async function askGit(io: GitIo, run: GitRun, args: readonly string[]): Promise<string | undefined> {
  return gitText(io, run, args).catch((error: unknown) => {
    if (error instanceof GitRefusal) return undefined;
    throw error;
  });
}

/** Git ran and ended with an error: its own words are the message. */
export class GitRefusal extends Error {}

/** What git prints while it prints it. Ends git when the reader stops or the signal aborts. */
export async function* streamGit(io: GitIo, run: GitRun, args: readonly string[]): AsyncGenerator<Buffer> {
  io.signal.throwIfAborted();
  const child = spawn('git', [...harmless, '--no-pager', ...args], {
    cwd: run.folder,
    env: environment(io, run),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = () => child.kill('SIGTERM');
  io.signal.addEventListener('abort', stop, { once: true });
  try {
    const ended = ending(child);
    yield* readAhead(child, io.signal);
    const failure = await ended;
    io.signal.throwIfAborted();
    if (failure !== undefined) throw failure;
  } finally {
    io.signal.removeEventListener('abort', stop);
    stop();
  }
}

function environment(io: GitIo, run: GitRun): Record<string, string> {
  const secrets = Object.entries(run.secretSettings ?? {});
  return {
    ...io.environment,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    // A plain folder inside some repository is not that repository.
    GIT_CEILING_DIRECTORIES: path.dirname(run.folder),
    ...(run.network === true
      ? {
          GIT_ASKPASS: 'true',
          GIT_ALLOW_PROTOCOL: 'https:http:ssh',
          GIT_SSH_COMMAND: 'ssh -oBatchMode=yes -oStrictHostKeyChecking=accept-new',
        }
      : { GIT_CONFIG_GLOBAL: '/dev/null', GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1' }),
    GIT_CONFIG_COUNT: String(secrets.length),
    ...Object.fromEntries(
      secrets.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

async function* readAhead(child: ChildProcess, signal: AbortSignal): AsyncGenerator<Buffer> {
  const waiting: Buffer[] = [];
  let size = 0;
  let done = false;
  let wake = () => {};
  const { stdout } = child;
  if (stdout === null) return;
  stdout.on('data', (chunk: Buffer) => {
    waiting.push(chunk);
    size += chunk.length;
    if (size > mostWaiting) stdout.pause();
    wake();
  });
  const finish = () => {
    done = true;
    wake();
  };
  stdout.on('close', finish).on('error', finish);
  signal.addEventListener('abort', finish, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const chunks = waiting.splice(0);
      size = 0;
      stdout.resume();
      for (const chunk of chunks) yield chunk;
      if (waiting.length > 0) continue;
      if (done) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal.removeEventListener('abort', finish);
  }
}

function ending(child: ChildProcess): Promise<Error | undefined> {
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-longestComplaint);
  });
  return new Promise((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve(
        error.code === 'ENOENT'
          ? sourceRefused(
              'git.missing',
              'Git is not installed on this machine, or the folder is gone. Install the package "git" and try again.',
            )
          : sourceFailed('git.failed', `Git could not be started: ${error.message}.`, error),
      );
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(new GitRefusal(complaint.trim().replace(/^(?:fatal|error): /gm, '') || `git ended with ${signal ?? `code ${code}`}`));
    });
  });
}
