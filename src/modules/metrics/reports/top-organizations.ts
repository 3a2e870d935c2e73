import { openExclusion } from '../counting.ts';
import { divideByOrganization } from '../organizations.ts';
import { rowOrganization } from '../report.ts';
import type { CountedReport } from '../report.ts';

export const topOrganizations: CountedReport = {
  id: 'top-organizations',
  title: 'Top organizations',
  question: 'Which organizations do the most?',
  definition:
    'Contributions by the organization that each person was affiliated with on the day of the contribution. What a person with several organizations did is split evenly among them. People without a known organization are a row of their own, at the end. Bots are left out.',
  source: { title: 'Rapport' },
  kinds: 'contributions',
  options: ['top'],
  chart: { type: 'ranking', x: 'organization', y: ['contributions'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const { known, unknown, total } = divideByOrganization(census, ask.selection, exclusion);
    const shown = known.slice(0, ask.top);
    const rows = [...shown, ...(unknown.amount > 0 ? [unknown] : [])].map(({ id, amount, people }, i) => ({
      key: `o${id}`,
      cells: { rank: id === 0 ? null : i + 1, organization: id, contributions: amount, people, share: amount / total },
    }));
    return {
      columns: [
        { key: 'rank', title: '#', type: 'number' },
        { key: 'organization', title: 'Organization', type: 'organization' },
        { key: 'contributions', title: 'Contributions', type: 'count', counts: 'activities' },
        { key: 'people', title: 'People', type: 'count', counts: 'people' },
        { key: 'share', title: 'Share', type: 'share', of: 'contributions' },
      ],
      rows,
      headline: [
        { key: 'organizations', title: 'Organizations', type: 'count', value: known.length, counts: 'organizations' },
        { key: 'contributions', title: 'Contributions', type: 'count', value: total, counts: 'activities' },
      ],
      notes: known.length > shown.length ? [`The first ${shown.length} of ${known.length}.`] : [],
      excluded: exclusion.excluded,
    };
  },

  open: (_census, ask, row) => (row === '*' ? ask.selection : rowOrganization(ask, row)),
};
