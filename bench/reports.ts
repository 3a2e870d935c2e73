import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { metricsActions } from '../src/modules/metrics/index.ts';
import { callAction } from '../src/platform/action.ts';
import type { Action, Caller } from '../src/platform/action.ts';
import { readConfig } from '../src/platform/config.ts';
import type { Program } from '../src/platform/context.ts';
import { openDatabase } from '../src/platform/db.ts';
import { createJobs } from '../src/platform/jobs.ts';
import { createLog } from '../src/platform/log.ts';
import { createSecrets } from '../src/platform/secrets.ts';
import { makePresence } from './presence-data.ts';
import type { PresenceSize } from './presence-data.ts';
import { createRandom } from './random.ts';
import { ownSeconds } from './usage.ts';

export interface ReportFigures {
  /** `home`, or the id of a report. */
  name: string;
  /** Milliseconds of questions that were asked before: what is held against what is asked for. */
  p50: number;
  p95: number;
  /** Milliseconds of the same questions when they were asked first: nothing kept helps but the census. */
  first: { p50: number; p95: number };
  /** Milliseconds of processor that the median one of the first took: what a machine that does nothing else would show. */
  processor: number;
}

export interface ReportsBench {
  activities: number;
  members: number;
  /** Seconds to make the data, 0 when it was there; milliseconds to read the census first. */
  making: number;
  loading: number;
  /** Megabytes resident before and after. */
  residentBefore: number;
  residentAfter: number;
  figures: ReportFigures[];
}

export interface ReportsBenchOptions {
  /** Makes people and presence of that size first, on an empty database. Left out: measures what is there. */
  make?: PresenceSize;
  /** Different questions to each report. Default 24. */
  rounds?: number;
  log?: (line: string) => void;
}

const caller: Caller = { actor: { type: 'system', name: 'bench' }, origin: 'cli' };

/** What is asked for, warm: p95 in milliseconds at any size, and how much longer 10 million may take than 1 million. */
export const asked = { p95: 150, growth: 2 };

/** Asks home and every report on a migrated database, and prints how long each takes. */
export async function runReportsBench(databaseUrl: string, options: ReportsBenchOptions = {}): Promise<ReportsBench> {
  const log = options.log ?? console.log;
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'rapport-bench-'));
  const program = openBench(databaseUrl, dataDir);
  try {
    const begun = performance.now();
    if (options.make !== undefined) await makePresence(program.database, options.make);
    const making = options.make === undefined ? 0 : (performance.now() - begun) / 1000;
    const size = await readSize(program);
    const residentBefore = residentNow();
    const loading = await time(() => ask(program, 'metrics.home', { days: 7 }));
    const residentAfter = residentNow();
    log(
      `${size.activities.toLocaleString('en')} activities, ${size.members.toLocaleString('en')} members; census read in ${loading.toFixed(0)} ms; resident ${residentBefore.toFixed(0)} → ${residentAfter.toFixed(0)} MB`,
    );
    const figures: ReportFigures[] = [];
    for (const name of ['home', ...(await reportIds(program))]) {
      const figure = await measure(program, name, size.lastDay, options.rounds ?? 24);
      figures.push(figure);
      log(
        `  ${name.padEnd(31)} p50 ${show(figure.p50)}  p95 ${show(figure.p95)}  asked p95 < ${asked.p95} ms${figure.p95 < asked.p95 ? '' : '  MISSED'}  first p50 ${show(figure.first.p50)}  p95 ${show(figure.first.p95)}  processor ${show(figure.processor)}`,
      );
    }
    return { activities: size.activities, members: size.members, making, loading, residentBefore, residentAfter, figures };
  } finally {
    await program.jobs.stop();
    await program.database.close();
    rmSync(dataDir, { recursive: true });
  }
}

