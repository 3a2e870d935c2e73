import { Text } from '@mantine/core';
import { useReach } from '../../shell/session.ts';
import { paths } from '../../paths.ts';
import { count, formatNumber } from '../../ui/format.ts';
import { Link, OutsideLink } from '../../ui/Link.tsx';
import { Section } from '../../ui/Page.tsx';
import type { Answer, Question } from './question.ts';
import classes from './report.module.css';

/** Who was there and is not in the figures: always said, also when it is nobody. */
function leftOutWords({ excluded }: Answer): string {
  const { bots, team, widerCommunity, botsAreIn } = excluded;
  const parts = [
    ...(botsAreIn === true
      ? []
      : [bots.people > 0 ? `${count(bots.people, 'bot')} (${count(bots.activities, 'activity', 'activities')})` : 'no bots']),
    ...(team.people > 0 ? [`${count(team.people, 'team member')} (${count(team.activities, 'activity', 'activities')})`] : []),
    ...(widerCommunity.people > 0
      ? [`${formatNumber(widerCommunity.people)} of the wider community (${count(widerCommunity.activities, 'activity', 'activities')})`]
      : []),
  ];
  if (botsAreIn === true) return parts.length === 0 ? 'Nobody is left out.' : `Bots are in. Left out: ${parts.join(', ')}.`;
  return `Left out: ${parts.join(', ')}.`;
}

export function LeftOut({ answer, question }: { answer: Answer; question: Question }) {
  const reach = useReach();
  const { suspectedBots } = answer.excluded;
  return (
    <Text component="p" className={classes.leftOut}>
      {question.windowWords}. {leftOutWords(answer)}
      {suspectedBots > 0 && (
        <>
          {' '}
          {count(suspectedBots, 'suspected bot')} still in{reach('members.bots') ? ': ' : '.'}
          {reach('members.bots') && <Link to={paths.suggestions({ tab: 'bots' })}>decide</Link>}
        </>
      )}
    </Text>
  );
}

/** How the figures are reckoned, in words, and where that comes from. */
export function About({ answer }: { answer: Answer }) {
  const { definition, source } = answer.report;
  return (
    <Section title="How it is reckoned">
      <div className={classes.about}>
        <p>{definition}</p>
        {answer.notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
        <p>Source: {source.url === undefined ? source.title : <OutsideLink href={source.url}>{source.title}</OutsideLink>}</p>
      </div>
    </Section>
  );
}
