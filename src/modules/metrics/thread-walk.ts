import { daysIn, threadKinds, threadStates } from '../activities/index.ts';
import type { Days, ThreadKind } from '../activities/index.ts';
import type { Context } from '../../platform/context.ts';
import { activityKinds } from '../../connectors/contract.ts';
import type { Day } from './calendar.ts';
import { isTeam } from './census.ts';
import type { Census } from './census.ts';
import { belongs, note, suspectedBit, whyLeftOut } from './counting.ts';
import type { Exclusion, Selection } from './counting.ts';
import { openCensus } from './load.ts';
import { has } from './member-set.ts';
import type { ThreadBook } from './thread-book.ts';
import { openBook } from './thread-load.ts';

/** Threads and people, as of one moment. Use it before the next `await`. */
export interface Threads {
  census: Census;
  book: ThreadBook;
  days: Days;
  /** Milliseconds. */
  now: number;
}

/** The threads opened from a day on, and the issues and merge requests that were not over then. */
export async function openThreads(context: Context, from: Day, timeZone: string): Promise<Threads> {
  // A day more: days of a zone begin before or after those of UTC.
  const book = await openBook(context.database, Math.max((from - 1) * dayLength, dawn));
  const census = await openCensus(context.database);
  return { census, book, days: daysIn(timeZone), now: context.clock.now().getTime() };
}

const dayLength = 86_400_000;
const perDay = 1 / dayLength;
/** The year 1: nothing is older, and the bytes of threads count from it. */
const dawn = -62_135_596_800_000;

/** What the flags of a thread say; a talk is a conversation of a room: nobody began it as a question, so nobody need wait for an answer. */
export interface Standing {
  kind: ThreadKind;
  state: (typeof threadStates)[number];
  solved: boolean;
  talk: boolean;
}

function standingIn(flags: number): Standing {
  return {
    kind: threadKinds[flags & 15] ?? 'conversation',
    state: threadStates[(flags >> 4) & 3] ?? 'open',
    solved: (flags & 64) !== 0,
    talk: flags >= 128,
  };
}

/** The member who opened it; 0 where nobody is known. */
export function openerOf({ book, census }: Threads, slot: number): number {
  return (census.subjectOf[book.opener[slot] ?? 0] ?? 0) >>> 4;
}

export function stateOf(book: ThreadBook, slot: number): (typeof threadStates)[number] {
  return threadStates[((book.flags[slot] ?? 0) >> 4) & 3] ?? 'open';
}

export function isSolved(book: ThreadBook, slot: number): boolean {
  return ((book.flags[slot] ?? 0) & 64) !== 0;
}

/** A conversation of a room. */
export function isTalk(book: ThreadBook, slot: number): boolean {
  return (book.flags[slot] ?? 0) >= 128;
}

/** Which threads are asked for: opened on which days, where, of which kinds, by whom. */
export interface ThreadSelection extends Pick<Selection, 'sources' | 'population' | 'members' | 'organizationId'> {
  from: Day;
  to: Day;
  /** All where undefined. */
  threadKinds?: readonly ThreadKind[] | undefined;
  /** How they stand; any way where undefined. */
  standing?: ((standing: Standing) => boolean) | undefined;
  /** Only these, each once; all where undefined. */
  slots?: Int32Array | undefined;
}

/**
 * Calls `visit` for each thread whose opener passes, with the day on which it was opened and the member who did. `endedFrom`:
 * what was over before this moment is of no interest.
 */
