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
    const { rows } = await sql<Span>`
      select i.id, coalesce(f.from_day::timestamptz::text, '-infinity') as begins, coalesce((f.to_day + 1)::timestamptz::text, 'infinity') as ends
      from affiliation f join member m on m.id = f.member_id join identity i on i.member_id = m.root_id
      where f.organization_id = ${filter.organization} ${filter.members === undefined ? sql`` : sql`and i.member_id = any (${filter.members}::int[])`}
      order by i.id, f.from_day nulls first`.execute(db);
    return joined(rows);
  }
  if (filter.members === undefined) return undefined;
  const { rows } = await sql<{ id: number }>`select id from identity where member_id = any (${filter.members}::int[])`.execute(db);
  return rows.map(({ id }) => ({ id, begins: '-infinity', ends: 'infinity' }));
}

/** Two affiliations that say the same, or go on where the other ends, are one span. Given by identity and beginning. */
function joined(rows: readonly Span[]): Span[] {
  const spans: Span[] = [];
  for (const row of rows) {
    const last = spans.at(-1);
    if (last?.id === row.id && instant(row.begins) <= instant(last.ends)) {
      if (instant(row.ends) > instant(last.ends)) last.ends = row.ends;
    } else spans.push({ ...row });
  }
  return spans;
}

function instant(text: string): number {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  return text === '-infinity' ? Number.NEGATIVE_INFINITY : Date.parse(text);
}
