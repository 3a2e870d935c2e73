import { sql } from 'kysely';
import type { Expression, RawBuilder, SqlBool } from 'kysely';
import type { Db } from '../../platform/db.ts';

const cardColumns = [
  'member_card.member_id',
  'member_card.name',
  'member_card.name_key',
  'member_card.avatar_url',
  'member_card.handles',
  'member_card.platforms',
  'member_card.location',
  'member_card.organization_id',
  'member_card.organization',
  'member_card.is_ours',
  'member_card.bot',
  'member_card.first_at',
  'member_card.last_at',
  'member_card.activities',
  'member_card.identities',
  'member_card.tags',
  'e.score',
  'e.level_id',
  'l.name as level',
] as const;

function selectCards(db: Db) {
  return db
    .selectFrom('member_card')
    .leftJoin('member_engagement as e', 'e.member_id', 'member_card.member_id')
    .leftJoin('engagement_level as l', 'l.id', 'e.level_id')
    .select(cardColumns);
}
export type CardRow = Awaited<ReturnType<ReturnType<typeof selectCards>['execute']>>[number];

/** The cards of some people, by root id. */
export async function readCards(db: Db, roots: readonly number[]): Promise<Map<number, CardRow>> {
  if (roots.length === 0) return new Map();
  const rows = await selectCards(db)
    .where('member_card.member_id', 'in', [...new Set(roots)])
    .execute();
  return new Map(rows.map((row) => [row.member_id, row]));
}

export const sorts = ['last', 'first', 'activities', 'engagement', 'name'] as const;
export type Sort = (typeof sorts)[number];

const sortColumns = { last: 'last_at', first: 'first_at', activities: 'activities', engagement: 'score', name: 'name_key' } as const;

type Key = [string | number | null, number];
/** A condition on `member_card`. */
export type Where = Expression<SqlBool>;

/** How far a page is looked for in each way before the next one is tried. */
export interface Budget {
  /** The first so many of the order, whoever they are: a filter that lets many through is answered by them. */
  nearby: number;
  /** All that match, gathered and sorted: an index of the order would be walked to its end for those who all stand there. */
  gathered: number;
}
const usual: Budget = { nearby: 5000, gathered: 50_000 };

/**
 * One page of cards. Pages hang on the sort value and the id: rows that come or go in between shift nothing. `count`: of all
 * that match, where it became known on the way.
 */
export async function readCardPage(
  db: Db,
  where: readonly Where[],
  sort: Sort,
  limit: number,
  after: Key | undefined,
  budget = usual,
): Promise<{ rows: CardRow[]; next: Key | undefined; count: number | undefined }> {
  const { ids, count } = await findPage(db, where, sort, limit + 1, after, budget);
  const cards = await readCards(db, ids);
  const rows = ids.flatMap((id) => cards.get(id) ?? []);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  // Somebody may be merged into another between the two questions: there is more all the same.
  return { rows: page, next: ids.length > limit && last !== undefined ? keyOf(last, sort) : undefined, count };
}

function keyOf(row: CardRow, sort: Sort): Key {
  const value = row[sortColumns[sort]];
  return [value instanceof Date ? value.toISOString() : value, row.member_id];
}

async function findPage(
  db: Db,
  where: readonly Where[],
  sort: Sort,
  wanted: number,
  after: Key | undefined,
  { nearby, gathered }: Budget,
): Promise<{ ids: number[]; count: number | undefined }> {
  const near = await walk(db, where, sort, wanted, after, nearby);
  if (near.length === wanted) return { ids: near, count: undefined };
  const few = await gather(db, where, sort, wanted, after, gathered);
  if (few !== undefined) return few;
  const valued = await walk(db, where, sort, wanted, after, undefined);
  // Those who were never seen, or have no points, come last: asked for on their own, so that each question is one stretch
  // of an index.
  const rest = valued.length === wanted ? [] : await walkValueless(db, where, sort, wanted - valued.length, after);
  return { ids: [...valued, ...rest], count: undefined };
}

