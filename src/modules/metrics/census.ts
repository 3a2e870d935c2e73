import type { Day } from './calendar.ts';
import { add, emptySet } from './member-set.ts';
import type { MemberSet } from './member-set.ts';
import { emptyShelf } from './sheets.ts';
import type { Shelf } from './sheets.ts';

/**
 * Who was there when, in memory: the presence sheets, whose identities are whose, who is a bot, and who belonged where on
 * which day. Reports read it without touching the database; `load.ts` keeps it in step.
 */
export interface Census {
  /** Goes up with every change that was seen: what a kept answer is good for. */
  version: number;
  /** Goes up when somebody's accounts, affiliations or being a bot change; not when new people come. */
  bonds: number;
  shelf: Shelf;
  /** Identity → the member it belongs to now. 0 where there is none. */
  memberOf: Int32Array;
  /**
   * Identity → its member times 16, plus its bot state, plus 4 times its standing: all that nearly every count needs to
   * know of a person, at one place, because memory is what counting waits for. See `subjectMember`.
   */
  subjectOf: Int32Array;
  /** Member → 0 human, 1 suspected of being a bot, 2 bot. */
  bot: Uint8Array;
  /** Member → 0 was never ours, 1 always, 2 on some days: ask `isTeam`. */
  standing: Uint8Array;
  /** Members who ever belonged anywhere. */
  affiliated: MemberSet;
  /** Member → 0 never belonged anywhere; the one organization, from `since` until `until`; -1 several: look at `several`. */
  belonging: Int32Array;
  since: Int32Array;
  until: Int32Array;
  /** Member → the places of its affiliations, for those with more than one. */
  several: Map<number, number[]>;
  organizations: Map<number, Organization>;
  affiliations: Affiliations;
  /** Members that were merged into others → the root of their tree. */
  rootOf: Map<number, number>;
}

/** Affiliation rows in columns: a quarter of all people have one, and an object for each would weigh ten times as much. */
export interface Affiliations {
  /** Row id → place in the columns. */
  places: Map<number, number>;
  free: number[];
  /** As the row says, not the root. 0: nothing here. */
  member: Int32Array;
  organization: Int32Array;
  from: Int32Array;
  to: Int32Array;
}

/** Later than any day, and fits 32 bits; an open beginning is minus this. */
export const farthest = 0x7fffffff;

export interface Organization {
  name: string;
  ours: boolean;
}

export const botStates = ['human', 'suspected', 'bot'] as const;

export function emptyCensus(): Census {
  return {
    version: 0,
    bonds: 0,
    shelf: emptyShelf(),
    memberOf: new Int32Array(1024),
    subjectOf: new Int32Array(1024),
    bot: new Uint8Array(1024),
    standing: new Uint8Array(1024),
    affiliated: emptySet(1024),
    belonging: new Int32Array(1024),
    since: new Int32Array(1024),
    until: new Int32Array(1024),
    several: new Map(),
    organizations: new Map(),
    affiliations: {
      places: new Map(),
      free: [],
      member: new Int32Array(256),
      organization: new Int32Array(256),
      from: new Int32Array(256),
      to: new Int32Array(256),
    },
    rootOf: new Map(),
  };
}

export function putIdentity(census: Census, id: number, memberId: number): void {
  if (id >= census.memberOf.length) census.memberOf = grow(census.memberOf, new Int32Array(roomFor(id)));
  const before = census.memberOf[id] ?? 0;
  if (before !== 0 && before !== memberId) census.bonds += 1;
  census.memberOf[id] = memberId;
  // So that whatever is kept by member has a place for this one.
  reserveMember(census, memberId);
}

export function putMember(census: Census, id: number, bot: number, rootId: number): void {
  reserveMember(census, id);
  if (census.bot[id] !== bot || (census.rootOf.get(id) ?? id) !== rootId) census.bonds += 1;
  census.bot[id] = bot;
  if (rootId === id) census.rootOf.delete(id);
  else census.rootOf.set(id, rootId);
}

function reserveMember(census: Census, id: number): void {
  if (id < census.bot.length) return;
  census.bot = grow(census.bot, new Uint8Array(roomFor(id)));
  census.standing = grow(census.standing, new Uint8Array(roomFor(id)));
  census.belonging = grow(census.belonging, new Int32Array(roomFor(id)));
  census.since = grow(census.since, new Int32Array(roomFor(id)));
  census.until = grow(census.until, new Int32Array(roomFor(id)));
}

/** Open ends are undefined. */
export function putAffiliation(
  census: Census,
  id: number,
  memberId: number,
  organizationId: number,
  from: Day | undefined,
  to: Day | undefined,
): void {
  const all = census.affiliations;
  let place = all.places.get(id);
  if (place === undefined) {
    place = all.free.pop() ?? all.places.size;
    all.places.set(id, place);
    if (place >= all.member.length) {
      for (const column of ['member', 'organization', 'from', 'to'] as const)
        all[column] = grow(all[column], new Int32Array(roomFor(place)));
    }
  }
  const [first, last] = [from ?? -farthest, to ?? farthest];
  if (all.member[place] !== memberId || all.organization[place] !== organizationId || all.from[place] !== first || all.to[place] !== last)
    census.bonds += 1;
  all.member[place] = memberId;
  all.organization[place] = organizationId;
  all.from[place] = first;
  all.to[place] = last;
}