export function walkThreads(
  { census, book, days }: Threads,
  selection: ThreadSelection,
  exclusion: Exclusion | undefined,
  visit: (slot: number, day: Day, opener: number) => void,
  endedFrom = Number.NEGATIVE_INFINITY,
): void {
  const { from, to, population, members, organizationId, slots } = selection;
  // Millions are looked at: what is asked of each is at hand.
  const { id, source, flags, opened, ended, opener } = book;
  const { subjectOf } = census;
  // No zone is further from UTC than a day.
  const [earliestOpened, latestOpened] = [(from - 1) * dayLength, (to + 2) * dayLength];
  const wanted = wantedFlags(selection);
  const sources = selection.sources === undefined ? undefined : new Set(selection.sources);
  const whenEnded = endedFrom !== Number.NEGATIVE_INFINITY;
  const { begins, dayOf } = windowDays(days, from, to);
  const zero = begins[0] ?? 0;
  const reasons = [false, true].flatMap((bot) => [false, true].map((team) => whyLeftOut(population, bot, team)));
  const looked = slots?.length ?? book.size;
  for (let n = 0; n < looked; n++) {
    const slot = slots === undefined ? n : (slots[n] ?? 0);
    const at = opened[slot] ?? 0;
    if (wanted[flags[slot] ?? 0] === 0 || at < earliestOpened || at >= latestOpened || id[slot] === 0) continue;
    if (whenEnded && (ended[slot] ?? 0) < endedFrom) continue;
    if (sources !== undefined && !sources.has(source[slot] ?? 0)) continue;
    const place = ((at - zero) * perDay) | 0;
    // Not where it was guessed to be, because of summer time, or not known yet: NaN.
    const day = at >= (begins[place] ?? 0) && at < (begins[place + 1] ?? 0) ? place + from - 2 : dayOf(at);
    if (day < from || day > to) continue;
    const subject = subjectOf[opener[slot] ?? 0] ?? 0;
    const member = subject >>> 4;
    if (member === 0) continue;
    if (members !== undefined && !has(members, member)) continue;
    if (organizationId !== undefined && !belongs(census, member, day, organizationId)) continue;
    const status = (subject >>> 2) & 3;
    const team = status === 1 || (status === 2 && isTeam(census, member, day));
    const reason = reasons[((subject & 3) === 2 ? 2 : 0) + (team ? 1 : 0)] ?? 0;
    const suspected = (subject & 3) === 1;
    if (exclusion !== undefined && (reason !== 0 || suspected)) note(exclusion, member, reason === 0 ? suspectedBit : reason, 1);
    if (reason === 0) visit(slot, day, member);
  }
}

/**
 * When the days of a window and those around it begin, from the second before it on; NaN where nobody asked yet. `dayOf` looks
 * a day up, and notes when it and the next one begin.
 */
function windowDays(days: Days, from: Day, to: Day): { begins: Float64Array; dayOf(at: number): Day } {
  const first = from - 2;
  const begins = new Float64Array(Math.max(0, to - from) + 8).fill(Number.NaN);
  begins[0] = startOfDay(days, first);
  return {
    begins,
    dayOf(at) {
      const day = days.dayOf(at);
      for (const one of [day, day + 1]) if (Number.isNaN(begins[one - first])) begins[one - first] = startOfDay(days, one);
      return day;
    },
  };
}

/** For each value of the flags whether it is asked for. */
function wantedFlags({ threadKinds: wanted, standing }: ThreadSelection): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, flags) => {
    const kind = threadKinds[flags & 15];
    return kind !== undefined && (wanted === undefined || wanted.includes(kind)) && (standing === undefined || standing(standingIn(flags)))
      ? 1
      : 0;
  });
}

/** Which kinds of activity are meant, by their position. */
export function kindMask(kinds: readonly number[]): Uint8Array {
  const mask = new Uint8Array(activityKinds.length);
  for (const kind of kinds) mask[kind] = 1;
  return mask;
}

/** Seconds from the opening to the first response, −1 where there is none. Reused: copy what stays. */
export interface FirstResponses {
  anyone: number;
  team: number;
}

const first: FirstResponses = { anyone: -1, team: -1 };

/**
 * The first thing said by somebody else who is not a bot, and the first by somebody else who was one of ours on that day. What
 * the opener said under another account of the same person is none. `anyoneOnly`: the team's is not looked for.
 */
