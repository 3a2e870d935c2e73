import type { OpenTransaction } from '../../platform/db.ts';

/** What one page adds to an identity. Times in milliseconds since 1970. A negative count takes away (re-derivation). */
export interface StatChange {
  identityId: number;
  firstAt: number;
  lastAt: number;
  count: number;
}

/** Adds to what identities did in all, in one round trip. One row an identity, in any order. */
export async function recordStats(tx: OpenTransaction, stats: readonly StatChange[]): Promise<void> {
  if (stats.length === 0) return;
  // Sorted, so that two pages never wait for each other in a circle.
  const sorted = stats.toSorted((a, b) => a.identityId - b.identityId);
  await tx.client.query({
    name: 'members-stat-add',
    text: `insert into identity_stat as s (identity_id, first_at, last_at, activities)
      select id, to_timestamp(first_at), to_timestamp(last_at), n from unnest($1::int[], $2::float8[], $3::float8[], $4::bigint[]) w (id, first_at, last_at, n)
      on conflict (identity_id) do update set
        first_at = least(s.first_at, excluded.first_at), last_at = greatest(s.last_at, excluded.last_at),
        activities = greatest(0, s.activities + excluded.activities)`,
    values: [
      sorted.map((s) => s.identityId),
      sorted.map((s) => s.firstAt / 1000),
      sorted.map((s) => s.lastAt / 1000),
      sorted.map((s) => s.count),
    ],
  });
  await markStale(
    tx,
    sorted.map((s) => s.identityId),
  );
}

/**
 * Sets what identities did in all, as counted afresh by whoever keeps the activities (members never read them). One
 * without activities is given with a count of 0.
 */
export async function replaceStats(tx: OpenTransaction, stats: readonly StatChange[]): Promise<void> {
  if (stats.length === 0) return;
  const none = stats.filter((s) => s.count <= 0).map((s) => s.identityId);
  const some = stats.filter((s) => s.count > 0).toSorted((a, b) => a.identityId - b.identityId);
  if (none.length > 0) await tx.client.query('delete from identity_stat where identity_id = any($1::int[])', [none]);
  if (some.length > 0) {
    await tx.client.query(
      `insert into identity_stat (identity_id, first_at, last_at, activities)
       select id, to_timestamp(first_at), to_timestamp(last_at), n from unnest($1::int[], $2::float8[], $3::float8[], $4::bigint[]) w (id, first_at, last_at, n)
       on conflict (identity_id) do update set first_at = excluded.first_at, last_at = excluded.last_at, activities = excluded.activities`,
      [some.map((s) => s.identityId), some.map((s) => s.firstAt / 1000), some.map((s) => s.lastAt / 1000), some.map((s) => s.count)],
    );
  }
  await markStale(
    tx,
    stats.map((s) => s.identityId),
  );
}

/** The cards of the people behind these identities are made anew by the next `members.refresh-cards`. */
export async function markStale(tx: OpenTransaction, identityIds: readonly number[]): Promise<void> {
  if (identityIds.length === 0) return;
  await tx.client.query({
    name: 'members-card-stale',
    text: 'insert into card_stale (identity_ids) values ($1::int[])',
    values: [identityIds],
  });
}
