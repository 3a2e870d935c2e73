import type { AffiliationDraft, OrganizationDraft } from '../../connectors/contract.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { isPublicDomain, normaliseDomain } from './domains.ts';
import type { Resolver } from './resolver.ts';
import { markStale } from './stats.ts';
import { cleanLine, fold, words } from './text.ts';

const legalForms = new Set(
  'ab ag as asa bv co company corp corporation ev foundation gmbh inc incorporated kg kk limited llc llp ltd nv oy oyj plc pte pty sa sarl sas se spa srl'.split(
    ' ',
  ),
);

/** What names of organizations are compared by: `Acme, Inc.`, `@acme` and `ACME` are one. */
export function organizationKey(name: string): string {
  const all = words(name);
  let end = all.length;
  while (end > 1 && legalForms.has(all[end - 1] ?? '')) end -= 1;
  return all.slice(0, end).join('') || fold(name).trim();
}

const touched = 'revision = pg_current_xact_id()::text::bigint';

/** The organization with that name or alias, made if there is none. */
export async function ensureOrganization(tx: OpenTransaction, rawName: string, origin: string, now: Date): Promise<number | undefined> {
  const name = cleanLine(rawName.replace(/^@(?=\S)/, ''));
  const key = organizationKey(name);
  if (key === '') return undefined;
  const found = await findOrganization(tx, key);
  if (found !== undefined) return found;
  const made = await tx.client.query<{ id: number }>(
    'insert into organization (name, name_key, origin, created_at) values ($1, $2, $3, $4) on conflict (name_key) do nothing returning id',
    [name, key, origin, now],
  );
  return made.rows[0]?.id ?? findOrganization(tx, key);
}

async function findOrganization(tx: OpenTransaction, key: string): Promise<number | undefined> {
  const found = await tx.client.query<{ id: number }>(
    'select organization_id as id from organization_alias where alias_key = $1 union all select id from organization where name_key = $1 limit 1',
    [key],
  );
  return found.rows[0]?.id;
}

/** The organizations with these names, as `ensureOrganization` finds or makes each; those that are known in one round trip. */
async function ensureOrganizations(
  tx: OpenTransaction,
  names: Iterable<string>,
  origin: string,
  now: Date,
): Promise<Map<string, number | undefined>> {
  const keys = new Map([...new Set(names)].map((name) => [name, organizationKey(cleanLine(name.replace(/^@(?=\S)/, '')))]));
  // An alias wins over a name: it comes last, and stays in the map.
  const known = await tx.client.query<{ key: string; id: number }>({
    name: 'members-organizations-by-key',
    text: `select name_key as key, id, 1 as rank from organization where name_key = any($1::text[])
      union all select alias_key, organization_id, 2 from organization_alias where alias_key = any($1::text[]) order by rank`,
    values: [[...new Set(keys.values())]],
  });
  const ids = new Map(known.rows.map((row) => [row.key, row.id]));
  const found = new Map<string, number | undefined>();
  // Sorted, so that two imports never wait for each other in a circle.
  for (const [name, key] of [...keys].toSorted(([, a], [, b]) => (a < b ? -1 : 1))) {
    const id = ids.get(key) ?? (await ensureOrganization(tx, name, origin, now));
    if (id !== undefined) ids.set(key, id);
    found.set(name, id);
  }
  return found;
}

/** Organizations that an import states. What it leaves out stays as it is; a domain that is another's stays there. */
export async function importOrganizations(tx: OpenTransaction, drafts: readonly OrganizationDraft[], now: Date): Promise<void> {
  const domains = new Map<string, number>();
  const ids = await ensureOrganizations(
    tx,
    drafts.map((draft) => draft.name),
    'import',
    now,
  );
  for (const draft of drafts.toSorted((a, b) => (organizationKey(a.name) < organizationKey(b.name) ? -1 : 1))) {
    const id = ids.get(draft.name);
    if (id === undefined) continue;
    const saysMore =
      draft.kind !== undefined || draft.url !== undefined || draft.customerId !== undefined || draft.annualRecurringRevenue !== undefined;
    if (saysMore)
      await tx.client.query(
        `update organization set kind = coalesce($2::text, kind), url = coalesce($3::text, url), customer_id = coalesce($4::text, customer_id),
         annual_recurring_revenue = coalesce($5::numeric, annual_recurring_revenue), ${touched}
       where id = $1 and ($2 <> kind or $3 <> coalesce(url, '') or $4 <> coalesce(customer_id, '') or $5 <> coalesce(annual_recurring_revenue, -1))`,
        [id, draft.kind ?? null, draft.url ?? null, draft.customerId ?? null, draft.annualRecurringRevenue ?? null],
      );
    for (const domain of draft.domains ?? []) {
      const normal = normaliseDomain(domain);
      if (normal !== undefined && !isPublicDomain(normal)) domains.set(normal, id);
    }
  }
  await addDomains(tx, [...domains]);
}

/** Gives domains to organizations, except those that are given already; the people with addresses there follow. */
export async function addDomains(tx: OpenTransaction, domains: readonly (readonly [string, number])[]): Promise<string[]> {
  if (domains.length === 0) return [];
  const sorted = domains.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const added = await tx.client.query<{ domain: string }>(
    'insert into organization_domain (domain, organization_id) select * from unnest($1::text[], $2::int[]) on conflict (domain) do nothing returning domain',
    [sorted.map(([domain]) => domain), sorted.map(([, id]) => id)],
  );
  const names = added.rows.map((row) => row.domain);
  await markDomainStale(tx, names);
  return names;
}

