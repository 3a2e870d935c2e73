import { sql } from 'kysely';
import type { SqlBool } from 'kysely';
import { idOf } from '../../platform/access.ts';
import type { Context } from '../../platform/context.ts';
import type { Db, OpenTransaction } from '../../platform/db.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { showId } from '../../platform/ids.ts';
import { refreshPeople } from './cards.ts';
import { readCards } from './card-page.ts';

/** The transaction that wrote a row last: what metrics read again. */
export const thisRevision = sql<number>`pg_current_xact_id()::text::bigint`;

export function actorId(context: Context): string | null {
  return idOf(context.actor) ?? null;
}

/** The open transaction of a command. */
export function inside(context: Context): OpenTransaction {
  if (context.tx === undefined) throw new Error('This needs a transaction.');
  return context.tx;
}

/** The root of a member that may have been merged since its link was made. Errors: `not_found`. */
export async function rootOf(db: Db, memberId: number): Promise<number> {
  const row = await db.selectFrom('member').select('root_id').where('id', '=', memberId).executeTakeFirst();
  if (row === undefined) throw await whyGone(db, memberId);
  return row.root_id;
}

async function whyGone(db: Db, memberId: number): Promise<AppError> {
  const erased = await db
    .selectFrom('erasure')
    .select(['state', 'asked_at', 'restore_until'])
    .where(sql<SqlBool>`member_ids @> array[${memberId}]::int[]`)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  if (erased === undefined) return notFound('member', showId('member', memberId));
  const open = erased.state === 'hiding' || erased.state === 'hidden';
  return new AppError(
    'not_found',
    'members.erased',
    `This person was erased on ${erased.asked_at.toISOString().slice(0, 10)}. ${
      open
        ? `Until ${erased.restore_until.toISOString().slice(0, 10)} a manager can bring it back under Settings, Privacy.`
        : 'Nothing of it is kept.'
    }`,
  );
}

/** As `rootOf`, for several: each root once, in their order. */
export async function rootsOf(db: Db, memberIds: readonly number[]): Promise<number[]> {
  const roots = new Set<number>();
  const rows =
    memberIds.length === 0
      ? []
      : await db
          .selectFrom('member')
          .select(['id', 'root_id'])
          .where('id', 'in', [...memberIds])
          .execute();
  const known = new Map(rows.map((row) => [row.id, row.root_id]));
  for (const id of memberIds) {
    const root = known.get(id);
    if (root === undefined) throw notFound('member', showId('member', id));
    roots.add(root);
  }
  return [...roots];
}

/** What people are called, by root id, as their cards say. */
export async function namesOf(db: Db, roots: readonly number[]): Promise<(root: number) => string> {
  const cards = await readCards(db, roots);
  return (root) => cards.get(root)?.name ?? showId('member', root);
}

/** Cards and derived affiliations of people that a command touched are right when it ends. */
export async function settle(context: Context, roots: readonly number[]): Promise<void> {
  await refreshPeople(inside(context), roots, context.clock.now());
}
