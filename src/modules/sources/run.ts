import path from 'node:path';
import type { ConnectorIo, Json, Page } from '../../connectors/contract.ts';
import { connectorHttp } from '../../platform/http-client.ts';
import { childEnvironment } from '../../platform/config.ts';
import type { Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import { AppError, conflict, messageOf, notFound, upstreamFailed } from '../../platform/errors.ts';
import { blotted, blotter } from './blot.ts';
import { besideReading } from './beside.ts';
import type { Beside } from './beside.ts';
import { straightOn, withoutCircles } from './loops.ts';
import { settleRun } from './outcome.ts';
import type { AnyStream } from './page.ts';
import { joined, readAhead } from './pages-ahead.ts';
import { given } from './provided.ts';
import type { PageTaker } from './provided.ts';
import { findConnector, unsealSettings } from './settings.ts';
import type { AnyConnector } from './settings.ts';
import { completeStream, countForRun, endAbandonedRuns, moveStream, openStream } from './store.ts';
import type { PageCounts } from './store.ts';
import { takePage } from './take.ts';
import { watchRun } from './watch.ts';

export type RunCause = 'first' | 'schedule' | 'request' | 'webhook' | 'rederive' | 'retry';

export interface RunOptions {
  cause: RunCause;
  /** Obeyed at once; what was committed stays, the rest is read by the next run. */
  signal?: AbortSignal;
  /** Pages that wait are written in one transaction, up to so many items. */
  together?: number;
  onProgress?(progress: RunProgress): void;
}

export interface RunProgress extends PageCounts {
  stream: string;
  total: number | undefined;
}

export interface RunResult extends PageCounts {
  runId: number;
  state: 'done' | 'failed' | 'interrupted';
  error: string | undefined;
}

/** Class of the advisory locks that keep a source to one reader at a time. */
const sourceLock = 72_617_022;
const mostWarnings = 20;
/** What a transaction costs is small beside so many items, and what a kill makes read again is little. */
const writtenTogether = 1000;

/**
 * Reads every stream of a source from where it stands to its end. The guarantees of a connector are kept here, once for all:
 * raw page, activities, roll-ups and cursor in one transaction; repeats harmless; a bad record quarantined and counted; limits
 * pause the source until the time that the other side names; a page that loops ends with an error; abort obeyed at once.
 * Resolves also when reading failed: the result, the run's row and the source say why. Errors: `source.busy`, `not_found`.
 */
export async function runSource(program: Program, sourceId: number, options: RunOptions): Promise<RunResult> {
  const source = await program.database.db.selectFrom('source').selectAll().where('id', '=', sourceId).executeTakeFirst();
  if (source === undefined) throw notFound('source', sourceId);
  if (source.state === 'removing') throw conflict('source.gone', 'This source is being removed.');
  if (source.state === 'kept') throw conflict('source.kept', 'This source was removed; connect it again to read on.');
  const lock = await lockSource(program, sourceId);
  try {
    await endAbandonedRuns(program.database.db, sourceId);
    const run = await program.database.db
      .insertInto('source_run')
      .values({ source_id: sourceId, cause: options.cause, started_at: program.clock.now() })
      .returning('id')
      .executeTakeFirstOrThrow();
    const watch = watchRun(program, sourceId, run.id, options.signal);
    const counts: PageCounts = { items: 0, fresh: 0, changed: 0, activities: 0, quarantined: 0 };
    const beside = besideReading(program, sourceId, watch.signal);
    const warnings = new Set<string>();
    let error: unknown;
    try {
      const connector = findConnector(source.connector);
      const settings = unsealSettings(source, program.secrets);
      const of = { id: sourceId, since: source.since ?? undefined };
      const read = async (io: Reader['io']): Promise<void> => {
        const reader: Reader = {
          program,
          sourceId,
          runId: run.id,
          settings,
          counts,
          io,
          taker: given().openTaker(program, sourceId),
          signal: watch.signal,
          blot: blotter(connector, settings),
          beside,
          together: options.together ?? writtenTogether,
          onProgress: options.onProgress,
        };
        for (const stream of connector.streams) await readStream(reader, stream as AnyStream);
      };
      await withIo(
        program,
        of,
        connector,
        settings,
        watch.signal,
        read,
        (message) => warnings.size < mostWarnings && warnings.add(message),
      );
    } catch (failure) {
      error = failure;
    } finally {
      await watch.stop();
      await beside.end();
    }
    if (counts.fresh + counts.changed > 0 && options.signal?.aborted !== true) {
      await given()
        .afterReading(program, options.signal)
        .catch((failure: unknown) =>
          program.log.error({ source: sourceId, error: messageOf(failure) }, 'after reading; the schedule catches up'),
        );
    }
    const interrupted = watch.signal.aborted;
    const state = interrupted ? 'interrupted' : error === undefined ? 'done' : 'failed';
    await settleRun(program, source, { id: run.id, state, error: interrupted ? watch.signal.reason : error, warnings: [...warnings] });
    return {
      runId: run.id,
      state,
      error: error === undefined ? undefined : messageOf(interrupted ? watch.signal.reason : error),
      ...counts,
    };
  } finally {
    await lock.release();
  }
}

/** Errors: `source.busy` while another run, here or in another process, holds the source. */
export async function lockSource(program: Program, sourceId: number): Promise<{ release(): Promise<void> }> {
  const client = await program.database.pool.connect();
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1, $2) as held', [sourceLock, sourceId]);
  if (rows[0]?.held !== true) {
    client.release();
    throw conflict('source.busy', 'This source is being read right now. Wait until that ends, or pause the source first.');
  }
  return {
    async release() {
      let broken: Error | undefined;
      await client.query('select pg_advisory_unlock($1, $2)', [sourceLock, sourceId]).catch((error: Error) => {
        broken = error;
      });
      client.release(broken);
    },
  };
}

