import { domainOf } from './domains.ts';
import { isFunctionName, isRoleAddress } from './roles.ts';
import { fold, foldToLatin, words } from './text.ts';

/** What a person is compared by. */
export interface Traits {
  root: number;
  accounts: Handle[];
  emails: Handle[];
  names: Name[];
  organizations: ReadonlyMap<number, string>;
  /** Addresses of the person's own profiles, and those that the profiles mention; without scheme and final slash. */
  profiles: Link[];
  mentions: Link[];
}

interface Handle {
  /** The member that the identity was born with. */
  origin: number;
  /** `github`, or `gitlab gitlab.example.org`; empty for addresses. */
  place: string;
  shown: string;
  /** Letters and digits only, folded; empty when it says nothing (`info@`, two letters). */
  key: string;
  /** An address whose first part is written like a name: `ada.lovelace`. */
  tokens: string[];
}

interface Name {
  origin: number;
  shown: string;
  /** Words in their own script, folded and sorted. */
  tokens: string[];
  /** The same in Latin letters, in the order written. */
  latin: string[];
  isLatin: boolean;
}

interface Link {
  origin: number;
  address: string;
}

/** A row of an identity with what its own member says. */
export interface TraitRow {
  root: number;
  origin: number;
  platform: string;
  host: string;
  type: string;
  value: string;
  identityName: string | null;
  memberName: string | null;
  url: string | null;
  bio: string | null;
  website: string | null;
}

export function emptyTraits(root: number): Traits {
  return { root, accounts: [], emails: [], names: [], organizations: new Map(), profiles: [], mentions: [] };
}

