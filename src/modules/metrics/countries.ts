import type { Database } from '../../platform/db.ts';
import { copyOut } from './copy-out.ts';
import { changedSince, readSnapshot } from './load.ts';
import type { Snapshot } from './load.ts';
import { countryOf } from './places.ts';

/** Member → place in `codes`; 0, which is unknown, where the location names no country, and beyond the end. */
export interface Countries {
  /** Goes up with every change that was seen. */
  version: number;
  codes: string[];
  of: Uint16Array;
}

interface Kept {
  countries: Countries;
  /** Undefined before the first reading. */
  seen: Snapshot | undefined;
  /** One reading at a time. */
  queue: Promise<unknown>;
}

const kept = new WeakMap<Database, Kept>();

/**
 * The countries that members' own locations name, with everything that was committed before this call: all are read once, then
 * those whose place changed. Who has no card any more is nobody that the census knows.
 */
export async function openCountries(database: Database): Promise<Countries> {
  let mine = kept.get(database);
  if (mine === undefined) {
    mine = { countries: noCountries(0), seen: undefined, queue: Promise.resolve() };
    kept.set(database, mine);
  }
  const own = mine;
  const reading = own.queue.then(() => bringUpToDate(database, own));
  own.queue = reading.catch(() => undefined);
  await reading;
  return own.countries;
}

async function bringUpToDate(database: Database, mine: Kept): Promise<void> {
  const before = await readSnapshot(database.pool);
  if (mine.seen?.text === before.text && mine.seen.files === before.files) return;
  const client = await database.pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const snapshot = await readSnapshot(client);
    const since = mine.seen?.files === snapshot.files ? mine.seen : undefined;
    const { countries } = mine;
    const next = since === undefined ? noCountries(countries.version) : countries;
    const where = since === undefined ? "location <> ''" : changedSince(since.text, 'place_revision');
    const rows: [member: number, location: string][] = [];
    const put = (member: number, location: string) => putCountry(next, member, countryOf(location));
    await copyOut(
      client,
      `select member_id, coalesce(location, '') from member_card where ${where}`,
      ['int', 'text'],
      ([member, location]) => (since === undefined ? put(member, location) : rows.push([member, location])),
    );
    await client.query('commit');
    // All is read: now it is applied, without waiting.
    for (const [member, location] of rows) put(member, location);
    if (since === undefined || rows.length > 0) next.version += 1;
    Object.assign(mine, { countries: next, seen: snapshot });
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

function noCountries(version: number): Countries {
  return { version, codes: [''], of: new Uint16Array(0) };
}

function putCountry(countries: Countries, member: number, code: string): void {
  if (member >= countries.of.length) {
    const of = new Uint16Array(Math.ceil((member + 1) * 1.25));
    of.set(countries.of);
    countries.of = of;
  }
  // There are some two hundred.
  const place = countries.codes.indexOf(code);
  countries.of[member] = place >= 0 ? place : countries.codes.push(code) - 1;
}
