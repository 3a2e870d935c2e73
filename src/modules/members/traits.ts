import { domainOf } from './domains.ts';
import { accountLink, addressLink, mentionsIn } from './profile-links.ts';
import { isFunctionName, isRoleAddress } from './roles.ts';
import { fold, foldToLatin, words } from './text.ts';

/** What a person is compared by. */
export interface Traits {
  root: number;
  accounts: Handle[];
  emails: Handle[];
  names: Name[];
  organizations: ReadonlyMap<number, string>;
  /** What the person's own profiles are known by, and what the profiles name. */
  profiles: Link[];
  mentions: Link[];
  /** Where they live, folded, without the country. */
  towns: Set<string>;
}

export interface Handle {
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

export interface Name {
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
  link: string;
  shown: string;
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
  location: string | null;
}

export function emptyTraits(root: number): Traits {
  return { root, accounts: [], emails: [], names: [], organizations: new Map(), profiles: [], mentions: [], towns: new Set() };
}

export function addTraits(traits: Traits, row: TraitRow): void {
  const { origin } = row;
  const place = row.host === '' ? row.platform : `${row.platform} ${row.host}`;
  if (row.type === 'account') traits.accounts.push({ origin, place, shown: row.value, key: handleKey(row.value), tokens: [] });
  let isRole = false;
  if (row.type === 'email') {
    isRole = isRoleAddress(row.value) || domainOf(row.value) === undefined;
    addEmail(traits, row, isRole);
  }
  // A name beside an address of many is of whoever used it last.
  const names = isRole ? new Set<string>() : new Set([row.identityName, row.memberName, row.type === 'name' ? row.value : null]);
  for (const shown of names) if (shown !== null) addName(traits, origin, shown);
  if (row.type === 'account') traits.profiles.push({ origin, link: accountLink(row.platform, row.host, row.value), shown: row.value });
  if (row.url !== null && row.type !== 'email') traits.profiles.push({ origin, link: addressLink(row.url), shown: row.url });
  const town =
    fold(row.location ?? '')
      .split(/[,/|(]/)[0]
      ?.trim() ?? '';
  if (town.length > 2) traits.towns.add(town);
  for (const mention of mentionsIn(`${row.website ?? ''} ${row.bio ?? ''}`)) traits.mentions.push({ origin, ...mention });
}

function addEmail(traits: Traits, row: TraitRow, isRole: boolean): void {
  const local = row.value.slice(0, Math.max(row.value.lastIndexOf('@'), 0)).replace(/\+.*$/, '');
  const tokens = local
    .split(/[._-]+/)
    .map((part) => foldToLatin(part).replace(/\d+$/, ''))
    .filter((part) => /^[a-z]+$/.test(part));
  traits.emails.push({
    origin: row.origin,
    place: '',
    shown: row.value,
    key: isRole ? '' : handleKey(local),
    tokens: isRole || tokens.length < 2 ? [] : tokens,
  });
}

function addName(traits: Traits, origin: number, shown: string): void {
  if (shown.includes('@') || traits.names.some((one) => one.shown === shown)) return;
  const tokens = words(shown).filter((token) => !/^\p{N}+$/u.test(token));
  if (tokens.length === 0 || tokens.length > 6) return;
  const isLatin = /^[\p{Script=Latin}]+$/u.test(tokens.join(''));
  // The apostrophe of a soft sign is no end of a word.
  const latin = isLatin ? tokens : words(foldToLatin(shown).replace(/['`’ʹʼ]/g, ''));
  traits.names.push({ origin, shown, tokens: tokens.toSorted(), latin, isLatin });
}

function handleKey(text: string): string {
  const key = foldToLatin(text).replace(/[^a-z0-9]/g, '');
  return key.length < 4 || key.length > 60 || isFunctionName(text) || isFunctionName(key) || /^\d+$/.test(key) ? '' : key;
}

/** A handle without the number that was put behind it because the name was taken. */
export function stemOf(key: string): string {
  const stem = key.replace(/\d+$/, '');
  return stem.length >= 5 ? stem : '';
}

/** What each kind of key stands for, and how many people may share one before it says nothing. */
export const keyKinds = { handle: 1, name: 2, nameInOrganization: 3, link: 4, stem: 5, sound: 6 } as const;
export const mostPeople: Record<number, number> = { 1: 10, 2: 14, 3: 6, 4: 5, 5: 12, 6: 8 };

/**
 * The keys by which a person may meet others. A handle meets whole when it ends with a number, and by its letters; forms of
 * names meet the letters.
 */
export function* keysOf(traits: Traits): Generator<[kind: number, key: string]> {
  const stems = new Set<string>();
  for (const handle of [...traits.accounts, ...traits.emails]) {
    if (handle.key !== '') {
      const stem = stemOf(handle.key);
      if (stem !== '') stems.add(stem);
      if (stem !== handle.key) yield [keyKinds.handle, handle.key];
    }
    if (handle.tokens.length > 1) {
      yield [keyKinds.name, handle.tokens.toSorted().join(' ')];
      for (const form of handleForms(handle.tokens)) if (meets(form)) stems.add(form.key);
    }
  }
  for (const name of traits.names) {
    if (name.tokens.length > 1) {
      const key = name.latin.toSorted().join(' ');
      yield [keyKinds.name, key];
      yield [keyKinds.sound, soundOf(name.latin)];
      for (const organization of traits.organizations.keys()) yield [keyKinds.nameInOrganization, `${key} ${organization}`];
    }
    for (const form of handleForms(name.latin)) if (meets(form)) stems.add(form.key);
  }
  for (const stem of stems) yield [keyKinds.stem, stem];
  for (const link of new Set([...traits.profiles, ...traits.mentions].map((one) => one.link)))
    if (link.includes('/')) yield [keyKinds.link, link];
}

interface Form {
  key: string;
  whole: boolean;
  /** Written with the initial of the last word: where that is the family name, a form that few use. */
  seldom?: boolean;
}

/** Keys that half of a country would share are not worth their room. */
function meets(form: Form): boolean {
  return form.key.length > 4 && form.seldom !== true;
}

/** How people make a handle of their name: whole, turned round, or with an initial. Middle names are left out too. */
export function handleForms(latin: readonly string[]): Form[] {
  const first = latin[0] ?? '';
  const last = latin.at(-1) ?? '';
  // One word in letters that write names without spaces is a whole name too.
  if (latin.length === 1) return first.length > 5 ? [{ key: first, whole: true }] : [];
  const forms: Form[] = [
    { key: latin.join(''), whole: true },
    { key: `${first}${last}`, whole: true },
    { key: `${last}${first}`, whole: true },
    { key: `${first.charAt(0)}${last}`, whole: false },
    { key: `${last}${first.charAt(0)}`, whole: false },
    // Where the family name is written first.
    { key: `${last.charAt(0)}${first}`, whole: false, seldom: true },
    { key: `${first}${last.charAt(0)}`, whole: false, seldom: true },
  ];
  return forms.filter((form, place) => forms.findIndex((one) => one.key === form.key) === place);
}

/** Names that a slip of a finger, or another way to write them in Latin letters, makes two: first letters and consonants. */
export function soundOf(latin: readonly string[]): string {
  return latin
    .map((word) => {
      const plain = word.replaceAll('kh', 'h').replaceAll('x', 'ks').replaceAll('w', 'v').replaceAll('ph', 'f');
      return (
        plain.charAt(0) +
        plain
          .slice(1)
          .replace(/[aeiouy]/g, '')
          .replace(/(.)\1+/g, '$1')
      );
    })
    .toSorted()
    .join(' ');
}
