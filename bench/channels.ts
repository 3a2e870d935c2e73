import { performance } from 'node:perf_hooks';
import type { RunningProgram } from '../src/entry/program.ts';
import { activitiesActions, activitiesJobs } from '../src/modules/activities/index.ts';
import { metricsActions } from '../src/modules/metrics/index.ts';
import { addSource, runSource } from '../src/modules/sources/index.ts';
import type { RunResult } from '../src/modules/sources/index.ts';
import { given, provideToSources } from '../src/modules/sources/provided.ts';
import { callAction } from '../src/platform/action.ts';
import { readId } from '../src/platform/ids.ts';
import { wordOf, year, yearBegins } from './channels/facts.ts';
import { makeWorld, tenths } from './channels/generated.ts';
import type { World } from './channels/generated.ts';
import { aside, atLeast, atMost, show } from './figures.ts';
import type { Figure } from './figures.ts';
import { bench } from './instance.ts';
import { findAction, measure } from './pages.ts';
import { ownSeconds, residentMegabytes, serverSeconds } from './usage.ts';

/** Of 10 million activities, so many people. */
const peopleShare = 0.03;
/** As the worker does. */
const sourcesAtOnce = 2;

/** The end of the made-up year, from which the instance's clock runs on. */
export const afterTheYear = yearBegins + year;

interface Tenth {
  items: number;
  activities: number;
  /** Seconds until the last page was committed, and until lists, threads, language, topics and search had caught up. */
  storing: number;
  all: number;
}

/**
 * A year over all connectors at once, a tenth of it after the other: every source is read to its end as the worker does it, by
 * the real streams but for where their pages come from, so that every later tenth is read on from where the one before ended.
 */
export async function benchChannels(
  program: RunningProgram,
  size: number,
  progress: (what: string, done: number, total: number | undefined) => void,
): Promise<Figure[]> {
  const world = await makeWorld(size, Math.round(size * peopleShare));
  const before = given();
  provideToSources({ ...before, connectors: world.generated.map(({ connector }) => connector) });
  const peak = watchMemory();
  try {
    const sources = await connectAll(program, world);
    await watchTopics(program);
    const began = { node: ownSeconds(), postgres: serverSeconds(program.config.dataDir) };
    const read: Tenth[] = [];
    while (read.length < tenths) {
      read.push(await readTenth(program, world, sources, (done) => progress('items', done, world.items)));
      // What autovacuum would do by itself in a year.
      await program.database.pool.query('analyze');
    }
    const used = { node: ownSeconds() - began.node, postgres: serverSeconds(program.config.dataDir) - began.postgres };
    return [
      ...figuresOf(size, read, used, world),
      ...(await sizes(program, size)),
      aside(partOf(size), '  peak memory of Node', `${show(peak.end())} MB`),
    ];
  } finally {
    peak.end();
    provideToSources(before);
  }
}

const partOf = (size: number): string => `channels ${size.toLocaleString('en')}`;

async function connectAll(program: RunningProgram, { generated }: World): Promise<number[]> {
  const ids: number[] = [];
  for (const { connector, settings } of generated) {
    const { id } = await callAction(program, bench, addSource, { connector: connector.name, settings, name: connector.title, read: false });
    ids.push(readId('source', id));
  }
  return ids;
}

/** Some words that are said, so that topics are told of what comes in. */
async function watchTopics(program: RunningProgram): Promise<void> {
  for (const rank of [40, 150, 400, 1000, 3000])
    await callAction(program, bench, findAction(activitiesActions, 'topics.save'), {
      name: `Topic ${rank}`,
      keywords: [wordOf(rank), wordOf(rank + 1)],
    });
}

async function readTenth(
  program: RunningProgram,
  world: World,
  sources: readonly number[],
  progress: (items: number) => void,
): Promise<Tenth> {
  world.upTo += 1;
  const began = performance.now();
  let stored = began;
  const waiting = [...sources];
  const done: RunResult[] = [];
  const texts = besides(() => work(program, 'activities.read-texts'));
  const reader = async (): Promise<void> => {
    for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
      const result = await runSource(program, source, {
        cause: world.upTo === 1 ? 'first' : 'schedule',
        onProgress() {
          stored = performance.now();
        },
      });
      if (result.state !== 'done' || result.quarantined > 0)
        throw new Error(`Source ${source}: ${result.error ?? `${result.quarantined} items could not be read`}`);
      done.push(result);
      progress(((world.upTo - 1) * world.items) / tenths + done.reduce((sum, { items }) => sum + items, 0));
      texts.go();
    }
  };
  await Promise.all(Array.from({ length: sourcesAtOnce }, reader));
  await texts.end();
  return {
    items: done.reduce((sum, { items }) => sum + items, 0),
    activities: done.reduce((sum, { activities }) => sum + activities, 0),
    storing: (stored - began) / 1000,
    all: (performance.now() - began) / 1000,
  };
}

async function work(program: RunningProgram, name: string): Promise<void> {
  const job = activitiesJobs.find((candidate) => candidate.name === name);
  if (job === undefined) throw new Error(`There is no job ${name}.`);
  await job.work(program, {}, new AbortController().signal);
}

