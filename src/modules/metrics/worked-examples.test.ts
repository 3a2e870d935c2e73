import { afterAll, beforeAll, expect, test } from 'vitest';
import { callAction } from '../../platform/action.ts';
import { showId } from '../../platform/ids.ts';
import { report } from './actions.ts';
import { reportRows } from './drill.ts';
import { makeActivities, makePerson, makeSource, openTestProgram } from './testing.ts';
import type { Did, TestProgram } from './testing.ts';

/* The examples that the definitions themselves give. */
let it: TestProgram;
let source: number;
const people: { member: number; identity: number }[] = [];

beforeAll(async () => {
  it = await openTestProgram('2026-06-20T12:00:00Z');
  source = await makeSource(it.program, 'code');
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) people.push(await makePerson(it.program, name));
  const did: Did[] = [];
  const commit = (who: number, at: string, value = 1) =>
    did.push({ source, identity: people[who]?.identity ?? 0, kind: 'commit', at, value });
  // [a, b, c], then [b, c, d, e, f].
  for (const who of [0, 1, 2]) commit(who, '2026-01-10T10:00:00Z');
  for (const who of [1, 2, 3, 4, 5]) commit(who, '2026-02-10T10:00:00Z');
  // 85 of a hundred are one person's, the rest come once.
  for (let n = 0; n < 85; n++) commit(0, `2026-04-${String((n % 28) + 1).padStart(2, '0')}T10:00:00Z`, 10);
  for (let n = 0; n < 15; n++) commit(1 + (n % 5), `2026-04-${String((n % 28) + 1).padStart(2, '0')}T12:00:00Z`, 2);
  const robot = await makePerson(it.program, 'robot', 'bot');
  did.push({ source, identity: robot.identity, kind: 'commit', at: '2026-04-05T10:00:00Z', value: 100_000 });
  await makeActivities(it.program, did);
});
afterAll(() => it.close());

const ask = (id: string, from: string, to: string) =>
  callAction(it.program, it.caller, report, { report: id, from, to, granularity: 'month' });

test('of a, b and c two come back: 66.7 %', async () => {
  const { rows } = await ask('retention', '2026-02-01', '2026-02-28');
  expect(rows[0]?.cells).toMatchObject({ before: 3, stayed: 2, contributors: 5 });
  expect(Number(rows[0]?.cells['rate'])).toBeCloseTo(2 / 3, 10);
});

test('whoever alone makes 85 % is core, and those who share a line are not', async () => {
  const { rows } = await ask('contributor-levels', '2026-04-01', '2026-04-30');
  expect(rows[0]?.cells).toMatchObject({ core: 1, regular: 0, casual: 5 });
});

test('lines leave bots out, and open to the commits that they were counted from', async () => {
  const { headline, excluded } = await ask('commits', '2026-04-01', '2026-04-30');
  expect(headline.map((line) => [line.key, line.value])).toEqual([
    ['commits', 100],
    ['authors', 6],
    ['lines', 880],
  ]);
  expect(excluded.bots).toEqual({ people: 1, activities: 1 });
  const behind = await callAction(it.program, it.caller, reportRows, {
    report: 'commits',
    from: '2026-04-01',
    to: '2026-04-30',
    row: '*',
    column: 'lines',
    as: 'activities',
  });
  expect(behind).toMatchObject({ people: 6, activities: 100 });
  const wider = await callAction(it.program, it.caller, report, {
    report: 'commits',
    from: '2026-04-01',
    to: '2026-04-30',
    population: 'wider_community',
  });
  expect(wider.headline.at(-1)?.value).toBe(880);
});

test('what bots do is shown with them in it, and says so', async () => {
  const { headline, excluded } = await ask('bot-activity', '2026-04-01', '2026-04-30');
  expect(headline.find((line) => line.key === 'share')?.value).toBeCloseTo(1 / 101, 10);
  expect(excluded).toMatchObject({ botsAreIn: true, bots: { people: 0, activities: 0 } });
});