export function addTraits(traits: Traits, row: TraitRow): void {
  const { origin } = row;
  const place = row.host === '' ? row.platform : `${row.platform} ${row.host}`;
  if (row.type === 'account') traits.accounts.push({ origin, place, shown: row.value, key: handleKey(row.value), tokens: [] });
  if (row.type === 'email') {
    const at = row.value.lastIndexOf('@');
    const local = row.value.slice(0, Math.max(at, 0)).replace(/\+.*$/, '');
    const role = isRoleAddress(row.value) || domainOf(row.value) === undefined;
    const tokens = local
      .split(/[._-]+/)
      .map((part) => foldToLatin(part))
      .filter((part) => /^[a-z]+$/.test(part));
    traits.emails.push({
      origin,
      place: '',
      shown: row.value,
      key: role ? '' : handleKey(local),
      tokens: role || tokens.length < 2 || /\d/.test(local) ? [] : tokens,
    });
  }
  const names = new Set([row.identityName, row.memberName, row.type === 'name' ? row.value : null]);
  for (const shown of names) {
    if (shown === null || shown.includes('@') || traits.names.some((one) => one.shown === shown)) continue;
    const tokens = words(shown).filter((token) => !/^\p{N}+$/u.test(token));
    if (tokens.length === 0 || tokens.length > 6) continue;
    const isLatin = /^[\p{Script=Latin}]+$/u.test(tokens.join(''));
    const latin = isLatin ? tokens : words(foldToLatin(shown));
    traits.names.push({ origin, shown, tokens: tokens.toSorted(), latin, isLatin });
  }
  if (row.url !== null && row.type !== 'email') traits.profiles.push({ origin, address: linkKey(row.url) });
  const said = [row.website ?? '', ...((row.bio ?? '').match(/https?:\/\/[^\s<>"')\]]+/g) ?? [])];
  for (const address of said) if (address !== '') traits.mentions.push({ origin, address: linkKey(address) });
}

function handleKey(text: string): string {
  const key = foldToLatin(text).replace(/[^a-z0-9]/g, '');
  return key.length < 4 || key.length > 60 || isFunctionName(text) || isFunctionName(key) || /^\d+$/.test(key) ? '' : key;
}

function linkKey(address: string): string {
  return fold(address)
    .replace(/^https?:\/\/(?:www\.)?/, '')
    .replace(/[/?#.,;]+$/, '')
    .slice(0, 300);
}

/** What each kind of key stands for, and how many people may share one before it says nothing. */
const keyKinds = { handle: 1, name: 2, nameInOrganization: 3, link: 4 } as const;
export const mostPeople: Record<number, number> = { 1: 5, 2: 8, 3: 5, 4: 5 };

/** The keys by which a person may meet others. */
export function* keysOf(traits: Traits): Generator<[kind: number, key: string]> {
  for (const handle of [...traits.accounts, ...traits.emails]) {
    if (handle.key !== '') yield [keyKinds.handle, handle.key];
    if (handle.tokens.length > 1) yield [keyKinds.name, handle.tokens.toSorted().join(' ')];
  }
  for (const name of traits.names) {
    if (name.tokens.length > 1) {
      const key = name.latin.toSorted().join(' ');
      yield [keyKinds.name, key];
      for (const organization of traits.organizations.keys()) yield [keyKinds.nameInOrganization, `${key} ${organization}`];
    }
    for (const form of handleForms(name.latin)) if (form.key.length > 4) yield [keyKinds.handle, form.key];
  }
  for (const { address } of [...traits.profiles, ...traits.mentions]) if (address.includes('/')) yield [keyKinds.link, address];
}

/** How people make a handle of their name: whole, turned round, or with an initial. */
function handleForms(latin: readonly string[]): { key: string; whole: boolean }[] {
  const first = latin[0] ?? '';
  const last = latin.at(-1) ?? '';
  // One word in letters that write names without spaces is a whole name too.
  if (latin.length === 1) return first.length > 5 ? [{ key: first, whole: true }] : [];
  return [
    { key: latin.join(''), whole: true },
    { key: `${last}${first}`, whole: true },
    { key: `${first.charAt(0)}${last}`, whole: false },
  ];
}

/** How often words occur in names, as far as one number tells: hashed counts, never too low. */
export interface NameCounts {
  people: number;
  of(word: string): number;
}

export interface Reason {
  reason: 'link' | 'username' | 'address' | 'name_and_organization' | 'name' | 'name_and_address' | 'similar_name' | 'different_name';
  weight: number;
  /** In words, for people. */
  text: string;
}

export interface Evidence {
  /** The two leaf members that the strongest reason is about. */
  a: number;
  b: number;
  score: number;
  reasons: Reason[];
}

/** From here on a pair is worth a look. */
const leastScore = 0.5;

interface Found extends Reason {
  a: number;
  b: number;
}

/** What speaks for two people being one, strongest first; undefined when it is not worth a look. `sharing`: kind → people with that key. */
export function compare(a: Traits, b: Traits, sharing: ReadonlyMap<number, number>, counts: NameCounts): Evidence | undefined {
  const found = [...compareLinks(a, b), ...compareHandles(a, b, sharing, counts), ...compareNames(a, b, sharing, counts)];
  // The best of each reason counts: five addresses with one first part are one coincidence.
  const best = new Map<string, Found>();
  for (const one of found) if (one.weight > (best.get(one.reason)?.weight ?? 0)) best.set(one.reason, one);
  if (best.size === 0) return undefined;
  const likeness = alike(a, b);
  const byHandle = best.has('username') || best.has('address') || best.has('name_and_address');
  const strongest = [...best.values()].toSorted((x, y) => y.weight - x.weight);
  const top = strongest[0];
  if (top === undefined) return undefined;
  if (byHandle && !best.has('name') && !best.has('name_and_organization') && likeness.similar !== undefined) {
    strongest.push({ reason: 'similar_name', weight: 0.3, text: `Similar names: ${likeness.similar}`, a: top.a, b: top.b });
  }
  let score = 1 - strongest.reduce((left, one) => left * (1 - one.weight), 1);
  if (likeness.different !== undefined && !best.has('link') && !best.has('name') && !best.has('name_and_organization')) {
    score *= 0.4;
    strongest.push({
      reason: 'different_name',
      weight: -0.6,
      text: `But they go by different names: ${likeness.different}`,
      a: top.a,
      b: top.b,
    });
  }
  if (score < leastScore) return undefined;
  return {
    a: top.a,
    b: top.b,
    score: Math.round(score * 1000) / 1000,
    reasons: strongest.map(({ reason, weight, text }) => ({ reason, weight: Math.round(weight * 1000) / 1000, text })),
  };
}

function compareLinks(a: Traits, b: Traits): Found[] {
  const one = (from: Traits, to: Traits, turned: boolean): Found[] =>
    from.mentions.flatMap((mention) => {
      const profile = to.profiles.find((own) => own.address === mention.address && own.address.includes('/'));
      if (profile === undefined) return [];
      const [x, y] = turned ? [profile.origin, mention.origin] : [mention.origin, profile.origin];
      return [{ reason: 'link' as const, weight: 0.85, text: `One profile links to the other: ${mention.address}`, a: x, b: y }];
    });
  return [...one(a, b, false), ...one(b, a, true)];
}

function compareHandles(a: Traits, b: Traits, sharing: ReadonlyMap<number, number>, counts: NameCounts): Found[] {
  const found: Found[] = [];
  const size = sharing.get(keyKinds.handle);
  if (size === undefined) return found;
  const factor = rarity(size);
  const weigh = (key: string, long: number, short: number) =>
    isCommonWord(key, counts) ? 0 : (key.length >= 6 || /\d/.test(key) ? long : short) * factor;
  for (const x of a.accounts) {
    for (const y of b.accounts) {
      if (x.key === '' || x.key !== y.key || x.place === y.place) continue;
      found.push({
        reason: 'username',
        weight: weigh(x.key, 0.6, 0.4),
        text: `Same rare username: ${x.shown} on ${x.place} and ${y.shown} on ${y.place}`,
        a: x.origin,
        b: y.origin,
      });
    }
  }
  for (const [x, y, turned] of [...cross(a.accounts, b.emails, false), ...cross(b.accounts, a.emails, true)]) {
    if (x.key === '' || x.key !== y.key) continue;
    found.push({
      reason: 'username',
      weight: weigh(x.key, 0.5, 0.35),
      text: `The username ${x.shown} on ${x.place} is the first part of ${y.shown}`,
      ...ends(x, y, turned),
    });
  }
  for (const x of a.emails) {
    for (const y of b.emails) {
      if (x.key === '' || x.key !== y.key) continue;
      found.push({
        reason: 'address',
        weight: weigh(x.key, 0.35, 0.2),
        text: `Same first part of the address: ${x.shown} and ${y.shown}`,
        a: x.origin,
        b: y.origin,
      });
    }
  }
  for (const [name, handle, turned] of [
    ...cross(a.names, [...b.emails, ...b.accounts], false),
    ...cross(b.names, [...a.emails, ...a.accounts], true),
  ]) {
    if (handle.key === '') continue;
    const form = handleForms(name.latin).find((one) => one.key === handle.key);
    if (form === undefined || form.key.length <= 4 || isCommonName(name.latin, counts, size)) continue;
    found.push({
      reason: 'name_and_address',
      weight: (form.whole ? 0.5 : 0.35) * factor,
      text: `${handle.shown} is written like the name ${name.shown}`,
      ...ends(name, handle, turned),
    });
  }
  return found;
}

function compareNames(a: Traits, b: Traits, sharing: ReadonlyMap<number, number>, counts: NameCounts): Found[] {
  const found: Found[] = [];
  const size = sharing.get(keyKinds.name);
  for (const x of a.names) {
    for (const y of b.names) {
      const match = sameName(x, y);
      if (match === 0 || x.latin.length < 2) continue;
      const common = [...a.organizations].find(([id]) => b.organizations.has(id));
      const ends = { a: x.origin, b: y.origin };
      const shown = x.shown === y.shown ? x.shown : `${x.shown} and ${y.shown}`;
      if (common !== undefined && sharing.has(keyKinds.nameInOrganization)) {
        found.push({
          reason: 'name_and_organization',
          weight: 0.75 * match,
          text: `Same name and same organization: ${shown}, ${common[1]}`,
          ...ends,
        });
      }
      if (size !== undefined && !isCommonName(x.latin, counts, size)) {
        found.push({ reason: 'name', weight: 0.55 * match * rarity(size), text: `Same rare name: ${shown}`, ...ends });
      }
    }
  }
  if (size === undefined) return found;
  for (const [name, email, turned] of [...cross(a.names, b.emails, false), ...cross(b.names, a.emails, true)]) {
    if (
      email.tokens.length < 2 ||
      email.tokens.toSorted().join(' ') !== name.latin.toSorted().join(' ') ||
      isCommonName(name.latin, counts, size)
    )
      continue;
    found.push({
      reason: 'name_and_address',
      weight: 0.5 * rarity(size),
      text: `${email.shown} is written like the name ${name.shown}`,
      ...ends(name, email, turned),
    });
  }
  return found;
}

function* cross<X, Y>(xs: readonly X[], ys: readonly Y[], turned: boolean): Generator<[X, Y, boolean]> {
  for (const x of xs) for (const y of ys) yield [x, y, turned];
}

function ends(x: { origin: number }, y: { origin: number }, turned: boolean): { a: number; b: number } {
  return turned ? { a: y.origin, b: x.origin } : { a: x.origin, b: y.origin };
}

/** 1 for the same words in any order; less when one is in other letters, where several names become one. */
function sameName(x: Name, y: Name): number {
  if (x.isLatin === y.isLatin) return x.tokens.length === y.tokens.length && x.tokens.every((token, i) => token === y.tokens[i]) ? 1 : 0;
  return x.latin.toSorted().join(' ') === y.latin.toSorted().join(' ') || x.latin.join('') === y.latin.join('') ? 0.92 : 0;
}

/** Whether the names that two people go by agree (also by initials), or plainly do not. */
function alike(a: Traits, b: Traits): { similar?: string; different?: string } {
  let pair: string | undefined;
  for (const x of a.names) {
    for (const y of b.names) {
      if (sameName(x, y) > 0 || initialsAgree(x.latin, y.latin))
        return { similar: x.shown === y.shown ? x.shown : `${x.shown} and ${y.shown}` };
      if (x.latin.length > 1 && y.latin.length > 1) pair ??= `${x.shown} and ${y.shown}`;
    }
  }
  return pair === undefined ? {} : { different: pair };
}

/** `A. Lovelace`, `Ada K. Lovelace`, `Ada`: each word of the shorter one is, or begins, a word of the longer one. */
function initialsAgree(x: readonly string[], y: readonly string[]): boolean {
  const [short, long] = x.length <= y.length ? [x, [...y]] : [y, [...x]];
  let whole = 0;
  for (const word of short) {
    const place = long.findIndex(
      (other) => other === word || ((word.length === 1 || other.length === 1) && other.charAt(0) === word.charAt(0)),
    );
    if (place < 0) return false;
    if (long[place] === word && word.length > 2) whole += 1;
    long.splice(place, 1);
  }
  return whole > 0;
}

function rarity(people: number): number {
  return people <= 2 ? 1 : people === 3 ? 0.85 : people === 4 ? 0.7 : 0.5;
}

/** So many people would bear the name by chance, from how often its words occur, that it says nothing. */
function isCommonName(latin: readonly string[], counts: NameCounts, people: number): boolean {
  const all = counts.people + 1000;
  let expected = all;
  // Those who are compared do not make their own name common.
  for (const word of latin) expected *= Math.max(1, counts.of(word) - people + 1) / all;
  return latin.length < 2 || expected >= 0.5;
}

/** `johnny` as a handle says no more than the name. */
function isCommonWord(key: string, counts: NameCounts): boolean {
  return counts.of(key) > Math.max(5, counts.people / 2000);
}
