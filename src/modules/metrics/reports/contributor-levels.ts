import { membersSize } from '../census.ts';
import { openExclusion, tally } from '../counting.ts';
import { setOf } from '../member-set.ts';
import { levelLines, levelOf, rankCounts } from '../ranking.ts';
import type { Level } from '../ranking.ts';
import { chaoss, during, partialNote, periodColumn, periodsFor, within } from '../report.ts';
import type { Column, CountedReport } from '../report.ts';

const columns: Column[] = [
  { key: 'core', title: 'Core', type: 'count', counts: 'people' },
  { key: 'regular', title: 'Regular', type: 'count', counts: 'people' },
  { key: 'casual', title: 'Occasional', type: 'count', counts: 'people' },
];

export const contributorLevels: CountedReport = {
  id: 'contributor-levels',
  title: 'Occasional, regular and core contributors',
  question: 'How many carry the work, and how many drop in?',
  definition:
    'In each period, people sorted by their contributions: those who together make up to 80 % are core, up to 95 % regular, the rest occasional. The person who crosses a line is still above it, so whoever alone makes 85 % is core. Equal numbers get the same level: the lower one where a line falls among them. Bots are left out.',
  source: chaoss('wg-metrics-development', 'people/occasional-contributors', 'Occasional Contributors'),
  kinds: 'contributions',
  options: ['granularity'],
  granularity: 'quarter',
  chart: { type: 'stacked', x: 'period', y: ['core', 'regular', 'casual'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const periods = periodsFor(ask);
    const sums = new Int32Array(membersSize(census));
    const rows = periods.map((period) => {
      const { counts } = tally(census, within(ask.selection, period), exclusion);
      for (let id = 0; id < counts.length; id++) sums[id] = (sums[id] ?? 0) + (counts[id] ?? 0);
      return { key: period.key, cells: { period: period.title, ...countLevels(counts) } };
    });
    const whole = countLevels(sums);
    return {
      columns: [periodColumn, ...columns],
      rows,
      headline: columns.map(({ key, title }) => ({ key, title, type: 'count', value: whole[key as Level], counts: 'people' })),
      notes: ['The headline takes the window as one period.', ...partialNote(periods)],
      excluded: exclusion.excluded,
    };
  },

  open(census, ask, row, column) {
    const selection = during(ask, row);
    if (selection === undefined) return undefined;
    const { ids, amounts } = rankCounts(tally(census, selection).counts);
    const lines = levelLines(amounts);
    return {
      ...selection,
      members: setOf(
        membersSize(census),
        ids.filter((_, i) => levelOf(amounts[i] ?? 0, lines) === column),
      ),
    };
  },
};

function countLevels(counts: Int32Array): Record<Level, number> {
  const { amounts } = rankCounts(counts);
  const lines = levelLines(amounts);
  const found: Record<Level, number> = { core: 0, regular: 0, casual: 0 };
  for (const amount of amounts) found[levelOf(amount, lines)] += 1;
  return found;
}
