import type { ActivityDraft, ThreadDraft } from '../../connectors/contract.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import type { TakenRecord } from '../sources/index.ts';
import { placeInRooms, roomOf } from './conversations.ts';
import { kindCode } from './kinds.ts';
import { addEntries, isSaid, packEntries, readEntries } from './participants.ts';
import { standingOf, statementOf, statementOfRecord, storable } from './statements.ts';
import type { Statement } from './statements.ts';
import type { ActivityRow } from './store.ts';
import {
  countThreads,
  deleteThreads,
  firstWords,
  hasSaid,
  insertThreads,
  moveThreads,
  nextThreadIds,
  replaceThreadsOfRecords,
  threadsById,
  threadsCalled,
  threadsOfRecords,
  updateThreads,
} from './thread-store.ts';
import type { Counted, ThreadGlance, ThreadRow } from './thread-store.ts';
import { writeThreadWords } from './thread-words.ts';

export interface ThreadEntry {
  /** The activity's id. */
  id: number;
  draft: ActivityDraft;
  identityId: number;
}

/** The threads of one page: found before its activities are written, settled after. */
export interface PageThreads {
  /** For each entry: its thread, and what it says about it. */
  of: { threadId: number | null; statement: number | null }[];
  /** Brings the threads up to date with what the page took away and added. */
  settle(gone: readonly ActivityRow[], fresh: readonly ActivityRow[]): Promise<void>;
}

const longestId = 400;

/** What a page does to one thread. */
interface Change {
  fresh: ActivityRow[];
  statements: Statement[];
  /** Records whose statements do not hold any more, or are replaced. */
  dropped: Set<number>;
  /** Something was taken away or moved: counted from the rows. */
  shaken: boolean;
}

/**
 * Finds or names the threads that records speak of. `before`: what the same records gave until now. Nothing is remembered
 * between pages: a webhook may have changed any of it.
 */
export async function openThreads(
  tx: OpenTransaction,
  sourceId: number,
  records: readonly TakenRecord[],
  entries: readonly ThreadEntry[],
  before: ReadonlyMap<number, ActivityRow>,
): Promise<PageThreads> {
  const known = records.filter((record) => !record.isNew).map((record) => record.recordId);
  const earlier = await threadsOfRecords(tx, sourceId, known);
  const glances = new Map<number, ThreadGlance>();
  const idOf = new Map<string, number>();
  const names = new Set<string>();
  for (const { draft } of entries) if (draft.thread !== undefined) names.add(keyOf(draft.thread));
  for (const { derived } of records) for (const thread of derived.threads ?? []) names.add(keyOf(thread));
  for (const row of await threadsCalled(tx, sourceId, [...names])) {
    glances.set(row.id, row);
    idOf.set(row.externalId, row.id);
  }
  const missing = [...names].filter((name) => !idOf.has(name));
  const born = new Map<number, ThreadRow>();
  for (const [i, id] of (await nextThreadIds(tx, missing.length)).entries()) {
    const externalId = missing[i] ?? '';
    idOf.set(externalId, id);
    born.set(id, blank(id, externalId, undefined));
  }
  await nameRooms(tx, sourceId, entries);
  const placed = await placeInRooms(tx, sourceId, entries, before);
  for (const [id, room] of placed.born) born.set(id, blank(id, `room ${room} ${id}`, room));

  const statements = entries.map(({ draft, identityId }) =>
    draft.thread === undefined ? undefined : statementOf(draft, draft.thread, identityId),
  );
  const of = entries.map(({ id, draft }, i) => ({
    threadId: (draft.thread === undefined ? placed.threadOf.get(id) : idOf.get(keyOf(draft.thread))) ?? null,
    statement: statements[i]?.id ?? null,
  }));

  return {
    of,
    async settle(gone, fresh) {
      const changes = new Map<number, Change>();
      const changeOf = (id: number): Change => {
        let change = changes.get(id);
        if (change === undefined) changes.set(id, (change = { fresh: [], statements: [], dropped: new Set(), shaken: false }));
        return change;
      };
      for (const id of placed.shaken) changeOf(id).shaken = true;
      for (const row of gone) if (row.threadId !== null) changeOf(row.threadId).shaken = true;
      const statementOfActivity = new Map(entries.map(({ id }, i) => [id, statements[i]]));
      for (const row of fresh) {
        if (row.threadId === null) continue;
        const change = changeOf(row.threadId);
        change.fresh.push(row);
        const statement = statementOfActivity.get(row.id);
        if (statement !== undefined) change.statements.push(statement);
      }
      const now = saidByRecords(records, (thread) => idOf.get(keyOf(thread)) ?? 0);
      for (const { recordId, threadId } of earlier) changeOf(threadId).dropped.add(recordId);
      for (const { recordId, threadId, statement } of now) {
        const change = changeOf(threadId);
        change.dropped.add(recordId);
        change.statements.push(statement);
      }
      await replaceThreadsOfRecords(tx, sourceId, earlier.length === 0 ? [] : known, now);
      await writeChanges(tx, sourceId, changes, glances, born);
    },
  };
}

