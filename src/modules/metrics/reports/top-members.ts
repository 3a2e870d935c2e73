import { openExclusion, tally } from '../counting.ts';
import { rankCounts } from '../ranking.ts';
import { rowMember } from '../report.ts';
import type { CountedReport } from '../report.ts';

export const topMembers: CountedReport = {
  id: 'top-members',
  title: 'Top members',
  question: 'Who does the most?',
  definition:
    'People by their number of contributions in the window, over all their accounts; equal numbers in the order of their ids. The share is of the contributions of everybody in the report, not only of those shown. Bots are left out.',
  source: { title: 'Rapport' },
  kinds: 'contributions',
  options: ['top'],
  chart: { type: 'ranking', x: 'member', y: ['contributions'] },
  personal: true,

  run(census, ask) {
    const exclusion = openExclusion(census);
    const { counts, people, activities } = tally(census, ask.selection, exclusion);
    const { ids, amounts } = rankCounts(counts);
    const rows = [...ids.subarray(0, ask.top)].map((id, i) => {
      const amount = amounts[i] ?? 0;
      return { key: `m${id}`, cells: { rank: i + 1, member: id, contributions: amount, share: amount / activities } };
    });
    return {
      columns: [
        { key: 'rank', title: '#', type: 'number' },
        { key: 'member', title: 'Member', type: 'member' },
        { key: 'contributions', title: 'Contributions', type: 'count', counts: 'activities' },
        { key: 'share', title: 'Share', type: 'share', of: 'contributions' },
      ],
      rows,
      headline: [
        { key: 'people', title: 'Contributors', type: 'count', value: people, counts: 'people' },
        { key: 'contributions', title: 'Contributions', type: 'count', value: activities, counts: 'activities' },
      ],
      notes: people > rows.length ? [`The first ${rows.length} of ${people}.`] : [],
      excluded: exclusion.excluded,
    };
  },

  open(census, ask, row) {
    return row === '*' ? ask.selection : rowMember(census, ask, row);
  },
};
