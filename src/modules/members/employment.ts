import type { Db } from '../../platform/db.ts';
import { domainOf, parents } from './domains.ts';
import type { Person } from './people.ts';

/** An affiliation as addresses give it away. */
export interface Derived {
  identityId: number;
  memberId: number;
  organizationId: number;
  from: string | null;
  to: string | null;
}

/** After so many days of activity elsewhere, the last employer's silent address is taken for left. */
const goneAfterDays = 365;

/**
 * Where a person worked when, by the addresses used: from the first activity with an employer's address until the day
 * before the first one with the next employer's. The last one stays open, unless the person went on elsewhere for more
 * than a year after it fell silent: then it ends with its last activity. An address without activities has no dates.
 */
export function deriveAffiliations(person: Person, ownerOf: (email: string) => number | undefined): Derived[] {
  const all = person.identities.flatMap((identity) => {
    const organizationId = identity.type === 'email' ? ownerOf(identity.value) : undefined;
    return organizationId === undefined ? [] : [{ identity, organizationId }];
  });
  const used = all
    .filter(({ identity }) => identity.first_day !== null)
    .toSorted((a, b) => (a.identity.first_day ?? '').localeCompare(b.identity.first_day ?? '') || a.identity.id - b.identity.id);
  const lastSeen = person.identities.map((identity) => identity.last_day ?? '').reduce((a, b) => (a > b ? a : b), '');
  return all.map(({ identity, organizationId }) => {
    const from = identity.first_day;
    const base = { identityId: identity.id, memberId: identity.origin_member_id, organizationId, from };
    const place = used.findIndex((one) => one.identity.id === identity.id);
    if (from === null || place < 0) return { ...base, to: null };
    const next = used.slice(place + 1).find((one) => one.organizationId !== organizationId)?.identity.first_day;
    if (next !== undefined && next !== null) return { ...base, to: later(from, addDays(next, -1)) };
    const silentSince = used
      .filter((one) => one.organizationId === organizationId)
      .reduce((day, one) => later(day, one.identity.last_day ?? ''), '');
    return { ...base, to: addDays(silentSince, goneAfterDays) < lastSeen ? silentSince : null };
  });
}

/** Whose address it is: the organization of its domain, or of the nearest domain above. */
export async function loadDomainOwners(db: Db): Promise<(email: string) => number | undefined> {
  const rows = await db.selectFrom('organization_domain').select(['domain', 'organization_id']).execute();
  const owners = new Map(rows.map((row) => [row.domain, row.organization_id]));
  return (email) => {
    if (owners.size === 0) return undefined;
    const domain = domainOf(email);
    if (domain === undefined) return undefined;
    const owned = parents(domain).find((one) => owners.has(one));
    return owned === undefined ? undefined : owners.get(owned);
  };
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
