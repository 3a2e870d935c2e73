import { responseKinds } from '../activities/index.ts';
import type { Day } from './calendar.ts';
import { kindNumbers } from './contribution-kinds.ts';
import type { ThreadBook } from './thread-book.ts';
import { firstResponses, kindMask, openerOf, walkThreads } from './thread-walk.ts';
import type { Threads, ThreadSelection } from './thread-walk.ts';

/** Which threads a list has, and which page of it. */
export interface ThreadsWanted {
  selection: ThreadSelection;
  /** Only those that nobody else answered yet, or nobody of ours. */
  unanswered: 'anyone' | 'team' | undefined;
  oldestFirst: boolean;
  limit: number;
  /** The last of the page before. */
  after: ThreadPlace | undefined;
}

/** Where a thread stands in the list: by its opening, in milliseconds, then by its id. */
export interface ThreadPlace {
  opened: number;
  id: number;
}

export interface ListedThread extends ThreadPlace {
  /** Seconds until somebody else, and somebody of ours, answered; negative where nobody did. */
  response: number;
  teamResponse: number;
  /** Seconds since it was opened. */
  waited: number;
}

export interface ThreadPage {
  threads: ListedThread[];
  more: boolean;
  /** How many there are in all. */
  total: number;
  /** Seconds that the one that has waited longest for anybody has waited; null where none waits. */
  longest: number | null;
}

const responding = kindMask(kindNumbers(responseKinds));

/**
 * A page of the list. All threads are looked at once, for the number of them, and put in chains by day; what is shown, and who
 * has waited longest, is then found in a few days.
 */
export function listThreads(threads: Threads, wanted: ThreadsWanted): ThreadPage {
  const { book, now } = threads;
  const { total, chains } = chainByDay(threads, wanted);
  const slots = firstInOrder(threads, chains, wanted);
  const earliest = earliestUnanswered(threads, chains, wanted.unanswered === 'anyone');
  const waited = (opened: number): number => Math.floor((now - opened) / 1000);
  return {
    threads: slots.slice(0, wanted.limit).map((slot) => {
      const { anyone, team } = firstResponses(threads, slot, openerOf(threads, slot), responding);
      const place = placeOf(book, slot);
      return { ...place, response: anyone, teamResponse: team, waited: waited(place.opened) };
    }),
    more: slots.length > wanted.limit,
    total,
    longest: earliest === undefined ? null : Math.max(0, waited(earliest)),
  };
}

/** The threads of each day, as linked lists: one array, whatever the order in which they are met. Slots are counted from 1. */
interface Chains {
  from: Day;
  to: Day;
  /** The last that was met of each day from the first on; 0 where there is none. */
  last: Int32Array;
  /** Slot → the one that was met before it on its day. */
  before: Int32Array;
}

function chainByDay(threads: Threads, { selection, unanswered }: ThreadsWanted): { total: number; chains: Chains } {
  const { from, to } = selection;
  const last = new Int32Array(Math.max(0, to - from + 1));
  const before = new Int32Array(threads.book.size);
  let total = 0;
  walkThreads(threads, selection, undefined, (slot, day, opener) => {
    if (unanswered !== undefined && firstResponses(threads, slot, opener, responding, unanswered === 'anyone')[unanswered] >= 0) return;
    total += 1;
    before[slot] = last[day - from] ?? 0;
    last[day - from] = slot + 1;
  });
  return { total, chains: { from, to, last, before } };
}

function eachOfDay({ from, last, before }: Chains, day: Day, visit: (slot: number) => void): void {
  for (let slot = (last[day - from] ?? 0) - 1; slot >= 0; slot = (before[slot] ?? 0) - 1) visit(slot);
}

/** One more than the page holds, where there are as many. */
function firstInOrder({ book, days }: Threads, chains: Chains, { oldestFirst, limit, after }: ThreadsWanted): number[] {
  const step = oldestFirst ? 1 : -1;
  const order = (a: ThreadPlace, b: ThreadPlace): number => (a.opened - b.opened || a.id - b.id) * step;
  const [first, end] = oldestFirst ? [chains.from, chains.to] : [chains.to, chains.from];
  const begun = after === undefined ? first : days.dayOf(after.opened);
  const found: number[] = [];
  for (
    let day = oldestFirst ? Math.max(first, begun) : Math.min(first, begun);
    (end - day) * step >= 0 && found.length <= limit;
    day += step
  ) {
    const own = keepFirst(limit + 1 - found.length, (a, b) => order(placeOf(book, a), placeOf(book, b)));
    eachOfDay(chains, day, (slot) => {
      if (after === undefined || order(placeOf(book, slot), after) > 0) own.add(slot);
    });
    found.push(...own.end());
  }
  return found;
}

/** The first so many of what is added, in order: now and then the rest is cut, and what comes after the last of them is passed over. */
function keepFirst(count: number, order: (a: number, b: number) => number): { add(slot: number): void; end(): number[] } {
  const kept: number[] = [];
  let last: number | undefined;
  const cut = (): number[] => {
    kept.sort(order);
    if (kept.length >= count) {
      kept.length = count;
      last = kept.at(-1);
    }
    return kept;
  };
  return {
    add(slot) {
      if (last !== undefined && order(slot, last) > 0) return;
      kept.push(slot);
      if (kept.length >= 4 * count + 1000) cut();
    },
    end: cut,
  };
}

/** When the first of those that nobody answered was opened: mostly on the first day, since on every day one is left alone. */
function earliestUnanswered(threads: Threads, chains: Chains, allAre: boolean): number | undefined {
  let earliest = Number.POSITIVE_INFINITY;
  for (let day = chains.from; day <= chains.to && earliest === Number.POSITIVE_INFINITY; day++) {
    eachOfDay(chains, day, (slot) => {
      const opened = threads.book.opened[slot] ?? 0;
      if (opened >= earliest) return;
      if (allAre || firstResponses(threads, slot, openerOf(threads, slot), responding, true).anyone < 0) earliest = opened;
    });
  }
  return earliest === Number.POSITIVE_INFINITY ? undefined : earliest;
}

function placeOf(book: ThreadBook, slot: number): ThreadPlace {
  return { opened: book.opened[slot] ?? 0, id: book.id[slot] ?? 0 };
}
