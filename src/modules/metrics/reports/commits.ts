import { sql } from 'kysely';
import { activityKinds } from '../../../connectors/contract.ts';
import type { Context } from '../../../platform/context.ts';
import { readDay } from '../calendar.ts';
import type { Census } from '../census.ts';
import { distinctMembers, openExclusion, selectSeries } from '../counting.ts';
import type { Selection } from '../counting.ts';
import { sizeOf } from '../member-set.ts';
import { chaoss, during, partialNote, periodColumn, periodsFor, within } from '../report.ts';
import type { Ask, Column, ReadReport } from '../report.ts';
import { selectActivities } from '../rows.ts';
import { firstFrom } from '../sheets.ts';

const commit = activityKinds.indexOf('commit');

const columns: Column[] = [
  { key: 'commits', title: 'Commits', type: 'count', counts: 'activities' },
  { key: 'authors', title: 'Authors', type: 'count', counts: 'people' },
  { key: 'lines', title: 'Lines added and removed', type: 'count', opens: 'activities' },
];

export const commits: ReadReport = {
  id: 'commits',
  title: 'Commits and lines',
  question: 'How much code is written, and by how many?',
  definition:
    'Commits by the date of their author, merges and empty ones included; a commit counts once, however many files it touches, and merges carry no lines. Lines are added plus removed. Authors are different people. Bots are left out of all three.',
  source: chaoss('wg-evolution', 'code-development-activity/code-changes-commits', 'Code Changes Commits'),
  kinds: 'contributions',
  options: ['granularity'],
  granularity: 'month',
  chart: { type: 'bars', x: 'period', y: ['commits'] },

  /** Lines belong to presence as well: they change with the census. */
  version: () => Promise.resolve(''),

  async read(context, ask, census) {
    const exclusion = openExclusion(census);
    const periods = periodsFor(ask);
    const base = { ...ask.selection, kinds: [commit] };
    const lines = await linesByDay(context, ask, base, census);
    const sumLines = ({ from, to }: Selection) => lines.subarray(from - base.from, to - base.from + 1).reduce((sum, one) => sum + one, 0);
    const measure = (selection: Selection, left = openExclusion(census)) => {
      const { members, activities } = distinctMembers(census, selection, left);
      return { commits: activities, authors: sizeOf(members), lines: sumLines(selection) };
    };
    const whole = measure(base, exclusion);
    return {
      columns: [periodColumn, ...columns],
      rows: periods.map((period) => ({ key: period.key, cells: { period: period.title, ...measure(within(base, period)) } })),
      headline: columns.map(({ key, title, counts, opens }) => ({
        key,
        title,
        type: 'count',
        value: whole[key as keyof typeof whole],
        ...(counts === undefined ? {} : { counts }),
        ...(opens === undefined ? {} : { opens }),
      })),
      notes: partialNote(periods),
      excluded: exclusion.excluded,
    };
  },

  openActivities(context, ask, census, row) {
    const selection = during(ask, row);
    if (selection === undefined) return Promise.resolve(undefined);
    const found = selectActivities(context.db, census, { ...selection, kinds: [commit] }, ask.timeZone).select(['a.source_id', 'a.id']);
    return Promise.resolve(sql<{ source_id: number; id: number }>`${found}`);
  },
};

/**
 * Lines on each day of the window. Presence keeps them by day, not by person: of everyone, those of bots are taken away,
 * who have few accounts; of some people, theirs are added up.
 */
async function linesByDay(context: Context, ask: Ask, selection: Selection, census: Census): Promise<Float64Array> {
  const days = new Float64Array(selection.to - selection.from + 1);
  const everyone = selection.population === 'everyone' && selection.organizationId === undefined && selection.members === undefined;
  if (everyone) {
    for (const series of selectSeries(census, selection)) {
      const end = firstFrom(series, selection.to + 1);
      for (let s = firstFrom(series, selection.from); s < end; s++) {
        const sheet = series.sheets[s];
        if (sheet !== undefined) days[sheet.day - selection.from] = (days[sheet.day - selection.from] ?? 0) + sheet.value;
      }
    }
  }
  const wanted: Selection = everyone ? { ...selection, population: 'bots' } : selection;
  const rows = await selectActivities(context.db, census, wanted, ask.timeZone)
    .where('a.value', 'is not', null)
    .select((e) => [sql<string>`((a.at at time zone ${ask.timeZone})::date)::text`.as('day'), e.fn.sum<number>('a.value').as('lines')])
    .groupBy('day')
    .execute();
  for (const { day, lines } of rows) {
    const at = readDay(day) - selection.from;
    days[at] = (days[at] ?? 0) + (everyone ? -lines : lines);
  }
  return days;
}