function keyOf(thread: ThreadDraft): string {
  return storable(thread.externalId, longestId);
}

function blank(id: number, externalId: string, room: string | undefined): ThreadRow {
  return {
    id,
    externalId,
    room,
    kind: 'conversation',
    title: undefined,
    url: undefined,
    state: 'open',
    closedAt: undefined,
    solved: false,
    solvedAt: undefined,
    labels: [],
    openedAt: undefined,
    opener: undefined,
    people: Buffer.alloc(0),
    statements: [],
    lastAt: undefined,
    activities: 0,
  };
}

/** What the records of a page say beside their activities: one statement for each record and thread, the last one. */
function saidByRecords(
  records: readonly TakenRecord[],
  idOf: (thread: ThreadDraft) => number,
): { recordId: number; threadId: number; statement: Statement }[] {
  return records.flatMap(({ recordId, derived }) => {
    const own = new Map((derived.threads ?? []).map((thread) => [idOf(thread), thread]));
    return [...own].map(([threadId, thread]) => ({ recordId, threadId, statement: statementOfRecord(recordId, thread) }));
  });
}

/** Rooms are called as they were when last read. */
async function nameRooms(tx: OpenTransaction, sourceId: number, entries: readonly ThreadEntry[]): Promise<void> {
  const named = new Map<string, { name: string | null; url: string | null }>();
  for (const { draft } of entries) {
    const room = roomOf(draft);
    if (room === undefined || (draft.room?.name === undefined && draft.room?.url === undefined)) continue;
    named.set(room, { name: draft.room.name?.slice(0, 200) ?? null, url: draft.room.url?.slice(0, 2000) ?? null });
  }
  if (named.size === 0) return;
  const list = [...named];
  await tx.client.query(
    `insert into room as r (source_id, external_id, name, url) select $1, * from unnest($2::text[], $3::text[], $4::text[])
     on conflict (source_id, external_id) do update set name = coalesce(excluded.name, r.name), url = coalesce(excluded.url, r.url)
     where (coalesce(excluded.name, r.name), coalesce(excluded.url, r.url)) is distinct from (r.name, r.url)`,
    [sourceId, list.map(([room]) => room), list.map(([, { name }]) => name), list.map(([, { url }]) => url)],
  );
}

