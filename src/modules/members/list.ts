import { sql } from 'kysely';
import type { Expression, RawBuilder, SqlBool } from 'kysely';
import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Db } from '../../platform/db.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { conditionsOf, filterShape, requestedFilters } from './filter.ts';

export const cardOutput = z.object({
  id: z.string(),
  name: z.string(),
  avatarUrl: z.string().nullable(),
  handles: z.array(z.string()),
  platforms: z.array(z.string()),
  location: z.string().nullable(),
  organization: z.object({ id: z.string(), name: z.string() }).nullable(),
  team: z.boolean().describe('Belongs to an organization of ours now.'),
  bot: z.enum(['human', 'suspected', 'bot']),
  firstAt: z.date().nullable(),
  lastAt: z.date().nullable(),
  activities: z.number(),
  engagement: z.number().describe('Points as of the latest count; engagement.of shows the sum.'),
  level: z.object({ id: z.string(), name: z.string() }).nullable(),
  identities: z.number(),
  tags: z.array(z.string()),
});

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
type CardRow = Awaited<ReturnType<ReturnType<typeof selectCards>['execute']>>[number];

export function showCard(row: CardRow): z.input<typeof cardOutput> {
  return {
    id: showId('member', row.member_id),
    name: row.name,
    avatarUrl: row.avatar_url,
    handles: row.handles,
    platforms: row.platforms,
    location: row.location,
    organization: row.organization_id === null ? null : { id: showId('organization', row.organization_id), name: row.organization ?? '' },
    team: row.is_ours,
    bot: z.enum(['human', 'suspected', 'bot']).parse(row.bot),
    firstAt: row.first_at,
    lastAt: row.last_at,
    activities: row.activities,
    engagement: (row.score ?? 0) / 10,
    level: row.level_id === null || row.level === null ? null : { id: showId('level', row.level_id), name: row.level },
    identities: row.identities,
    tags: row.tags,
  };
}

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
type Where = Expression<SqlBool>;

/** So many that match are gathered and sorted. Counting further would cost more than the number is worth. */
const gatheredUpTo = 10_000;

/**
 * One page of cards. Pages hang on the sort value and the id: rows that come or go in between shift nothing. `count`: of all
 * that match, undefined when there are more than 10,000.
 */
export async function readCardPage(
  db: Db,
  where: readonly Where[],
  sort: Sort,
  limit: number,
  after: Key | undefined,
): Promise<{ rows: CardRow[]; next: Key | undefined; count: number | undefined }> {
  const by = sortColumns[sort];
  const keyOf = (row: CardRow): Key => {
    const value = row[by];
    return [value instanceof Date ? value.toISOString() : value, row.member_id];
  };
  const { count, rows } = (await readAmongFew(db, where, sort, limit, after)) ?? {
    count: undefined,
    rows: await readAmongMany(db, where, sort, limit, after),
  };
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last !== undefined ? keyOf(last) : undefined, count };
}

/**
 * Whom few conditions let through is found by the conditions, and sorted: an index of the order would be walked to its end for
 * those who all stand there. Undefined when there are more than 10,000.
 */
async function readAmongFew(
  db: Db,
  where: readonly Where[],
  sort: Sort,
  limit: number,
  after: Key | undefined,
): Promise<{ rows: CardRow[]; count: number } | undefined> {
  let query = db
    .selectFrom('member_card')
    .leftJoin('member_engagement as e', 'e.member_id', 'member_card.member_id')
    .select(['member_card.member_id', sort === 'engagement' ? 'e.score as key' : (`member_card.${sortColumns[sort]} as key` as const)]);
  for (const condition of where) query = query.where(condition);
  const order = sort === 'name' ? sql`key, member_id` : sql`key desc nulls last, member_id desc`;
  const { rows } = await sql<{ count: number; ids: number[] }>`
    with found as materialized (${query.limit(gatheredUpTo + 1)})
    select (select count(*) from found) as count,
      array(select member_id from found where ${behind(sort, after)} order by ${order} limit ${limit + 1}) as ids`.execute(db);
  const { count, ids } = rows[0] ?? { count: 0, ids: [] };
  if (count > gatheredUpTo) return undefined;
  const cards = await readCards(db, ids);
  return { rows: ids.flatMap((id) => cards.get(id) ?? []), count };
}

/** What comes after that place in the order, as a condition on `key` and `member_id`. */
function behind(sort: Sort, after: Key | undefined): RawBuilder<unknown> {
  if (after === undefined) return sql`true`;
  const [key, id] = after;
  if (key === null) return sql`key is null and member_id < ${id}`;
  return sort === 'name' ? sql`(key, member_id) > (${key}, ${id})` : sql`((key, member_id) < (${key}, ${id}) or key is null)`;
}