/** Who has an address at these domains, or below them, has affiliations to be derived anew. */
export async function markDomainStale(tx: OpenTransaction, domains: readonly string[]): Promise<void> {
  if (domains.length === 0) return;
  const people = await tx.client.query<{ id: number }>(
    `select id from identity where type = 'email' and split_part(value_key, '@', 2) = any($1::text[])
     union select i.id from identity i join unnest($1::text[]) d on right(split_part(i.value_key, '@', 2), length(d) + 1) = '.' || d where i.type = 'email'`,
    [domains],
  );
  await markStale(
    tx,
    people.rows.map((row) => row.id),
  );
}

interface StatedAffiliation {
  identityId: number;
  organizationId: number;
  from: string | null;
  to: string | null;
  role: string | null;
}

/** Affiliations that an import states, dated as it says. The same again changes nothing. */
export async function importAffiliations(
  tx: OpenTransaction,
  resolver: Resolver,
  drafts: readonly AffiliationDraft[],
  sourceId: number | undefined,
  now: Date,
): Promise<void> {
  const ids = await resolver.resolve(
    tx,
    drafts.map((draft) => draft.person),
    sourceId,
    now,
  );
  const organizations = await ensureOrganizations(
    tx,
    drafts.map((draft) => draft.organization),
    'import',
    now,
  );
  const stated = new Map<string, StatedAffiliation>();
  for (const [place, draft] of drafts.entries()) {
    const organizationId = organizations.get(draft.organization);
    const identityId = ids[place];
    if (organizationId === undefined || identityId === undefined) continue;
    const [from, to] = inOrder(readDay(draft.from), readDay(draft.to));
    stated.set(`${identityId} ${organizationId} ${from ?? ''}`, {
      identityId,
      organizationId,
      from,
      to,
      role: cleanLine(draft.role ?? '') || null,
    });
  }
  await writeStated(tx, [...stated.values()], 'import', now);
}

async function writeStated(
  tx: OpenTransaction,
  rows: readonly StatedAffiliation[],
  origin: 'import' | 'profile',
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  const sorted = rows.toSorted(
    (a, b) => a.identityId - b.identityId || a.organizationId - b.organizationId || ((a.from ?? '') < (b.from ?? '') ? -1 : 1),
  );
  await tx.client.query(
    `insert into affiliation as a (member_id, organization_id, from_day, said_from, to_day, role, origin, identity_id, created_at)
     select i.origin_member_id, w.organization_id, w.from_day, w.from_day, w.to_day, w.role, $6, w.identity_id, $7
     from unnest($1::int[], $2::int[], $3::date[], $4::date[], $5::text[]) with ordinality w (identity_id, organization_id, from_day, to_day, role, n)
     join identity i on i.id = w.identity_id
     where not exists (select from affiliation_removed r where r.identity_id = w.identity_id and r.organization_id = w.organization_id
       and r.origin = $6 and (r.origin = 'profile' or r.said_from is not distinct from w.from_day))
     order by w.n
     on conflict (identity_id, organization_id, origin, said_from) where identity_id is not null and origin <> 'domain'
     do update set to_day = excluded.to_day, role = coalesce(excluded.role, a.role), ${touched}
     where a.fixed_by is null and (a.to_day is distinct from excluded.to_day or a.role is distinct from coalesce(excluded.role, a.role))`,
    [
      sorted.map((r) => r.identityId),
      sorted.map((r) => r.organizationId),
      sorted.map((r) => r.from),
      sorted.map((r) => r.to),
      sorted.map((r) => r.role),
      origin,
      now,
    ],
  );
  await markStale(tx, [...new Set(sorted.map((r) => r.identityId))]);
}

/**
 * What profiles say about where people work: open, from when it was first seen with an organization other than before
 * (no date the first time: nobody knows since when). The one that it says no more ends on that day.
 */
export async function writeProfileOrganizations(tx: OpenTransaction, said: ReadonlyMap<number, string>, now: Date): Promise<void> {
  if (said.size === 0) return;
  const today = now.toISOString().slice(0, 10);
  const before = await tx.client.query<{ identity_id: number; organization_id: number }>(
    "select identity_id, organization_id from affiliation where identity_id = any($1::int[]) and origin = 'profile' and to_day is null",
    [[...said.keys()]],
  );
  const open = new Map(before.rows.map((row) => [row.identity_id, row.organization_id]));
  const rows: StatedAffiliation[] = [];
  const ended: number[] = [];
  const organizations = await ensureOrganizations(tx, said.values(), 'profile', now);
  for (const [identityId, name] of said) {
    const organizationId = organizations.get(name);
    const was = open.get(identityId);
    if (organizationId === undefined || organizationId === was) continue;
    if (was !== undefined) ended.push(identityId);
    rows.push({ identityId, organizationId, from: was === undefined ? null : today, to: null, role: null });
  }
  if (ended.length > 0) {
    await tx.client.query(
      `update affiliation set to_day = greatest(from_day, $2::date - 1), ${touched} where identity_id = any($1::int[]) and origin = 'profile' and to_day is null and fixed_by is null`,
      [ended, today],
    );
  }
  await writeStated(tx, rows, 'profile', now);
}

/** A real day, or null. */
function readDay(text: string | undefined): string | null {
  if (text === undefined || !/^\d{4}-\d\d-\d\d/.test(text)) return null;
  const day = text.slice(0, 10);
  const parsed = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== day ? null : day;
}

/** Given the wrong way round, they are turned. */
function inOrder(from: string | null, to: string | null): [string | null, string | null] {
  return from !== null && to !== null && from > to ? [to, from] : [from, to];
}