test('each kind has its own contributors, and who did several counts once in all', async () => {
  const { headline, rows } = await ask('contributors-by-kind', '2026-01-01', '2026-04-30');
  expect(headline[0]?.value).toBe(6);
  expect(rows.map((row) => [row.cells['kind'], row.cells['people'], row.cells['contributions']])).toEqual([['Commits', 6, 108]]);
});

test('a cohort is whom a month saw first, and each month later counts those who are there again', async () => {
  const { rows, headline } = await ask('retention-cohorts', '2026-01-01', '2026-04-30');
  expect(rows.map(({ cells: { size, p1, p2, p3 } }) => [size, p1, p2, p3])).toEqual([
    [3, 2, 0, 3],
    [3, 0, 3, null],
    [0, 0, null, null],
    [0, null, null, null],
  ]);
  expect(headline[0]).toMatchObject({ key: 'size', value: 6 });
});

test('each stage of conversion is a part of the one before', async () => {
  const did: Did[] = [];
  const acts: Record<string, Did['kind'][]> = {
    all: ['star', 'comment', 'merge_request_merged'],
    both: ['fork', 'review'],
    starred: ['star'],
    skipped: ['star', 'merge_request_merged'],
    never: ['comment', 'merge_request_merged'],
  };
  for (const [name, kinds] of Object.entries(acts)) {
    const { identity } = await makePerson(it.program, `onlooker-${name}`);
    for (const kind of kinds) did.push({ source, identity, kind, at: '2025-11-05T10:00:00Z' });
  }
  await makeActivities(it.program, did);
  const { rows, headline } = await ask('conversion', '2025-11-01', '2025-11-30');
  expect(rows.map((row) => row.cells['people'])).toEqual([4, 2, 1]);
  expect(headline[0]).toMatchObject({ key: 'rate', value: 0.25 });
});

test('clockwork has the burstiness -1; a week of thirty among weeks of one is a burst', async () => {
  const { identity } = await makePerson(it.program, 'steady');
  const [even, bursty] = [await makeSource(it.program, 'even'), await makeSource(it.program, 'bursty')];
  const did: Did[] = [];
  for (let week = 0; week < 11; week++) {
    const at = new Date(Date.UTC(2025, 2, 3 + week * 7, 10)).toISOString();
    did.push({ source: even, identity, kind: 'post', at });
    for (let n = 0; n < (week === 5 ? 30 : 1); n++) did.push({ source: bursty, identity, kind: 'post', at });
  }
  await makeActivities(it.program, did);
  const weeks = (place: number) =>
    callAction(it.program, it.caller, report, {
      report: 'burstiness',
      from: '2025-03-03',
      to: '2025-05-18',
      granularity: 'week',
      sources: [showId('source', place)],
    });
  const clockwork = await weeks(even);
  expect(clockwork.headline.map(({ key, value }) => [key, value])).toEqual([
    ['index', -1],
    ['mean', 1],
    ['deviation', 0],
  ]);
  const burst = await weeks(bursty);
  expect(burst.rows.map((row) => row.cells['state'])).toEqual(['', '', '', '', '', 'burst', '', '', '', '', '']);
  // Ten gaps of seven days and 29 of none: the mean is 70/39, the variance 490/39 less its square.
  expect(burst.headline[0]?.value).toBeCloseTo(0.260064, 5);
});

test('eight organizations of 12.5 % each have the elephant factor 4', async () => {
  const { pool } = it.program.database;
  const did: Did[] = [];
  for (const [index, person] of people.entries()) {
    const { rows } = await pool.query<{ id: number }>(
      "insert into organization (name, name_key, kind) values ($1, $1, 'company') returning id",
      [`org ${index}`],
    );
    await pool.query("insert into affiliation (member_id, organization_id, origin) values ($1, $2, 'hand')", [person.member, rows[0]?.id]);
    did.push({ source, identity: person.identity, kind: 'commit', at: '2026-05-10T10:00:00Z' });
  }
  await makeActivities(it.program, did);
  const { headline } = await ask('elephant-factor', '2026-05-01', '2026-05-31');
  expect(headline[0]).toMatchObject({ key: 'factor', value: 4 });
});
