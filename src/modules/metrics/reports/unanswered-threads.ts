import { threadKinds } from '../../activities/index.ts';
import { chaoss } from '../report.ts';
import { threadReport } from '../thread-report.ts';
import { firstResponses, isSolved, isTalk, stateOf } from '../thread-walk.ts';

export const unansweredThreads = threadReport({
  id: 'unanswered-threads',
  title: 'Unanswered threads',
  question: 'How many threads did nobody else answer?',
  definition:
    'Threads opened in the period in which nobody but the opener and bots has said anything so far. Still waiting: of these the ones that are open and not solved. Without the team: open threads that nobody of ours answered (ours on the day of the answer), though others may have. A thread answered today leaves its period. Conversations put together from single messages of a chat are left out unless conversations are asked for: most were no questions. Wider community and team mean who opened the thread. Threads opened by bots are left out, and so are those whose opening was not read.',
  source: chaoss('wg-metrics-development', 'time/time-to-first-response', 'Time to First Response'),
  kinds: 'responses',
  threadKinds: threadKinds.filter((kind) => kind !== 'release'),
  chart: { type: 'bars', x: 'period', y: ['unanswered'] },
  columns: [
    { key: 'threads', title: 'Threads opened', figure: 'count', measure: 'opened' },
    { key: 'unanswered', title: 'Unanswered', figure: 'count', measure: 'unanswered', headline: true },
    { key: 'share', title: 'Share', figure: 'share', measure: 'unanswered', of: 'opened', headline: true },
    { key: 'waiting', title: 'Still waiting', figure: 'count', measure: 'unansweredWaiting', headline: true },
    { key: 'withoutTeam', title: 'Open without the team', figure: 'count', measure: 'unansweredByTeam', headline: true },
  ],
  measure(threads, { slot, opened, opener }, into) {
    if (isTalk(threads.book, slot) && !into.conversations) return;
    const { anyone, team } = firstResponses(threads, slot, opener, into.kinds);
    const open = stateOf(threads.book, slot) === 'open' && !isSolved(threads.book, slot);
    const waited = Math.floor((threads.now - (threads.book.opened[slot] ?? 0)) / 1000);
    into.add('opened', opened, slot, opener);
    if (anyone < 0) into.add('unanswered', opened, slot, opener, waited);
    if (anyone < 0 && open) into.add('unansweredWaiting', opened, slot, opener, waited);
    if (team < 0 && open) into.add('unansweredByTeam', opened, slot, opener, waited);
  },
});
