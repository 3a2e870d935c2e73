import { activityKinds } from '../../../connectors/contract.ts';
import type { Census } from '../census.ts';
import { distinctMembers, openExclusion, selectSeries } from '../counting.ts';
import type { Selection } from '../counting.ts';
import { sizeOf } from '../member-set.ts';
import { chaoss, during, partialNote, periodColumn, periodsFor, within } from '../report.ts';
import type { Column, CountedReport } from '../report.ts';
import { firstFrom } from '../sheets.ts';

const commit = activityKinds.indexOf('commit');

const columns: Column[] = [
  { key: 'commits', title: 'Commits', type: 'count', counts: 'activities' },
  { key: 'authors', title: 'Authors', type: 'count', counts: 'people' },
];

export const commits: CountedReport = {
  id: 'commits',
  title: 'Commits and lines',
  question: 'How much code is written, and by how many?',
  definition:
    'Commits by the date of their author, merges and empty ones included; a commit counts once, however many files it touches, and merges carry no lines. Lines are added plus removed, of all commits in the sources, bots’ and everybody’s: they are shown only when the report is about everyone and no organization is chosen. Authors are different people. Bots are left out of commits and authors.',
  source: chaoss('wg-evolution', 'code-development-activity/code-changes-commits', 'Code Changes Commits'),
  kinds: 'contributions',
  options: ['granularity'],
  granularity: 'month',
  chart: { type: 'bars', x: 'period', y: ['commits'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const periods = periodsFor(ask);
    const base = { ...ask.selection, kinds: [commit] };
    const withLines = base.population === 'everyone' && base.organizationId === undefined;
    const measure = (selection: Selection, left = openExclusion(census)) => {
      const { members, activities } = distinctMembers(census, selection, left);
      return { commits: activities, authors: sizeOf(members), ...(withLines ? { lines: sumLines(census, selection) } : {}) };
    };
    const rows = periods.map((period) => ({ key: period.key, cells: { period: period.title, ...measure(within(base, period)) } }));
    const whole = measure(base, exclusion);
    return {
      columns: [
        periodColumn,
        ...columns,
        ...(withLines ? [{ key: 'lines', title: 'Lines added and removed', type: 'count' } satisfies Column] : []),
      ],
      rows,
      headline: [
        { key: 'commits', title: 'Commits', type: 'count', value: whole.commits, counts: 'activities' },
        { key: 'authors', title: 'Authors', type: 'count', value: whole.authors, counts: 'people' },
        ...(withLines ? [{ key: 'lines', title: 'Lines added and removed', type: 'count' as const, value: whole.lines ?? 0 }] : []),
      ],
      notes: partialNote(periods),
      excluded: exclusion.excluded,
    };
  },

  open(_census, ask, row) {
    const selection = during(ask, row);
    return selection === undefined ? undefined : { ...selection, kinds: [commit] };
  },
};

function sumLines(census: Census, selection: Selection): number {
  let sum = 0;
  for (const series of selectSeries(census, selection)) {
    const end = firstFrom(series, selection.to + 1);
    for (let s = firstFrom(series, selection.from); s < end; s++) sum += series.sheets[s]?.value ?? 0;
  }
  return sum;
}
