import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { logArguments } from '../src/connectors/git/log-format.ts';
import { git } from '../src/connectors/git/index.ts';
import { parseMailmap } from '../src/connectors/git/mailmap.ts';
import { parseCommit } from '../src/connectors/git/parse-commit.ts';
import { splitLog } from '../src/connectors/git/split-log.ts';
import { childEnvironment } from '../src/platform/config.ts';
import { createHttpClient } from '../src/platform/http-client.ts';

/**
 * How fast a repository is read, without storing anything: `node bench/read-git.ts <folder>`. Prints the time of git
 * alone, of git with the reader behind it (parse, validate, derive), and what the reader alone would take.
 */
const folder = path.resolve(process.argv[2] ?? '.');
const settings = git.settings.parse({ repository: folder });
const environment = childEnvironment();
const commits = git.streams.find((stream) => stream.name === 'commits');
if (commits === undefined) throw new Error('The git connector has no stream "commits".');

const alone = await timed(() => drain(['-c', 'safe.directory=*', 'log', '--numstat', '--no-renames']));
print('git log --numstat --no-renames', alone.seconds);

const signal = new AbortController().signal;
const io = {
  settings,
  signal,
  environment,
  since: undefined,
  http: createHttpClient({ allowPrivateHosts: [], signal }),
  workDir: await mkdtemp(path.join(os.tmpdir(), 'read-git-')),
  now: () => new Date(),
  log: () => undefined,
};
let activities = 0;
let refused = 0;
const reading = await timed(async () => {
  let count = 0;
  for await (const page of commits.pages(io as never, undefined)) {
    for (const item of page.items) {
      const parsed = commits.record.safeParse(item);
      if (parsed.success) activities += commits.derive(parsed.data as never, settings as never).activities.length;
      else refused++;
      count++;
    }
  }
  return count;
});
print(
  'reading: git, parse, validate, derive',
  reading.seconds,
  reading.result,
  `${(reading.seconds / alone.seconds).toFixed(2)} × git alone`,
);
process.stdout.write(
  `  ${activities} activities, ${refused} refused, memory of this process at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB\n`,
);

// The reader's own share: the same work on output that is already in memory.
const recorded: Buffer[] = [];
await drain(['-c', 'safe.directory=*', ...logArguments], recorded);
const none = parseMailmap(Buffer.alloc(0));
const items: unknown[] = [];
const parse = await ofProcessor(async () => {
  for await (const list of splitLog(replay(recorded))) for (const commit of list) items.push(parseCommit(commit, none));
  return items.length;
});
print('parse alone (processor time)', parse.seconds, parse.result);
const validate = await ofProcessor(async () => Promise.resolve(items.map((item) => commits.record.parse(item)).length));
print('validate alone (processor time)', validate.seconds, validate.result);
const records = items.map((item) => commits.record.parse(item));
const derive = await ofProcessor(async () =>
  Promise.resolve(records.map((record) => commits.derive(record as never, settings as never)).length),
);
print('derive alone (processor time)', derive.seconds, derive.result);
const total = parse.seconds + validate.seconds + derive.seconds;
print('parse, validate, derive (processor)', total, items.length);

/** Processor time of this process, since the machine may be busy with something else; for git, wall time. */
async function ofProcessor<Result>(work: () => Promise<Result>): Promise<{ seconds: number; result: Result }> {
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  return { seconds: (user + system) / 1e6, result };
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ seconds: number; result: Result }> {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
}

function print(what: string, seconds: number, count?: number, more = ''): void {
  const rate = count === undefined ? '' : `  ${Math.round(count / seconds).toLocaleString('en')} commits/s`;
  process.stdout.write(`${what.padEnd(40)} ${seconds.toFixed(2).padStart(8)} s${rate}  ${more}\n`);
}

function drain(args: string[], into?: Buffer[]): Promise<void> {
  const child = spawn('git', ['--no-pager', ...args], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', (chunk: Buffer) => into?.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`git ended with code ${String(code)}`))));
  });
}

async function* replay(chunks: Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}