/** As the queue does with a job that is sent once: one at a time, and once more for what came meanwhile. */
function besides(task: () => Promise<void>): { go(): void; end(): Promise<void> } {
  let wanted = false;
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (wanted) {
      wanted = false;
      await task();
    }
    running = undefined;
  };
  return {
    go() {
      wanted = true;
      running ??= run();
      // Its failure is met at the end.
      running.catch(() => undefined);
    },
    async end() {
      await running;
    },
  };
}

function watchMemory(): { end(): number } {
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, residentMegabytes(process.pid))), 250);
  return {
    end() {
      clearInterval(timer);
      return most;
    },
  };
}

function figuresOf(size: number, read: readonly Tenth[], used: { node: number; postgres: number }, { making }: World): Figure[] {
  const part = partOf(size);
  const sum = (of: (tenth: Tenth) => number): number => read.reduce((total, tenth) => total + of(tenth), 0);
  const activities = sum((tenth) => tenth.activities);
  const [first] = read;
  const last = read.at(-1);
  const rate = (tenth: Tenth | undefined): number => (tenth === undefined ? Number.NaN : tenth.activities / tenth.all);
  const storing = (tenth: Tenth | undefined): number => (tenth === undefined ? Number.NaN : tenth.activities / tenth.storing);
  const each = (seconds: number): string => `${show((seconds / activities) * 1e6)} µs`;
  return [
    aside(
      part,
      'read from 13 connectors',
      `${sum((tenth) => tenth.items).toLocaleString('en')} items, ${activities.toLocaleString('en')} activities`,
    ),
    aside(part, 'until lists, threads, language, topics and search have caught up', `${show(activities / sum((tenth) => tenth.all))}/s`),
    aside(part, '  until stored, resolved and rolled up', `${show(activities / sum((tenth) => tenth.storing))}/s`),
    atLeast(part, 'last tenth of the year against the first', rate(last) / rate(first), 0.7, ' ×'),
    aside(part, '  until stored', `${show(storing(last) / storing(first))} ×`),
    aside(part, '  each tenth', read.map((tenth) => `${show(rate(tenth) / 1000)}k`).join(' ')),
    aside(
      part,
      '  processor time an activity',
      `Node ${each(used.node - making)}, PostgreSQL ${each(used.postgres)}; making the items took ${each(making)}`,
    ),
  ];
}

async function sizes(program: RunningProgram, size: number): Promise<Figure[]> {
  const { rows } = await program.database.pool.query<{ name: string; bytes: number }>(
    `select relname as name, pg_total_relation_size(oid)::float8 as bytes from pg_class
     where relkind = 'r' and relnamespace = 'public'::regnamespace order by 2 desc limit 12`,
  );
  const counts = await program.database.pool.query<{ all: number; members: number; threads: number }>(
    `select pg_database_size(current_database())::float8 as all, (select count(*)::int from member where root_id = id) as members,
       (select count(*)::int from thread) as threads`,
  );
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2).toLocaleString('en')} MB`;
  const [count] = counts.rows;
  return [
    aside(
      partOf(size),
      '  members; threads',
      `${(count?.members ?? 0).toLocaleString('en')}; ${(count?.threads ?? 0).toLocaleString('en')}`,
    ),
    aside(
      partOf(size),
      '  database on disk, by table',
      `${megabytes(count?.all ?? 0)}: ${rows.map(({ name, bytes }) => `${name} ${megabytes(bytes)}`).join(', ')}`,
    ),
  ];
}

/** The list of threads and what the page of a topic asks, beside the pages that pages.ts measures. */
export async function benchThreadPages(program: RunningProgram, part: string, note: (line: string) => void): Promise<Figure[]> {
  const { topics } = (await callAction(program, bench, findAction(activitiesActions, 'topics.list'), {})) as { topics: { id: string }[] };
  const times = (make: (n: number) => Record<string, unknown>): Record<string, unknown>[] => Array.from({ length: 24 }, (_, n) => make(n));
  const topic = (n: number): string | undefined => topics[n % topics.length]?.id;
  const to = (n: number): string => new Date(afterTheYear - n * 86_400_000).toISOString().slice(0, 10);
  const threads = await measure(
    program,
    metricsActions,
    'metrics.threads',
    new Map([
      ['unanswered', times((n) => ({ waiting: 'anyone', to: to(n) }))],
      ['newest', times((n) => ({ to: to(n) }))],
      ['words of the title', times((n) => ({ text: wordOf(50 + n * 30) }))],
    ]),
    note,
  );
  const sums = await measure(
    program,
    metricsActions,
    'metrics.topics',
    new Map([
      ['all topics', times((n) => ({ from: to(90 + n), to: to(n) }))],
      ['one topic', times((n) => ({ from: to(90 + n), to: to(n), topic: topic(n) }))],
    ]),
    note,
  );
  const said = await measure(
    program,
    activitiesActions,
    'activities.timeline',
    new Map([['of a topic', times((n) => ({ topics: [topic(n)], limit: 8 + n }))]]),
    note,
  );
  return [
    atMost(part, 'list of threads, p95', threads.p95, 150, ' ms'),
    aside(part, '  slowest filter', threads.slowest),
    atMost(part, 'page of topics, and of one topic, p95', sums.p95, 150, ' ms'),
    aside(part, '  slowest; timeline of a topic, p95', `${sums.slowest}; ${show(said.p95)} ms`),
  ];
}
