import { chaoss } from '../report.ts';
import { threadReport } from '../thread-report.ts';
import { durationOf } from '../thread-ends.ts';
import { stateOf } from '../thread-walk.ts';

export const changeRequestDuration = threadReport({
  id: 'change-request-duration',
  title: 'Merge requests: duration',
  question: 'How long does it take until a merge request is merged?',
  definition:
    'Merged minus opened, of merge requests that were merged, by the period in which they were opened: median and 90th percentile (nearest rank). Those closed unmerged or still open are not in it. Wider community and team mean who opened it. Those opened by bots are left out.',
  source: chaoss('wg-evolution', 'code-development-efficiency/change-requests-duration', 'Change Requests Duration'),
  kinds: 'activities',
  threadKinds: ['merge_request'],
  chart: { type: 'line', x: 'period', y: ['median'] },
  columns: [
    { key: 'opened', title: 'Opened', figure: 'count', measure: 'opened' },
    { key: 'merged', title: 'Of them merged', figure: 'count', measure: 'merged', headline: true },
    { key: 'median', title: 'Until merged, median', figure: 'median', measure: 'merged', headline: true },
    { key: 'p90', title: 'Until merged, 90 %', figure: 'p90', measure: 'merged', headline: true },
  ],
  notes: ['The newest periods look quicker than they will: what is not merged yet is not in the median.'],
  measure({ book }, { slot, opened, opener }, into) {
    into.add('opened', opened, slot, opener);
    const duration = stateOf(book, slot) === 'merged' ? durationOf(book, slot) : undefined;
    if (duration !== undefined) into.add('merged', opened, slot, opener, duration);
  },
});
