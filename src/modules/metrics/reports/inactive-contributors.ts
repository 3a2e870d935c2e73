import { daysOfMonth, monthOf } from '../calendar.ts';
import type { Day } from '../calendar.ts';
import { membersSize } from '../census.ts';
import type { Census } from '../census.ts';
import { dawn, distinctMembers, firstDays, never, openExclusion, walkFolded } from '../counting.ts';
import type { Exclusion, Selection } from '../counting.ts';
import { without } from '../member-set.ts';
import { chaoss, partialNote, periodColumn, periodsFor } from '../report.ts';
import type { Ask, Column, CountedReport } from '../report.ts';

const columns: Column[] = [
  { key: 'inactive', title: 'Inactive contributors', type: 'count', counts: 'people' },
  { key: 'ever', title: 'Contributors ever', type: 'count', counts: 'people' },
];

export const inactiveContributors: CountedReport = {
  id: 'inactive-contributors',
  title: 'Inactive contributors',
  question: 'How many who once contributed have gone quiet?',
  definition:
    'At the end of each period: people whose last contribution so far is older than an interval (90 days unless asked otherwise), of all who had ever contributed by then. All of history is looked at. Bots are left out; how many is counted from the first interval on.',
  source: chaoss('wg-evolution', 'community-growth/inactive-contributors', 'Inactive Contributors'),
  kinds: 'contributions',
  options: ['granularity', 'afterDays'],
  granularity: 'month',
  chart: { type: 'line', x: 'period', y: ['inactive', 'ever'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const periods = periodsFor(ask);
    const rows = countAtEnds(
      census,
      ask,
      periods.map(({ to }) => to),
      exclusion,
    ).map(({ ever, inactive }, p) => ({
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
    const all = distinctMembers(census, history).members;
    const recent = distinctMembers(census, { ...history, from: end - ask.afterDays + 1 }).members;
    return { ...history, members: without(all, recent) };
  },
};

function countAtEnds(census: Census, ask: Ask, ends: readonly Day[], exclusion: Exclusion): { ever: number; inactive: number }[] {
  const { selection } = ask;
  const last = new Int32Array(membersSize(census)).fill(neverYet);
  const read = (from: Day, to: Day, left?: Exclusion) => {
    const window = { ...selection, from, to };
    walkFolded(
      census,
      window,
      undefined,
      ({ members, counts, size, day }) => {
        // The last day of each in the month of that day.
        const before = daysOfMonth(monthOf(day)).from - 1;
        for (let i = 0; i < size; i++) {
          const member = members[i] ?? 0;
          const then = before + (counts[i] ?? 0);
          if ((last[member] ?? 0) < then) last[member] = then;
        }
      },
      'last',
    );
    if (left !== undefined) walkFolded(census, window, left, () => undefined);
  };
  // For everyone, who had ever contributed is known beforehand; only the interval before the first end is to be read.
  const start = (ends[0] ?? 0) - ask.afterDays + 1;
  const first = isEveryone(selection) ? firstDays(census, selection) : undefined;
  if (first === undefined) read(dawn, start - 1);
  let from = start;
  return ends.map((end) => {
    read(from, end, exclusion);
    from = end + 1;
    let ever = 0;
    let active = 0;
    for (let id = 1; id < last.length; id++) {
      const day = last[id] ?? 0;
      if (day > end - ask.afterDays) active += 1;
      if (first === undefined ? day !== neverYet : (first[id] ?? never) <= end && census.bot[id] !== 2) ever += 1;
    }
    return { ever, inactive: ever - active };
  });
}

/** Nobody but bots is left out, on whatever day. */
function isEveryone(selection: Selection): boolean {
  return selection.population === 'everyone' && selection.members === undefined && selection.organizationId === undefined;
}

const neverYet = -0x7fffffff;
