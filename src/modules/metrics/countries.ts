import type { Database } from '../../platform/db.ts';
import { copyOut } from './copy-out.ts';
import { countryOf } from './places.ts';
import { changedSince, inSnapshot, isSame, readSnapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

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
  if (isSame(mine.seen, before)) return;
  const { rows, whole, ...fresh } = await inSnapshot(database, async (client, snapshot) => {
    const since = mine.seen?.files === snapshot.files ? mine.seen : undefined;
    const next = since === undefined ? noCountries(mine.countries.version) : mine.countries;
    const where = since === undefined ? "location <> ''" : changedSince(since.text, 'place_revision');
    const found: [member: number, location: string][] = [];
    await copyOut(
      client,
      `select member_id, coalesce(location, '') from member_card where ${where}`,
      ['int', 'text'],
      ([member, location]) => (since === undefined ? putCountry(next, member, location) : found.push([member, location])),
    );
    return { countries: next, seen: snapshot, rows: found, whole: since === undefined };
  });
  // All is read: now it is applied, without waiting.
  for (const [member, location] of rows) putCountry(fresh.countries, member, location);
  if (whole || rows.length > 0) fresh.countries.version += 1;
  Object.assign(mine, fresh);
}

function noCountries(version: number): Countries {
  return { version, codes: [''], of: new Uint16Array(0) };
}

function putCountry(countries: Countries, member: number, location: string): void {
  const code = countryOf(location);
  if (member >= countries.of.length) {
    const of = new Uint16Array(Math.ceil((member + 1) * 1.25));
    of.set(countries.of);
    countries.of = of;
  }
  // There are some two hundred.
  const place = countries.codes.indexOf(code);
  countries.of[member] = place >= 0 ? place : countries.codes.push(code) - 1;
}
