import { threadKinds } from '../../activities/index.ts';
import { chaoss } from '../report.ts';
import { threadReport } from '../thread-report.ts';
import { firstResponses } from '../thread-walk.ts';

export const timeToFirstResponse = threadReport({
  id: 'time-to-first-response',
  title: 'Response time',
  question: 'How long do people wait for a first response, and how long for one by the team?',
  definition:
    'For each thread opened in the period: the first thing that somebody else said in it, minus its opening, to the second. What its opener said, under whichever account, what a bot said, and what is no saying (reactions, labels, closing, merging) is no response; name kinds to count others. By the team: the first by somebody else who was one of ours on that day. Median and 90th percentile (nearest rank) of those that got a response so far; those that did not are in "Unanswered threads". Wider community and team mean who opened the thread. Threads opened by bots are left out, and so are those whose opening was not read.',
  source: chaoss('wg-metrics-development', 'time/time-to-first-response', 'Time to First Response'),
  kinds: 'responses',
  threadKinds: threadKinds.filter((kind) => kind !== 'release'),
  chart: { type: 'line', x: 'period', y: ['median', 'teamMedian'] },
  columns: [
    { key: 'threads', title: 'Threads opened', figure: 'count', measure: 'opened' },
    { key: 'answered', title: 'Answered', figure: 'count', measure: 'answered', headline: true },
    { key: 'median', title: 'First response, median', figure: 'median', measure: 'answered', headline: true },
    { key: 'p90', title: 'First response, 90 %', figure: 'p90', measure: 'answered', headline: true },
    { key: 'teamAnswered', title: 'Answered by the team', figure: 'count', measure: 'answeredByTeam' },
    { key: 'teamMedian', title: 'By the team, median', figure: 'median', measure: 'answeredByTeam', headline: true },
    { key: 'teamP90', title: 'By the team, 90 %', figure: 'p90', measure: 'answeredByTeam' },
  ],
  notes: ['The newest periods look quicker than they will: who has not been answered yet is not in the median.'],
  measure(threads, { slot, opened, opener }, into) {
    const { anyone, team } = firstResponses(threads, slot, opener, into.kinds);
    into.add('opened', opened, slot, opener);
    if (anyone >= 0) into.add('answered', opened, slot, opener, anyone);
    if (team >= 0) into.add('answeredByTeam', opened, slot, opener, team);
  },
});
