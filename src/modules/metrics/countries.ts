import type { Context } from '../../platform/context.ts';
import { membersSize } from './census.ts';
import type { Census } from './census.ts';
import { countryOf } from './places.ts';

/** Member → place in `codes`; 0, which is unknown, where the location names no country. */
export interface Countries {
  codes: readonly string[];
  of: Uint16Array;
}

/** Places change seldom, and reading them all takes a tenth of a second: they are kept for a minute. */
const freshTime = 60_000;
const kept = new WeakMap<Context['database'], { at: number; rows: { member: number; country: string }[] }>();

/** The countries that members' own locations name. */
export async function readCountries({ database }: Pick<Context, 'database'>, census: Census): Promise<Countries> {
  let mine = kept.get(database);
  if (mine === undefined || Date.now() - mine.at > freshTime) {
    const { rows } = await database.pool.query<{ member_id: number; location: string }>(
      "select member_id, location from member_card where location is not null and location <> ''",
    );
    mine = { at: Date.now(), rows: rows.map((row) => ({ member: row.member_id, country: countryOf(row.location) })) };
    kept.set(database, mine);
  }
  const codes = [''];
  const places = new Map([['', 0]]);
  const of = new Uint16Array(membersSize(census));
  for (const { member, country } of mine.rows) {
    let place = places.get(country);
    if (place === undefined) {
      place = codes.push(country) - 1;
      places.set(country, place);
    }
    if (member < of.length) of[member] = place;
  }
  return { codes, of };
}
