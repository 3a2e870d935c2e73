import { afterAll, beforeAll, expect, test } from 'vitest';
import type pg from 'pg';
import { openDatabase } from '../../platform/db.ts';
import type { Database } from '../../platform/db.ts';
import { isTeam } from './census.ts';
import type { Census } from './census.ts';
import { censusVersion, letCensusGo, openCensus } from './load.ts';
import { peopleFor, readPeople } from './sheets.ts';
import { makePerson, openTestProgram } from './testing.ts';
import type { TestProgram } from './testing.ts';

let it: TestProgram;
let database: Database;
beforeAll(async () => {
  it = await openTestProgram('2026-03-20T12:00:00Z');
  database = it.program.database;
});
afterAll(() => it.close());

/** All that a census says, in a form to compare. */
function dump(census: Census): unknown {
  const people = peopleFor(16);
  const sheets = [...census.shelf.series.values()].flatMap(({ sourceId, kind, sheets: own }) =>
    own.map((sheet) => {
      readPeople(sheet, people);
      return [
        sourceId,
        kind,
        sheet.day,
        [...people.ids.subarray(0, people.size)],
        [...people.counts.subarray(0, people.size)],
        sheet.total,
        sheet.value,
      ];
    }),
  );
  return {
    sheets: sheets.map((sheet) => JSON.stringify(sheet)).toSorted(),
    members: [...census.memberOf.entries()].filter(([, member]) => member !== 0),
    bots: [...census.bot.entries()].filter(([, bot]) => bot !== 0),
    affiliations: [...census.affiliations.places]
      .map(([id, place]) => [
        id,
        ...(['member', 'organization', 'from', 'to'] as const).map((column) => census.affiliations[column][place]),
      ])
      .toSorted(([a = 0], [b = 0]) => a - b),
    belonging: [...census.belonging.entries()].filter(([, organization]) => organization !== 0),
    standing: [...census.standing.entries()].filter(([, standing]) => standing !== 0),
    organizations: [...census.organizations].toSorted(([a], [b]) => a - b),
  };
}

/** What a process that begins now would know. */
async function afresh(): Promise<unknown> {
  const other = openDatabase(database.url, 1);
  try {
    return dump(await openCensus(other));
  } finally {
    await other.close();
  }
}

const write = `insert into presence as p (source_id, kind, day, people, hours, identities, total) values ($1, 0, $2, $3, '', 1, $4)
  on conflict (source_id, kind, day) do update set people = excluded.people, total = excluded.total, revision = pg_current_xact_id()::text::bigint`;

/** One identity with a count below 128. */
function sheetOf(identity: number, count: number): [Buffer, number] {
  return [Buffer.from([identity, count]), count];
}

async function begin(): Promise<pg.PoolClient> {
  const client = await database.pool.connect();
  await client.query('begin');
  return client;
}

async function commit(client: pg.PoolClient): Promise<void> {
  await client.query('commit');
  client.release();
}

function daysOf(census: Census, sourceId: number): number[] {
  return census.shelf.series.get(`${sourceId}:0`)?.sheets.map((sheet) => sheet.total) ?? [];
}

test('a transaction that began before a reading and ends after it is seen by the next one', async () => {
  const slow = await begin();
  await slow.query(write, [1, '2026-01-01', ...sheetOf(1, 1)]);
  // A later transaction, with a higher number, is through first.
  await database.pool.query(write, [1, '2026-01-02', ...sheetOf(2, 2)]);
  expect(daysOf(await openCensus(database), 1)).toEqual([2]);
  await database.pool.query(write, [1, '2026-01-03', ...sheetOf(3, 3)]);
  expect(daysOf(await openCensus(database), 1)).toEqual([2, 3]);
  await commit(slow);
  expect(daysOf(await openCensus(database), 1)).toEqual([1, 2, 3]);
});

test('a census that was let go knows its version, and comes back as it was or as it is by then', async () => {
  const person = await makePerson(it.program, 'Somebody who rests');
  const before = dump(await openCensus(database));
  const version = await censusVersion(database);
  letCensusGo(database);
  expect(await censusVersion(database)).toBe(version);
  const same = await openCensus(database);
  expect(same.version).toBe(version);
  expect(dump(same)).toEqual(before);

  letCensusGo(database);
  await database.pool.query("update member set bot = 'bot', revision = default where id = $1", [person.member]);
  expect(await censusVersion(database)).toBe(version + 1);
  expect(dump(await openCensus(database))).toEqual(await afresh());
  expect((await openCensus(database)).bot[person.member]).toBe(2);

  letCensusGo(database);
  await database.pool.query("update member set bot = 'human', revision = default where id = $1", [person.member]);
  const [one, other] = await Promise.all([openCensus(database), censusVersion(database)]);
  expect([one.version, other]).toEqual([version + 2, version + 2]);
});

