import { expect, test } from 'vitest';
import type { Json, Page } from '../contract.ts';
import type { Entry, Walk } from './newest.ts';
import { walkNewest } from './newest.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 0, 10);
const io = { since: undefined, now: () => new Date(now) };

/** A list of what stands in `ranks` at the moment when it is asked, newest first, so many a page, by what lies below the last. */
function listOf(ranks: number[], size = 2): Walk['read'] {
  return async (place, next) => {
    const below = ranks.filter((rank) => typeof next !== 'number' || rank < next).toSorted((a, b) => b - a);
    const entries = below.slice(0, size).map((rank): Entry => ({ rank, id: `${rank}`, at: rank, item: `${place.id}${rank}` }));
    return { entries, next: below.length > size ? entries.at(-1)?.rank : undefined };
  };
}

/** As the runner does it: the cursor counts only at the end, until then `resume` does. Cut after so many pages. */
async function run(state: { cursor?: Json; resume?: Json | undefined }, walk: Walk, cutAfter = Infinity): Promise<Json[]> {
  const items: Json[] = [];
  let last: Json | undefined;
  let pages = 0;
  for await (const page of walkNewest(io, structuredClone(state.resume ?? state.cursor), walk) as AsyncIterable<Page>) {
    items.push(...page.items);
    state.resume = last = structuredClone(page.cursor);
    if (++pages >= cutAfter) return items;
  }
  state.resume = undefined;
  if (last !== undefined) state.cursor = last;
  return items;
}

test('loses nothing and doubles nothing, wherever it is cut off and whatever comes meanwhile', async () => {
  for (let cut = 1; cut <= 8; cut++) {
    const a = [1, 2, 3, 4, 5];
    const b = [10, 11, 12];
    const lists = new Map([
      ['a', listOf(a)],
      ['b', listOf(b)],
    ]);
    const walk: Walk = {
      places: [{ id: 'a' }, { id: 'b' }],
      read: (place, next) => lists.get(place.id)?.(place, next) ?? Promise.reject(),
    };
    const state = {};
    const seen = await run(state, walk, cut);
    a.push(6, 7, 8);
    b.push(13);
    seen.push(...(await run(state, walk)), ...(await run(state, walk)));
    expect(new Set(seen)).toEqual(new Set([...a.map((rank) => `a${rank}`), ...b.map((rank) => `b${rank}`)]));
    expect(seen).toHaveLength(new Set(seen).size);
    expect(await run(state, walk)).toEqual([]);
  }
});

test('reads again what still changes, tells apart what shares a time, and looks past what is pinned', async () => {
  const entry = (id: string, rank: number): Entry => ({ rank, id, at: rank, item: id });
  const young = now - day;
  let entries = [entry('pinned', 5), entry('x', young), entry('old', now - 20 * day)];
  const walk: Walk = { places: [{ id: 'a' }], againMs: 3 * day, read: async () => ({ entries, next: undefined }) };
  const state = {};
  expect(await run(state, walk)).toEqual(['pinned', 'x', 'old']);
  expect(await run(state, walk)).toEqual(['x']);
  entries = [entry('pinned', 5), entry('y', young), entry('x', young), entry('old', now - 20 * day)];
  expect(await run(state, { ...walk, againMs: 1 })).toEqual(['y']);
  expect(await run(state, { ...walk, againMs: 1 })).toEqual([]);
});

test('asks only where something was counted, and hands on what has no readable time', async () => {
  const asked: string[] = [];
  const walk: Walk = {
    places: [{ id: 'a', mark: 1 }],
    read: async ({ id }) => {
      asked.push(id);
      return {
        entries: [
          { rank: Number.NaN, id: 'x', at: Number.NaN, item: 'x' },
          { rank: 1, id: 'y', at: 1, item: 'y' },
        ],
        next: undefined,
      };
    },
  };
  const state = {};
  expect(await run(state, walk)).toEqual(['x', 'y']);
  expect(await run(state, walk)).toEqual([]);
  expect(await run(state, { ...walk, places: [{ id: 'a', mark: 2 }] })).toEqual(['x']);
  expect(asked).toEqual(['a', 'a']);
});
