import { activityKinds } from '../../connectors/contract.ts';
import type { ThreadBook } from './thread-book.ts';
import { eachSaid, stateOf } from './thread-walk.ts';
import type { Threads } from './thread-walk.ts';

/** The day on which a thread was merged or closed; undefined where it is open, or nobody knows when it ended. */
export function closedDay({ book, days }: Threads, slot: number): number | undefined {
  const ended = endOf(book, slot);
  return ended === undefined ? undefined : days.dayOf(ended);
}

/** When it was merged or closed, in milliseconds. A solved thread that is still open has no end. */
export function endOf(book: ThreadBook, slot: number): number | undefined {
  const ended = book.ended[slot] ?? Number.NaN;
  return stateOf(book, slot) === 'open' || Number.isNaN(ended) ? undefined : ended;
}

/** Seconds from its opening to its end. */
export function durationOf(book: ThreadBook, slot: number): number | undefined {
  const ended = endOf(book, slot);
  return ended === undefined ? undefined : Math.max(0, Math.floor((ended - (book.opened[slot] ?? 0)) / 1000));
}

const decisions: ReadonlySet<number> = new Set(
  (['merge_request_merged', 'merge_request_closed'] as const).map((kind) => activityKinds.indexOf(kind)),
);

/**
 * The review cycles of a merge request, in seconds each. One begins when it is submitted, or when its author comes back after
 * a review (says something, adds a commit), and ends when the author does so the next time, or with the decision. Without a
 * review there is none; what was reviewed and is neither answered nor decided is not over, and not counted.
 */
export function reviewCycles({ census, book }: Threads, slot: number, author: number, reviews: Uint8Array): number[] {
  const opened = book.opened[slot] ?? 0;
  const cycles: number[] = [];
  let began = opened;
  let reviewed = false;
  const end = (at: number): void => {
    cycles.push(Math.floor((at - began) / 1000));
    began = at;
    reviewed = false;
  };
  const decided = endOf(book, slot) ?? Number.POSITIVE_INFINITY;
  eachSaid(book, slot, (at, identityId, kind) => {
    if (at < opened || decisions.has(kind)) return true;
    if (at >= decided) return false;
    const subject = census.subjectOf[identityId] ?? 0;
    if (subject >>> 4 === author) {
      if (reviewed) end(at);
    } else if (reviews[kind] === 1 && subject >>> 4 !== 0 && (subject & 3) !== 2) reviewed = true;
    return true;
  });
  if (reviewed && decided !== Number.POSITIVE_INFINITY) end(decided);
  return cycles;
}
