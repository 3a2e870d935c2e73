import { dayOfMonth } from './calendar.ts';
import type { Day } from './calendar.ts';
import { isTeam, isWithin, membersSize, organizationsOn } from './census.ts';
import type { Census } from './census.ts';
import { add, emptySet, has } from './member-set.ts';
import type { MemberSet } from './member-set.ts';
import { eachFold, firstByIdentity, never, selectSeries } from './folds.ts';
import type { FoldOf } from './folds.ts';
import { firstFrom, peopleFor, readPeople } from './sheets.ts';
import type { Series, Sheet } from './sheets.ts';
import type { Hours } from './hours.ts';

/** Whom a report is about. Bots are left out of each, but of the report about bots. */
export const populations = ['everyone', 'wider_community', 'team'] as const;
export type Population = (typeof populations)[number];

/** What reports ask for beside: `bots` only, or `anyone`, bots too. */
export type Whom = Population | 'bots' | 'anyone';

/** Which activities are looked at, and of whom. */
export interface Selection {
  from: Day;
  to: Day;
  /** All sources where undefined. */
  sources: readonly number[] | undefined;
  /** Positions in the closed list of kinds; all where undefined. */
  kinds: readonly number[] | undefined;
  population: Whom;
  /** Only these; everybody where undefined. */
  members?: MemberSet | undefined;
  /** Only what was done while a member belonged there. 0: while a member belonged nowhere. */
  organizationId?: number | undefined;
  /**
   * Only what this organization is credited with: what a member did while belonging to several counts for each in equal
   * parts. 0 for those who belonged nowhere.
   */
  creditedTo?: number | undefined;
  /** Where organizations are asked for: so many of the largest. */
  largest?: number | undefined;
  /** Only in these hours of the week, first and last included: 0 is Monday 00:00. */
  hour?: { clock: 'utc' | 'own'; from: number; to: number; hours: Hours } | undefined;
}

/** The people of one source, kind and day who pass. A member with two identities is there twice. Reused: copy what stays. */
export interface Batch {
  series: Series;
  sheet: Sheet;
  day: Day;
  size: number;
  members: Int32Array;
  counts: Int32Array;
  /** How many activities of the sheet come before: where each person's hours begin. */
  starts: Int32Array;
}

export interface LeftOut {
  people: number;
  activities: number;
}

/** Who was in the window and is not in the figures, and why. */
export interface Excluded {
  bots: LeftOut;
  team: LeftOut;
  widerCommunity: LeftOut;
  /** Counted as people until somebody decides. */
  suspectedBots: number;
  /** The report is about bots: they are in its figures. */
  botsAreIn?: true;
}

/** Counts those left out; one for a whole report, so that nobody is counted twice over its periods. */
export interface Exclusion {
  seen: Uint8Array;
  excluded: Excluded;
  /** Is told of each, to be counted again elsewhere. */
  log?: (member: number, reason: number, activities: number, day: Day) => void;
}

export function openExclusion(census: Census): Exclusion {
  const none = () => ({ people: 0, activities: 0 });
  return { seen: new Uint8Array(membersSize(census)), excluded: { bots: none(), team: none(), widerCommunity: none(), suspectedBots: 0 } };
}

export { selectSeries };

const people = peopleFor(4096);
let members = new Int32Array(4096);
let starts = new Int32Array(4096);

/** Calls `visit` for each source, kind and day of a selection with those who pass; series by series, days ascending. */
export function walk(census: Census, selection: Selection, exclusion: Exclusion | undefined, visit: (batch: Batch) => void): void {
  for (const series of selectSeries(census, selection)) {
    const { sheets } = series;
    for (let s = firstFrom(series, selection.from); s < sheets.length; s++) {
      const sheet = sheets[s];
      if (sheet === undefined || sheet.day > selection.to) break;
      const size = passThose(census, selection, exclusion, sheet);
      if (size > 0) visit({ series, sheet, day: sheet.day, size, members, counts: people.counts, starts });
    }
  }
}

/** The people of a fold who pass. `day` stands for all days of the month: nobody in it belonged elsewhere on another. */
export type Folded = Pick<Batch, 'day' | 'size' | 'members' | 'counts'>;

/**
 * As `walk`, for those who ask who was there and how often, not in which source or on which day: whole months come added
 * up, which is some ten times less to read. `of`: how often each was there, or the last day (1 to 31) that each was.
 */