/** In the order of an index, until the page is full. */
async function readAmongMany(db: Db, where: readonly Where[], sort: Sort, limit: number, after: Key | undefined): Promise<CardRow[]> {
  const rows = after?.[0] === null ? [] : await readValued(db, where, sort, limit, after);
  const hasNulls = sort !== 'name' && sort !== 'activities';
  if (!hasNulls || rows.length > limit) return rows;
  // Those who were never seen, or have no points, come last: asked for on their own, so that each question is one stretch
  // of an index.
  const rest = await readValueless(db, where, sort, limit + 1 - rows.length, after?.[0] === null ? after[1] : undefined);
  return [...rows, ...rest];
}

function readValued(db: Db, where: readonly Where[], sort: Sort, limit: number, after: Key | undefined): Promise<CardRow[]> {
  let query = selectCards(db);
  for (const condition of where) query = query.where(condition);
  const id = sort === 'engagement' ? sql`e.member_id` : sql`member_card.member_id`;
  const column = sort === 'engagement' ? sql`e.score` : sql.ref(`member_card.${sortColumns[sort]}`);
  if (sort === 'name') {
    if (after !== undefined) query = query.where(sql<SqlBool>`(${column}, ${id}) > (${after[0]}, ${after[1]})`);
    query = query.orderBy(sql`${column}, ${id}`);
  } else {
    if (after !== undefined) query = query.where(sql<SqlBool>`(${column}, ${id}) < (${after[0]}, ${after[1]})`);
    if (sort !== 'activities') query = query.where(sql<SqlBool>`${column} is not null`);
    const nulls = sort === 'last' || sort === 'first' ? sql` nulls last` : sql``;
    query = query.orderBy(sql`${column} desc${nulls}, ${id} desc`);
  }
  return query.limit(limit + 1).execute();
}

function readValueless(db: Db, where: readonly Where[], sort: Sort, limit: number, below: number | undefined): Promise<CardRow[]> {
  let query = selectCards(db).where(
    sort === 'engagement' ? 'e.score' : `member_card.${sort === 'first' ? 'first_at' : 'last_at'}`,
    'is',
    null,
  );
  for (const condition of where) query = query.where(condition);
  if (below !== undefined) query = query.where('member_card.member_id', '<', below);
  return query.orderBy('member_card.member_id', 'desc').limit(limit).execute();
}

export async function countCards(db: Db, where: readonly Where[]): Promise<{ count: number; more: boolean }> {
  let query = db.selectFrom('member_card').select(sql`1`.as('one'));
  for (const condition of where) query = query.where(condition);
  const { count } = await db
    .selectFrom(query.limit(gatheredUpTo + 1).as('found'))
    .select(sql<number>`count(*)`.as('count'))
    .executeTakeFirstOrThrow();
  return { count: Math.min(count, gatheredUpTo), more: count > gatheredUpTo };
}

export const listMembers = defineAction({
  name: 'members.list',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists members by search, segment, organization, platform, source, tag, time and activity, a page at a time.',
  input: z.object({
    ...filterShape,
    segment: idInput('segment').optional(),
    member: idInput('member')
      .optional()
      .describe('Only this one, or whom they were merged into: to show a name. Only members.get counts as having looked at somebody.'),
    sort: z.enum(sorts).default('last'),
    count: z.stringbool().or(z.boolean()).default(true).describe('Whether to count all that match, up to 10,000.'),
    ...pageInput,
  }),
  output: z.object({
    members: z.array(cardOutput),
    next: z.string().nullable(),
    count: z.number().nullable(),
    /** There are more than were counted: shown as "10,000+". */
    more: z.boolean(),
  }),
  async run(context, input) {
    const { sort, limit, cursor, count, segment, member, ...own } = input;
    const filters = await requestedFilters(context.db, { ...own, segment });
    const where = await conditionsOf(context, filters);
    if (member !== undefined) where.push(sql<SqlBool>`member_card.member_id = (select root_id from member where id = ${member})`);
    const after = readCursor(cursor, 2);
    const page = await readCardPage(context.db, where, sort, limit, after === undefined ? undefined : [after[0] ?? null, Number(after[1])]);
    const counts = count && after === undefined;
    return {
      members: page.rows.map(showCard),
      next: page.next === undefined ? null : writeCursor(page.next),
      count: counts ? (page.count ?? gatheredUpTo) : null,
      more: counts && page.count === undefined,
    };
  },
});