export function dropAffiliation(census: Census, id: number): void {
  const all = census.affiliations;
  const place = all.places.get(id);
  if (place === undefined) return;
  all.places.delete(id);
  all.free.push(place);
  census.bonds += 1;
  all.member[place] = 0;
}

/** Calls `visit` for each affiliation, with the root of the member that it is of. */
export function eachAffiliation(census: Census, visit: (root: number, place: number) => void): void {
  const { member } = census.affiliations;
  for (let place = 0; place < member.length; place++) {
    const memberId = member[place] ?? 0;
    if (memberId !== 0) visit(census.rootOf.get(memberId) ?? memberId, place);
  }
}

/** Derives who belonged where from affiliations; to be called when members, affiliations or organizations changed. */
export function settleAffiliations(census: Census): void {
  const { organization, from, to } = census.affiliations;
  census.several = new Map();
  census.standing.fill(0);
  census.belonging.fill(0);
  // The place of somebody's first affiliation, should there be a second.
  const firstPlace = new Map<number, number>();
  eachAffiliation(census, (root, place) => {
    reserveMember(census, root);
    if (census.belonging[root] === 0) {
      census.belonging[root] = organization[place] ?? 0;
      census.since[root] = from[place] ?? 0;
      census.until[root] = to[place] ?? 0;
      firstPlace.set(root, place);
    } else {
      const own = census.several.get(root);
      if (own === undefined) census.several.set(root, [firstPlace.get(root) ?? 0, place]);
      else own.push(place);
      if (!extend(census, root, place)) census.belonging[root] = -1;
    }
    if (!isOurs(census, organization[place] ?? 0)) return;
    const always = from[place] === -farthest && to[place] === farthest;
    census.standing[root] = always || census.standing[root] === 1 ? 1 : 2;
  });
  census.affiliated = emptySet(membersSize(census));
  eachAffiliation(census, (root) => add(census.affiliated, root));
}

/** Makes a member's one stay longer, where the affiliation is one with the same organization that meets it: said by several accounts. */
function extend({ belonging, since, until, affiliations: { organization, from, to } }: Census, root: number, place: number): boolean {
  const [first, last] = [from[place] ?? 0, to[place] ?? 0];
  const [begins, ends] = [since[root] ?? 0, until[root] ?? 0];
  if (belonging[root] !== organization[place] || first > ends + 1 || last < begins - 1) return false;
  since[root] = Math.min(first, begins);
  until[root] = Math.max(last, ends);
  return true;
}

export function isOurs(census: Census, organizationId: number): boolean {
  return census.organizations.get(organizationId)?.ours === true;
}

/** Derives `subjectOf`; to be called last, when identities, members, affiliations or organizations changed. */
export function settleSubjects(census: Census): void {
  const { memberOf, bot, standing } = census;
  if (census.subjectOf.length !== memberOf.length) census.subjectOf = new Int32Array(memberOf.length);
  const { subjectOf } = census;
  for (let id = 0; id < memberOf.length; id++) {
    const member = memberOf[id] ?? 0;
    subjectOf[id] = (member << 4) | ((standing[member] ?? 0) << 2) | (bot[member] ?? 0);
  }
}

/** Team members are those affiliated with an organization of ours on that date. */
export function isTeam(census: Census, memberId: number, day: Day): boolean {
  const standing = census.standing[memberId] ?? 0;
  return standing === 2 ? organizationsOn(census, memberId, day).some((id) => isOurs(census, id)) : standing === 1;
}

/** The organizations that a member belonged to on a day, each once. */
export function organizationsOn(census: Census, memberId: number, day: Day): number[] {
  const only = census.belonging[memberId] ?? 0;
  if (only >= 0) return only > 0 && isWithin(census, memberId, day) ? [only] : [];
  const { organization, from, to } = census.affiliations;
  const found: number[] = [];
  for (const place of census.several.get(memberId) ?? []) {
    const id = organization[place] ?? 0;
    if ((from[place] ?? 0) <= day && day <= (to[place] ?? 0) && !found.includes(id)) found.push(id);
  }
  return found;
}

/** Whether a day is among those of a member's one affiliation. */
export function isWithin({ since, until }: Census, member: number, day: Day): boolean {
  return (since[member] ?? 0) <= day && day <= (until[member] ?? 0);
}

/** One more than the highest member id: what an array by member must hold. */
export function membersSize(census: Census): number {
  return census.bot.length;
}

/** First and last day that anything happened on; undefined when nothing did. */
export function spanOf(census: Census): { from: number; to: number } | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { sheets } of census.shelf.series.values()) {
    from = Math.min(from, sheets[0]?.day ?? from);
    to = Math.max(to, sheets.at(-1)?.day ?? to);
  }
  return from <= to ? { from, to } : undefined;
}

function roomFor(id: number): number {
  return Math.ceil((id + 1) * 1.25);
}

function grow<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
