import type { OpenTransaction } from '../../platform/db.ts';
import { conflict } from '../../platform/errors.ts';

/** Any number that is ours alone. */
const treeLock = 72_617_022;

/**
 * Only one transaction at a time changes who belongs to whom, until it ends. Taken before any row of a member or an
 * identity is locked, so that nobody waits in a circle.
 */
export async function lockTrees(tx: OpenTransaction): Promise<void> {
  await tx.client.query('select pg_advisory_xact_lock($1)', [treeLock]);
}

export type MergeCause = 'proof' | 'hand' | 'suggestion' | 'import';

export interface Edge {
  /** Two different roots. */
  absorbed: number;
  survivor: number;
  cause: MergeCause;
  /** In words: why they are one person. */
  reason: string;
}

const touched = 'revision = pg_current_xact_id()::text::bigint';

/**
 * Hangs roots under other roots: one row of `merge` each. Nothing else is moved or overwritten; whose root is who is
 * computed anew. Edges of one call may build on each other, in their order. Needs `lockTrees`.
 */
export async function joinTrees(tx: OpenTransaction, edges: readonly Edge[], by: string | undefined, now: Date): Promise<number[]> {
  if (edges.length === 0) return [];
  const absorbed = edges.map((edge) => edge.absorbed);
  await holdMembers(
    tx,
    edges.flatMap((edge) => [edge.absorbed, edge.survivor]),
  );
  const inserted = await tx.client.query<{ id: number }>(
    `insert into merge (absorbed_id, survivor_id, cause, reason, made_at, made_by)
     select a, s, c, r, $5, $6 from unnest($1::int[], $2::int[], $3::text[], $4::text[]) with ordinality w (a, s, c, r, n) order by n
     returning id`,
    [absorbed, edges.map((edge) => edge.survivor), edges.map((edge) => edge.cause), edges.map((edge) => edge.reason), now, by ?? null],
  );
  const changed = await tx.client.query(
    `update member m set merged_into = w.s, ${touched} from unnest($1::int[], $2::int[]) w (a, s) where m.id = w.a and m.merged_into is null`,
    [absorbed, edges.map((edge) => edge.survivor)],
  );
  if (changed.rowCount !== edges.length)
    throw conflict('members.merged_already', 'One of them was merged by somebody else in the meantime. Load the page again.');
  // Where each absorbed root ends up, following the edges of this call.
  const next = new Map(edges.map((edge) => [edge.absorbed, edge.survivor]));
  const finals = absorbed.map((root) => {
    let at = root;
    for (let to = next.get(at); to !== undefined; to = next.get(at)) at = to;
    return at;
  });
  await moveRoots(tx, absorbed, finals);
  await settleBots(tx, finals);
  return inserted.rows.map((row) => row.id);
}

/** Cards of these people are made before or after, never between: see `refreshPeople`. */
async function holdMembers(tx: OpenTransaction, ids: readonly number[]): Promise<void> {
  await tx.client.query('select id from member where id = any($1::int[]) order by id for update', [[...new Set(ids)]]);
}

async function moveRoots(tx: OpenTransaction, from: readonly number[], to: readonly number[]): Promise<void> {
  const values = [from, to];
  await tx.client.query(
    `update member m set root_id = w.t, ${touched} from unnest($1::int[], $2::int[]) w (f, t) where m.root_id = w.f`,
    values,
  );
  await tx.client.query(
    `update identity i set member_id = w.t, ${touched} from unnest($1::int[], $2::int[]) w (f, t) where i.member_id = w.f`,
    values,
  );
}

/**
 * Takes one member, with all that was merged into it, out of the tree above it: exactly what its merge had joined, at
 * any time, in any order. Needs `lockTrees`. Returns the two roots.
 */
export async function cutTree(
  tx: OpenTransaction,
  mergeId: number,
  by: string | undefined,
  now: Date,
): Promise<{ kept: number; freed: number } | undefined> {
  const merge = await tx.client.query<{ absorbed_id: number }>(
    'update merge set undone_at = $2, undone_by = $3 where id = $1 and undone_at is null returning absorbed_id',
    [mergeId, now, by ?? null],
  );
  const freed = merge.rows[0]?.absorbed_id;
  if (freed === undefined) return undefined;
  const was = await tx.client.query<{ root_id: number }>('select root_id from member where id = $1', [freed]);
  const kept = was.rows[0]?.root_id ?? freed;
  await holdMembers(tx, [kept, freed]);
  await tx.client.query(`update member set merged_into = null, ${touched} where id = $1`, [freed]);
  const subtree = await tx.client.query<{ id: number }>(
    `with recursive below (id) as (select $1::int union all select m.id from member m join below b on m.merged_into = b.id)
     update member m set root_id = $1, ${touched} from below where m.id = below.id returning m.id`,
    [freed],
  );
  await tx.client.query(`update identity set member_id = $1, ${touched} where origin_member_id = any($2::int[])`, [
    freed,
    subtree.rows.map((row) => row.id),
  ]);
  await settleBots(tx, [kept, freed]);
  return { kept, freed };
}

/**
 * Whether these people are bots, as their whole trees say: a person's decision first (the root's before others'), else
 * the strongest sign.
 */
export async function settleBots(tx: OpenTransaction, roots: readonly number[]): Promise<void> {
  await tx.client.query(
    `update member m set bot = e.bot, ${touched}
     from (
       select root_id, coalesce(
         (array_agg(own_bot order by id <> root_id, id) filter (where bot_decided_by is not null))[1],
         case when bool_or(own_bot = 'bot') then 'bot' when bool_or(own_bot = 'suspected') then 'suspected' else 'human' end) as bot
       from member where root_id = any($1::int[]) group by root_id
     ) e
     where m.root_id = e.root_id and m.bot <> e.bot`,
    [[...new Set(roots)]],
  );
}
