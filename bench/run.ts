import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { RunningProgram } from '../src/entry/program.ts';
import { afterTheYear, benchChannels, benchThreadPages } from './channels.ts';
import { runChild } from './child.ts';
import { makeCommunity } from './community.ts';
import { aside, atLeast, atMost, describeMachine, quantile, show } from './figures.ts';
import type { Figure } from './figures.ts';
import { benchGit } from './git.ts';
import { benchIdentity } from './identity.ts';
import { writeIdentityPage } from './identity-page.ts';
import { benchIngest } from './ingest.ts';
import { clockFrom, makeFolder, openInstance, removeFolder } from './instance.ts';
import { benchLinking } from './linking.ts';
import { benchMerges } from './merges.ts';
import { benchPages } from './pages.ts';
import { runReportsBench } from './reports.ts';
import type { Rest } from './serve.ts';
import { benchWeb } from './web.ts';

export const parts = ['git', 'ingest', 'pages', 'reports', 'server', 'merges', 'channels', 'linking', 'web', 'identity'] as const;
/** Those that are measured on what `ingest` imported. */
const onFiles = ['ingest', 'pages', 'reports', 'server', 'merges'] as const;
export type Part = (typeof parts)[number];

export interface BenchOptions {
  /** Activities: 1_000_000, 10_000_000. The parts from ingest to merges run for each, on its data; channels on data of its own. */
  sizes: readonly number[];
  /** A repository of your own instead of a made one. */
  repository: string | undefined;
  only: ReadonlySet<Part>;
  /** Leaves the data folders, and says where they are. */
  keep: boolean;
  /** Writes the curve of the identity part into docs/. */
  docs: boolean;
  note: (line: string) => void;
  progress: (what: string, done: number, total: number | undefined) => void;
  /** Called as soon as figures are known: a long run that is stopped has not been for nothing. */
  figures: (figures: readonly Figure[]) => void;
}

/** Measures everything that community.md asks figures for, on instances of its own. Resolves to a line about the machine. */
export async function runBench(options: BenchOptions): Promise<string> {
  const { only, figures, note } = options;
  if (only.has('web')) figures(benchWeb());
  if (only.has('git')) figures(await benchGit(options.repository, note));
  if (only.has('linking')) {
    for (const [identities, seconds] of [
      [100_000, 10],
      [1_000_000, 150],
    ] as const) {
      if (identities <= Math.max(100_000, ...options.sizes.map((size) => size / 10))) figures(await linking(options, identities, seconds));
    }
  }
  if (only.has('identity')) figures(await identity(options));
  const reports: Reports[] = [];
  let machine = '';
  for (const size of options.sizes) {
    if (onFiles.some((part) => only.has(part)))
      machine = await inFolder(options, `${size}`, (folder) => withData(options, folder, size, reports));
    if (only.has('channels')) machine = await inFolder(options, `channels-${size}`, (folder) => withChannels(options, folder, size));
  }
  figures(growth(reports));
  return machine === '' ? describeMachine('as embedded') : machine;
}

async function inFolder(options: BenchOptions, name: string, work: (folder: string) => Promise<string>): Promise<string> {
  const folder = makeFolder(name);
  try {
    return await work(folder);
  } finally {
    if (options.keep) options.note(`Kept in ${folder}.`);
    else removeFolder(folder);
  }
}

interface Reports {
  size: number;
  p95: Map<string, number>;
}

async function withData(options: BenchOptions, folder: string, size: number, reports: Reports[]): Promise<string> {
  const { only, figures, note } = options;
  const files = path.join(folder, 'files');
  mkdirSync(files);
  note(`writing ${size.toLocaleString('en')} activities into files`);
  const community = await makeCommunity(files, size, (done) => options.progress('activities written', done, size));
  const dataDir = path.join(folder, 'data');
  let program: RunningProgram = await openInstance(dataDir);
  try {
    const ingested = await benchIngest(program, community, options.progress);
    if (only.has('ingest')) figures([...ingested, await footprint(program, size)]);
    removeFolder(files);
    const part = `at ${size.toLocaleString('en')}`;
    if (only.has('pages')) figures(await benchPages(program, part, note));
    if (only.has('reports')) reports.push({ size, p95: await answers(options, program, part) });
    if (only.has('server')) {
      await program.close();
      figures(await atRest(part, dataDir));
      program = await openInstance(dataDir);
    }
    if (only.has('merges')) figures(await benchMerges(program, part));
    return await describe(program);
  } finally {
    await program.close();
  }
}

/** A year over all connectors at once, and everything that is asked on it. */
async function withChannels(options: BenchOptions, folder: string, size: number): Promise<string> {
  const { figures, note } = options;
  const part = `channels ${size.toLocaleString('en')}`;
  const program = await openInstance(folder, clockFrom(afterTheYear));
  let machine = '';
  try {
    figures(await benchChannels(program, size, options.progress));
    figures([...(await benchPages(program, part, note)), ...(await benchThreadPages(program, part, note))]);
    await answers(options, program, part);
    machine = await describe(program);
  } finally {
    await program.close();
  }
  figures(await atRest(part, folder, afterTheYear));
  return machine;
}

/** Home and every report: questions that were asked before, and the first time that they were. Resolves to p95 of the former by name. */
async function answers({ figures, note }: BenchOptions, program: RunningProgram, part: string): Promise<Map<string, number>> {
  const measured = await runReportsBench(program.database.url, { log: note });
  const p95 = new Map(measured.figures.map((figure) => [figure.name, figure.p95]));
  const first = new Map(measured.figures.map((figure) => [figure.name, figure.first.p95]));
  const slowest = slowestOf(p95);
  const slowestFirst = slowestOf(first);
  figures([
    atMost(part, 'home and every report, warm, p95 of the slowest', slowest.p95, 150, ' ms'),
    aside(
      part,
      '  which',
      `${slowest.name}; the middle of all ${show(quantile([...p95.values()], 0.5))} ms; ${measured.members.toLocaleString('en')} members`,
    ),
    aside(
      part,
      '  the same questions asked first',
      `${show(slowestFirst.p95)} ms, ${slowestFirst.name}; the middle of all ${show(quantile([...first.values()], 0.5))} ms`,
    ),
  ]);
  return p95;
}

