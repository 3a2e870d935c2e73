import type pg from 'pg';
import type { Database } from '../../platform/db.ts';
import { noteLetGo } from '../../platform/memory.ts';
import { threadKinds, threadStates } from '../activities/index.ts';
import { copyOut } from './copy-out.ts';
import type { Cells } from './copy-out.ts';
import { changedSince, forgetAfter, idleTime, inSnapshot, isSame, readSnapshot, snapshotQuery } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import { dropThread, emptyBook, putThread, reserveThreads, tidyBook, trimBook } from './thread-book.ts';
import type { ThreadBook } from './thread-book.ts';

interface Kept {
  book: ThreadBook;
  /** Undefined before the first reading. */
  seen: Snapshot | undefined;
  /** Goes up with every change of threads, be they in the book or not; and up to when changes were counted. */
  version: number;
  counted: Snapshot | undefined;
  /** From which moment on (milliseconds) threads are in the book; and when that far back was last asked for. */
  since: number;
  wantedAt: number;
  /** One reading at a time. */
  queue: Promise<unknown>;
  timer: NodeJS.Timeout | undefined;
}

const kept = new WeakMap<Database, Kept>();

/** How far back the book goes, in steps: or each question about a day more would read a day more. */
const step = 30 * 86_400_000;

function keptOf(database: Database): Kept {
  let mine = kept.get(database);
  if (mine === undefined) {
    mine = {
      book: emptyBook(),
      seen: undefined,
      version: 0,
      counted: undefined,
      since: Number.POSITIVE_INFINITY,
      wantedAt: 0,
      queue: Promise.resolve(),
      timer: undefined,
    };
    kept.set(database, mine);
  }
  return mine;
}

/** A number that goes up with every change of threads. Costs one round trip, and reads no thread. */
export async function threadsVersion(database: Database): Promise<number> {
  const mine = keptOf(database);
  const before = mine.counted;
  const counts = before === undefined ? 'false' : anyChange(before.text);
  const { rows } = await database.pool.query<Snapshot & { changed: boolean }>(`${snapshotQuery}, (${counts}) as changed`);
  const [now] = rows;
  if (now === undefined) throw new Error('The database gave no snapshot.');
  if (before !== undefined && (now.changed || now.files !== before.files || now.at - before.at > forgetAfter)) mine.version += 1;
  mine.counted = now;
  return mine.version;
}

function anyChange(seen: string): string {
  const changed = changedSince(seen);
  return `exists (select from thread where ${changed}) or exists (select from metrics_gone where what = 'thread' and ${changed})`;
}

/**
 * The threads opened since a moment, and the issues and merge requests that were open then or later, with everything that was
 * committed before this call. Costs one round trip when nothing happened since. Use it before the next `await`.
 */
export async function openBook(database: Database, since: number): Promise<ThreadBook> {
  const mine = keptOf(database);
  clearTimeout(mine.timer);
  mine.timer = setTimeout(() => {
    Object.assign(mine, { book: emptyBook(), seen: undefined });
    noteLetGo();
  }, idleTime).unref();
  const reading = mine.queue.then(() => bringUpToDate(database, mine, Math.floor(since / step) * step));
  mine.queue = reading.catch(() => undefined);
  await reading;
  return mine.book;
}

async function bringUpToDate(database: Database, mine: Kept, since: number): Promise<void> {
  const now = Date.now();
  // As far back as half of what is there, or further: the whole is still wanted.
  if (since <= mine.since + (now - mine.since) / 2) mine.wantedAt = now;
  const shrink = now - mine.wantedAt > idleTime;
  const before = await readSnapshot(database.pool);
  if (!shrink && isSame(mine.seen, before) && since >= mine.since) return;
  mine.seen = await inSnapshot(database, async (client, snapshot) => {
    const { seen } = mine;
    if (shrink || seen === undefined || seen.files !== snapshot.files || snapshot.at - seen.at > forgetAfter)
      Object.assign(mine, { book: await readWhole(client, since), since, wantedAt: now });
    else {
      await readOn(client, mine, seen.text);
      if (since < mine.since) {
        // Whoever asks for less meanwhile passes over what is older.
        reserveThreads(mine.book, await countThreads(client));
        await read(client, mine.book, `where ${wantedFrom(since)} and (${wantedFrom(mine.since)}) is not true`);
        trimBook(mine.book);
        mine.since = since;
      }
    }
    return snapshot;
  });
}

async function readOn(client: pg.PoolClient, mine: Kept, seen: string): Promise<void> {
  const changed = changedSince(seen);
  const { rows: gone } = await client.query<{ row_id: number | null }>(
    `select row_id from metrics_gone where what = 'thread' and ${changed}`,
  );
  if (gone.some((row) => row.row_id === null)) {
    mine.book = await readWhole(client, mine.since);
    return;
  }
  const rows: Thread[] = [];
  await copyOut(client, `${query} where ${changed}`, types, (row) => rows.push([...row.slice(0, 6), Buffer.from(row[6])] as Thread));
  // All is read: now it is applied, without waiting.
  const { book } = mine;
  for (const { row_id: id } of gone) dropThread(book, id ?? 0);
  for (const row of rows) put(book, row, mine.since);
  tidyBook(book);
}

/** What ended is of interest from then on too: how long it took, and what was still open. */
function wantedFrom(since: number): string {
  const at = since === Number.NEGATIVE_INFINITY ? `'-infinity'` : `to_timestamp(${since / 1000})`;
  return `(opened_at >= ${at} or (kind in ('issue', 'merge_request') and (closed_at >= ${at} or closed_at is null)))`;
}

const list = (words: readonly string[]): string => `array[${words.map((word) => `'${word}'`).join(', ')}]`;
const milliseconds = (column: string): string => `round(extract(epoch from ${column}) * 1000)::bigint`;

const query = `select id, source_id, array_position(${list(threadKinds)}, kind) - 1 + 16 * (array_position(${list(threadStates)}, state) - 1) + 64 * solved::int + 128 * (room is not null)::int,
  ${milliseconds('opened_at')}, ${milliseconds('coalesce(closed_at, solved_at)')}, opener_identity_id, coalesce(people, '') from thread`;
const types = ['int', 'int', 'int', 'int?', 'int?', 'int?', 'bytes'] as const;
type Thread = Cells<typeof types>;

async function readWhole(client: pg.PoolClient, since: number): Promise<ThreadBook> {
  const book = emptyBook();
  reserveThreads(book, await countThreads(client));
  await read(client, book, `where ${wantedFrom(since)}`);
  trimBook(book);
  return book;
}

/** About how many threads there are at all, as the planner knows it. */
async function countThreads(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    "select greatest(reltuples, 0)::float8 as count from pg_class where oid = 'thread'::regclass",
  );
  return rows[0]?.count ?? 0;
}

function read(client: pg.PoolClient, book: ThreadBook, where: string): Promise<void> {
  return copyOut(client, `${query} ${where}`, types, (row) => put(book, row, Number.NEGATIVE_INFINITY));
}

function put(book: ThreadBook, [id, source, flags, opened, ended, opener, people]: Thread, since: number): void {
  const worksOn = (flags & 15) === 3 || (flags & 15) === 4;
  // Without its beginning nothing can be said about it.
  if (opened === null || opener === null || (opened < since && !worksOn)) dropThread(book, id);
  else putThread(book, { id, source, flags, opened, ended: ended ?? Number.NaN, opener, people });
}
