import type { AffiliationRow, IdentityRow, MemberRow, Person, ProfileField } from './people.ts';
import { foldToLatin } from './text.ts';

/** The row of a tree whose value of a field is shown, or undefined when none has one. */
export function shownRow(members: readonly MemberRow[], field: ProfileField): MemberRow | undefined {
  const locked = members.filter((row) => row.provenance[field]?.locked === true);
  const root = members[0];
  if (locked.length > 0) {
    // Of several that people fixed, the root's, else the latest.
    if (root !== undefined && locked.includes(root)) return root;
    return locked.toSorted((a, b) => (b.provenance[field]?.at ?? '').localeCompare(a.provenance[field]?.at ?? ''))[0];
  }
  const given = members.filter((row) => row[field] !== null);
  return (field === 'name' ? given.find((row) => isFullName(row.name ?? '')) : undefined) ?? given[0];
}

/** Two words or more, or letters that write names without spaces; not a handle or an address. */
function isFullName(name: string): boolean {
  return (
    !/[@\d_]/.test(name) &&
    (/\p{L}\s+\p{L}/u.test(name) || /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]{2,}$/u.test(name))
  );
}

/** What to call a person: the name, else a handle, else the first part of an address. */
export function shownName(person: Person): string {
  const name = shownRow(person.members, 'name')?.name;
  if (name !== undefined && name !== null && name !== '') return name;
  const account = person.identities.find((identity) => identity.type !== 'email');
  if (account !== undefined) return account.value;
  const email = person.identities[0]?.value;
  return email?.split('@')[0] || email || 'Someone without a name';
}

const trust = ['hand', 'import', 'profile', 'domain'];

/** Where a person belongs on a day: what people say before what was derived, the newest first. */
function currentAffiliation(affiliations: readonly AffiliationRow[], day: string): AffiliationRow | undefined {
  return affiliations
    .filter((row) => (row.from_day ?? '') <= day && (row.to_day ?? '9999') >= day)
    .toSorted(
      (a, b) => trust.indexOf(a.origin) - trust.indexOf(b.origin) || (b.from_day ?? '').localeCompare(a.from_day ?? '') || b.id - a.id,
    )[0];
}

export interface Card {
  member_id: number;
  name: string;
  name_key: string;
  avatar_url: string | null;
  handles: string[];
  platforms: string[];
  location: string | null;
  organization_id: number | null;
  organization: string | null;
  is_ours: boolean;
  bot: string;
  first_at: Date | null;
  last_at: Date | null;
  activities: number;
  identities: number;
  tags: string[];
  search: string;
}

/** What lists show of a person. */
export function makeCard(person: Person, today: string): Card {
  const { members, identities } = person;
  const name = shownName(person);
  const current = currentAffiliation(person.affiliations, today);
  const sorted = identities.toSorted((a, b) => order(a) - order(b) || a.id - b.id);
  const times = (pick: (row: IdentityRow) => Date | null) => identities.flatMap((row) => pick(row)?.getTime() ?? []);
  const first = times((row) => row.first_at);
  const last = times((row) => row.last_at);
  return {
    member_id: person.root,
    name,
    name_key: foldToLatin(name).slice(0, 200),
    avatar_url: shownRow(members, 'avatar_url')?.avatar_url ?? null,
    handles: sorted.slice(0, 20).map((row) => row.value),
    platforms: [...new Set(identities.map((row) => row.platform))].toSorted(),
    location: shownRow(members, 'location')?.location ?? null,
    organization_id: current?.organization_id ?? null,
    organization: current?.organization ?? null,
    is_ours: person.affiliations.some((row) => row.kind === 'ours' && (row.from_day ?? '') <= today && (row.to_day ?? '9999') >= today),
    bot: members[0]?.bot ?? 'human',
    first_at: first.length === 0 ? null : new Date(Math.min(...first)),
    last_at: last.length === 0 ? null : new Date(Math.max(...last)),
    activities: identities.reduce((sum, row) => sum + (row.activities ?? 0), 0),
    identities: identities.length,
    tags: person.tags,
    search: searchText(person, name, current?.organization ?? ''),
  };
}

function order(row: IdentityRow): number {
  return row.type === 'account' ? 0 : row.type === 'email' ? 1 : 2;
}

/** Begins with a space, so that the beginning of a word can be asked for as ` ab`. */
function searchText(person: Person, name: string, organization: string): string {
  const parts = new Set([
    name,
    ...person.members.map((row) => row.name ?? ''),
    ...person.identities.flatMap((row) => [row.value, row.name ?? '', ...row.former_values]),
    organization,
  ]);
  parts.delete('');
  const folded = new Set([...parts].map((part) => foldToLatin(part)));
  return ` ${[...folded].join(' ')}`.slice(0, 4000);
}