/** Different questions, so that each is computed; then all of them once more. */
async function measure(program: Program, name: string, lastDay: string, rounds: number): Promise<ReportFigures> {
  const questions = name === 'home' ? homeQuestions(rounds) : reportQuestions(name, lastDay, rounds);
  // What a first call pays for compiling is not the report's.
  for (const question of questions.slice(0, 3)) await ask(program, ...question);
  const first: number[] = [];
  const processor: number[] = [];
  for (const question of questions.slice(3)) {
    const before = ownSeconds();
    first.push(await time(() => ask(program, ...question)));
    processor.push((ownSeconds() - before) * 1000);
  }
  const again: number[] = [];
  for (const question of questions.slice(3)) again.push(await time(() => ask(program, ...question)));
  return {
    name,
    p50: quantile(again, 0.5),
    p95: quantile(again, 0.95),
    first: { p50: quantile(first, 0.5), p95: quantile(first, 0.95) },
    processor: quantile(processor, 0.5),
  };
}

type Question = [action: string, input: Record<string, unknown>];

function homeQuestions(rounds: number): Question[] {
  const populations = ['everyone', 'wider_community', 'team'] as const;
  return Array.from({ length: rounds + 3 }, (_, n) => ['metrics.home', { days: 28 + Math.floor(n / 3), population: populations[n % 3] }]);
}

/** A year or so by the report's own periods: mostly everyone, sometimes the wider community, some sources, other kinds. */
function reportQuestions(report: string, lastDay: string, rounds: number): Question[] {
  const random = createRandom(3);
  return Array.from({ length: rounds + 3 }, (_, n): Question => {
    const to = Date.parse(`${lastDay}T00:00:00Z`) - n * 86_400_000;
    const from = to - (330 + random.below(70)) * 86_400_000;
    const day = (at: number) => new Date(at).toISOString().slice(0, 10);
    return [
      'metrics.report',
      {
        report,
        from: day(from),
        to: day(to),
        ...(n % 3 === 1 ? { population: 'wider_community' } : {}),
        ...(n % 4 === 3 ? { sources: ['src_1', 'src_2', 'src_3'] } : {}),
        ...(n % 6 === 5 ? { kinds: ['reply', 'answer', 'commit'] } : {}),
      },
    ];
  });
}

async function ask(program: Program, name: string, input: Record<string, unknown>): Promise<void> {
  const action: Action | undefined = metricsActions.find((candidate) => candidate.name === name);
  if (action === undefined) throw new Error(`There is no action ${name}.`);
  await callAction(program, caller, action, input);
}

async function reportIds(program: Program): Promise<string[]> {
  const action: Action | undefined = metricsActions.find((candidate) => candidate.name === 'metrics.reports');
  if (action === undefined) throw new Error('There is no list of reports.');
  const { reports } = (await callAction(program, caller, action, {})) as { reports: { id: string }[] };
  return reports.map((report) => report.id);
}

async function readSize(program: Program): Promise<{ activities: number; members: number; lastDay: string }> {
  const { rows } = await program.database.pool.query<{ activities: number; members: number; last: string }>(
    'select coalesce(sum(total), 0)::bigint as activities, (select count(*) from member where root_id = id)::int as members, max(day) as last from presence',
  );
  const [row] = rows;
  if (row === undefined || row.activities === 0)
    throw new Error('The database holds no presence: import something, or let the benchmark make some.');
  return { activities: row.activities, members: row.members, lastDay: row.last };
}

function openBench(databaseUrl: string, dataDir: string): Program {
  const config = readConfig({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir, LOG_LEVEL: 'error' }, dataDir);
  const database = openDatabase(databaseUrl, 4);
  const log = createLog('error');
  // The day after the data that presence-data.ts makes: home has something to show.
  return {
    config,
    database,
    secrets: createSecrets(config),
    clock: { now: () => new Date('2025-12-30T12:00:00Z') },
    log,
    jobs: createJobs(database, log, []),
  };
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

function residentNow(): number {
  return process.memoryUsage.rss() / (1 << 20);
}

function show(ms: number): string {
  return `${ms.toFixed(1).padStart(6)} ms`;
}
