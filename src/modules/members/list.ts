import { sql } from 'kysely';
import type { SqlBool } from 'kysely';
import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Db } from '../../platform/db.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { countCards, countedUpTo, readCardPage, sorts } from './card-page.ts';
import type { CardRow, Where } from './card-page.ts';
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

async function countAll(db: Db, where: readonly Where[], known: number | undefined): Promise<{ count: number; more: boolean }> {
  return known === undefined ? countCards(db, where) : { count: Math.min(known, countedUpTo), more: known > countedUpTo };
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
    const counted = count && after === undefined ? await countAll(context.db, where, page.count) : undefined;
    return {
      members: page.rows.map(showCard),
      next: page.next === undefined ? null : writeCursor(page.next),
      count: counted?.count ?? null,
      more: counted?.more ?? false,
    };
  },
});