async function writeChanges(
  tx: OpenTransaction,
  sourceId: number,
  changes: ReadonlyMap<number, Change>,
  glances: ReadonlyMap<number, ThreadGlance>,
  born: ReadonlyMap<number, ThreadRow>,
): Promise<void> {
  const moved = [...changes].flatMap(([id, change]) => movedOn(glances.get(id), change) ?? []);
  await moveThreads(tx, sourceId, moved);
  const simple = new Set(moved.map(({ id }) => id));
  const unread = [...changes.keys()].filter((id) => !simple.has(id) && !born.has(id));
  const rows = new Map((await threadsById(tx, sourceId, unread)).map((row) => [row.id, row]));
  const shaken = [...changes].filter(([id, change]) => change.shaken || (rows.has(id) && rows.get(id)?.people === undefined));
  const counted = await countThreads(
    tx,
    sourceId,
    shaken.map(([id]) => id),
  );
  const after = [...changes].flatMap(([id, change]) => {
    const row = rows.get(id) ?? born.get(id);
    if (row === undefined) return [];
    const early = counted.has(id) || change.fresh.some(({ at }) => at <= (row.openedAt ?? at));
    return [{ row, now: applied(row, change, counted.get(id)), early }];
  });
  await describeConversations(
    tx,
    sourceId,
    after.filter(({ now }) => now.room !== undefined && now.activities > 0),
  );
  const empty = ({ now }: (typeof after)[number]): boolean => now.activities === 0 && !now.statements.some(({ rank }) => rank === 0);
  const kept = after.filter((one) => !empty(one));
  await deleteThreads(
    tx,
    sourceId,
    after.filter((one) => empty(one) && rows.has(one.row.id)).map(({ row }) => row.id),
  );
  const changed = kept.filter(({ row, now }) => rows.has(row.id) && !sameStanding(row, now));
  // Conversations are called by their beginning: two that change at once may pass a name on.
  await updateThreads(
    tx,
    sourceId,
    changed.filter(({ row, now }) => row.externalId !== now.externalId).map(({ now }) => ({ ...now, externalId: `moving ${now.id}` })),
  );
  await updateThreads(
    tx,
    sourceId,
    changed.map(({ now }) => now),
  );
  await moveThreads(
    tx,
    sourceId,
    kept.filter(({ row, now }) => rows.has(row.id) && sameStanding(row, now) && !sameTurnout(row, now)).map(({ now }) => now),
  );
  await insertThreads(
    tx,
    sourceId,
    kept.filter(({ row }) => born.has(row.id)).map(({ now }) => now),
  );
  await writeThreadWords(tx, sourceId, kept.map(retitled));
}

/** A blank row is one that is born: it has no title yet. */
function retitled({ row, now }: { row: ThreadRow; now: ThreadRow }): { id: number; was: string | undefined; title: string | undefined } {
  return { id: row.id, was: row.title, title: now.title };
}

const speaking = new Set((['accepted_answer', 'issue_closed', 'merge_request_merged', 'merge_request_closed'] as const).map(kindCode));

/** What most pages do to a thread: somebody answers, and says nothing new about it. Undefined where there is more to it. */
function movedOn(glance: ThreadGlance | undefined, { fresh, statements, dropped, shaken }: Change) {
  if (glance?.people == null || shaken || dropped.size > 0) return undefined;
  const { people, openedAt } = glance;
  if (fresh.some(({ at, kind }) => openedAt === null || at <= openedAt || speaking.has(kind))) return undefined;
  if (statements.some(({ id }) => !hasSaid(glance, id))) return undefined;
  return {
    id: glance.id,
    people: addEntries(
      people,
      fresh.filter(({ kind }) => isSaid(kind)),
    ),
    lastAt: fresh.reduce((last, { at }) => Math.max(last, at), glance.lastAt ?? Number.NEGATIVE_INFINITY),
    activities: glance.activities + fresh.length,
  };
}

/** The thread after a change: added to, or counted anew. */
function applied(row: ThreadRow, change: Change, counted: Counted | undefined): ThreadRow {
  const { fresh } = change;
  const people =
    counted === undefined
      ? addEntries(
          row.people ?? Buffer.alloc(0),
          fresh.filter(({ kind }) => isSaid(kind)),
        )
      : packEntries(counted.entries);
  const statements = statementsAfter(row.statements, change, counted);
  const lastAt = counted === undefined ? fresh.reduce((last, { at }) => Math.max(last, at), row.lastAt ?? -Infinity) : counted.lastAt;
  return {
    ...row,
    ...standingOf(statements, readEntries(people)),
    people,
    statements,
    lastAt: lastAt === -Infinity ? undefined : lastAt,
    activities: counted?.activities ?? row.activities + fresh.length,
  };
}

