import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cloneDatabase } from '../../../test/database.ts';
import { activityKinds } from '../../connectors/contract.ts';
import type { ActivityKind } from '../../connectors/contract.ts';
import type { Caller } from '../../platform/action.ts';
import { readConfig } from '../../platform/config.ts';
import type { Program } from '../../platform/context.ts';
import { openDatabase } from '../../platform/db.ts';
import { createJobs } from '../../platform/jobs.ts';
import { createLog } from '../../platform/log.ts';
import { createSecrets } from '../../platform/secrets.ts';

/** A program on a database of its own, whose clock stands still. */
export interface TestProgram {
  program: Program;
  caller: Caller;
  close(): Promise<void>;
}

export async function openTestProgram(now: string): Promise<TestProgram> {
  const clone = await cloneDatabase();
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'rapport-metrics-'));
  const config = readConfig({ DATABASE_URL: clone.url, DATA_DIR: dataDir, LOG_LEVEL: 'silent' }, dataDir);
  const database = openDatabase(clone.url, 6);
  const log = createLog('silent');
  const jobs = createJobs(database, log, [{ name: 'facts.deliver', work: () => Promise.resolve() }]);
  return {
    program: { config, database, secrets: createSecrets(config), clock: { now: () => new Date(now) }, log, jobs },
    caller: { actor: { type: 'system', name: 'test' }, origin: 'cli' },
    async close() {
      await jobs.stop();
      await database.close();
      await clone.drop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** One activity as a test writes it. */
export interface Did {
  source: number;
  identity: number;
  kind: ActivityKind;
  /** ISO 8601, UTC. */
  at: string;
  offset?: number;
  value?: number;
}

export async function makeSource(program: Program, name: string): Promise<number> {
  const row = await program.database.db
    .insertInto('source')
    .values({ connector: 'csv', name, settings: '{}', every_minutes: 60 })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** A person with one identity: both ids. */
export async function makePerson(
  program: Program,
  name: string,
  bot: 'human' | 'suspected' | 'bot' = 'human',
): Promise<{ member: number; identity: number }> {
  const { rows } = await program.database.pool.query<{ member: number; identity: number }>(
    `with m as (
       insert into member (id, root_id, name, bot, own_bot) overriding system value
       select id, id, $1, $2, $2 from nextval(pg_get_serial_sequence('member', 'id')) id returning id)
     insert into identity (platform, type, value, value_key, name, origin_member_id, member_id)
     select 'email', 'email', $1 || '@example.org', lower($1) || '@example.org', $1, id, id from m returning id as identity, member_id as member`,
    [name, bot],
  );
  const [made] = rows;
  if (made === undefined) throw new Error('no person was made');
  return made;
}

let records = 0;

/** Writes activities and, afresh from all activities, the presence rows of the sources that they are of. */
export async function makeActivities(program: Program, did: readonly Did[]): Promise<void> {
  for (const one of did) {
    records += 1;
    await program.database.db
      .insertInto('activity')
      .values({
        source_id: one.source,
        id: records * 1024,
        identity_id: one.identity,
        kind: activityKinds.indexOf(one.kind),
        at: one.at,
        offset_minutes: one.offset ?? null,
        value: one.value ?? null,
      })
      .execute();
  }
  await rebuildPresence(program);
}

/** Presence as the format in migrations/0005 says, written by other code than what reports and imports use. */
async function rebuildPresence(program: Program): Promise<void> {
  const { rows } = await program.database.pool.query<{
    source_id: number;
    kind: number;
    day: string;
    ids: number[];
    counts: number[];
    hours: string;
    total: number;
    value: number;
  }>(
    `with one as (
       select source_id, kind, (at at time zone (select time_zone from workspace))::date as day, identity_id, value,
         (extract(isodow from at at time zone 'UTC')::int - 1) * 24 + extract(hour from at at time zone 'UTC')::int as utc,
         coalesce((extract(isodow from (at at time zone 'UTC') + offset_minutes * interval '1 minute')::int - 1) * 24
           + extract(hour from (at at time zone 'UTC') + offset_minutes * interval '1 minute')::int, 255) as own
       from activity),
     person as (
       select source_id, kind, day, identity_id, count(*)::int as n, coalesce(sum(value), 0) as value,
         string_agg(lpad(to_hex(utc), 2, '0') || lpad(to_hex(own), 2, '0'), '' order by utc, own) as hours
       from one group by 1, 2, 3, 4)
     select source_id, kind, day, array_agg(identity_id order by identity_id) as ids, array_agg(n order by identity_id) as counts,
       string_agg(hours, '' order by identity_id) as hours, sum(n)::int as total, sum(value)::bigint as value
     from person group by 1, 2, 3`,
  );
  await program.database.pool.query('delete from presence');
  for (const row of rows) {
    const people: number[] = [];
    row.ids.forEach((id, i) => people.push(...varint(id - (row.ids[i - 1] ?? 0)), ...varint(row.counts[i] ?? 0)));
    await program.database.db
      .insertInto('presence')
      .values({
        source_id: row.source_id,
        kind: row.kind,
        day: row.day,
        people: Buffer.from(people),
        hours: Buffer.from(row.hours, 'hex'),
        identities: row.ids.length,
        total: row.total,
        value: row.value,
      })
      .execute();
  }
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