test('what was rolled back is never there', async () => {
  const client = await begin();
  await client.query(write, [2, '2026-01-01', ...sheetOf(1, 1)]);
  await openCensus(database);
  await client.query('rollback');
  client.release();
  expect(daysOf(await openCensus(database), 2)).toEqual([]);
});

test('a row that was deleted and came back by an older transaction stays', async () => {
  await database.pool.query(write, [3, '2026-01-01', ...sheetOf(1, 1)]);
  const older = await begin();
  await older.query('select pg_current_xact_id()');
  const holder = await begin();
  await holder.query('select pg_current_xact_id()');
  await database.pool.query('delete from presence where source_id = 3');
  await older.query(write, [3, '2026-01-01', ...sheetOf(1, 7)]);
  await commit(older);
  expect(daysOf(await openCensus(database), 3)).toEqual([7]);
  // The deletion is younger than the oldest open transaction, so it is looked at again: not to be applied again.
  await database.pool.query(write, [3, '2026-01-02', ...sheetOf(1, 8)]);
  expect(daysOf(await openCensus(database), 3)).toEqual([7, 8]);
  await commit(holder);
  expect(daysOf(await openCensus(database), 3)).toEqual([7, 8]);
});

test('a removed source, an emptied table and a changed belonging are seen', async () => {
  const person = await makePerson(it.program, 'Ada');
  const { rows } = await database.pool.query<{ id: number }>(
    "insert into organization (name, name_key, kind) values ('Us', 'us', 'company') returning id",
  );
  const organization = rows[0]?.id ?? 0;
  await database.pool.query(
    "insert into affiliation (member_id, organization_id, from_day, origin) values ($1, $2, '2026-01-01', 'hand')",
    [person.member, organization],
  );
  expect(isTeam(await openCensus(database), person.member, 30_000)).toBe(false);
  await database.pool.query("update organization set kind = 'ours', revision = pg_current_xact_id()::text::bigint where id = $1", [
    organization,
  ]);
  const census = await openCensus(database);
  expect([isTeam(census, person.member, 20_453), isTeam(census, person.member, 20_454)]).toEqual([false, true]);
  await database.pool.query('delete from affiliation where member_id = $1', [person.member]);
  expect(isTeam(await openCensus(database), person.member, 30_000)).toBe(false);
  await database.pool.query(write, [4, '2026-01-01', ...sheetOf(1, 1)]);
  await database.pool.query('delete from presence where source_id = 1');
  expect([daysOf(await openCensus(database), 1), daysOf(await openCensus(database), 4)]).toEqual([[], [1]]);
  await database.pool.query('truncate presence');
  expect(daysOf(await openCensus(database), 4)).toEqual([]);
});

test('revisions of another cluster, as a restored dump has them, do no harm', async () => {
  await database.pool.query(
    "insert into presence (source_id, kind, day, people, hours, identities, total, revision) values (5, 0, '2026-01-01', '\\x0101', '', 1, 1, 900000000000)",
  );
  const before = (await openCensus(database)).version;
  await database.pool.query(write, [5, '2026-01-02', ...sheetOf(1, 2)]);
  const census = await openCensus(database);
  expect(census.version).toBe(before + 1);
  expect(daysOf(census, 5)).toContain(2);
  await database.pool.query('truncate presence');
});

test('whatever many writers do at once, the census ends as one that is read afresh', async () => {
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let turn = 0; turn < 25; turn++) {
      const client = await begin();
      const n = writer * 100 + turn;
      for (let i = 0; i < 3; i++) {
        const day = `2026-02-${String(1 + ((n * 7 + i * 5) % 28)).padStart(2, '0')}`;
        // One source each, as imports do: nobody waits for another.
        if ((n + i) % 4 === 0) await client.query('delete from presence where source_id = $1 and day = $2', [10 + writer, day]);
        else await client.query(write, [10 + writer, day, ...sheetOf(1 + (n % 90), 1 + (turn % 100))]);
      }
      if (n % 6 === 0) {
        await client.query('rollback');
        client.release();
      } else await commit(client);
      if (turn % 8 === 0) await makePerson(it.program, `Writer ${n}`, n % 16 === 0 ? 'bot' : 'human');
    }
  });
  let running = true;
  const readers = Array.from({ length: 2 }, async () => {
    const other = openDatabase(database.url, 1);
    while (running) await openCensus(other);
    const last = dump(await openCensus(other));
    await other.close();
    return last;
  });
  await Promise.all(writers);
  running = false;
  const truth = await afresh();
  for (const reader of readers) expect(await reader).toEqual(truth);
  expect(dump(await openCensus(database))).toEqual(truth);
});
