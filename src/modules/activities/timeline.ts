import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { activityKinds } from '../../connectors/contract.ts';
import type { ActivityKind } from '../../connectors/contract.ts';
import type { Db } from '../../platform/db.ts';
import { showId } from '../../platform/ids.ts';
import { kindCode, kindName } from './kinds.ts';
import { languageOf, sentimentOf } from './languages.ts';
import type { Language, Sentiment } from './languages.ts';
import { hasReadingFilter, newestRead, readingConditions } from './reading-filter.ts';
import type { ReadingFilter } from './reading-filter.ts';
import { isBounded, listed, readScope } from './spans.ts';
import type { Scope, Span } from './spans.ts';
import { typedWords } from './words.ts';

export interface TimelineFilter extends ReadingFilter {
  sources?: number[] | undefined;
  kinds?: ActivityKind[] | undefined;
  /** Root members: people as they are shown. */
  members?: number[] | undefined;
  organization?: number | undefined;
  thread?: number | undefined;
  /** Words, as people type them into a search engine: quotes, -not, or. */
  text?: string | undefined;
  from?: Date | undefined;
  /** Not included. */
  to?: Date | undefined;
  bots?: 'with' | 'without' | undefined;
}

export interface TimelineRow {
  id: string;
  kind: ActivityKind;
  platformType: string | null;
  at: string;
  offsetMinutes: number | null;
  title: string | null;
  /** The first 400 characters. */
  excerpt: string | null;
  url: string | null;
  value: number | null;
  source: { id: string; name: string; connector: string };
  thread: string | null;
  topics: { id: string; name: string; colour: number }[];
  language: Language | null;
  sentiment: Sentiment | null;
  person: { id: string; name: string; avatarUrl: string | null; bot: string; ours: boolean; identity: string };
}

export interface Key {
  at: string;
  id: number;
}