export function walkFolded(
  census: Census,
  selection: Selection,
  exclusion: Exclusion | undefined,
  visit: (batch: Folded) => void,
  of: FoldOf = 'counts',
): void {
  eachFold(census, selection, of, (sheets, folded) => {
    for (const sheet of sheets) {
      const size = passThose(census, selection, exclusion, sheet);
      if (of === 'last' && !folded) people.counts.fill(dayOfMonth(sheet.day), 0, size);
      if (size > 0) visit({ day: sheet.day, size, members, counts: people.counts });
    }
  });
}

/** Decodes a sheet, and leaves those who pass in `members`, `people.counts` and `starts`. Returns how many. */
function passThose(census: Census, selection: Selection, exclusion: Exclusion | undefined, sheet: Sheet): number {
  const { subjectOf } = census;
  const { population, members: only, organizationId, creditedTo } = selection;
  // Nearly everybody is a human who was never ours: no look-up for those.
  const judgeAll = population === 'team' || population === 'bots';
  const anyLimit = only !== undefined || organizationId !== undefined || creditedTo !== undefined;
  readPeople(sheet, people);
  if (members.length < people.ids.length) {
    members = new Int32Array(people.ids.length);
    starts = new Int32Array(people.ids.length);
  }
  const { ids, counts } = people;
  // In names of its own: what the module holds would be looked up for each person.
  const passing = members;
  const begins = starts;
  const { day } = sheet;
  const present = people.size;
  let size = 0;
  let before = 0;
  for (let i = 0; i < present; i++) {
    const count = counts[i] ?? 0;
    const start = before;
    before += count;
    const subject = subjectOf[ids[i] ?? 0] ?? 0;
    const member = subject >>> 4;
    if (member === 0) continue;
    if (anyLimit) {
      if (only !== undefined && !has(only, member)) continue;
      if (organizationId !== undefined && !belongs(census, member, day, organizationId)) continue;
      if (creditedTo !== undefined && !belongs(census, member, day, creditedTo)) continue;
    }
    if (judgeAll || (subject & 15) !== 0) {
      const state = subject & 3;
      const status = (subject >>> 2) & 3;
      const team = status === 1 || (status === 2 && isTeam(census, member, day));
      const reason = whyLeftOut(population, state === 2, team);
      if (exclusion !== undefined && (reason !== 0 || state === 1))
        note(exclusion, member, reason === 0 ? suspectedBit : reason, count, day);
      if (reason !== 0) continue;
    }
    passing[size] = member;
    counts[size] = count;
    begins[size] = start;
    size++;
  }
  return size;
}

const botBit = 1;
const teamBit = 2;
const widerBit = 4;
export const suspectedBit = 8;

/** 0 for those who pass. */
export function whyLeftOut(population: Whom, isBot: boolean, team: boolean): number {
  if (population === 'anyone') return 0;
  if (population === 'bots') return isBot ? 0 : team ? teamBit : widerBit;
  if (isBot) return botBit;
  if (population === 'wider_community') return team ? teamBit : 0;
  return population === 'team' && !team ? widerBit : 0;
}

/** Counts somebody left out, for a reason as `walk` gives it. */
export function note({ seen, excluded, log }: Exclusion, member: number, reason: number, activities: number, day = 0): void {
  log?.(member, reason, activities, day);
  const first = ((seen[member] ?? 0) & reason) === 0;
  seen[member] = (seen[member] ?? 0) | reason;
  if (reason === suspectedBit) {
    if (first) excluded.suspectedBots += 1;
    return;
  }
  const into = reason === botBit ? excluded.bots : reason === teamBit ? excluded.team : excluded.widerCommunity;
  into.activities += activities;
  if (first) into.people += 1;
}

export function belongs(census: Census, member: number, day: Day, organizationId: number): boolean {
  const only = census.belonging[member] ?? 0;
  if (only >= 0) return (isWithin(census, member, day) ? only : 0) === organizationId;
  const all = organizationsOn(census, member, day);
  return organizationId === 0 ? all.length === 0 : all.includes(organizationId);
}

/** Lets go of first days, and of the room that counting took: they are looked up again when somebody asks. */
export function dropFirsts(census: Census): void {
  firsts.delete(census);
  Object.assign(people, peopleFor(4096));
  members = new Int32Array(4096);
  starts = new Int32Array(4096);
}

/** How often each member was there. */
export interface Tally {
  /** By member id. */
  counts: Int32Array;
  people: number;
  activities: number;
}

