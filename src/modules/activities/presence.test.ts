import { expect, test } from 'vitest';
import { changeSheet, eachPerson, emptySheet, hourOfWeek, unknownHour } from './presence.ts';

function peopleOf(people: Uint8Array): [number, number][] {
  const found: [number, number][] = [];
  eachPerson(people, (id, count) => found.push([id, count]));
  return found;
}

test('a sheet keeps ids, counts and hours whatever their size and order', () => {
  const added = changeSheet(
    emptySheet,
    new Map([
      [4_000_000_000, { add: [[1, 2]], remove: [] }],
      [5, { add: Array.from({ length: 300 }, () => [10, unknownHour]), remove: [] }],
    ]),
  );
  expect(peopleOf(added.people)).toEqual([
    [5, 300],
    [4_000_000_000, 1],
  ]);
  expect(added).toMatchObject({ identities: 2, total: 301 });
  expect(added.hours.length).toBe(602);
});

test('taking away what was added, in another order, gives the very same bytes', () => {
  const base = changeSheet(
    emptySheet,
    new Map([
      [
        1,
        {
          add: [
            [3, 4],
            [1, 2],
          ],
          remove: [],
        },
      ],
      [9, { add: [[7, 7]], remove: [] }],
    ]),
  );
  const more = changeSheet(
    base,
    new Map([
      [1, { add: [[0, 0]], remove: [] }],
      [8, { add: [[5, 5]], remove: [] }],
    ]),
  );
  const back = changeSheet(
    more,
    new Map([
      [8, { add: [], remove: [[5, 5]] }],
      [1, { add: [], remove: [[0, 0]] }],
    ]),
  );
  expect(back).toEqual(base);
});

test('removing what is not there changes nothing', () => {
  const base = changeSheet(emptySheet, new Map([[1, { add: [[3, 4]], remove: [] }]]));
  expect(
    changeSheet(
      base,
      new Map([
        [2, { add: [], remove: [[1, 1]] }],
        [1, { add: [], remove: [[9, 9]] }],
      ]),
    ),
  ).toEqual(base);
});

test('the hour of week starts on Monday, also before 1970', () => {
  expect(hourOfWeek(Date.UTC(2024, 0, 1, 0, 30))).toBe(0);
  expect(hourOfWeek(Date.UTC(2024, 0, 7, 23, 59))).toBe(167);
  expect(hourOfWeek(Date.UTC(2024, 0, 1, 0, 30), -60)).toBe(167);
  expect(hourOfWeek(Date.UTC(1969, 11, 29, 1))).toBe(1);
});
