import { chaoss } from '../report.ts';
import { threadReport } from '../thread-report.ts';
import { endOf } from '../thread-ends.ts';
import { stateOf } from '../thread-walk.ts';

export const issueAge = threadReport({
  id: 'issue-age',
  title: 'Issues: age',
  question: 'How old are the issues that are open?',
  definition:
    'At the end of each period (or now, in the one that goes on): issues that were open then, whenever they were opened, and how long they had been, median and 90th percentile (nearest rank). What was closed and opened again since counts as open all the while. Wider community and team mean who opened it. Those opened by bots are left out.',
  source: chaoss('wg-evolution', 'issue-resolution/issue-age', 'Issue Age'),
  kinds: 'activities',
  threadKinds: ['issue'],
  allOpened: true,
  chart: { type: 'line', x: 'period', y: ['median'] },
  atEnds: true,
  columns: [
    { key: 'open', title: 'Open issues', figure: 'count', measure: 'open', headline: true },
    { key: 'median', title: 'Age, median', figure: 'median', measure: 'open', headline: true },
    { key: 'p90', title: 'Age, 90 %', figure: 'p90', measure: 'open', headline: true },
  ],
  measure(threads, { slot, opened, opener }, into) {
    const { book } = threads;
    const began = book.opened[slot] ?? 0;
    const ended = endOf(book, slot);
    // Closed, nobody knows when.
    if (ended === undefined && stateOf(book, slot) !== 'open') return;
    for (const { day, at } of into.ends) {
      if (opened <= day && (ended === undefined || ended > at)) into.add('open', day, slot, opener, Math.floor((at - began) / 1000));
    }
  },
});
