import type { ActivityKind } from '../../../connectors/contract.ts';
import type { Census } from '../census.ts';
import { kindNumbers } from '../contribution-kinds.ts';
import { distinctMembers, openExclusion } from '../counting.ts';
import type { Exclusion, Selection } from '../counting.ts';
import { sizeOf } from '../member-set.ts';
import type { MemberSet } from '../member-set.ts';
import { chaoss } from '../report.ts';
import type { CountedReport } from '../report.ts';

const stages: readonly { key: string; title: string; kinds: readonly ActivityKind[] }[] = [
  { key: 'interested', title: 'Starred or forked', kinds: ['star', 'fork'] },
  { key: 'engaged', title: 'Then wrote an issue, a comment or a review', kinds: ['issue', 'comment', 'review', 'review_comment'] },
  { key: 'merged', title: 'Then had a change merged', kinds: ['merge_request_merged'] },
];

export const conversion: CountedReport = {
  id: 'conversion',
  title: 'Conversion',
  question: 'Do onlookers become contributors?',
  definition:
    'Three stages in the window, each a part of the one before: people who starred or forked; of them, those who also wrote an issue, a comment or a review; of them, those who also had a change merged. The order of the acts does not matter. Kinds that are asked for have no effect. Bots are left out.',
  source: chaoss('wg-evolution', 'community-growth/conversion-rate', 'Conversion Rate'),
  kinds: 'activities',
  options: [],
  chart: { type: 'funnel', x: 'stage', y: ['people'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const reached = reach(census, ask.selection, exclusion).map(sizeOf);
    const first = reached[0] ?? 0;
    return {
      columns: [
        { key: 'stage', title: 'Stage', type: 'text' },
        { key: 'people', title: 'People', type: 'count', counts: 'people' },
        { key: 'ofBefore', title: 'Of the stage before', type: 'share', of: 'people' },
        { key: 'ofFirst', title: 'Of the first stage', type: 'share', of: 'people' },
      ],
      rows: stages.map(({ key, title }, s) => {
        const people = reached[s] ?? 0;
        const before = reached[s - 1] ?? people;
        return {
          key,
          cells: { stage: title, people, ofBefore: before === 0 ? null : people / before, ofFirst: first === 0 ? null : people / first },
        };
      }),
      headline: [{ key: 'rate', title: 'Went all the way', type: 'share', value: first === 0 ? null : (reached.at(-1) ?? 0) / first }],
      notes: first === 0 ? ['No connected source tells of stars or forks in this window.'] : [],
      excluded: exclusion.excluded,
    };
  },

  open(census, ask, row) {
    const stage = row === '*' ? stages.length - 1 : stages.findIndex(({ key }) => key === row);
    const wanted = stages[stage];
    if (wanted === undefined) return undefined;
    return { ...ask.selection, kinds: kindNumbers(wanted.kinds), members: reach(census, ask.selection)[stage] };
  },
};

function reach(census: Census, selection: Selection, exclusion?: Exclusion): MemberSet[] {
  let { members } = selection;
  return stages.map(
    ({ kinds }) => (members = distinctMembers(census, { ...selection, kinds: kindNumbers(kinds), members }, exclusion).members),
  );
}