export function firstResponses(threads: Threads, slot: number, opener: number, kinds: Uint8Array, anyoneOnly = false): FirstResponses {
  const { census, book, days } = threads;
  const { people } = book;
  const { subjectOf } = census;
  const opened = book.opened[slot] ?? 0;
  const until = book.until[slot] ?? 0;
  first.anyone = -1;
  first.team = -1;
  // As eachSaid, without a call for each: this is what a report mostly does.
  let position = book.from[slot] ?? 0;
  let at = dawn;
  while (position < until) {
    let byte = people[position++] ?? 0;
    let value = byte & 127;
    for (let unit = 128; byte > 127; unit *= 128) {
      byte = people[position++] ?? 0;
      value += (byte & 127) * unit;
    }
    at += value;
    byte = people[position++] ?? 0;
    value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = people[position++] ?? 0;
      value |= (byte & 127) << shift;
    }
    const kind = people[position++] ?? 0;
    if (at < opened || kinds[kind] !== 1) continue;
    const subject = subjectOf[value] ?? 0;
    const member = subject >>> 4;
    if (member === 0 || member === opener || (subject & 3) === 2) continue;
    if (first.anyone < 0) first.anyone = Math.floor((at - opened) / 1000);
    if (anyoneOnly) break;
    const status = (subject >>> 2) & 3;
    if (status === 1 || (status === 2 && isTeam(census, member, days.dayOf(at)))) {
      first.team = Math.floor((at - opened) / 1000);
      break;
    }
  }
  return first;
}

/**
 * Calls `visit` for what was said in a thread, oldest first, until it answers false. Decodes the varints of
 * `activities/participants.ts`, written out: a report reads millions.
 */
export function eachSaid(book: ThreadBook, slot: number, visit: (at: number, identityId: number, kind: number) => boolean): void {
  const { people } = book;
  const until = book.until[slot] ?? 0;
  let position = book.from[slot] ?? 0;
  let at = dawn;
  while (position < until) {
    let byte = people[position++] ?? 0;
    let value = byte & 127;
    for (let unit = 128; byte > 127; unit *= 128) {
      byte = people[position++] ?? 0;
      value += (byte & 127) * unit;
    }
    at += value;
    byte = people[position++] ?? 0;
    value = byte & 127;
    for (let unit = 128; byte > 127; unit *= 128) {
      byte = people[position++] ?? 0;
      value += (byte & 127) * unit;
    }
    // There are fewer than 128 kinds.
    if (!visit(at, value, people[position++] ?? 0)) return;
  }
}

/** The first moment (milliseconds) of a day of the zone. */
export function startOfDay(days: Days, day: Day): number {
  // No zone is further from UTC than a day: the moment is between these.
  let [before, from] = [(day - 2) * dayLength, (day + 2) * dayLength];
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (days.dayOf(middle) < day) before = middle;
    else from = middle;
  }
  return from;
}

/** The value that so much (0 to 1) of the others are not above: the nearest rank. Null of none. Changes their order. */
export function quantile(values: Float64Array, share: number): number | null {
  if (values.length === 0) return null;
  return nth(values, Math.max(0, Math.ceil(share * values.length) - 1));
}

/** The middle; between the two in the middle where there are. Null of none. Changes their order. */
export function median(values: Float64Array): number | null {
  if (values.length === 0) return null;
  const half = values.length >> 1;
  const upper = nth(values, half);
  if (values.length % 2 === 1) return upper;
  // What is smaller lies before it now.
  let lower = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < half; i++) lower = Math.max(lower, values[i] ?? lower);
  return (lower + upper) / 2;
}

/** The value at a place of the sorted order, by Hoare's selection: sorting a year's threads would take five times as long. */
function nth(values: Float64Array, place: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] ?? 0;
    let [i, j] = [low, high];
    while (i <= j) {
      while ((values[i] ?? 0) < pivot) i++;
      while ((values[j] ?? 0) > pivot) j--;
      if (i > j) break;
      const swapped = values[i] ?? 0;
      values[i++] = values[j] ?? 0;
      values[j--] = swapped;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return values[place] ?? 0;
}