/** One page of activities, newest first. `next` is the key of the last row when there are more. */
export async function readTimeline(
  db: Db,
  filter: TimelineFilter,
  limit: number,
  after: Key | undefined,
): Promise<{ rows: TimelineRow[]; next: Key | undefined }> {
  const scope = await readScope(db, filter);
  let few = scope !== undefined && 'few' in scope ? scope.few : undefined;
  if (few?.length === 0) return { rows: [], next: undefined };
  if (scope !== undefined && 'within' in scope && filter.text === undefined && filter.thread === undefined && !hasReadingFilter(filter)) {
    const near = await readRows(db, newestNearby(filter, scope.within, limit, after));
    if (near.length > limit) return pageOf(near, limit);
    few = await scope.list();
  }
  // Words are looked for in their own table, in its order: only what is shown is looked up in the other.
  const [at, id] = filter.text !== undefined && few === undefined ? [sql`w.at`, sql`w.activity_id`] : [sql`a.at`, sql`a.id`];
  const where = conditions(filter, at);
  // What was read is looked for in its own tables, unless people or words narrow it down further.
  const byReading = hasReadingFilter(filter) && few === undefined && filter.text === undefined && filter.thread === undefined;
  if (!byReading) where.push(...readingConditions(filter));
  where.push(...behind(after, at, id));
  const pairs = scope === undefined ? await readPairs(db, filter) : undefined;
  if (few === undefined) where.push(...withinScope(scope));
  const from =
    filter.text === undefined
      ? sql`activity a`
      : sql`activity_search w join activity a on a.source_id = w.source_id and a.id = w.activity_id`;
  const newest = (more: RawBuilder<unknown>[]): RawBuilder<unknown> => sql`
    select a.* from ${from} where ${sql.join([sql`true`, ...where, ...more], sql` and `)} order by ${at} desc, ${id} desc limit ${limit + 1}`;
  const newestOfEach = (each: RawBuilder<unknown>, own: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    select a.* from ${each} cross join lateral (${newest([own])}) a order by a.at desc, a.id desc limit ${limit + 1}`;
  // The newest of each identity, or of each source and kind, by their index, and of those the newest: as quick for what
  // happens all the time as for what never did.
  let page = newest([]);
  if (few !== undefined) page = newestOfEach(listed(few), sql.join([sql`a.identity_id = s.id`, ...whileSpan(few, filter)], sql` and `));
  else if (pairs !== undefined)
    page = newestOfEach(
      sql`unnest(${pairs.sources}::int[], ${pairs.kinds}::smallint[]) as s (source_id, kind)`,
      sql`a.source_id = s.source_id and a.kind = s.kind`,
    );
  if (byReading) page = await newestRead(db, filter, filter.sources, readNarrower(filter, after, scope), limit + 1);
  return pageOf(await readRows(db, page), limit);
}

/** So far back everybody's are looked through for those of many. */
const nearby = 10_000;

/** The newest of many people among the newest of all, as far as they are there. */
function newestNearby(filter: TimelineFilter, within: RawBuilder<unknown>, limit: number, after: Key | undefined): RawBuilder<unknown> {
  const { from, to, ...others } = filter;
  const times = sql.join([sql`true`, ...conditions({ from, to }, sql`a.at`), ...behind(after)], sql` and `);
  const theirs = sql.join([within, ...conditions(others, sql`a.at`)], sql` and `);
  return sql`
    select a.* from (select a.* from activity a where ${times} order by a.at desc, a.id desc limit ${nearby}) a
    where ${theirs} order by a.at desc, a.id desc limit ${limit + 1}`;
}

/** What comes after a key, as a condition on the columns that the order is made of. */
function behind(after: Key | undefined, at = sql`a.at`, id = sql`a.id`): RawBuilder<unknown>[] {
  // The microseconds of PostgreSQL do not fit a JavaScript date: the key keeps them as text.
  return after === undefined ? [] : [sql`(${at}, ${id}) < (${after.at}::timestamptz, ${after.id}::bigint)`];
}

function pageOf(rows: RawRow[], limit: number): { rows: TimelineRow[]; next: Key | undefined } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown.map(present), next: rows.length > limit && last !== undefined ? { at: last.key, id: last.id } : undefined };
}

/** The activities of a statement with all that is shown of them. */
async function readRows(db: Db, page: RawBuilder<unknown>): Promise<RawRow[]> {
  const { rows } = await sql<RawRow>`
    with page as materialized (${page})
    select p.id, p.kind, p.platform_type, p.at, p.at::text as key, p.offset_minutes, p.title, left(p.body, 400) as excerpt, p.url, p.value, p.thread_id,
      s.id as source_id, s.name as source_name, s.connector, i.value as identity, i.member_id,
      r.language, r.sentiment,
      (select json_agg(json_build_object('id', o.id, 'name', o.name, 'colour', o.colour) order by o.name) from activity_topic t join topic o on o.id = t.topic_id
       where t.source_id = p.source_id and t.activity_id = p.id and o.removed_at is null) as topics,
      coalesce(c.name, i.name, i.value) as person_name, coalesce(c.avatar_url, i.avatar_url) as avatar_url, coalesce(c.bot, 'human') as bot, coalesce(c.is_ours, false) as ours
    from page p
    join source s on s.id = p.source_id
    join identity i on i.id = p.identity_id
    left join member_card c on c.member_id = i.member_id
    left join activity_reading r on r.source_id = p.source_id and r.activity_id = p.id
    order by p.at desc, p.id desc`.execute(db);
  return rows;
}

/** The other filters, for the tables of what was read: their index knows time and kind, the rest is asked of the activity. */
function readNarrower(
  filter: TimelineFilter,
  after: Key | undefined,
  scope: Scope | undefined,
): { index: RawBuilder<unknown>[]; row: RawBuilder<unknown>[] } {
  const index: RawBuilder<unknown>[] = [];
  if (filter.kinds !== undefined) index.push(sql`r.kind = any (${filter.kinds.map(kindCode)}::smallint[])`);
  if (filter.from !== undefined) index.push(sql`r.at >= ${filter.from}`);
  if (filter.to !== undefined) index.push(sql`r.at < ${filter.to}`);
  index.push(...behind(after, sql`r.at`, sql`r.activity_id`));
  return { index, row: [...(filter.bots === 'without' ? [withoutBots] : []), ...withinScope(scope)] };
}

const mostPairs = 1000;

/** Each source with each kind that is asked for; undefined when neither is, or when there is a shorter way. */
async function readPairs(db: Db, filter: TimelineFilter): Promise<{ sources: number[]; kinds: number[] } | undefined> {
  if ((filter.sources === undefined && filter.kinds === undefined) || filter.thread !== undefined || filter.text !== undefined)
    return undefined;
  const sources = filter.sources ?? (await db.selectFrom('source').select('id').execute()).map((source) => source.id);
  const kinds = (filter.kinds ?? activityKinds).map(kindCode);
  if (sources.length * kinds.length > mostPairs) return undefined;
  // Said twice it would be listed twice.
  const pairs = [...new Set(sources)].flatMap((source) => [...new Set(kinds)].map((kind) => ({ source, kind })));
  return { sources: pairs.map((pair) => pair.source), kinds: pairs.map((pair) => pair.kind) };
}

function withinScope(scope: Scope | undefined): RawBuilder<unknown>[] {
  return scope !== undefined && 'within' in scope ? [scope.within] : [];
}

/**
 * The time of a span `s`, as conditions on `a`. Beside a kind or a source it is said in a way that no index knows: the planner
 * takes two bounds that it cannot see for a narrow stretch of time, and would read all that everybody else did of that kind.
 */
function whileSpan(spans: readonly Span[], filter: TimelineFilter): RawBuilder<unknown>[] {
  if (!spans.some(isBounded)) return [];
  if (filter.kinds === undefined && filter.sources === undefined) return [sql`a.at >= s.begins`, sql`a.at < s.ends`];
  return [sql`tstzrange(s.begins, s.ends) @> a.at`];
}

interface RawRow {
  id: number;
  kind: number;
  platform_type: string | null;
  at: Date;
  key: string;
  offset_minutes: number | null;
  title: string | null;
  excerpt: string | null;
  url: string | null;
  value: number | null;
  thread_id: number | null;
  language: number | null;
  sentiment: number | null;
  topics: { id: number; name: string; colour: number }[] | null;
  source_id: number;
  source_name: string;
  connector: string;
  identity: string;
  member_id: number;
  person_name: string;
  avatar_url: string | null;
  bot: string;
  ours: boolean;
}

function conditions(filter: TimelineFilter, at: RawBuilder<unknown>): RawBuilder<unknown>[] {
  const where: RawBuilder<unknown>[] = [];
  if (filter.sources !== undefined) where.push(sql`a.source_id = any (${filter.sources}::int[])`);
  if (filter.kinds !== undefined) where.push(sql`a.kind = any (${filter.kinds.map(kindCode)}::smallint[])`);
  if (filter.thread !== undefined) where.push(sql`a.thread_id = ${filter.thread}::bigint`);
  if (filter.text !== undefined) {
    where.push(sql`w.words @@ websearch_to_tsquery('simple', ${typedWords(filter.text)})`);
  }
  if (filter.from !== undefined) where.push(sql`${at} >= ${filter.from}`);
  if (filter.to !== undefined) where.push(sql`${at} < ${filter.to}`);
  if (filter.bots === 'without') where.push(withoutBots);
  return where;
}

// Bots are few: listed once, not looked up for each activity.
const withoutBots = sql`a.identity_id not in (select i.id from identity i join member m on m.id = i.member_id where m.bot = 'bot')`;

function present(row: RawRow): TimelineRow {
  return {
    id: showId('activity', row.id),
    kind: kindName(row.kind),
    platformType: row.platform_type,
    at: row.at.toISOString(),
    offsetMinutes: row.offset_minutes,
    title: row.title,
    excerpt: row.excerpt,
    url: row.url,
    value: row.value,
    source: { id: showId('source', row.source_id), name: row.source_name, connector: row.connector },
    thread: row.thread_id === null ? null : showId('thread', row.thread_id),
    topics: (row.topics ?? []).map((topic) => ({ ...topic, id: showId('topic', topic.id) })),
    language: row.language === null ? null : languageOf(row.language),
    sentiment: row.sentiment === null ? null : sentimentOf(row.sentiment),
    person: {
      id: showId('member', row.member_id),
      name: row.person_name,
      avatarUrl: row.avatar_url,
      bot: row.bot,
      ours: row.ours,
      identity: row.identity,
    },
  };
}
