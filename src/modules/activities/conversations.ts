import type { ActivityDraft } from '../../connectors/contract.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { kindCode } from './kinds.ts';
import { isSaid } from './participants.ts';
import { storable } from './statements.ts';
import type { ActivityRow } from './store.ts';
import { conversationsAround, nextThreadIds, threadsById } from './thread-store.ts';

/**
 * Conversations of chats that keep no threads: what is said in one room until nobody says anything for half an hour. The same
 * messages give the same conversations in whatever order they come: one that comes late may join two, one that is taken back
 * may part one.
 */
export const pause = 30 * 60_000;

/** A stretch of one room's talk: a conversation that stands, or a single message. */
export interface Piece<T> {
  from: number;
  to: number;
  of: T;
}

/** Which pieces are one conversation: those with less than a pause between them. */
function joinPieces<T>(pieces: readonly Piece<T>[]): Piece<T>[][] {
  const joined: Piece<T>[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const piece of [...pieces].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last === undefined || piece.from - end >= pause) joined.push([piece]);
    else last.push(piece);
    end = Math.max(end, piece.to);
  }
  return joined;
}

export interface Said {
  /** The activity's id. */
  id: number;
  draft: ActivityDraft;
}

export interface Placed {
  /** Activity id → its conversation. */
  threadOf: Map<number, number>;
  /** Conversations that did not exist, with their rooms. */
  born: Map<number, string>;
  /** Those that lost or got messages that were there before: to be counted from the rows. */
  shaken: Set<number>;
}

type Part = { conversation: number } | { message: number; was: number | undefined };

/** The room of a draft that goes into a conversation by it. */
export function roomOf(draft: ActivityDraft): string | undefined {
  return draft.thread === undefined && draft.room !== undefined && isSaid(kindCode(draft.kind))
    ? storable(draft.room.externalId, 400)
    : undefined;
}

/**
 * Finds the conversations of what is said in rooms, and moves messages that are in another one from now on. `before`: what the
 * same records gave until now; its threads are kept in step.
 */
export async function placeInRooms(
  tx: OpenTransaction,
  sourceId: number,
  said: readonly Said[],
  before: ReadonlyMap<number, ActivityRow>,
): Promise<Placed> {
  const placed: Placed = { threadOf: new Map(), born: new Map(), shaken: new Set() };
  const inRooms = said.flatMap(({ id, draft }) => {
    const room = roomOf(draft);
    return room === undefined ? [] : [{ id, room, at: draft.at }];
  });
  const wereIn = [...new Set([...before.values()].flatMap((row) => (row.threadId === null ? [] : [row.threadId])))];
  const known = new Map((await threadsById(tx, sourceId, wereIn)).filter((row) => row.room !== undefined).map((row) => [row.id, row]));
  if (inRooms.length === 0 && known.size === 0) return placed;

  // What is still said at the same time in the same room stays where it is, unless others move.
  const fresh: typeof inRooms = [];
  const staying = new Set<number>();
  for (const one of inRooms) {
    const was = before.get(one.id);
    const conversation = was?.threadId == null ? undefined : known.get(was.threadId);
    if (was?.at === one.at && conversation?.room === one.room) {
      staying.add(one.id);
      placed.threadOf.set(one.id, conversation.id);
    } else fresh.push(one);
  }
  const leaving = [...before.values()].filter((row) => row.threadId !== null && known.has(row.threadId) && !staying.has(row.id));
  const parted = new Set(leaving.flatMap((row) => row.threadId ?? []));
  const pieces = new Map<string, Piece<Part>[]>();
  const put = (room: string, from: number, to: number, of: Part): void => {
    const own = pieces.get(room);
    if (own === undefined) pieces.set(room, [{ from, to, of }]);
    else own.push({ from, to, of });
  };
  for (const one of fresh) put(one.room, one.at, one.at, { message: one.id, was: undefined });
  for (const left of await messagesOf(
    tx,
    sourceId,
    [...parted],
    leaving.map((row) => row.id),
  ))
    put(known.get(left.was)?.room ?? '', left.at, left.at, { message: left.id, was: left.was });
  for (const row of await conversationsAround(tx, sourceId, windowsOf(fresh))) {
    if (!parted.has(row.id)) put(row.room ?? '', row.openedAt ?? 0, row.lastAt ?? 0, { conversation: row.id });
  }
  for (const id of parted) placed.shaken.add(id);
  await settle(tx, sourceId, pieces, placed, before);
  return placed;
}