/** In the order of an index, until there are enough, or so many were looked at. Without those who have no value. */
async function walk(
  db: Db,
  where: readonly Where[],
  sort: Sort,
  wanted: number,
  after: Key | undefined,
  looked: number | undefined,
): Promise<number[]> {
  if (after?.[0] === null) return [];
  const engaged = sort === 'engagement';
  const key = engaged ? sql`e.score` : sql.ref(`c.${sortColumns[sort]}`);
  const id = engaged ? sql`e.member_id` : sql`c.member_id`;
  const from = engaged ? sql`member_engagement e join member_card c on c.member_id = e.member_id` : sql`member_card c`;
  const upward = sort === 'name';
  const bounds = [
    ...(after === undefined ? [] : [sql`(${key}, ${id}) ${upward ? sql`>` : sql`<`} (${after[0]}, ${after[1]})`]),
    ...(upward || sort === 'activities' ? [] : [sql`${key} is not null`]),
  ];
  const order = (by: RawBuilder<unknown>, then: RawBuilder<unknown>) => {
    const nulls = sort === 'last' || sort === 'first' ? sql` nulls last` : sql``;
    return upward ? sql`order by ${by}, ${then}` : sql`order by ${by} desc${nulls}, ${then} desc`;
  };
  const { rows } = await sql<{ id: number }>`
    select member_card.member_id as id from (
      select c.*, ${key} as sort_key from ${from} where ${sql.join([sql`true`, ...bounds], sql` and `)}
      ${order(key, id)} ${looked === undefined ? sql`` : sql`limit ${looked}`}
    ) member_card where ${sql.join([sql`true`, ...where], sql` and `)}
    ${order(sql`member_card.sort_key`, sql`member_card.member_id`)} limit ${wanted}`.execute(db);
  return rows.map((row) => row.id);
}

async function walkValueless(db: Db, where: readonly Where[], sort: Sort, wanted: number, after: Key | undefined): Promise<number[]> {
  if (sort === 'name' || sort === 'activities') return [];
  let query = db
    .selectFrom('member_card')
    .leftJoin('member_engagement as e', 'e.member_id', 'member_card.member_id')
    .select('member_card.member_id as id')
    .where(sort === 'engagement' ? 'e.score' : `member_card.${sortColumns[sort]}`, 'is', null);
  for (const condition of where) query = query.where(condition);
  if (after?.[0] === null) query = query.where('member_card.member_id', '<', after[1]);
  return (await query.orderBy('member_card.member_id', 'desc').limit(wanted).execute()).map((row) => row.id);
}

/** By the conditions alone, sorted; undefined when more match than are gathered. */
async function gather(
  db: Db,
  where: readonly Where[],
  sort: Sort,
  wanted: number,
  after: Key | undefined,
  most: number,
): Promise<{ ids: number[]; count: number } | undefined> {
  let query = db
    .selectFrom('member_card')
    .leftJoin('member_engagement as e', 'e.member_id', 'member_card.member_id')
    .select(['member_card.member_id', sort === 'engagement' ? 'e.score as key' : (`member_card.${sortColumns[sort]} as key` as const)]);
  for (const condition of where) query = query.where(condition);
  const order = sort === 'name' ? sql`key, member_id` : sql`key desc nulls last, member_id desc`;
  const { rows } = await sql<{ count: number; ids: number[] }>`
    with found as materialized (${query.limit(most + 1)})
    select (select count(*) from found) as count,
      array(select member_id from found where ${behind(sort, after)} order by ${order} limit ${wanted}) as ids`.execute(db);
  const [found] = rows;
  return found === undefined || found.count > most ? undefined : found;
}

/** What comes after that place in the order, as a condition on `key` and `member_id`. */
function behind(sort: Sort, after: Key | undefined): RawBuilder<unknown> {
  if (after === undefined) return sql`true`;
  const [key, id] = after;
  if (key === null) return sql`key is null and member_id < ${id}`;
  return sort === 'name' ? sql`(key, member_id) > (${key}, ${id})` : sql`((key, member_id) < (${key}, ${id}) or key is null)`;
}

/** Counting further would cost more than the number is worth. */
export const countedUpTo = 10_000;

export async function countCards(db: Db, where: readonly Where[]): Promise<{ count: number; more: boolean }> {
  let query = db.selectFrom('member_card').select(sql`1`.as('one'));
  for (const condition of where) query = query.where(condition);
  const { count } = await db
    .selectFrom(query.limit(countedUpTo + 1).as('found'))
    .select(sql<number>`count(*)`.as('count'))
    .executeTakeFirstOrThrow();
  return { count: Math.min(count, countedUpTo), more: count > countedUpTo };
}
