import { expect, test } from 'vitest';
import type { Json } from '../contract.ts';
import type { Listing, Marks, Step } from './walks.ts';
import { climb, descend } from './walks.ts';

interface Item {
  id: number;
  at: number;
}

const marks: Marks<Item> = { idOf: ({ id }) => String(id), changedAt: ({ at }) => at };
const size = 4;

/** Numbers that look random and are the same each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

/** A list that somebody works on while it is read: items are added and changed between any two requests. */
function world(seed: number) {
  const roll = dice(seed);
  const items = new Map<number, Item>();
  let now = 1_700_000_000_000;
  function work(): void {
    for (let changes = roll(4); changes > 0; changes--) {
      // Many in one second, then pauses.
      if (roll(3) === 0) now += roll(4) * 200_000;
      const id = roll(2) === 0 ? items.size + 1 : roll(items.size + 1) + 1;
      items.set(id, { id, at: now });
    }
  }
  for (let n = 0; n < 12; n++) work();
  const page = (sorted: Item[], next: string | undefined): Listing<Item> => {
    const from = Number(next ?? 0);
    return { items: sorted.slice(from, from + size), next: from + size < sorted.length ? String(from + size) : undefined };
  };
  const sorted = (direction: 1 | -1) => [...items.values()].toSorted((a, b) => direction * (a.at - b.at || a.id - b.id));
  return {
    items,
    work,
    roll,
    climbing: (state: Json | undefined) =>
      climb(state, undefined, marks, (since, next) =>
        Promise.resolve(
          page(
            sorted(1).filter(({ at }) => since === undefined || at >= since.getTime()),
            next,
          ),
        ),
      ),
    descending: (state: Json | undefined) => descend(state, undefined, marks, (next) => Promise.resolve(page(sorted(-1), next))),
  };
}

test.each(['climbing', 'descending'] as const)(
  '%s loses nothing, however often it is killed and whatever changes meanwhile',
  async (way) => {
    for (let seed = 1; seed <= 60; seed++) {
      const place = world(seed);
      const stored = new Map<number, number>();
      let state: Json | undefined;
      async function run(steps: number, meanwhile: () => void): Promise<number> {
        let fresh = 0;
        const reading: AsyncGenerator<Step<Item>> = place[way](state);
        for await (const step of reading) {
          for (const { id, at } of step.items) stored.set(id, Math.max(at, stored.get(id) ?? 0));
          fresh += step.items.length;
          // What comes back from the database.
          state = JSON.parse(JSON.stringify(step.state)) as Json;
          meanwhile();
          if (--steps <= 0) break;
        }
        return fresh;
      }
      for (let runs = 0; runs < 8; runs++) await run(place.roll(3) + 1, place.work);
      await run(1000, () => undefined);
      await run(1000, () => undefined);
      expect([...stored].toSorted(([a], [b]) => a - b)).toEqual(
        [...place.items.values()].map(({ id, at }) => [id, at]).toSorted(([a = 0], [b = 0]) => a - b),
      );
      expect(await run(1000, () => undefined)).toBe(0);
    }
  },
);

test('a page that names itself as its next ends with an error', async () => {
  const listing = { items: [{ id: 1, at: 1_700_000_000_000 }], next: 'same' };
  const all = async (steps: AsyncIterable<Step<Item>>) => {
    for await (const _ of steps);
  };
  await expect(all(climb(undefined, undefined, marks, () => Promise.resolve(listing)))).rejects.toThrow('next page is itself');
  await expect(all(descend(undefined, undefined, marks, () => Promise.resolve(listing)))).rejects.toThrow('next page is itself');
});
