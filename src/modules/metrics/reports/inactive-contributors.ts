import type { Day } from '../calendar.ts';
import type { Census } from '../census.ts';
import { dawn, distinctMembers, maskOf, openExclusion, openStamps } from '../counting.ts';
import type { Exclusion, Stamps } from '../counting.ts';
import { chaoss, partialNote, periodColumn, periodsFor } from '../report.ts';
import type { Ask, Column, Report } from '../report.ts';

const columns: Column[] = [
  { key: 'inactive', title: 'Inactive contributors', type: 'count', counts: 'people' },
  { key: 'ever', title: 'Contributors ever', type: 'count', counts: 'people' },
];

export const inactiveContributors: Report = {
  id: 'inactive-contributors',
  title: 'Inactive contributors',
  question: 'How many who once contributed have gone quiet?',
  definition:
    'At the end of each period: people whose last contribution so far is older than an interval (90 days unless asked otherwise), of all who had ever contributed by then. All of history is looked at. Bots are left out.',
  source: chaoss('wg-evolution', 'community-growth/inactive-contributors', 'Inactive Contributors'),
  kinds: 'contributions',
  options: ['granularity', 'afterDays'],
  granularity: 'month',
  chart: { type: 'line', x: 'period', y: ['inactive', 'ever'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const periods = periodsFor(ask);
    const stamps = openStamps(census);
    const rows = countAtEnds(census, ask, periods.map(({ to }) => to), stamps, exclusion).map(({ ever, inactive }, p) => ({
      key: periods[p]?.key ?? '',
      cells: { period: periods[p]?.title ?? '', inactive, ever, share: ever === 0 ? null : inactive / ever },
    }));
    const last = rows.at(-1)?.cells;
    return {
      columns: [periodColumn, ...columns, { key: 'share', title: 'Share', type: 'share', of: 'ever' }],
      rows,
      headline: [
        { key: 'inactive', title: 'Inactive contributors', type: 'count', value: last?.inactive ?? 0, counts: 'people' },
        { key: 'ever', title: 'Contributors ever', type: 'count', value: last?.ever ?? 0, counts: 'people' },
      ],
      notes: partialNote(periods),
      excluded: exclusion.excluded,
    };
  },

  open(census, ask, row, column) {
    const end = row === '*' ? ask.selection.to : periodsFor(ask).find((period) => period.key === row)?.to;
    if (end === undefined) return undefined;
    const history = { ...ask.selection, from: dawn, to: end };
    if (column === 'ever') return history;
    const stamps = openStamps(census);
    const all = distinctMembers(census, history, stamps).members;
    const recent = maskOf(census, distinctMembers(census, { ...history, from: end - ask.afterDays + 1 }, stamps).members);
    return { ...history, members: maskOf(census, all.filter((id) => recent[id] !== 1)) };
  },
};

function countAtEnds(census: Census, ask: Ask, ends: readonly Day[], stamps: Stamps, exclusion: Exclusion): { ever: number; inactive: number }[] {
  const seen = new Uint8Array(stamps.marks.length);
  let ever = 0;
  let from: Day = dawn;
  return ends.map((end) => {
    // Only what is new since the end before, so that all of history is read once, not once a period.
    for (const id of distinctMembers(census, { ...ask.selection, from, to: end }, stamps, exclusion).members) {
      if (seen[id] === 1) continue;
      seen[id] = 1;
      ever += 1;
    }
    from = end + 1;
    const recent = distinctMembers(census, { ...ask.selection, from: end - ask.afterDays + 1, to: end }, stamps).members.length;
    return { ever, inactive: ever - recent };
  });
}
