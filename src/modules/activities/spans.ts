import { sql } from 'kysely';
import type { Db } from '../../platform/db.ts';

/** An identity with the time that is asked about: moments as PostgreSQL writes them, `ends` not included. */
export interface Span {
  id: number;
  begins: string;
  ends: string;
}

/**
 * The identities of members, of an organization (each for the days that its person belonged there, not as of today), or of
 * the members of a list who belonged there. Undefined when nobody is asked for. No two spans of an identity overlap.
 */
export async function readSpans(
  db: Db,
  filter: { members?: number[] | undefined; organization?: number | undefined },
): Promise<Span[] | undefined> {
  if (filter.organization !== undefined) {
    // First the days of each person, joined where they meet: somebody with hundreds of accounts may have as many affiliations.
    const { rows } = await sql<Span>`
      select i.id, coalesce(lower(s.days)::timestamptz::text, '-infinity') as begins, coalesce(upper(s.days)::timestamptz::text, 'infinity') as ends
      from (
        select m.root_id, range_agg(daterange(f.from_day, f.to_day, '[]')) as days from affiliation f join member m on m.id = f.member_id
        where f.organization_id = ${filter.organization} group by m.root_id
      ) p join identity i on i.member_id = p.root_id cross join lateral unnest(p.days) as s (days)
      ${filter.members === undefined ? sql`` : sql`where i.member_id = any (${filter.members}::int[])`}`.execute(db);
    return rows;
  }
  if (filter.members === undefined) return undefined;
  const { rows } = await sql<{ id: number }>`select id from identity where member_id = any (${filter.members}::int[])`.execute(db);
  return rows.map(({ id }) => ({ id, begins: '-infinity', ends: 'infinity' }));
}