function slowestOf(p95: ReadonlyMap<string, number>): { name: string; p95: number } {
  const [found] = [...p95].toSorted((a, b) => b[1] - a[1]);
  return { name: found?.[0] ?? '', p95: found?.[1] ?? Number.NaN };
}

async function atRest(part: string, dataDir: string, moment?: number): Promise<Figure[]> {
  const rest = await runChild<Rest>('serve.ts', [dataDir, ...(moment === undefined ? [] : [String(moment)])]);
  return [
    atMost(part, 'server at rest, having answered home and reports', rest.resting, 250, ' MB'),
    aside(
      part,
      '  after start; after the answers; five minutes later',
      `${show(rest.started)} MB; ${show(rest.answered)} MB; ${show(rest.paused)} MB`,
    ),
  ];
}

async function describe(program: RunningProgram): Promise<string> {
  const { rows } = await program.database.pool.query<{ version: string }>("select current_setting('server_version') as version");
  return describeMachine(rows[0]?.version ?? '');
}

async function footprint(program: RunningProgram, size: number): Promise<Figure> {
  const { rows } = await program.database.pool.query<{ all: number; activity: number; record: number; words: number }>(
    `select pg_database_size(current_database()) as all, pg_total_relation_size('activity') as activity, pg_total_relation_size('record') as record, pg_total_relation_size('activity_search') as words`,
  );
  const gigabytes = (bytes: number | undefined): string => `${((bytes ?? 0) / 1024 ** 3).toFixed(1)} GB`;
  const [row] = rows;
  return aside(
    `ingest ${size.toLocaleString('en')}`,
    '  database on disk',
    `${gigabytes(row?.all)} (activities ${gigabytes(row?.activity)}, raw records ${gigabytes(row?.record)}, words ${gigabytes(row?.words)})`,
  );
}

async function linking(options: BenchOptions, identities: number, asked: number): Promise<Figure[]> {
  options.note(`linking ${identities.toLocaleString('en')} identities`);
  const folder = makeFolder('linking');
  const program = await openInstance(folder);
  try {
    const measured = await benchLinking(program, identities);
    const part = `${identities.toLocaleString('en')} identities`;
    return [
      atMost(part, 'suggestions over all of them', measured.suggestions, asked, ' s'),
      aside(part, '  resolving and storing them; cards', `${show(measured.resolving)} s; ${show(measured.cards)} s`),
      aside(
        part,
        '  compared; suggested; peak memory',
        `${measured.pairs.toLocaleString('en')} pairs; ${measured.found.toLocaleString('en')}; ${measured.peakMemoryMb} MB`,
      ),
    ];
  } finally {
    await program.close();
    removeFolder(folder);
  }
}

async function identity(options: BenchOptions): Promise<Figure[]> {
  const many = 100_000;
  options.note(`who is one person, of ${many.toLocaleString('en')} identities`);
  const folder = makeFolder('identity');
  const program = await openInstance(folder);
  try {
    const measured = await benchIdentity(program, many);
    const last = measured.curve.at(-1);
    if (options.docs) {
      const { rows } = await program.database.pool.query<{ version: string }>("select current_setting('server_version') as version");
      for (const file of writeIdentityPage(measured, describeMachine(rows[0]?.version ?? ''), new Date().toISOString().slice(0, 10)))
        options.note(`Wrote ${file}.`);
    }
    const part = `${measured.identities.toLocaleString('en')} labelled identities`;
    return [
      atLeast(
        part,
        'precision of what is joined automatically',
        measured.automatic.right / Math.max(1, measured.automatic.together),
        1,
        '',
      ),
      atLeast(part, 'precision of all suggestions', last?.precision ?? 0, 0.9, ''),
      atLeast(part, 'recall of automatic and right suggestions', last?.recall ?? 0, 0.9, ''),
      ...measured.curve.map((point) =>
        aside(
          part,
          `  from score ${point.score.toFixed(2)}`,
          `${point.suggestions.toLocaleString('en')} suggestions, precision ${point.precision.toFixed(3)}, recall ${point.recall.toFixed(3)}`,
        ),
      ),
    ];
  } finally {
    await program.close();
    removeFolder(folder);
  }
}

/** What the largest size costs against the smallest. */
function growth(reports: readonly Reports[]): Figure[] {
  const sorted = reports.toSorted((a, b) => a.size - b.size);
  const small = sorted[0];
  const large = sorted.at(-1);
  if (small === undefined || large === undefined || small === large) return [];
  // Below some milliseconds a ratio says nothing.
  const ratios = [...large.p95]
    .map(([name, p95]) => ({ name, ratio: Math.max(p95, 5) / Math.max(small.p95.get(name) ?? p95, 5) }))
    .toSorted((a, b) => b.ratio - a.ratio);
  const [worst] = ratios;
  if (worst === undefined) return [];
  return [
    atMost(
      'reports',
      `p95 at ${large.size.toLocaleString('en')} against ${small.size.toLocaleString('en')}, worst report`,
      worst.ratio,
      2,
      ' ×',
    ),
    aside(
      'reports',
      '  which',
      `${worst.name}; the middle of all ${show(
        quantile(
          ratios.map((one) => one.ratio),
          0.5,
        ),
      )} ×`,
    ),
  ];
}
