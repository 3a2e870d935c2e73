import type { Pool, PoolClient } from 'pg';

/** Where a shown value came from, and whether a person fixed it. */
export interface Provenance {
  source?: number;
  at?: string;
  locked?: boolean;
  by?: string;
  /** What imports say while it is locked. */
  imported?: string;
}

export type ProfileField = 'name' | 'avatar_url' | 'location' | 'bio' | 'website';

export interface MemberRow extends Record<ProfileField, string | null> {
  id: number;
  root_id: number;
  provenance: Partial<Record<ProfileField, Provenance>>;
  bot: string;
}

export interface IdentityRow {
  id: number;
  member_id: number;
  origin_member_id: number;
  platform: string;
  host: string;
  type: 'email' | 'account' | 'name';
  value: string;
  former_values: string[];
  name: string | null;
  first_at: Date | null;
  last_at: Date | null;
  first_day: string | null;
  last_day: string | null;
  activities: number | null;
}

export interface AffiliationRow {
  id: number;
  member_id: number;
  organization_id: number;
  organization: string;
  kind: string;
  from_day: string | null;
  to_day: string | null;
  origin: string;
  identity_id: number | null;
}

/** All rows of one person: the tree under one root. */
export interface Person {
  root: number;
  /** The root first, then by id. */
  members: MemberRow[];
  identities: IdentityRow[];
  affiliations: AffiliationRow[];
  tags: string[];
}

/** Reads whole trees. Days are those of the zone. Roots that are none (any more) are left out. */
export async function loadPeople(client: Pool | PoolClient, roots: readonly number[], timeZone: string): Promise<Map<number, Person>> {
  const people = new Map<number, Person>();
  const members = await client.query<MemberRow>({
    name: 'members-load-members',
    text: 'select id, root_id, name, avatar_url, location, bio, website, provenance, bot from member where root_id = any($1::int[]) order by id <> root_id, id',
    values: [roots],
  });
  const rootOf = new Map<number, number>();
  for (const row of members.rows) {
    rootOf.set(row.id, row.root_id);
    const person = people.get(row.root_id);
    if (person === undefined) people.set(row.root_id, { root: row.root_id, members: [row], identities: [], affiliations: [], tags: [] });
    else person.members.push(row);
  }
  const identities = await client.query<IdentityRow>({
    name: 'members-load-identities',
    text: `select i.id, i.member_id, i.origin_member_id, i.platform, i.host, i.type, i.value, i.former_values, i.name, s.first_at, s.last_at, s.activities,
        (s.first_at at time zone $2)::date as first_day, (s.last_at at time zone $2)::date as last_day
      from identity i left join identity_stat s on s.identity_id = i.id where i.member_id = any($1::int[]) order by i.id`,
    values: [roots, timeZone],
  });
  for (const row of identities.rows) people.get(row.member_id)?.identities.push(row);
  const ids = [...rootOf.keys()];
  const affiliations = await client.query<AffiliationRow>({
    name: 'members-load-affiliations',
    text: `select a.id, a.member_id, a.organization_id, o.name as organization, o.kind, a.from_day, a.to_day, a.origin, a.identity_id
      from affiliation a join organization o on o.id = a.organization_id where a.member_id = any($1::int[]) order by a.id`,
    values: [ids],
  });
  for (const row of affiliations.rows) people.get(rootOf.get(row.member_id) ?? 0)?.affiliations.push(row);
  const tags = await client.query<{ member_id: number; tag: string }>({
    name: 'members-load-tags',
    text: 'select member_id, tag from member_tag where member_id = any($1::int[]) order by tag',
    values: [ids],
  });
  for (const { member_id, tag } of tags.rows) {
    const person = people.get(rootOf.get(member_id) ?? 0);
    if (person !== undefined && !person.tags.includes(tag)) person.tags.push(tag);
  }
  return people;
}
