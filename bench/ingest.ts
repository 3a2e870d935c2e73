import { performance } from 'node:perf_hooks';
import type { RunningProgram } from '../src/entry/program.ts';
import { addSource, runSource } from '../src/modules/sources/index.ts';
import { callAction } from '../src/platform/action.ts';
import { readId } from '../src/platform/ids.ts';
import type { Community } from './community.ts';
import { aside, atLeast, show } from './figures.ts';
import type { Figure } from './figures.ts';
import { bench } from './instance.ts';
import { ownSeconds, serverSeconds } from './usage.ts';

interface Read {
  rows: number;
  activities: number;
  /** Seconds until the last row was committed, and until lists and search had caught up too. */
  storing: number;
  all: number;
  node: number;
  postgres: number;
}

/** Imports the files one after another by the connector that `rapport import <file>` uses. */
export async function benchIngest(
  program: RunningProgram,
  community: Community,
  progress: (what: string, done: number, total: number | undefined) => void,
): Promise<Figure[]> {
  const people = await readFile(program, community.people, 'People', (done, total) => progress('people', done, total));
  await program.database.pool.query('analyze');
  const reads: Read[] = [];
  for (const place of community.places) {
    const read = await readFile(program, place.file, place.name, (done, total) => progress(`activities of ${place.name}`, done, total));
    if (read.activities !== place.activities)
      throw new Error(`${place.name} gave ${read.activities} activities instead of ${place.activities}.`);
    reads.push(read);
  }
  const sum = (of: (read: Read) => number): number => reads.reduce((total, read) => total + of(read), 0);
  const rows = sum((read) => read.rows);
  const [first] = reads;
  const last = reads.at(-1);
  const part = `ingest ${rows.toLocaleString('en')}`;
  const rate = (read: Read | undefined): number => (read === undefined ? Number.NaN : read.rows / read.all);
  const stored = (read: Read | undefined): number => (read === undefined ? Number.NaN : read.rows / read.storing);
  return [
    atLeast(part, 'activities from files, until lists and search have caught up', rows / sum((read) => read.all), 20_000, '/s'),
    aside(part, '  until stored, resolved and rolled up', `${show(rows / sum((read) => read.storing))}/s`),
    // Both of the same kind of place, so that the rows are alike.
    atLeast(part, 'last tenth against the first', rate(last) / rate(first), 0.7, ' ×'),
    aside(part, '  until stored', `${show(stored(last) / stored(first))} ×`),
    aside(
      part,
      '  processor time a row',
      `Node ${show((sum((read) => read.node) / rows) * 1e6)} µs, PostgreSQL ${show((sum((read) => read.postgres) / rows) * 1e6)} µs`,
    ),
    aside(part, '  each place', reads.map((read) => `${show(rate(read) / 1000)}k`).join(' ')),
    aside(
      part,
      'people with links, companies and affiliations',
      `${people.rows.toLocaleString('en')} rows, ${show(people.rows / people.all)}/s`,
    ),
  ];
}

async function readFile(
  program: RunningProgram,
  file: string,
  name: string,
  progress: (done: number, total: number | undefined) => void,
): Promise<Read> {
  const { id } = await callAction(program, bench, addSource, { connector: 'file', settings: { path: file }, name, read: false });
  const { dataDir } = program.config;
  const began = { at: performance.now(), node: ownSeconds(), postgres: serverSeconds(dataDir) };
  let stored = began.at;
  const result = await runSource(program, readId('source', id), {
    cause: 'first',
    onProgress(counts) {
      stored = performance.now();
      progress(counts.items, counts.total);
    },
  });
  if (result.state !== 'done' || result.quarantined > 0)
    throw new Error(`${name}: ${result.error ?? `${result.quarantined} rows could not be read`}`);
  return {
    rows: result.items,
    activities: result.activities,
    storing: (stored - began.at) / 1000,
    all: (performance.now() - began.at) / 1000,
    node: ownSeconds() - began.node,
    postgres: serverSeconds(dataDir) - began.postgres,
  };
}
