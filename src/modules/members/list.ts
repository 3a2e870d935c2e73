import { sql } from 'kysely';
import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Db } from '../../platform/db.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { conditions, filterShape, requestedFilters } from './filter.ts';
import type { MemberFilter } from './filter.ts';

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
  identities: z.number(),
  tags: z.array(z.string()),
});

const cardColumns = [
  'member_id',
  'name',
  'name_key',
  'avatar_url',
  'handles',
  'platforms',
  'location',
  'organization_id',
  'organization',
  'is_ours',
  'bot',
  'first_at',
  'last_at',
  'activities',
  'identities',
  'tags',
] as const;

function selectCards(db: Db) {
  return db.selectFrom('member_card').select(cardColumns);
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
    identities: row.identities,
    tags: row.tags,
  };
}

/** The cards of some people, by root id. */
export async function readCards(db: Db, roots: readonly number[]): Promise<Map<number, CardRow>> {
  if (roots.length === 0) return new Map();
  const rows = await selectCards(db)
    .where('member_id', 'in', [...new Set(roots)])
    .execute();
  return new Map(rows.map((row) => [row.member_id, row]));
}

export const sorts = ['last', 'first', 'activities', 'name'] as const;
export type Sort = (typeof sorts)[number];

type Key = [string | number | null, number];

/** One page of cards. Pages hang on the sort value and the id: rows that come or go in between shift nothing. */
export async function readCardPage(
  db: Db,
  filters: readonly MemberFilter[],
  sort: Sort,
  limit: number,
  after: Key | undefined,
  now: Date,
): Promise<{ rows: CardRow[]; next: Key | undefined }> {
  let query = selectCards(db);
  for (const condition of conditions(filters, now)) query = query.where(condition);
  const column = { last: 'last_at', first: 'first_at', activities: 'activities', name: 'name_key' } as const;
  const by = column[sort];
  const keyOf = (row: CardRow): Key => {
    const value = row[by];
    return [value instanceof Date ? value.toISOString() : value, row.member_id];
  };
  if (sort === 'name') {
    if (after !== undefined) query = query.where(sql<boolean>`(name_key, member_id) > (${after[0]}, ${after[1]})`);
    query = query.orderBy('name_key').orderBy('member_id');
  } else {
    const dated = sort !== 'activities';
    // Those who were never seen come last; they are asked for on their own, so that each question is one stretch of an index.
    if (after !== undefined && !(dated && after[0] === null))
      query = query.where(sql<boolean>`(${sql.ref(by)}, member_id) < (${after[0]}, ${after[1]})`);
    if (after !== undefined && dated && after[0] === null) query = query.where(by, 'is', null).where('member_id', '<', after[1]);
    query = query.orderBy(by, (order) => (dated ? order.desc().nullsLast() : order.desc())).orderBy('member_id', 'desc');
  }
  let rows = await query.limit(limit + 1).execute();
  if (rows.length <= limit && after !== undefined && after[0] !== null && (sort === 'last' || sort === 'first')) {
    let unseen = selectCards(db).where(by, 'is', null);
    for (const condition of conditions(filters, now)) unseen = unseen.where(condition);
    rows = [
      ...rows,
      ...(await unseen
        .orderBy('member_id', 'desc')
        .limit(limit + 1 - rows.length)
        .execute()),
    ];
  }
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last !== undefined ? keyOf(last) : undefined };
}

/** Counting further would cost more than the number is worth. */
const countedUpTo = 10_000;

export async function countCards(db: Db, filters: readonly MemberFilter[], now: Date): Promise<{ count: number; more: boolean }> {
  let query = db.selectFrom('member_card').select(sql`1`.as('one'));
  for (const condition of conditions(filters, now)) query = query.where(condition);
  const { count } = await db
    .selectFrom(query.limit(countedUpTo + 1).as('found'))
    .select(sql<number>`count(*)`.as('count'))
    .executeTakeFirstOrThrow();
  return { count: Math.min(count, countedUpTo), more: count > countedUpTo };
}

export const listMembers = defineAction({
  name: 'members.list',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists members by search, segment, organization, platform, source, tag, time and activity, a page at a time.',
  input: z.object({
    ...filterShape,
    segment: idInput('segment').optional(),
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
    const { sort, limit, cursor, count, segment, ...own } = input;
    const filters = await requestedFilters(context.db, { ...own, segment });
    const now = context.clock.now();
    const after = readCursor(cursor, 2);
    const page = await readCardPage(
      context.db,
      filters,
      sort,
      limit,
      after === undefined ? undefined : [after[0] ?? null, Number(after[1])],
      now,
    );
    const counted = count && after === undefined ? await countCards(context.db, filters, now) : undefined;
    return {
      members: page.rows.map(showCard),
      next: page.next === undefined ? null : writeCursor(page.next),
      count: counted?.count ?? null,
      more: counted?.more ?? false,
    };
  },
});
