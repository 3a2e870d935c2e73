import { sql } from 'kysely';
import type { Expression, SqlBool } from 'kysely';
import { z } from 'zod';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db.ts';
import { notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { readWorkspace } from '../access/index.ts';
import { compileRule } from './compile.ts';
import { dayIn, isDay } from './days.ts';
import { readySegments } from './ready.ts';
import { eachCondition, rulesInput, storeRule } from './rules.ts';
import { foldToLatin } from './text.ts';

const day = z.string().refine(isDay, 'is a day such as 2026-03-01');
const days = z.coerce.number().int().min(1).max(36_500);
/** One in an address line, several in JSON. */
const many = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(item).max(100));

/** Which members: what the list filters by, and what a segment keeps. Everything given must hold. */
export const filterShape = {
  search: z
    .string()
    .max(200)
    .optional()
    .describe('Beginning or part of names, handles, addresses, organization; accents and scripts do not matter.'),
  organization: idInput('organization').optional().describe('Where they belong now.'),
  platforms: many(z.string().max(60)).optional().describe('With an identity on one of these platforms.'),
  sources: many(idInput('source')).optional().describe('With an identity that one of these sources brought.'),
  tags: many(z.string().max(60)).optional().describe('With all of these tags.'),
  bots: z
    .enum(['without', 'with', 'only', 'suspected'])
    .optional()
    .describe('`without` (when not said) leaves out confirmed bots; `suspected` are those to be confirmed.'),
  team: z.enum(['without', 'with', 'only']).optional().describe('Team members: those who belong to an organization of ours now.'),
  firstFrom: day.optional().describe('First seen on that day or later.'),
  firstTo: day.optional().describe('First seen on that day or before.'),
  lastFrom: day.optional(),
  lastTo: day.optional(),
  firstWithinDays: days.optional().describe('First seen within so many days before now.'),
  lastWithinDays: days.optional().describe('Last seen within so many days before now.'),
  quietForDays: days.optional().describe('Not seen for at least so many days.'),
  minActivities: z.coerce.number().int().min(0).optional(),
  maxActivities: z.coerce.number().int().min(0).optional(),
  minEngagement: z.coerce.number().min(0).max(100_000_000).optional().describe('With so many engagement points or more.'),
  levels: many(idInput('level')).optional().describe('On one of these levels of engagement.'),
  rules: rulesInput.optional(),
};

export const memberFilter = z.strictObject(filterShape);
/** As the actions get it: ids are numbers. */
export type MemberFilter = z.output<typeof memberFilter>;
/** As it is kept and shown: ids are text. */
export type StoredFilter = z.input<typeof memberFilter>;

/** The filter as it is kept: readable, with the ids that people see. */
export function storeFilter(filter: MemberFilter): StoredFilter {
  const { organization, sources, levels, rules, ...rest } = filter;
  return {
    ...rest,
    ...(organization === undefined ? {} : { organization: showId('organization', organization) }),
    ...(sources === undefined ? {} : { sources: sources.map((id) => showId('source', id)) }),
    ...(levels === undefined ? {} : { levels: levels.map((id) => showId('level', id)) }),
    ...(rules === undefined ? {} : { rules: { ...storeRule(rules) } }),
  };
}

/** What judging a filter needs: the database, whose census counts what people did, and what time it is. */
export type Asking = Pick<Context, 'db' | 'database' | 'clock'>;

/** The conditions of filters, all of which must hold, over `member_card`, as of now. */
export async function conditionsOf(context: Asking, filters: readonly MemberFilter[]): Promise<Expression<SqlBool>[]> {
  const now = context.clock.now();
  const all = filters.flatMap((filter) => flatConditions(filter, now));
  const ruled = filters.flatMap((filter) => filter.rules ?? []);
  if (ruled.length === 0) return all;
  const { timeZone } = await readWorkspace(context.db);
  for (const rule of ruled) all.push(await compileRule(context.database, rule, dayIn(timeZone, now), timeZone));
  return all;
}

/** Confirmed bots are left out unless something is said about bots. */
function botsOf(filter: MemberFilter): 'without' | 'with' | 'only' | 'suspected' {
  if (filter.bots !== undefined) return filter.bots;
  let said = false;
  if (filter.rules !== undefined) eachCondition(filter.rules, (condition) => (said ||= condition.field === 'bot'));
  return said ? 'with' : 'without';
}

