import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Db } from '../../platform/db.ts';

/** An identity with the time that is asked about: moments as PostgreSQL writes them, `ends` not included. */
export interface Span {
  id: number;
  begins: string;
  ends: string;
}

/** Whose activities are asked for. No two spans of an identity overlap. */
export type Scope =
  /** So few that each one's newest are looked up: none at all when nobody is meant. */
  | { few: readonly Span[] }
  /** So many that going back in time mostly meets enough of theirs: a condition on `activity a`. `list`: should it not. */
  | { within: RawBuilder<unknown>; list(): Promise<readonly Span[]> };

const fewSpans = 2000;

/**
 * The identities of members, of an organization (each for the days that its person belonged there, not as of today), or of
 * the members of a list who belonged there. Undefined when nobody is asked for.
 */
export async function readScope(
  db: Db,
  filter: { members?: number[] | undefined; organization?: number | undefined },
): Promise<Scope | undefined> {
  const { members, organization } = filter;
  if (organization !== undefined) {
    if (members === undefined && (await isLarge(db, organization)))
      return { within: whileBelonging(organization), list: () => readBelonging(db, organization, undefined) };
    return scopeOf(await readBelonging(db, organization, members));
  }
  if (members === undefined) return undefined;
  const { rows } = await sql<{ id: number }>`select id from identity where member_id = any (${members}::int[])`.execute(db);
  return scopeOf(rows.map(({ id }) => ({ id, begins: '-infinity', ends: 'infinity' })));
}

async function isLarge(db: Db, organization: number): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (select from affiliation where organization_id = ${organization} limit ${fewSpans + 1}) f`.execute(db);
  return (rows[0]?.count ?? 0) > fewSpans;
}

async function readBelonging(db: Db, organization: number, members: number[] | undefined): Promise<Span[]> {
  // First the days of each person, joined where they meet: somebody with hundreds of accounts may have as many affiliations.
  const { rows } = await sql<Span>`
    select i.id, coalesce(lower(s.days)::timestamptz::text, '-infinity') as begins, coalesce(upper(s.days)::timestamptz::text, 'infinity') as ends
    from (
      select m.root_id, range_agg(daterange(f.from_day, f.to_day, '[]')) as days from affiliation f join member m on m.id = f.member_id
      where f.organization_id = ${organization} group by m.root_id
    ) p join identity i on i.member_id = p.root_id cross join lateral unnest(p.days) as s (days)
    ${members === undefined ? sql`` : sql`where i.member_id = any (${members}::int[])`}`.execute(db);
  return rows;
}

/** The same as `readBelonging`, asked of each activity: to list a whole large organization takes longer than its newest page. */
function whileBelonging(organization: number): RawBuilder<unknown> {
  return sql`exists (select from identity i join member m on m.root_id = i.member_id join affiliation f on f.member_id = m.id
    where i.id = a.identity_id and f.organization_id = ${organization}
      and (f.from_day is null or a.at >= f.from_day::timestamptz) and (f.to_day is null or a.at < (f.to_day + 1)::timestamptz))`;
}

function scopeOf(spans: readonly Span[]): Scope {
  return spans.length <= fewSpans ? { few: spans } : { within: withinSpans(spans), list: () => Promise.resolve(spans) };
}

/** As a relation `s (id, begins, ends)`. */
export function listed(spans: readonly Span[]): RawBuilder<unknown> {
  return sql`unnest(${spans.map((span) => span.id)}::int[], ${spans.map((span) => span.begins)}::timestamptz[], ${spans.map((span) => span.ends)}::timestamptz[]) as s (id, begins, ends)`;
}

export function isBounded(span: Span): boolean {
  return span.begins !== '-infinity' || span.ends !== 'infinity';
}

function withinSpans(spans: readonly Span[]): RawBuilder<unknown> {
  const bounded = spans.filter(isBounded);
  const among = sql`a.identity_id = any (${[...new Set(spans.map((span) => span.id))]}::int[])`;
  if (bounded.length === 0) return among;
  const open = new Set(spans.map((span) => span.id));
  for (const span of bounded) open.delete(span.id);
  return sql`${among} and (a.identity_id = any (${[...open]}::int[])
    or exists (select 1 from ${listed(bounded)} where s.id = a.identity_id and a.at >= s.begins and a.at < s.ends))`;
}
