import type { Derived, Json, Page } from '../../connectors/contract.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { deriveItem, isUnreadable, readPage } from './page.ts';
import type { AnyStream, ReadItem, Unreadable } from './page.ts';
import type { PageTaker, TakenRecord } from './provided.ts';
import { countArrivals, deleteRecords, findRecords, holdStream, readPayloads, sortItems, writeQuarantine, writeRecords } from './store.ts';
import type { PageCounts, Sorted } from './store.ts';

export interface PageGoal {
  sourceId: number;
  streamId: number;
  stream: AnyStream;
  settings: Record<string, unknown>;
  taker: PageTaker;
}

/** Stores what a page holds, however it came (read or sent by webhook), in the caller's transaction. The cursor is the caller's. */
export async function takePage(tx: OpenTransaction, goal: PageGoal, page: Omit<Page, 'cursor'>, now: Date): Promise<PageCounts> {
  const { sourceId, streamId, stream } = goal;
  const { items, unreadable } = readPage(stream, { ...page, cursor: null });
  await holdStream(tx, sourceId, streamId);
  const gone = await findRecords(tx, sourceId, streamId, page.gone ?? []);
  const { bad, ...counts } = await takeItems(tx, goal, items, gone, now);
  const quarantined = [...unreadable, ...bad];
  await writeQuarantine(tx, sourceId, streamId, quarantined, items);
  await countArrivals(tx, sourceId, counts.fresh + counts.changed, now);
  return { items: page.items.length + (page.unreadable?.length ?? 0), ...counts, quarantined: quarantined.length };
}

/**
 * Stores items that could be read and takes what they say; `gone` are records to be taken back. What cannot be derived comes
 * back. The caller holds the stream.
 */
export async function takeItems(
  tx: OpenTransaction,
  goal: PageGoal,
  items: readonly ReadItem[],
  gone: readonly number[],
  now: Date,
): Promise<Pick<PageCounts, 'fresh' | 'changed' | 'activities'> & { bad: Unreadable[] }> {
  const { sourceId, streamId, stream, taker } = goal;
  const sorted = await withoutOlder(tx, goal, await sortItems(tx, sourceId, streamId, items));
  const bad: Unreadable[] = [];
  const said: Said[] = [];
  for (const list of ['fresh', 'changed'] as const) {
    for (const entry of sorted[list]) {
      const derived = deriveItem(stream, entry.item, goal.settings);
      if (isUnreadable(derived)) bad.push(derived);
      else said.push({ list, entry, derived });
    }
  }
  const { taken, readable } = await screened(tx, taker, said);
  // A record that says nothing takes back what it said.
  taken.push(...gone.map((recordId) => ({ recordId, isNew: false, derived: { activities: [] } })));
  await writeRecords(tx, sourceId, streamId, readable, now);
  const { activities } = await taker.take(tx, taken);
  await deleteRecords(tx, sourceId, gone);
  return { fresh: readable.fresh.length, changed: readable.changed.length + gone.length, activities, bad };
}

interface Said {
  list: 'fresh' | 'changed';
  entry: Sorted['fresh'][number];
  derived: Derived;
}

/** What of these records may be stored and taken. */
async function screened(tx: OpenTransaction, taker: PageTaker, said: readonly Said[]): Promise<{ taken: TakenRecord[]; readable: Sorted }> {
  const taken: TakenRecord[] = [];
  const readable: Sorted = { fresh: [], changed: [] };
  const screens = await taker.screen(
    tx,
    said.map(({ derived }) => derived),
  );
  for (const [i, { list, entry }] of said.entries()) {
    const screen = screens[i];
    const isNew = list === 'fresh';
    if (screen !== undefined) {
      readable[list].push(screen.withoutRaw === true ? { ...entry, withoutRaw: true } : entry);
      taken.push({ recordId: entry.recordId, isNew, ...screen });
    } else if (!isNew) {
      // It was others' before, or was left for its person to be brought back.
      taken.push({ recordId: entry.recordId, isNew, derived: { activities: [] } });
    }
  }
  return { taken, readable };
}

/** Leaves out changes that are older than what is known: news that came late, or was sent again. */
async function withoutOlder(tx: OpenTransaction, { sourceId, stream }: PageGoal, sorted: Sorted): Promise<Sorted> {
  if (stream.version === undefined || sorted.changed.length === 0) return sorted;
  const known = await readPayloads(
    tx,
    sourceId,
    sorted.changed.map((entry) => entry.recordId),
  );
  const isOlder = (item: ReadItem, recordId: number): boolean => {
    const parsed = stream.record.safeParse(readJson(known.get(recordId)));
    const [now, before] = [versionOf(stream, item.record), parsed.success ? versionOf(stream, parsed.data) : undefined];
    return now !== undefined && before !== undefined && now < before;
  };
  return { fresh: sorted.fresh, changed: sorted.changed.filter(({ item, recordId }) => !isOlder(item, recordId)) };
}

function versionOf(stream: AnyStream, record: unknown): number | undefined {
  const version = stream.version?.(record as never);
  return version === undefined || Number.isNaN(version) ? undefined : version;
}

function readJson(payload: string | undefined): Json {
  return payload === undefined || payload === '' ? null : (JSON.parse(payload) as Json);
}
