import { z } from 'zod';
import type { Json } from '../contract.ts';
import { sourceFailed } from '../kit/failures.ts';

/**
 * Two ways through a list that grows while it is read. Both give, with each page, a state from which the next reading goes on:
 * after the page when it was interrupted, with what is new when it had reached the end.
 */
export interface Step<Item = Json> {
  items: Item[];
  state: Json;
}

/** A page of a list. `unchanged`: since the version that `etag` names. */
export interface Listing<Item = Json> {
  items: Item[];
  next?: string | undefined;
  etag?: string | undefined;
  unchanged?: boolean;
}

/** How an item of the list is told apart, and when it was last changed (milliseconds). */
export interface Marks<Item = Json> {
  idOf(item: Item): string;
  changedAt(item: Item): number;
}

/**
 * Looked at again behind the newest: changes of the same moments may become visible in another order. What was seen there is
 * remembered, as far as it is not too much; beyond, repeats are harmless.
 */
const overlap = 120_000;
const mostSeen = 1000;

const climbState = z.object({
  /** Where the next request begins. */
  from: z.number().optional(),
  /** The newest change that was seen. */
  at: z.number().default(0),
  seen: z.array(z.string()).default([]),
  /** Within one second that holds more than a page: its next page, whether its pages gave anything, how often they were read. */
  second: z.object({ next: z.string().optional(), fresh: z.boolean(), times: z.number() }).optional(),
  etag: z.string().optional(),
});

/** Changes take items out of a second whose pages are being read, so that these are read until they give nothing new. */
const mostTimes = 20;

/**
 * Least recently changed first, each request from the last change that was seen: what is changed meanwhile comes again at the
 * end, and nothing slips through between two numbered pages. Only more than a page of changes in one second are paged.
 */
export async function* climb<Item>(
  given: Json | undefined,
  since: Date | undefined,
  marks: Marks<NoInfer<Item>>,
  fetch: (from: Date | undefined, next: string | undefined, etag: string | undefined) => Promise<Listing<Item>>,
): AsyncGenerator<Step<Item>> {
  const parsed = climbState.safeParse(given ?? {});
  let state = parsed.success ? parsed.data : climbState.parse({});
  for (;;) {
    const from = state.from ?? since?.getTime();
    const { next, times = 0 } = state.second ?? {};
    const listing = await fetch(from === undefined ? undefined : new Date(from), next, state.etag);
    if (listing.unchanged === true) return;
    if (listing.next !== undefined && listing.next === next) throw circles();
    const known = new Set(state.seen);
    const items = listing.items.filter((item) => !known.has(markOf(marks, item)));
    const last = Math.max(0, ...listing.items.map((item) => marks.changedAt(item)));
    const at = Math.max(state.at, last);
    const seen = recent(state.seen, listing.items, marks, at);
    const fresh = items.length > 0 || state.second?.fresh === true;
    const isStuck = listing.next !== undefined && last <= (from ?? 0);
    if (isStuck) state = { from, at, seen, second: { next: listing.next, fresh, times } };
    else if (state.second !== undefined && fresh && times < mostTimes)
      state = { from, at, seen, second: { fresh: false, times: times + 1 } };
    else if (listing.next !== undefined) state = { from: last, at, seen };
    else {
      const again = at === 0 ? from : Math.max(at - overlap, since?.getTime() ?? 0);
      // What is asked next time is what was asked now, so that the answer may be that nothing changed.
      state = { from: again, at, seen, ...(again === from && items.length === 0 ? { etag: listing.etag } : {}) };
      yield { items, state: plain(state) };
      return;
    }
    yield { items, state: plain(state) };
  }
}

const descentState = z.object({
  /** Everything up to this time was read. */
  top: z.number().optional(),
  seen: z.array(z.string()).default([]),
  etag: z.string().optional(),
  /** A way down that is not finished. */
  walk: z
    .object({ top: z.number(), seen: z.array(z.string()), etag: z.string().optional(), until: z.number().optional(), next: z.string() })
    .optional(),
});

/** Newest first, down to what is known. An item that moves to the top meanwhile is the next reading's. */
export async function* descend<Item>(
  given: Json | undefined,
  from: Date | undefined,
  marks: Marks<NoInfer<Item>>,
  fetch: (next: string | undefined, etag: string | undefined) => Promise<Listing<Item>>,
): AsyncGenerator<Step<Item>> {
  const parsed = descentState.safeParse(given ?? {});
  const known = parsed.success ? parsed.data : descentState.parse({});
  let { walk } = known;
  for (;;) {
    const listing = await fetch(walk?.next, walk === undefined ? known.etag : undefined);
    if (listing.unchanged === true) return;
    if (listing.next !== undefined && listing.next === walk?.next) throw circles();
    const until = walk === undefined ? (known.top === undefined ? from?.getTime() : known.top - overlap) : walk.until;
    const wanted = listing.items.filter((item) => until === undefined || marks.changedAt(item) >= until);
    const before = new Set(known.seen);
    const top = Math.max(walk?.top ?? known.top ?? 0, ...wanted.map((item) => marks.changedAt(item)));
    const seen = recent(walk?.seen ?? known.seen, wanted, marks, top);
    const etag = walk === undefined ? listing.etag : walk.etag;
    const goesOn = listing.next !== undefined && wanted.length === listing.items.length;
    walk = goesOn ? { top, seen, etag, until, next: listing.next ?? '' } : undefined;
    const state = goesOn ? { ...known, walk } : { ...(top === 0 ? {} : { top }), seen, etag };
    yield { items: wanted.filter((item) => !before.has(markOf(marks, item))), state: plain(state) };
    if (!goesOn) return;
  }
}

function circles(): Error {
  return sourceFailed('source.loops', 'GitHub answered a page whose next page is itself. It is tried again later.');
}

function markOf<Item>(marks: Marks<Item>, item: Item): string {
  return `${marks.idOf(item)}@${marks.changedAt(item)}`;
}

function recent<Item>(before: readonly string[], items: readonly Item[], marks: Marks<Item>, newest: number): string[] {
  const late = (mark: string): boolean => Number(mark.slice(mark.lastIndexOf('@') + 1)) >= newest - overlap;
  return [...new Set([...before, ...items.map((item) => markOf(marks, item))])].filter(late).slice(-mostSeen);
}

/** Without what is undefined, as it comes back from the database. */
export function plain(state: object | undefined): Json {
  return JSON.parse(JSON.stringify(state ?? {})) as Json;
}