function statementsAfter(
  before: readonly Statement[],
  { statements, dropped }: Change,
  counted: Counted | undefined,
): readonly Statement[] {
  const after = new Map<string, Statement>();
  for (const one of before) {
    if (one.record !== undefined && dropped.has(one.record)) continue;
    // The oldest kind of statement holds as long as an activity of its time is there.
    if (counted !== undefined && one.rank !== 0 && !counted.said.has(one.id === 0 ? null : one.id)) continue;
    after.set(`${one.record ?? ''} ${one.id}`, one);
  }
  const known = after.size;
  for (const one of statements) after.set(`${one.record ?? ''} ${one.id}`, one);
  if (after.size === known && known === before.length && statements.every((one) => one.rank !== 0)) return before;
  return [...after.values()].sort((a, b) => a.rank - b.rank || a.id - b.id || (a.record ?? 0) - (b.record ?? 0));
}

/** A conversation of a room is opened, called and linked by the first thing said in it. */
async function describeConversations(
  tx: OpenTransaction,
  sourceId: number,
  all: readonly { row: ThreadRow; now: ThreadRow; early: boolean }[],
): Promise<void> {
  const begun = all.filter(({ early }) => early);
  for (const { row, now } of all) Object.assign(now, { title: row.title, url: row.url, opener: row.opener });
  const words = await firstWords(
    tx,
    sourceId,
    begun.map(({ row }) => row.id),
  );
  for (const { now } of begun) {
    const first = words.get(now.id);
    if (first === undefined) continue;
    const title = first.title ?? first.body?.split('\n', 1)[0]?.trim() ?? '';
    Object.assign(now, {
      title: title === '' ? undefined : title,
      url: first.url ?? undefined,
      openedAt: first.at,
      opener: first.identityId,
      externalId: `room ${now.room ?? ''} ${new Date(first.at).toISOString()}`,
    });
  }
}

function sameTurnout(a: ThreadRow, b: ThreadRow): boolean {
  return a.people !== undefined && b.people?.equals(a.people) === true && a.lastAt === b.lastAt && a.activities === b.activities;
}

function sameStanding(a: ThreadRow, b: ThreadRow): boolean {
  return (
    a.externalId === b.externalId &&
    a.kind === b.kind &&
    a.title === b.title &&
    a.url === b.url &&
    a.state === b.state &&
    a.closedAt === b.closedAt &&
    a.solved === b.solved &&
    a.solvedAt === b.solvedAt &&
    a.openedAt === b.openedAt &&
    a.opener === b.opener &&
    a.labels.length === b.labels.length &&
    a.labels.every((label, i) => label === b.labels[i]) &&
    sameStatements(a.statements, b.statements)
  );
}

function sameStatements(a: readonly Statement[], b: readonly Statement[]): boolean {
  return a === b || (a.length === b.length && a.every(({ id, record }, i) => id === b[i]?.id && record === b[i]?.record));
}

/** Counts the threads of a source that nobody counted yet: those from before people were. Answers how many. */
export async function countUncounted(tx: OpenTransaction, sourceId: number, most: number): Promise<number> {
  const { rows: ids } = await tx.client.query<{ id: number }>(
    'select id from thread where source_id = $1 and people is null order by id limit $2',
    [sourceId, most],
  );
  const list = ids.map(({ id }) => id);
  const counted = await countThreads(tx, sourceId, list);
  const change: Change = { fresh: [], statements: [], dropped: new Set(), shaken: true };
  const after = (await threadsById(tx, sourceId, list)).map((row) => ({ row, now: applied(row, change, counted.get(row.id)) }));
  await updateThreads(
    tx,
    sourceId,
    after.map(({ now }) => now),
  );
  await writeThreadWords(tx, sourceId, after.map(retitled));
  return list.length;
}
