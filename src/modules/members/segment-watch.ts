import { createContext } from '../../platform/action.ts';
import type { Context, Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { messageOf } from '../../platform/errors.ts';
import { showId } from '../../platform/ids.ts';
import type { Job } from '../../platform/jobs.ts';
import { filterMembers, filterOfSegment, storeFilter } from './filter.ts';
import type { MemberBits } from './provided.ts';

/** Members whose coming or going is written in one transaction. */
const batch = 500;

/**
 * Looks who entered and who left each segment since the last time. What was found the first time, and after the definition
 * changed, is remembered without a word. Changes are written in steps, each with what is remembered and the facts that tell
 * of it: stopped anywhere, the next time goes on where this one stopped, and nothing is told twice.
 */
export async function watchSegments(program: Program, signal?: AbortSignal): Promise<{ entered: number; left: number }> {
  const sum = { entered: 0, left: 0 };
  const segments = await program.database.db.selectFrom('segment').select(['id', 'filter', 'ready']).orderBy('id').execute();
  for (const segment of segments) {
    try {
      const { entered, left } = await watchSegment(program, segment, signal);
      sum.entered += entered;
      sum.left += left;
    } catch (error) {
      if (signal?.aborted === true) throw error;
      // One that cannot be judged (its filter names what is gone) keeps the others from nothing.
      program.log.warn({ segment: segment.id, error: messageOf(error) }, 'a segment could not be looked at');
    }
  }
  const monthsAgo = new Date(program.clock.now().getTime() - 180 * 86_400_000);
  await program.database.db.deleteFrom('segment_change').where('at', '<', monthsAgo).execute();
  return sum;
}

interface Watched {
  id: number;
  filter: unknown;
  ready: string | null;
}

async function watchSegment(
  program: Program,
  segment: Watched,
  signal: AbortSignal | undefined,
): Promise<{ entered: number; left: number }> {
  const filter = filterOfSegment(segment);
  const definition = JSON.stringify(storeFilter(filter));
  const ids = await filterMembers({ ...program, db: program.database.db }, [filter]);
  const sum = { entered: 0, left: 0 };
  const present = bitsOf(ids);
  for (;;) {
    signal?.throwIfAborted();
    const done = await transaction(program.database, (tx) => takeSome(program, tx, segment.id, definition, present, ids.length));
    sum.entered += done.entered;
    sum.left += done.left;
    if (!done.more) return sum;
  }
}

/** Remembers some of what changed. The row is held: two watchers take turns, and the second finds nothing left. */
async function takeSome(
  program: Program,
  tx: OpenTransaction,
  segmentId: number,
  definition: string,
  present: MemberBits,
  size: number,
): Promise<{ entered: number; left: number; more: boolean }> {
  const now = program.clock.now();
  const none = { entered: 0, left: 0, more: false };
  // Held first: nobody deletes or changes the segment in between.
  const held = await tx.client.query<{ alerts: boolean }>('select alerts from segment where id = $1 for share', [segmentId]);
  if (held.rows[0] === undefined) return none;
  const kept = await tx.client.query<{ definition: string; members: Buffer }>(
    'select definition, members from segment_membership where segment_id = $1 for update',
    [segmentId],
  );
  const known = kept.rows[0];
  if (known?.definition !== definition) {
    await tx.client.query(
      `insert into segment_membership (segment_id, definition, members, size, filled_at, checked_at) values ($1, $2, $3, $4, $5, $5)
       on conflict (segment_id) do update set definition = excluded.definition, members = excluded.members, size = excluded.size,
         filled_at = excluded.filled_at, checked_at = excluded.checked_at`,
      [segmentId, definition, Buffer.from(present), size, now],
    );
    return none;
  }
  const changed = differing(known.members, present, batch + 1);
  const some = changed.slice(0, batch);
  const length = Math.max(known.members.length, present.length);
  const members = Buffer.alloc(length);
  known.members.copy(members);
  for (const id of some) members.writeUInt8((members[id >> 3] ?? 0) ^ (1 << (id & 7)), id >> 3);
  await tx.client.query('update segment_membership set members = $2, size = $3, checked_at = $4 where segment_id = $1', [
    segmentId,
    members,
    size,
    now,
  ]);
  // Whoever was merged away did not leave: the person they are now is looked at on their own.
  const roots = await tx.client.query<{ id: number }>('select id from member where id = any($1::int[]) and merged_into is null', [some]);
  const isRoot = new Set(roots.rows.map((row) => row.id));
  const moves = some.filter((id) => isRoot.has(id)).map((id) => ({ id, entered: isIn(present, id) }));
  if (moves.length > 0) {
    await tx.client.query(
      'insert into segment_change (segment_id, member_id, entered, at) select $1, m, e, $4 from unnest($2::int[], $3::bool[]) w (m, e)',
      [segmentId, moves.map((move) => move.id), moves.map((move) => move.entered), now],
    );
    if (held.rows[0].alerts) await tell(createContext(program, watcher, tx), segmentId, moves);
  }
  const entered = moves.filter((move) => move.entered).length;
  return { entered, left: moves.length - entered, more: changed.length > batch };
}

const watcher = { actor: { type: 'system', name: 'Segments' }, origin: 'job' } as const;

async function tell(context: Context, segmentId: number, moves: readonly { id: number; entered: boolean }[]): Promise<void> {
  const segment = showId('segment', segmentId);
  for (const { id, entered } of moves) {
    await context.fact(entered ? 'segment.entered' : 'segment.left', { segmentId, segment, memberId: id, member: showId('member', id) });
  }
}

function bitsOf(ids: readonly number[]): MemberBits {
  const bits = new Uint8Array(((ids.at(-1) ?? -1) >> 3) + 1);
  for (const id of ids) bits[id >> 3] = (bits[id >> 3] ?? 0) | (1 << (id & 7));
  return bits;
}

function isIn(bits: MemberBits, id: number): boolean {
  return (((bits[id >> 3] ?? 0) >> (id & 7)) & 1) === 1;
}

/** The first so many that are in one of them alone, ascending. */
function differing(a: MemberBits, b: MemberBits, most: number): number[] {
  const ids: number[] = [];
  for (let byte = 0; byte < Math.max(a.length, b.length) && ids.length < most; byte += 1) {
    let left = (a[byte] ?? 0) ^ (b[byte] ?? 0);
    for (let bit = 0; left !== 0; bit += 1, left >>= 1) if ((left & 1) === 1) ids.push(byte * 8 + bit);
  }
  return ids.slice(0, most);
}

export const watchSegmentsJob: Job = {
  name: 'members.watch-segments',
  cron: '41 * * * *',
  expireSeconds: 3600,
  async work(program, _data, signal) {
    await watchSegments(program, signal);
  },
};
