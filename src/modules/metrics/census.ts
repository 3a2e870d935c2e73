import type { Day } from './calendar.ts';
import { emptyShelf } from './sheets.ts';
import type { Shelf } from './sheets.ts';

/**
 * Who was there when, in memory: the presence sheets, whose identities are whose, who is a bot, and who belonged where on
 * which day. Reports read it without touching the database; `load.ts` keeps it in step.
 */
export interface Census {
  /** Goes up with every change that was seen: what a kept answer is good for. */
  version: number;
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
  /** Member → 0 was never ours, 1 always, 2 on some days: look at `affiliations`. */
  standing: Uint8Array;
  /** Member → 0 never belonged anywhere; the one organization, from `since` until `until`; -1 several: look at `affiliations`. */
  belonging: Int32Array;
  since: Int32Array;
  until: Int32Array;
  /** Member (of the root of its tree) → where it belonged, and when. */
  affiliations: Map<number, Affiliation[]>;
  organizations: Map<number, Organization>;
  /** The rows that the above is made of. */
  rows: { affiliations: Map<number, AffiliationRow>; rootOf: Map<number, number> };
}

export interface Affiliation {
  organizationId: number;
  ours: boolean;
  from: Day;
  to: Day;
}

export interface AffiliationRow {
  memberId: number;
  organizationId: number;
  /** Open ends are minus and plus infinity. */
  from: Day;
  to: Day;
}

export interface Organization {
  name: string;
  ours: boolean;
}

export const botStates = ['human', 'suspected', 'bot'] as const;

export function emptyCensus(): Census {
  return {
    version: 0,
    shelf: emptyShelf(),
    memberOf: new Int32Array(1024),
    subjectOf: new Int32Array(1024),
    bot: new Uint8Array(1024),
    standing: new Uint8Array(1024),
    belonging: new Int32Array(1024),
    since: new Int32Array(1024),
    until: new Int32Array(1024),
    affiliations: new Map(),
    organizations: new Map(),
    rows: { affiliations: new Map(), rootOf: new Map() },
  };
}

export function putIdentity(census: Census, id: number, memberId: number): void {
  if (id >= census.memberOf.length) census.memberOf = grow(census.memberOf, new Int32Array(roomFor(id)));
  census.memberOf[id] = memberId;
  // So that whatever is kept by member has a place for this one.
  reserveMember(census, memberId);
}

export function putMember(census: Census, id: number, bot: number, rootId: number): void {
  reserveMember(census, id);
  census.bot[id] = bot;
  if (rootId === id) census.rows.rootOf.delete(id);
  else census.rows.rootOf.set(id, rootId);
}

function reserveMember(census: Census, id: number): void {
  if (id < census.bot.length) return;
  census.bot = grow(census.bot, new Uint8Array(roomFor(id)));
  census.standing = grow(census.standing, new Uint8Array(roomFor(id)));
  census.belonging = grow(census.belonging, new Int32Array(roomFor(id)));
  census.since = grow(census.since, new Int32Array(roomFor(id)));
  census.until = grow(census.until, new Int32Array(roomFor(id)));
}

/** Derives `affiliations`, `standing` and `belonging` from their rows; to be called when members, affiliations or organizations changed. */
export function settleAffiliations(census: Census): void {
  census.affiliations = new Map();
  census.standing.fill(0);
  census.belonging.fill(0);
  for (const { memberId, organizationId, from, to } of census.rows.affiliations.values()) {
    const root = census.rows.rootOf.get(memberId) ?? memberId;
    reserveMember(census, root);
    const affiliation = { organizationId, ours: census.organizations.get(organizationId)?.ours === true, from, to };
    const own = census.affiliations.get(root);
    if (own === undefined) census.affiliations.set(root, [affiliation]);
    else own.push(affiliation);
    census.belonging[root] = own === undefined ? organizationId : -1;
    census.since[root] = Math.max(from, -farthest);
    census.until[root] = Math.min(to, farthest);
    const always = from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY;
    if (affiliation.ours) census.standing[root] = always || census.standing[root] === 1 ? 1 : 2;
  }
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
  if (standing !== 2) return standing === 1;
  return (census.affiliations.get(memberId) ?? []).some((a) => a.ours && a.from <= day && day <= a.to);
}

/** Later than any day, and fits 32 bits. */
const farthest = 0x7fffffff;

const nowhere: readonly number[] = [];

/** The organizations that a member belonged to on a day, each once. */
export function organizationsOn(census: Census, memberId: number, day: Day): readonly number[] {
  const all = census.affiliations.get(memberId);
  if (all === undefined) return nowhere;
  const found: number[] = [];
  for (const a of all) if (a.from <= day && day <= a.to && !found.includes(a.organizationId)) found.push(a.organizationId);
  return found;
}

/** One more than the highest member id: what an array by member must hold. */
export function membersSize(census: Census): number {
  return census.bot.length;
}

function roomFor(id: number): number {
  return Math.ceil((id + 1) * 1.25);
}

function grow<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
