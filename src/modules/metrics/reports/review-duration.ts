import { chaoss } from '../report.ts';
import { threadReport } from '../thread-report.ts';
import { reviewCycles } from '../thread-ends.ts';
import { firstResponses } from '../thread-walk.ts';

export const reviewDuration = threadReport({
  id: 'review-duration',
  title: 'Merge requests: reviews',
  question: 'How long until the first review, and how many rounds does it take?',
  definition:
    'For each merge request opened in the period: the first review or review comment by somebody else who is not a bot, minus its opening. Review cycles: the first begins with the submission, each further one when the author comes back after a review (says something in it, or adds a commit that the source tells of), and it ends when the author does so again, or when the merge request is merged or closed. A source that does not tell of pushed commits shows a new round only where the author also says something. Rounds without a review are none. Name kinds to count others as reviews. Wider community and team mean who opened it. Those opened by bots are left out.',
  source: chaoss('wg-metrics-development', 'time/change-request-review-duration', 'Change Request Review Duration'),
  kinds: 'reviews',
  threadKinds: ['merge_request'],
  chart: { type: 'line', x: 'period', y: ['median', 'cycleMedian'] },
  columns: [
    { key: 'opened', title: 'Opened', figure: 'count', measure: 'opened' },
    { key: 'reviewed', title: 'Reviewed', figure: 'count', measure: 'reviewed', headline: true },
    { key: 'median', title: 'First review, median', figure: 'median', measure: 'reviewed', headline: true },
    { key: 'p90', title: 'First review, 90 %', figure: 'p90', measure: 'reviewed' },
    { key: 'cycles', title: 'Cycles each, mean', figure: 'mean', measure: 'cycles', headline: true },
    { key: 'cycleMedian', title: 'Cycle, median', figure: 'median', measure: 'cycleLengths', headline: true },
  ],
  notes: ['Cycles that are still going on are not counted.'],
  measure(threads, { slot, opened, opener }, into) {
    into.add('opened', opened, slot, opener);
    const { anyone } = firstResponses(threads, slot, opener, into.kinds);
    if (anyone < 0) return;
    into.add('reviewed', opened, slot, opener, anyone);
    const cycles = reviewCycles(threads, slot, opener, into.kinds);
    if (cycles.length > 0) into.add('cycles', opened, slot, opener, cycles.length);
    for (const length of cycles) into.add('cycleLengths', opened, slot, opener, length);
  },
});
