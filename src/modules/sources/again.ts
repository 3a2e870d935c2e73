import type { Derived, Json } from '../../connectors/contract.ts';
import type { Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { messageOf, notFound } from '../../platform/errors.ts';
import { deriveItem, isUnreadable, readItem } from './page.ts';
import type { AnyStream, ReadItem } from './page.ts';
import { given } from './provided.ts';
import type { PageTaker, TakenRecord } from './provided.ts';
import { lockSource } from './run.ts';
import { findConnector, unsealSettings } from './settings.ts';
import { countForRun, endAbandonedRuns, holdStream, writeQuarantine } from './store.ts';
import { takeItems } from './take.ts';
import { watchRun } from './watch.ts';

const batch = 2000;

interface Again {
  program: Program;
  sourceId: number;
  runId: number;
  settings: Record<string, unknown>;
  taker: PageTaker;
  signal: AbortSignal;
  streamOf(streamId: number): AnyStream | undefined;
}

/**
 * Runs the mapping again over the raw records of a source, without fetching: what now says something else replaces what it
 * said before, the rest is left alone. Interrupted, it starts over at the next call; repeats are harmless.
 */
export function rederiveSource(program: Program, sourceId: number, signal?: AbortSignal): Promise<void> {
  return runAgain(program, sourceId, 'rederive', signal, async (again) => {
    let after = 0;
    for (;;) {
      again.signal.throwIfAborted();
      const { rows } = await program.database.pool.query<RawRecord>(
        'select id, stream_id, payload from record where source_id = $1 and id > $2 order by id limit $3',
        [sourceId, after, batch],
      );
      if (rows.length === 0) return;
      after = rows.at(-1)?.id ?? after;
      await rederiveBatch(again, rows);
    }
  });
}

async function rederiveBatch(again: Again, rows: readonly RawRecord[]): Promise<void> {
  const { runId, taker, sourceId } = again;
  await inPage(again, async (tx) => {
    const { taken, bad, withoutRaw } = await deriveRecords(tx, again, rows);
    const { activities, changed } = await taker.take(tx, taken);
    await countForRun(tx, runId, 'derive again', { items: rows.length, fresh: 0, changed, activities, quarantined: bad }, undefined);
    // Said plainly on the run: these stay as they were derived when their raw item was still there.
    if (withoutRaw > 0)
      await tx.client.query('update source_run set without_raw = without_raw + $2 where id = $1 and source_id = $3', [
        runId,
        withoutRaw,
        sourceId,
      ]);
  });
}

export interface RawRecord {
  id: number;
  stream_id: number;
  payload: string;
}

/** What records say by the mapping of now, screened, in the caller's transaction. What cannot be read goes to quarantine. */
export async function deriveRecords(
  tx: OpenTransaction,
  { sourceId, settings, taker, streamOf }: Pick<Again, 'sourceId' | 'settings' | 'taker' | 'streamOf'>,
  rows: readonly RawRecord[],
): Promise<{ taken: TakenRecord[]; solely: number[]; bad: number; withoutRaw: number }> {
  const said: { id: number; derived: Derived }[] = [];
  let failed = 0;
  const raw = rows.filter((row) => row.payload !== '');
  for (const streamId of new Set(raw.map((row) => row.stream_id))) {
    const stream = streamOf(streamId);
    if (stream === undefined) continue;
    await holdStream(tx, sourceId, streamId);
    const bad = [];
    const good: ReadItem[] = [];
    for (const row of raw.filter((candidate) => candidate.stream_id === streamId)) {
      const item = readItem(stream, JSON.parse(row.payload) as Json, row.payload);
      const derived = isUnreadable(item) ? item : deriveItem(stream, item, settings);
      if (isUnreadable(derived)) bad.push(derived);
      else said.push({ id: row.id, derived });
      if (!isUnreadable(item) && !isUnreadable(derived)) good.push(item);
    }
    failed += bad.length;
    await writeQuarantine(tx, sourceId, streamId, bad, good);
  }
  const screens = await taker.screen(
    tx,
    said.map(({ derived }) => derived),
  );
  const solely = said.flatMap(({ id }, i) => (screens[i] === undefined ? [id] : []));
  const taken = said.map(({ id }, i) => ({ recordId: id, isNew: false, ...(screens[i] ?? { derived: { activities: [] } }) }));
  return { taken, solely, bad: failed, withoutRaw: rows.length - raw.length };
}

/** Tries the quarantined records of a source again: those that can be read now become records, the others stay. */
export function retryQuarantined(program: Program, sourceId: number, signal?: AbortSignal): Promise<void> {
  return runAgain(program, sourceId, 'retry', signal, async (again) => {
    let after: [number, string] = [0, ''];
    for (;;) {
      again.signal.throwIfAborted();
      const { rows } = await program.database.pool.query<{ stream_id: number; external_id: string; raw: string }>(
        'select stream_id, external_id, raw from quarantine where source_id = $1 and (stream_id, external_id) > ($2, $3) order by stream_id, external_id limit $4',
        [sourceId, after[0], after[1], batch],
      );
      const last = rows.at(-1);
      if (last === undefined) return;
      after = [last.stream_id, last.external_id];
      for (const streamId of new Set(rows.map((row) => row.stream_id))) {
        await retryBatch(
          again,
          streamId,
          rows.filter((row) => row.stream_id === streamId),
        );
      }
    }
  });
}

async function retryBatch(again: Again, streamId: number, rows: { external_id: string; raw: string }[]): Promise<void> {
  const { program, sourceId, runId, settings, taker } = again;
  const stream = again.streamOf(streamId);
  if (stream === undefined) return;
  await inPage(again, async (tx) => {
    await holdStream(tx, sourceId, streamId);
    const items: ReadItem[] = [];
    const solved: string[] = [];
    for (const row of rows) {
      const item = readRaw(stream, row.raw);
      if (item === undefined) continue;
      items.push(item);
      solved.push(row.external_id);
    }
    const { bad, ...counts } = await takeItems(tx, { sourceId, streamId, stream, settings, taker }, items, [], program.clock.now());
    const failed = new Set(bad.map(({ externalId }) => externalId));
    const gone = solved.filter((_, i) => !failed.has(items[i]?.externalId ?? ''));
    await tx.client.query('delete from quarantine where source_id = $1 and stream_id = $2 and external_id = any ($3::text[])', [
      sourceId,
      streamId,
      gone,
    ]);
    await tx.client.query(
      'update quarantine set attempts = attempts + 1, last_at = now() where source_id = $1 and stream_id = $2 and external_id = any ($3::text[])',
      [sourceId, streamId, rows.map((row) => row.external_id)],
    );
    await countForRun(tx, runId, stream.name, { items: rows.length, ...counts, quarantined: rows.length - gone.length }, undefined);
  });
}

function readRaw(stream: AnyStream, raw: string): ReadItem | undefined {
  try {
    const item = readItem(stream, JSON.parse(raw) as Json, raw);
    return isUnreadable(item) ? undefined : item;
  } catch {
    return undefined;
  }
}

/** By the number of a stream, the connector's own. */
export function streamsOf(
  connectorName: string,
  rows: readonly { id: number; name: string }[],
): (streamId: number) => AnyStream | undefined {
  const connector = findConnector(connectorName);
  return (id) => connector.streams.find((stream) => stream.name === rows.find((row) => row.id === id)?.name) as AnyStream | undefined;
}

async function inPage(again: Again, work: Parameters<typeof transaction<void>>[1]): Promise<void> {
  try {
    await transaction(again.program.database, work);
    again.taker.committed();
  } catch (error) {
    again.taker.rolledBack();
    throw error;
  }
}

async function runAgain(
  program: Program,
  sourceId: number,
  cause: 'rederive' | 'retry',
  signal: AbortSignal | undefined,
  work: (again: Again) => Promise<void>,
): Promise<void> {
  const source = await program.database.db.selectFrom('source').selectAll().where('id', '=', sourceId).executeTakeFirst();
  if (source === undefined) throw notFound('source', sourceId);
  const lock = await lockSource(program, sourceId);
  try {
    await endAbandonedRuns(program.database.db, sourceId);
    const run = await program.database.db
      .insertInto('source_run')
      .values({ source_id: sourceId, cause, started_at: program.clock.now() })
      .returning('id')
      .executeTakeFirstOrThrow();
    const streams = await program.database.db
      .selectFrom('source_stream')
      .select(['id', 'name'])
      .where('source_id', '=', sourceId)
      .execute();
    // Paused sources may be derived again: nothing is fetched. Only the caller's signal stops it.
    const watch = watchRun(program, sourceId, run.id, signal, { whilePaused: true });
    let error: unknown;
    try {
      await work({
        program,
        sourceId,
        runId: run.id,
        settings: unsealSettings(source, program.secrets),
        taker: given().openTaker(program, sourceId),
        signal: watch.signal,
        streamOf: streamsOf(source.connector, streams),
      });
    } catch (failure) {
      error = failure;
    } finally {
      await watch.stop();
    }
    await program.database.db
      .updateTable('source_run')
      .set({
        state: watch.signal.aborted ? 'interrupted' : error === undefined ? 'done' : 'failed',
        ended_at: program.clock.now(),
        error: error === undefined ? null : messageOf(error).slice(0, 2000),
      })
      .where('id', '=', run.id)
      .execute();
    if (error !== undefined && !watch.signal.aborted) throw error;
  } finally {
    await lock.release();
  }
}
