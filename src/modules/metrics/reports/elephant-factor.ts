import { openExclusion } from '../counting.ts';
import { divideByOrganization } from '../organizations.ts';
import { absenceFactor } from '../ranking.ts';
import { chaoss, rowOrganization } from '../report.ts';
import type { CountedReport } from '../report.ts';

export const elephantFactor: CountedReport = {
  id: 'elephant-factor',
  title: 'Elephant factor',
  question: 'How many organizations would have to leave for half of the work to stop?',
  definition:
    'The smallest number of organizations whose people together make at least half of the contributions (or another share, if asked) made by people whose organization is known, on the day of the contribution. Eight organizations with 12.5 % each give 4. Those without a known organization are a class of their own: shown, never one of the few. Bots are left out.',
  source: chaoss('wg-risk', 'business-risk/elephant-factor', 'Elephant Factor'),
  kinds: 'contributions',
  options: ['top', 'threshold'],
  chart: { type: 'ranking', x: 'organization', y: ['contributions'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const { known, unknown, total } = divideByOrganization(census, ask.selection, exclusion);
    const factor = absenceFactor(
      known.map(({ amount }) => amount),
      ask.threshold,
    );
    const ofKnown = total - unknown.amount;
    let sum = 0;
    const rows = known.slice(0, ask.top).map(({ id, amount, people }, i) => {
      sum += amount;
      return {
        key: `o${id}`,
        cells: {
          rank: i + 1,
          organization: id,
          contributions: amount,
          people,
          share: amount / ofKnown,
          cumulative: sum / ofKnown,
          needed: i < factor ? 'yes' : 'no',
        },
      };
    });
    const shown = rows.length;
    return {
      columns: [
        { key: 'rank', title: '#', type: 'number' },
        { key: 'organization', title: 'Organization', type: 'organization' },
        { key: 'contributions', title: 'Contributions', type: 'count', counts: 'activities' },
        { key: 'people', title: 'People', type: 'count', counts: 'people' },
        { key: 'share', title: 'Share of what is known', type: 'share', of: 'contributions' },
        { key: 'cumulative', title: 'Together with those above', type: 'share', of: 'contributions' },
        { key: 'needed', title: 'Among the few', type: 'text' },
      ],
      rows: [
        ...rows,
        ...(unknown.amount > 0
          ? [
              {
                key: 'o0',
                cells: {
                  rank: null,
                  organization: 0,
                  contributions: unknown.amount,
                  people: unknown.people,
                  share: null,
                  cumulative: null,
                  needed: 'no',
                },
              },
            ]
          : []),
      ],
      headline: [
        { key: 'factor', title: 'Elephant factor', type: 'count', value: factor, counts: 'organizations' },
        { key: 'unknown', title: 'Contributions without a known organization', type: 'count', value: unknown.amount, counts: 'activities' },
      ],
      notes: known.length > shown ? [`The first ${shown} of ${known.length}.`] : [],
      excluded: exclusion.excluded,
    };
  },

  open(census, ask, row, column) {
    if (row !== '*') return rowOrganization(ask, row);
    if (column === 'unknown') return { ...ask.selection, creditedTo: 0 };
    return {
      ...ask.selection,
      largest: absenceFactor(
        divideByOrganization(census, ask.selection).known.map(({ amount }) => amount),
        ask.threshold,
      ),
    };
  },
};