function flatConditions(filter: MemberFilter, now: Date): Expression<SqlBool>[] {
  const all: Expression<SqlBool>[] = searchConditions(filter.search ?? '');
  if (filter.organization !== undefined) all.push(sql<SqlBool>`member_card.organization_id = ${filter.organization}`);
  if (filter.platforms !== undefined && filter.platforms.length > 0)
    all.push(sql<SqlBool>`member_card.platforms && ${filter.platforms}::text[]`);
  if (filter.sources !== undefined && filter.sources.length > 0) {
    all.push(
      sql<SqlBool>`exists (select from identity i where i.member_id = member_card.member_id and i.source_id = any(${filter.sources}::int[]))`,
    );
  }
  if (filter.tags !== undefined && filter.tags.length > 0) all.push(sql<SqlBool>`member_card.tags @> ${filter.tags}::text[]`);
  const bots = botsOf(filter);
  if (bots === 'without') all.push(sql<SqlBool>`member_card.bot <> 'bot'`);
  if (bots === 'only') all.push(sql<SqlBool>`member_card.bot = 'bot'`);
  if (bots === 'suspected') all.push(sql<SqlBool>`member_card.bot = 'suspected'`);
  if (filter.team !== undefined && filter.team !== 'with') all.push(sql<SqlBool>`member_card.is_ours = ${filter.team === 'only'}`);
  const start = (text: string) => new Date(`${text}T00:00:00Z`);
  const end = (text: string) => new Date(start(text).getTime() + 86_400_000);
  const before = (count: number) => new Date(now.getTime() - count * 86_400_000);
  if (filter.firstFrom !== undefined) all.push(sql<SqlBool>`member_card.first_at >= ${start(filter.firstFrom)}`);
  if (filter.firstTo !== undefined) all.push(sql<SqlBool>`member_card.first_at < ${end(filter.firstTo)}`);
  if (filter.lastFrom !== undefined) all.push(sql<SqlBool>`member_card.last_at >= ${start(filter.lastFrom)}`);
  if (filter.lastTo !== undefined) all.push(sql<SqlBool>`member_card.last_at < ${end(filter.lastTo)}`);
  if (filter.firstWithinDays !== undefined) all.push(sql<SqlBool>`member_card.first_at >= ${before(filter.firstWithinDays)}`);
  if (filter.lastWithinDays !== undefined) all.push(sql<SqlBool>`member_card.last_at >= ${before(filter.lastWithinDays)}`);
  if (filter.quietForDays !== undefined) all.push(sql<SqlBool>`member_card.last_at < ${before(filter.quietForDays)}`);
  if (filter.minActivities !== undefined) all.push(sql<SqlBool>`member_card.activities >= ${filter.minActivities}`);
  if (filter.maxActivities !== undefined) all.push(sql<SqlBool>`member_card.activities <= ${filter.maxActivities}`);
  if (filter.minEngagement !== undefined && filter.minEngagement > 0) {
    const tenths = Math.round(filter.minEngagement * 10);
    all.push(sql<SqlBool>`exists (select from member_engagement e where e.member_id = member_card.member_id and e.score >= ${tenths})`);
  }
  if (filter.levels !== undefined && filter.levels.length > 0)
    all.push(
      sql<SqlBool>`exists (select from member_engagement e where e.member_id = member_card.member_id and e.level_id = any(${filter.levels}::int[]))`,
    );
  return all;
}

/** Words of three letters and more are found anywhere, shorter ones at the beginning of a word: what the index can do. */
function searchConditions(search: string): Expression<SqlBool>[] {
  return foldToLatin(search.toWellFormed().replaceAll('\0', ''))
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 8)
    .map((word) => {
      const literal = word.replace(/[\\%_]/g, '\\$&');
      const pattern = word.length < 3 ? `% ${literal}%` : `%${literal}%`;
      return sql<SqlBool>`member_card.search like ${pattern}`;
    });
}

/** The filter that a segment keeps; of a ready one, as the program defines it. */
export function filterOfSegment(row: { filter: unknown; ready: string | null }): MemberFilter {
  return memberFilter.parse(row.ready === null ? row.filter : (readySegments[row.ready]?.filter ?? {}));
}

/** The filter of a segment. Errors: `not_found`. */
async function readSegment(db: Db, id: number): Promise<MemberFilter> {
  const row = await db.selectFrom('segment').select(['filter', 'ready']).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('segment', showId('segment', id));
  return filterOfSegment(row);
}

/** What a call asks for: its own filter, and a segment's if it names one. */
export async function requestedFilters(db: Db, input: MemberFilter & { segment?: number | undefined }): Promise<MemberFilter[]> {
  const { segment, ...own } = input;
  if (segment === undefined) return [own];
  // What the segment says about bots holds, unless the call says something too.
  return [await readSegment(db, segment), { ...own, bots: own.bots ?? 'with' }];
}

/** The members that all these filters let through now, as root ids, ascending. */
export async function filterMembers(context: Asking, filters: readonly MemberFilter[]): Promise<number[]> {
  let query = context.db.selectFrom('member_card').select('member_id');
  for (const condition of await conditionsOf(context, filters)) query = query.where(condition);
  return (await query.orderBy('member_id').execute()).map((row) => row.member_id);
}

/** The members of a segment now, as root ids, ascending. Errors: `not_found`. */
export async function segmentMembers(context: Asking, segmentId: number): Promise<number[]> {
  return filterMembers(context, [await readSegment(context.db, segmentId)]);
}