function windowsOf(fresh: readonly { room: string; at: number }[]): { room: string; from: number; to: number }[] {
  const windows = new Map<string, { room: string; from: number; to: number }>();
  for (const { room, at } of fresh) {
    const window = windows.get(room);
    if (window === undefined) windows.set(room, { room, from: at - pause, to: at + pause });
    else {
      window.from = Math.min(window.from, at - pause);
      window.to = Math.max(window.to, at + pause);
    }
  }
  return [...windows.values()];
}

async function messagesOf(
  tx: OpenTransaction,
  sourceId: number,
  threads: readonly number[],
  without: readonly number[],
): Promise<{ id: number; at: number; was: number }[]> {
  if (threads.length === 0) return [];
  const { rows } = await tx.client.query<{ id: number; at: number; was: number }>(
    `select id, round(extract(epoch from at) * 1000)::bigint as at, thread_id as was from activity
     where source_id = $1 and thread_id = any ($2::bigint[]) and id <> all ($3::bigint[])`,
    [sourceId, threads, without],
  );
  return rows;
}

/** Gives each group of pieces one conversation: the oldest of theirs that stands, else one that fell apart, else a new one. */
async function settle(
  tx: OpenTransaction,
  sourceId: number,
  pieces: ReadonlyMap<string, Piece<Part>[]>,
  placed: Placed,
  before: ReadonlyMap<number, ActivityRow>,
): Promise<void> {
  const groups = [...pieces].flatMap(([room, own]) => joinPieces(own).map((group) => ({ room, group })));
  const used = new Set<number>();
  const chosen = groups.map(({ group }) => {
    const standing = group.flatMap(({ of }) => ('conversation' in of ? [of.conversation] : []));
    const fallen = group.flatMap(({ of }) => ('message' in of && of.was !== undefined && !used.has(of.was) ? [of.was] : []));
    const id = standing[0] ?? fallen[0];
    if (id !== undefined) used.add(id);
    return id;
  });
  const fresh = await nextThreadIds(tx, chosen.filter((id) => id === undefined).length);
  const moved: { id: number; to: number }[] = [];
  const joined: { from: number; to: number }[] = [];
  groups.forEach(({ room, group }, g) => {
    const target = chosen[g] ?? fresh.pop() ?? 0;
    if (chosen[g] === undefined) placed.born.set(target, room);
    for (const { of } of group) {
      if ('conversation' in of) {
        if (of.conversation !== target) joined.push({ from: of.conversation, to: target });
      } else {
        placed.threadOf.set(of.message, target);
        if (of.was !== undefined && of.was !== target) moved.push({ id: of.message, to: target });
      }
    }
  });
  for (const { to } of moved) placed.shaken.add(to);
  for (const { from, to } of joined) {
    placed.shaken.add(from);
    placed.shaken.add(to);
  }
  await moveMessages(tx, sourceId, moved, joined);
  const into = new Map(joined.map(({ from, to }) => [from, to]));
  const movedTo = new Map(moved.map(({ id, to }) => [id, to]));
  for (const row of before.values()) {
    if (row.threadId === null) continue;
    const next = movedTo.get(row.id) ?? into.get(row.threadId);
    if (next === undefined) continue;
    row.threadId = next;
    if (placed.threadOf.has(row.id)) placed.threadOf.set(row.id, next);
  }
}

async function moveMessages(
  tx: OpenTransaction,
  sourceId: number,
  moved: readonly { id: number; to: number }[],
  joined: readonly { from: number; to: number }[],
): Promise<void> {
  if (moved.length > 0)
    await tx.client.query(
      `update activity a set thread_id = u.thread_id from unnest($2::bigint[], $3::bigint[]) as u (id, thread_id)
       where a.source_id = $1 and a.id = u.id`,
      [sourceId, moved.map((one) => one.id), moved.map((one) => one.to)],
    );
  if (joined.length > 0)
    await tx.client.query(
      `update activity a set thread_id = u.thread_id from unnest($2::bigint[], $3::bigint[]) as u (was, thread_id)
       where a.source_id = $1 and a.thread_id = u.was`,
      [sourceId, joined.map((one) => one.from), joined.map((one) => one.to)],
    );
}
