import { sql } from 'kysely';
import { membersSize } from '../census.ts';
import { openCountries } from '../countries.ts';
import { openExclusion, walkFolded } from '../counting.ts';
import { add, emptySet, has, sizeOf } from '../member-set.ts';
import type { MemberSet } from '../member-set.ts';
import { countryName } from '../place-names.ts';
import { shareOf } from '../reading-count.ts';
import type { ReadReport } from '../report.ts';
import { selectActivities } from '../rows.ts';

export const geography: ReadReport = {
  id: 'geography',
  title: 'Geography',
  question: 'Where in the world is the community?',
  definition:
    'Active people by the country that their profiles name: from the location that they wrote themselves, by fixed rules (names of countries in twenty languages, states, provinces, large cities, flags). Nobody is located by IP address or time zone. Who wrote nothing, something that names no country, or several countries is unknown, and has a row of its own; shares are of everybody. Where somebody is today holds for the whole window. Bots are left out.',
  source: { title: 'Rapport' },
  kinds: 'activities',
  options: ['top'],
  chart: { type: 'ranking', x: 'country', y: ['people'] },

  version: async ({ database }) => `${(await openCountries(database)).version}`,

  async read(context, ask, census) {
    const { codes, of } = await openCountries(context.database);
    const exclusion = openExclusion(census);
    const everybody = emptySet(membersSize(census));
    const people: MemberSet[] = codes.map(() => emptySet(membersSize(census)));
    const activities = new Float64Array(codes.length);
    walkFolded(census, ask.selection, exclusion, ({ members, counts, size }) => {
      for (let i = 0; i < size; i++) {
        const member = members[i] ?? 0;
        const country = of[member] ?? 0;
        add(everybody, member);
        add(people[country] ?? everybody, member);
        activities[country] = (activities[country] ?? 0) + (counts[i] ?? 0);
      }
    });
    const all = sizeOf(everybody);
    const rows = codes
      .map((code, country) => ({
        key: code === '' ? 'unknown' : code,
        cells: { country: countryName(code), people: sizeOf(people[country] ?? everybody), activities: activities[country] ?? 0 },
      }))
      .filter(({ cells }) => cells.people > 0)
      .map(({ key, cells }) => ({ key, cells: { ...cells, share: shareOf(cells.people, all) } }))
      .toSorted((a, b) => b.cells.people - a.cells.people || b.cells.activities - a.cells.activities || a.key.localeCompare(b.key));
    const unknown = rows.find(({ key }) => key === 'unknown')?.cells.people ?? 0;
    return {
      columns: [
        { key: 'country', title: 'Country', type: 'text' },
        { key: 'people', title: 'People', type: 'count', counts: 'people' },
        { key: 'share', title: 'Share', type: 'share', of: 'people' },
        { key: 'activities', title: 'Activities', type: 'count', counts: 'activities' },
      ],
      rows: rows.slice(0, ask.top),
      headline: [
        { key: 'countries', title: 'Countries', type: 'number', value: rows.filter(({ key }) => key !== 'unknown').length },
        { key: 'people', title: 'People', type: 'count', value: all, counts: 'people' },
        { key: 'known', title: 'Share with a known country', type: 'share', value: shareOf(all - unknown, all) },
      ],
      notes: rows.length > ask.top ? [`The first ${ask.top} of ${rows.length}.`] : [],
      excluded: exclusion.excluded,
    };
  },

  async openActivities(context, ask, census, row) {
    const select = (members: MemberSet | undefined) =>
      sql<{ source_id: number; id: number }>`${selectActivities(
        context.db,
        census,
        members === undefined ? ask.selection : { ...ask.selection, members },
        ask.timeZone,
      ).select(['a.source_id', 'a.id'])}`;
    if (row === '*') return select(undefined);
    const { codes, of } = await openCountries(context.database);
    const country = row === 'unknown' ? 0 : codes.indexOf(row);
    if (country < 0 || row === '') return undefined;
    const members = emptySet(membersSize(census));
    const asked = ask.selection.members;
    for (let member = 1; member < membersSize(census); member++)
      if ((of[member] ?? 0) === country && (asked === undefined || has(asked, member))) add(members, member);
    return select(members);
  },
};
