import { chaoss } from '../report.ts';
import { threadReport } from '../thread-report.ts';
import { closedDay } from '../thread-ends.ts';
import { stateOf } from '../thread-walk.ts';

export const changeRequestAcceptanceRatio = threadReport({
  id: 'change-request-acceptance-ratio',
  title: 'Merge requests: acceptance ratio',
  question: 'How many merge requests are accepted for each that is declined?',
  definition:
    'Merge requests merged in the period, divided by those closed without being merged in it, whenever they were opened. When none was declined there is no ratio, and it says so. Beside it the share of the decided that was merged. Wider community and team mean who opened it. Those opened by bots are left out.',
  source: chaoss('wg-evolution', 'code-development-efficiency/change-request-acceptance-ratio', 'Change Request Acceptance Ratio'),
  kinds: 'activities',
  threadKinds: ['merge_request'],
  allOpened: true,
  chart: { type: 'bars', x: 'period', y: ['merged', 'declined'] },
  columns: [
    { key: 'merged', title: 'Merged', figure: 'count', measure: 'merged', headline: true },
    { key: 'declined', title: 'Closed unmerged', figure: 'count', measure: 'declined', headline: true },
    {
      key: 'ratio',
      title: 'Merged ÷ unmerged',
      figure: 'ratio',
      measure: 'merged',
      of: 'declined',
      undivided: 'none declined',
      headline: true,
    },
    { key: 'share', title: 'Merged of decided', figure: 'share', measure: 'merged', of: 'decided' },
  ],
  measure(threads, { slot, opener }, into) {
    const day = closedDay(threads, slot);
    if (day === undefined) return;
    into.add('decided', day, slot, opener);
    into.add(stateOf(threads.book, slot) === 'merged' ? 'merged' : 'declined', day, slot, opener);
  },
});
