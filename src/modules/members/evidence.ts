import { sameInitial, scoreOf, shareOf, shareOfFormAmongNamesakes, shareOfHandle, shareOfName, shareSeen } from './chance.ts';
import { handleForms, keyKinds, soundOf, stemOf } from './traits.ts';
import type { Handle, Name, Traits } from './traits.ts';

/** How often words occur in names, as far as one number tells: hashed counts, never too low. */
export interface NameCounts {
  people: number;
  of(word: string): number;
}

export interface Reason {
  reason:
    | 'link'
    | 'username'
    | 'address'
    | 'name_and_organization'
    | 'name'
    | 'name_and_address'
    | 'similar_name'
    | 'organization'
    | 'place'
    | 'different_name';
  /** How sure this alone would make; below zero what speaks against. */
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
const leastScore = 0.4;

/** Something that two people share: how many of all others would share it by chance. */
interface Shared {
  reason: Reason['reason'];
  share: number;
  /** Among those who share the name too. */
  givenName?: number;
  text: string;
  a: number;
  b: number;
}

/** What two people are compared with: who else there is. */
interface Crowd {
  counts: NameCounts;
  /** Kind of key → how many people share it; those do not count as strangers. */
  sharing: ReadonlyMap<number, number>;
}

/**
 * What speaks for two people being one, strongest first; undefined when it is not worth a look. `sharing`: kind of key → how
 * many people share the rarest. The score follows from how many strangers would be expected to share all of it by chance
 * (see `chance.ts`): what follows from something that is counted already, such as a handle made of the same name, counts
 * only for what it adds.
 */
export function compare(a: Traits, b: Traits, sharing: ReadonlyMap<number, number>, counts: NameCounts): Evidence | undefined {
  const crowd: Crowd = { counts, sharing };
  const all = counts.people + 1000;
  const name = rarest(sharedNames(a, b, crowd));
  const handle = rarest(sharedHandles(a, b, name, crowd));
  const written = name === undefined || name.reason === 'similar_name' ? rarest(namesAsHandles(a, b, crowd)) : undefined;
  const links = sharedLinks(a, b, all);
  const found = [...links, name, handle, written].filter((one) => one !== undefined);
  if (found.length === 0) return undefined;
  let strangers = all * links.reduce((product, one) => product * one.share, together(name, handle, written));
  const reasons = found.map(({ reason, share, text }) => ({ reason, weight: scoreOf(all * share), text }));
  const { alike, different } = compareCalled(a, b);
  if (name === undefined && written === undefined && handle !== undefined && alike !== undefined) {
    strangers *= 0.1;
    reasons.push({ reason: 'similar_name', weight: 0.3, text: `Similar names: ${alike}` });
  }
  if (name === undefined && different !== undefined) {
    strangers *= links.length > 0 ? 3 : 40;
    reasons.push({ reason: 'different_name', weight: -0.6, text: `But they go by different names: ${different}` });
  }
  // The first part of an address is often given by somebody else: without a name beside it, it says less.
  if (found.length === 1 && handle?.reason === 'address' && alike === undefined) strangers *= 12;
  const common = [...a.organizations].find(([id]) => b.organizations.has(id));
  if (common !== undefined && name?.reason !== 'name_and_organization') {
    strangers *= inOneOrganization;
    reasons.push({ reason: 'organization', weight: 0.25, text: `Both belong to ${common[1]}` });
  }
  const town = [...a.towns].find((one) => b.towns.has(one));
  if (town !== undefined) {
    strangers *= inOneTown;
    reasons.push({ reason: 'place', weight: 0.2, text: `Both live in ${town}` });
  } else if (a.towns.size > 0 && b.towns.size > 0) strangers *= 3;
  const score = scoreOf(strangers);
  if (score < leastScore) return undefined;
  const strongest = found.reduce((best, one) => (one.share < best.share ? one : best));
  return {
    a: strongest.a,
    b: strongest.b,
    score: Math.round(score * 1000) / 1000,
    reasons: reasons
      .toSorted((x, y) => y.weight - x.weight)
      .map(({ reason, weight, text }) => ({ reason, weight: Math.round(weight * 1000) / 1000, text })),
  };
}

/** So many of all people live in one place, as far as they say. */
const inOneTown = 0.03;

/**
 * The share of strangers with the same name and the same handle. A handle made of the name says less beside it; a name that
 * says little (`Ada L.`) leaves all to the handle. One that is written like the name says nearly what the handle says.
 */
function together(name: Shared | undefined, handle: Shared | undefined, written: Shared | undefined): number {
  const alone = Math.min(handle?.share ?? 1, written?.share ?? 1);
  if (name === undefined) return alone;
  return Math.min(name.share * (handle === undefined ? 1 : (handle.givenName ?? handle.share)), alone);
}

function rarest(found: readonly Shared[]): Shared | undefined {
  return found.reduce<Shared | undefined>((best, one) => (best === undefined || one.share < best.share ? one : best), undefined);
}

/** Somebody may link to a stranger now and then, hardly ever to one who links back. */
function sharedLinks(a: Traits, b: Traits, all: number): Shared[] {
  const one = (from: Traits, to: Traits) =>
    from.mentions.flatMap((mention) => {
      const profile = to.profiles.find((own) => own.link === mention.link && own.link.includes('/'));
      return profile === undefined ? [] : [{ from: mention.origin, to: profile.origin, shown: mention.shown }];
    });
  const [there] = one(a, b);
  const [back] = one(b, a);
  if (there !== undefined && back !== undefined)
    return [
      {
        reason: 'link',
        share: 0.005 / all,
        text: `The profiles link to each other: ${there.shown} and ${back.shown}`,
        a: there.from,
        b: there.to,
      },
    ];
  if (there !== undefined)
    return [{ reason: 'link', share: 0.15 / all, text: `One profile links to the other: ${there.shown}`, a: there.from, b: there.to }];
  if (back !== undefined)
    return [{ reason: 'link', share: 0.15 / all, text: `One profile links to the other: ${back.shown}`, a: back.to, b: back.from }];
  return [];
}

function sharedNames(a: Traits, b: Traits, { counts, sharing }: Crowd): Shared[] {
  const found: Shared[] = [];
  const people = sharing.get(keyKinds.name) ?? sharing.get(keyKinds.sound) ?? 2;
  const common = [...a.organizations].find(([id]) => b.organizations.has(id));
  for (const x of a.names) {
    for (const y of b.names) {
      // One word in letters that write names without spaces is a whole name too.
      if ((x.latin.length < 2 && x.isLatin) || (y.latin.length < 2 && y.isLatin) || x.latin.length + y.latin.length < 3) continue;
      const times = timesAsLikely(x, y);
      if (times === 0) continue;
      const base = Math.max(...[x, y].map((one) => (one.latin.length < 2 ? 0 : shareOfName(one.latin, counts, people)))) * times;
      const share = Math.max(base, shareSeen(people, counts));
      const shown = x.shown === y.shown ? x.shown : `${x.shown} and ${y.shown}`;
      const ends = { a: x.origin, b: y.origin };
      if (isNearly(times)) found.push({ reason: 'similar_name', share, text: `Nearly the same rare name: ${shown}`, ...ends });
      else if (common !== undefined)
        found.push({
          reason: 'name_and_organization',
          share: base * inOneOrganization,
          text: `Same name and same organization: ${shown}, ${common[1]}`,
          ...ends,
        });
      else found.push({ reason: 'name', share, text: `Same rare name: ${shown}`, ...ends });
    }
  }
  return found;
}

/** So many of all people belong to one organization, unless it is a large one. */
const inOneOrganization = 0.01;

/**
 * How many times as many people would have names that agree like these: 1 for the same words in any order, more where less
 * is the same, 0 where they do not agree.
 */
function timesAsLikely(x: Name, y: Name): number {
  const [one, other] = [x.latin.toSorted(), y.latin.toSorted()];
  if (x.isLatin === y.isLatin && x.tokens.join(' ') === y.tokens.join(' ')) return 1;
  // Several names of another script are written the same in Latin letters.
  if (x.isLatin !== y.isLatin) {
    if (one.join(' ') === other.join(' ') || x.latin.join('') === y.latin.join('')) return 1.4;
    // `Dmitrii` and `Dmitri`, `Mihail` and `Mikhail`: there are several ways to write it.
    return x.latin.length > 1 && x.latin.length === y.latin.length && soundOf(x.latin) === soundOf(y.latin) ? 1.8 : 0;
  }
  if (!x.isLatin) return 0;
  if (initialsAgree(x.latin, y.latin)) return 1.2;
  return one.length === other.length && slips(one, other) === 1 ? 20 : 0;
}

function isNearly(times: number): boolean {
  return times === 1.2 || times > 2;
}

/** How many letters of long words were mistyped; 9 when the words differ otherwise. */
function slips(one: readonly string[], other: readonly string[]): number {
  let sum = 0;
  for (const [place, word] of one.entries()) {
    const twin = other[place] ?? '';
    if (word === twin) continue;
    sum += Math.min(word.length, twin.length) >= 4 && isOneSlip(word, twin) ? 1 : 9;
  }
  return sum;
}

/** One letter more, less, another, or two turned round. */
function isOneSlip(x: string, y: string): boolean {
  if (Math.abs(x.length - y.length) > 1) return false;
  let start = 0;
  while (start < x.length && x[start] === y[start]) start += 1;
  let end = 0;
  while (end < Math.min(x.length, y.length) - start && x.at(-1 - end) === y.at(-1 - end)) end += 1;
  const [left, right] = [x.slice(start, x.length - end), y.slice(start, y.length - end)];
  return (left.length <= 1 && right.length <= 1) || (left.length === 2 && left === [...right].toReversed().join(''));
}

function sharedHandles(a: Traits, b: Traits, name: Shared | undefined, crowd: Crowd): Shared[] {
  const found: Shared[] = [];
  const pairs: [Handle, Handle, Reason['reason']][] = [];
  for (const x of a.accounts) for (const y of b.accounts) if (x.place !== y.place) pairs.push([x, y, 'username']);
  for (const x of a.accounts) for (const y of b.emails) pairs.push([x, y, 'username']);
  for (const x of a.emails) for (const y of b.accounts) pairs.push([x, y, 'username']);
  for (const x of a.emails) for (const y of b.emails) pairs.push([x, y, 'address']);
  const forms = name === undefined ? undefined : formsOf([...a.names, ...b.names]);
  for (const [x, y, reason] of pairs) {
    if (x.key === '' || y.key === '') continue;
    const same = x.key === y.key;
    const stem = same ? x.key : stemOf(x.key) === stemOf(y.key) ? stemOf(x.key) : '';
    if (stem === '') continue;
    const people = crowd.sharing.get(keyKinds.handle) ?? crowd.sharing.get(keyKinds.stem) ?? 2;
    const isForm = forms !== undefined && (forms.has(stem) || forms.has(stemOf(stem)));
    const share = Math.max(shareOfHandle(stem, crowd.counts, people), shareSeen(people, crowd.counts));
    // Another number behind it says less than a number here and none there.
    const nearly = same ? 1 : /\d$/.test(x.key) && /\d$/.test(y.key) ? 12 : 4;
    found.push({
      reason,
      share: Math.min(1, share * nearly),
      // Of namesakes, many make the same handle of their name.
      ...(isForm ? { givenName: Math.min(1, shareOfFormAmongNamesakes(same ? x.key : stem) * nearly) } : {}),
      text: tellHandles(x, y, reason, same),
      a: x.origin,
      b: y.origin,
    });
  }
  return found;
}

function tellHandles(x: Handle, y: Handle, reason: Reason['reason'], same: boolean): string {
  if (reason === 'address') return `${same ? 'Same' : 'Nearly the same'} first part of the address: ${x.shown} and ${y.shown}`;
  if (x.place !== '' && y.place !== '')
    return `${same ? 'Same rare username' : 'Nearly the same username'}: ${x.shown} on ${x.place} and ${y.shown} on ${y.place}`;
  const [account, email] = x.place === '' ? [y, x] : [x, y];
  return same
    ? `The username ${account.shown} on ${account.place} is the first part of ${email.shown}`
    : `The username ${account.shown} on ${account.place} is nearly the first part of ${email.shown}`;
}

function formsOf(names: readonly Name[]): Set<string> {
  return new Set(names.flatMap((name) => [...handleForms(name.latin).map((form) => form.key), ...name.latin]));
}

/** Where no names can be compared: a handle or an address that is written like the other's name. */
function namesAsHandles(a: Traits, b: Traits, crowd: Crowd): Shared[] {
  const found: Shared[] = [];
  const one = (named: Traits, other: Traits, turned: boolean) => {
    for (const name of namesOf(named)) {
      for (const handle of [...other.emails, ...other.accounts]) {
        const share = shareOfWritten(name, handle, crowd);
        if (share === undefined) continue;
        const ends = turned ? { a: handle.origin, b: name.origin } : { a: name.origin, b: handle.origin };
        found.push({ reason: 'name_and_address', share, text: `${handle.shown} is written like the name ${name.shown}`, ...ends });
      }
    }
  };
  one(a, b, false);
  one(b, a, true);
  return found;
}

/** Names as given, and as addresses spell them out. */
function namesOf(traits: Traits): { origin: number; shown: string; latin: string[] }[] {
  return [...traits.names, ...traits.emails.filter((email) => email.tokens.length > 1).map((email) => ({ ...email, latin: email.tokens }))];
}

function shareOfWritten(name: { latin: readonly string[]; shown: string }, handle: Handle, { counts, sharing }: Crowd): number | undefined {
  const people = Math.max(sharing.get(keyKinds.handle) ?? sharing.get(keyKinds.stem) ?? 2, sharing.get(keyKinds.name) ?? 2);
  const { latin } = name;
  if (handle.tokens.length > 1 && handle.tokens.toSorted().join(' ') === latin.toSorted().join(' '))
    return shareOfName(latin, counts, people) * 1.2;
  if (handle.key === '' || handle.shown === name.shown) return undefined;
  const digits = /\d*$/.exec(handle.key)?.[0].length ?? 0;
  const stem = handle.key.slice(0, handle.key.length - digits);
  const form = handleForms(latin).find((one) => one.key === handle.key || (one.whole && one.key === stem));
  if (form === undefined || form.key.length <= 4) return undefined;
  const [first = '', last = ''] = [latin[0], latin.at(-1)];
  if (form.whole) return shareOfName(latin.length > 2 ? [first, last] : latin, counts, people) * 1.2;
  // The word that is written out; the other one is a letter.
  const whole = form.key.includes(last) ? last : first;
  return sameInitial * shareOf(whole, counts, people) * 1.2;
}

/** Whether the names that two people go by agree (also by initials), or plainly do not. */
function compareCalled(a: Traits, b: Traits): { alike?: string; different?: string } {
  let pair: string | undefined;
  for (const x of a.names) {
    for (const y of b.names) {
      if (timesAsLikely(x, y) > 0 || initialsAgree(x.latin, y.latin))
        return { alike: x.shown === y.shown ? x.shown : `${x.shown} and ${y.shown}` };
      if (x.latin.length > 1 && y.latin.length > 1) pair ??= `${x.shown} and ${y.shown}`;
    }
  }
  return pair === undefined ? {} : { different: pair };
}

/** `A. Lovelace`, `Ada K. Lovelace`, `Ada`: each word of the shorter one is, or begins, a word of the longer one. */
function initialsAgree(x: readonly string[], y: readonly string[]): boolean {
  const [short, long] = x.length <= y.length ? [x, [...y]] : [y, [...x]];
  let whole = 0;
  let initials = 0;
  for (const word of short) {
    let place = long.indexOf(word);
    if (place < 0) {
      place = long.findIndex((other) => (word.length === 1 || other.length === 1) && other.charAt(0) === word.charAt(0));
      initials += 1;
    }
    if (place < 0) return false;
    if (long[place] === word && word.length > 2) whole += 1;
    long.splice(place, 1);
  }
  // `Ada K. Lovelace` is not `Ada King`: an initial stands for a word only when no other word is left over.
  return whole > 0 && (initials === 0 || long.every((word) => word.length === 1));
}
