import { chaoss } from '../report.ts';
import { threadReport } from '../thread-report.ts';
import { closedDay, durationOf } from '../thread-ends.ts';

export const issueResolution = threadReport({
  id: 'issue-resolution',
  title: 'Issues: resolution',
  question: 'How long does it take until an issue is closed?',
  definition:
    'Closed minus opened, of issues by the period in which they were closed, whenever they were opened: median and 90th percentile (nearest rank). Who closed one, and why, makes no difference. One that was opened again, be it within the hour, is open; it counts when it is closed at last. Wider community and team mean who opened it. Those opened by bots are left out.',
  source: chaoss('wg-evolution', 'issue-resolution/issue-resolution-duration', 'Issue Resolution Duration'),
  kinds: 'activities',
  threadKinds: ['issue'],
  allOpened: true,
  chart: { type: 'line', x: 'period', y: ['median'] },
  columns: [
    { key: 'opened', title: 'Opened', figure: 'count', measure: 'opened' },
    { key: 'closed', title: 'Closed', figure: 'count', measure: 'closed', headline: true },
    { key: 'median', title: 'Until closed, median', figure: 'median', measure: 'closed', headline: true },
    { key: 'p90', title: 'Until closed, 90 %', figure: 'p90', measure: 'closed', headline: true },
  ],
  measure(threads, { slot, opened, opener }, into) {
    into.add('opened', opened, slot, opener);
    const day = closedDay(threads, slot);
    if (day !== undefined) into.add('closed', day, slot, opener, durationOf(threads.book, slot) ?? 0);
  },
});