interface Reader {
  program: Program;
  sourceId: number;
  runId: number;
  settings: Record<string, unknown>;
  io: ConnectorIo<Record<string, unknown>>;
  counts: PageCounts;
  taker: PageTaker;
  signal: AbortSignal;
  blot(text: string): string;
  beside: Beside;
  together: number;
  onProgress: RunOptions['onProgress'];
}

/** What a connector gets for one piece of work, closed when that ends. */
export async function withIo<T>(
  program: Program,
  source: { id: number; since: Date | undefined },
  connector: AnyConnector,
  settings: Record<string, unknown>,
  signal: AbortSignal,
  work: (io: ConnectorIo<Record<string, unknown>>) => Promise<T>,
  warn: (message: string) => void = () => undefined,
): Promise<T> {
  const blot = blotter(connector, settings);
  const http = connectorHttp({ connector, settings, signal, allowPrivateHosts: program.config.allowPrivateHosts });
  const io: ConnectorIo<Record<string, unknown>> = {
    settings,
    signal,
    since: source.since,
    http: withoutCircles(http),
    environment: childEnvironment(),
    workDir: path.join(program.config.dataDir, 'work', `source-${source.id}`),
    now: () => program.clock.now(),
    log: (message, more) => program.log.info({ source: source.id, connector: connector.name, ...more }, message),
    warn(message) {
      program.log.warn({ source: source.id, connector: connector.name }, blot(message));
      warn(blot(message));
    },
  };
  try {
    return await work(io);
  } catch (error) {
    if (signal.aborted) throw error;
    // A connector that looks into an answer which nests for ever; what the answer holds item by item is kept aside before.
    if (error instanceof RangeError) {
      throw upstreamFailed('source.too_deep', `${connector.title} answered something that is nested too deep to be read.`, error);
    }
    throw blotted(error, blot);
  } finally {
    await http.close();
  }
}

async function readStream(reader: Reader, stream: AnyStream): Promise<void> {
  const { program, sourceId, signal } = reader;
  signal.throwIfAborted();
  const row = await openStream(program.database.db, sourceId, stream.name);
  const pages = straightOn(stream.title, stream.pages(reader.io, row.resume ?? row.cursor));
  const ahead = readAhead(pages, reader.together, signal);
  let last: Json | undefined;
  try {
    for (;;) {
      const next = await ahead.take();
      if (next === undefined) break;
      last = await storePages(reader, stream, row.id, next);
    }
    await completeStream(program.database.db, sourceId, row.id, stream.order === 'oldest-first' ? undefined : last, program.clock.now());
  } catch (error) {
    // Whatever the generator still holds (a process, a connection) is let go.
    void pages.return(undefined).catch(() => undefined);
    throw error;
  }
}

function withoutSecrets(page: Page, blot: (text: string) => string): Page {
  if (page.unreadable === undefined) return page;
  return { ...page, unreadable: page.unreadable.map((item) => ({ ...item, reason: blot(item.reason) })) };
}

/** Resolves to where to go on. */
async function storePages(reader: Reader, stream: AnyStream, streamId: number, pages: readonly Page[]): Promise<Json> {
  const page = withoutSecrets(joined(pages), reader.blot);
  try {
    reader.beside.go(await storePage(reader, stream, streamId, page));
  } catch (error) {
    // One of them cannot be written: those before it can.
    if (pages.length === 1 || error instanceof AppError || reader.signal.aborted) throw error;
    for (const one of pages) await storePages(reader, stream, streamId, [one]);
    return page.cursor;
  }
  reader.onProgress?.({ ...reader.counts, stream: stream.name, total: page.total });
  return page.cursor;
}

/** Resolves to how many activities the page gave. */
async function storePage(reader: Reader, stream: AnyStream, streamId: number, page: Page): Promise<number> {
  const { program, sourceId, settings, taker, counts } = reader;
  try {
    const pageCounts = await transaction(program.database, async (tx) => {
      const made = await takePage(tx, { sourceId, streamId, stream, settings, taker }, page, program.clock.now());
      await moveStream(tx, sourceId, streamId, stream.order === 'oldest-first' ? 'cursor' : 'resume', page.cursor, made);
      await countForRun(tx, reader.runId, stream.name, made, page.total);
      return made;
    });
    taker.committed();
    for (const name of Object.keys(counts) as (keyof PageCounts)[]) counts[name] += pageCounts[name];
    return pageCounts.activities;
  } catch (error) {
    taker.rolledBack();
    throw error instanceof AppError
      ? error
      : new Error(`Writing a page of "${stream.title}" failed: ${messageOf(error)}`, { cause: error });
  }
}