/** Activities by member. */
export function tally(census: Census, selection: Selection, exclusion?: Exclusion): Tally {
  const sums = new Int32Array(membersSize(census));
  let distinct = 0;
  let activities = 0;
  walkFolded(census, selection, exclusion, ({ members: who, counts, size }) => {
    for (let i = 0; i < size; i++) {
      const member = who[i] ?? 0;
      const count = counts[i] ?? 0;
      const before = sums[member] ?? 0;
      if (before === 0) distinct += 1;
      sums[member] = before + count;
      activities += count;
    }
  });
  return { counts: sums, people: distinct, activities };
}

/** Activities by member, in certain hours, or in the equal parts that an organization is credited with: in fractions. */
export function tallyParts(census: Census, selection: Selection): { counts: Float64Array; people: number; activities: number } {
  const sums = new Float64Array(membersSize(census));
  const split = selection.creditedTo !== undefined && selection.creditedTo !== 0;
  let distinct = 0;
  let activities = 0;
  walk(census, selection, undefined, (batch) => {
    for (let i = 0; i < batch.size; i++) {
      const member = batch.members[i] ?? 0;
      let count = selection.hour === undefined ? (batch.counts[i] ?? 0) : countHours(batch, i, selection.hour);
      if (count === 0) continue;
      if (split && census.belonging[member] === -1) count /= organizationsOn(census, member, batch.day).length;
      if (sums[member] === 0) distinct += 1;
      sums[member] = (sums[member] ?? 0) + count;
      activities += count;
    }
  });
  return { counts: sums, people: distinct, activities };
}

function countHours(
  { sheet, starts: begins, counts }: Batch,
  i: number,
  { clock, from, to, hours }: NonNullable<Selection['hour']>,
): number {
  const bytes = hours.get(sheet);
  if (bytes === undefined) return 0;
  const begin = begins[i] ?? 0;
  const end = begin + (counts[i] ?? 0);
  let found = 0;
  for (let at = begin * 2 + (clock === 'own' ? 1 : 0); at < end * 2; at += 2) {
    const hour = bytes[at] ?? unknownHour;
    if (from <= hour && hour <= to) found += 1;
  }
  return found;
}

/** In `hours`: the source does not keep the person's own clock. */
export const unknownHour = 255;

/** The first day that counts as history: 1 January of the year 1. */
export const dawn = -719_162;

export { never };

const firsts = new WeakMap<Census, { version: number; byFilter: Map<string, Int32Array> }>();

/**
 * Member → the day of the first activity ever, `never` where there is none. Over all of history, whatever the window:
 * taking the minimum inside a window makes old hands look new. Whoever is a bot or ours is there too.
 */
export function firstDays(census: Census, filter: Pick<Selection, 'sources' | 'kinds'>): Int32Array {
  let mine = firsts.get(census);
  if (mine === undefined || mine.version !== census.version) {
    mine = { version: census.version, byFilter: new Map() };
    firsts.set(census, mine);
  }
  const key = JSON.stringify([filter.sources, filter.kinds]);
  const known = mine.byFilter.get(key);
  if (known !== undefined) return known;
  const byIdentity = firstByIdentity(census, filter);
  const first = new Int32Array(membersSize(census)).fill(never);
  const { memberOf } = census;
  for (let id = 0; id < byIdentity.length; id++) {
    const day = byIdentity[id] ?? never;
    if (day === never) continue;
    const member = memberOf[id] ?? 0;
    if (day < (first[member] ?? 0)) first[member] = day;
  }
  if (mine.byFilter.size >= 4) mine.byFilter.clear();
  mine.byFilter.set(key, first);
  return first;
}

/** The different members of a selection, and their activities. */
export function distinctMembers(census: Census, selection: Selection, exclusion?: Exclusion): { members: MemberSet; activities: number } {
  const found = emptySet(membersSize(census));
  return { members: found, activities: gather(census, selection, exclusion, found) };
}

/** Adds the members of a selection to a set. Returns their activities. */
export function gather(census: Census, selection: Selection, exclusion: Exclusion | undefined, into: MemberSet): number {
  let activities = 0;
  walkFolded(census, selection, exclusion, ({ members: who, counts, size }) => {
    for (let i = 0; i < size; i++) {
      add(into, who[i] ?? 0);
      activities += counts[i] ?? 0;
    }
  });
  return activities;
}
