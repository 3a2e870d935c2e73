import { membersSize } from '../census.ts';
import { openExclusion, tally } from '../counting.ts';
import { setOf } from '../member-set.ts';
import { absenceFactor, rankCounts } from '../ranking.ts';
import { chaoss, rowMember } from '../report.ts';
import type { CountedReport } from '../report.ts';

export const contributorAbsenceFactor: CountedReport = {
  id: 'contributor-absence-factor',
  title: 'Contributor absence factor',
  question: 'How many people would have to leave for half of the work to stop?',
  definition:
    'The smallest number of people who together make at least half of the contributions in the window (or another share, if asked). Exactly half is enough. Everybody counts towards the total, not only the rows shown. With 1000, 433, 343, 332, 202, 90, 42 and 33 contributions it is 2. Bots are left out.',
  source: chaoss('wg-risk', 'business-risk/contributor-absence-factor', 'Contributor Absence Factor'),
  kinds: 'contributions',
  options: ['top', 'threshold'],
  chart: { type: 'ranking', x: 'member', y: ['contributions'] },
  personal: true,

  run(census, ask) {
    const exclusion = openExclusion(census);
    const { counts, people, activities } = tally(census, ask.selection, exclusion);
    const { ids, amounts } = rankCounts(counts);
    const factor = absenceFactor(amounts, ask.threshold);
    let sum = 0;
    const rows = [...ids.subarray(0, ask.top)].map((id, i) => {
      const amount = amounts[i] ?? 0;
      sum += amount;
      return {
        key: `m${id}`,
        cells: {
          rank: i + 1,
          member: id,
          contributions: amount,
          share: amount / activities,
          cumulative: sum / activities,
          needed: i < factor ? 'yes' : 'no',
        },
      };
    });
    return {
      columns: [
        { key: 'rank', title: '#', type: 'number' },
        { key: 'member', title: 'Member', type: 'member' },
        { key: 'contributions', title: 'Contributions', type: 'count', counts: 'activities' },
        { key: 'share', title: 'Share', type: 'share', of: 'contributions' },
        { key: 'cumulative', title: 'Together with those above', type: 'share', of: 'contributions' },
        { key: 'needed', title: 'Among the few', type: 'text' },
      ],
      rows,
      headline: [
        { key: 'factor', title: 'Absence factor', type: 'count', value: factor, counts: 'people' },
        { key: 'people', title: 'Contributors', type: 'count', value: people, counts: 'people' },
        { key: 'contributions', title: 'Contributions', type: 'count', value: activities, counts: 'activities' },
      ],
      notes: people > rows.length ? [`The first ${rows.length} of ${people}.`] : [],
      excluded: exclusion.excluded,
    };
  },

  open(census, ask, row, column) {
    if (row !== '*') return rowMember(census, ask, row);
    if (column !== 'factor') return ask.selection;
    const { ids, amounts } = rankCounts(tally(census, ask.selection).counts);
    return { ...ask.selection, members: setOf(membersSize(census), ids.subarray(0, absenceFactor(amounts, ask.threshold))) };
  },
};
