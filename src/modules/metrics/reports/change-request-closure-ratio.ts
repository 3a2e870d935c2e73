import { chaoss } from '../report.ts';
import { threadReport } from '../thread-report.ts';
import { closedDay } from '../thread-ends.ts';

export const changeRequestClosureRatio = threadReport({
  id: 'change-request-closure-ratio',
  title: 'Merge requests: closure ratio',
  question: 'Are merge requests closed as fast as new ones come?',
  definition:
    'Merge requests that were merged or closed in the period, whenever they were opened, divided by those opened in the period. Above 1 the backlog shrinks. This reading of three in use compares the two flows; it does not follow the same merge requests. One that was opened again counts when it is closed at last. Wider community and team mean who opened it. Those opened by bots are left out.',
  source: chaoss('wg-metrics-development', 'time/change-request-closure-ratio', 'Change Request Closure Ratio'),
  kinds: 'activities',
  threadKinds: ['merge_request'],
  allOpened: true,
  chart: { type: 'bars', x: 'period', y: ['opened', 'closed'] },
  columns: [
    { key: 'opened', title: 'Opened', figure: 'count', measure: 'opened', headline: true },
    { key: 'closed', title: 'Merged or closed', figure: 'count', measure: 'closed', headline: true },
    { key: 'ratio', title: 'Closed ÷ opened', figure: 'ratio', measure: 'closed', of: 'opened', undivided: 'none opened', headline: true },
  ],
  measure(threads, { slot, opened, opener }, into) {
    into.add('opened', opened, slot, opener);
    const day = closedDay(threads, slot);
    if (day !== undefined) into.add('closed', day, slot, opener);
  },
});
