import { Button, Group, Skeleton } from '@mantine/core';
import { useAction, useCommand } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { ActivityTime } from '../../ui/activities/ActivityTime.tsx';
import { ReadingMark } from '../../ui/activities/ReadingMark.tsx';
import { TopicDot } from '../../ui/activities/TopicChip.tsx';
import { didWhat, objectOf } from '../../ui/activities/words.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { formatNumber, formatShare } from '../../ui/format.ts';
import { Initials } from '../../ui/Initials.tsx';
import { Link } from '../../ui/Link.tsx';
import { PersonLink } from '../../ui/person.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { StatTile, StatTiles } from '../../ui/StatTile.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { ToneBar } from './ToneBar.tsx';
import { windowOfDays } from './topic-window.ts';
import type { Topic } from './topic-window.ts';
import classes from './topics.module.css';

interface Props {
  topic: Topic | undefined;
  /** The address names a topic that is no more. */
  missing: boolean;
  days: string;
  opened: boolean;
  onClose: () => void;
  onEdit: (topic: Topic) => void;
}

/** One topic: its course, who talks about it, in which tone, and what was said last. */
export function TopicPanel({ topic, missing, days, opened, onClose, onEdit }: Props) {
  return (
    <SidePanel
      opened={opened}
      onClose={onClose}
      size={620}
      title={
        topic === undefined ? (
          'Topic'
        ) : (
          <span className={classes.name}>
            <TopicDot colour={topic.colour} />
            <bdi>{topic.name}</bdi>
          </span>
        )
      }
    >
      {missing && <p className={classes.quiet}>This topic was removed. Close the panel to see the others.</p>}
      {topic !== undefined && <Details topic={topic} days={days} onClose={onClose} onEdit={onEdit} />}
    </SidePanel>
  );
}

function Details({ topic, days, onClose, onEdit }: { topic: Topic; days: string; onClose: () => void; onEdit: (topic: Topic) => void }) {
  const may = useMay('topics.save');
  const window = windowOfDays(Number(days));
  const overview = useAction('metrics.topics', { ...window, topic: topic.id });
  const figures = overview.data?.topics[0];
  const again = useCommand('topics.save', { refresh: ['metrics'], onFail: toastError });
  const remove = useCommand('topics.remove', {
    refresh: ['metrics', 'activities'],
    onDone: () => {
      onClose();
      toast(`Removed the topic ${topic.name}. What was said stays.`, {
        undo: () =>
          again.mutate({
            name: topic.name,
            description: topic.description,
            colour: topic.colour,
            keywords: topic.keywords,
            exclusions: topic.exclusions,
            sources: topic.sources,
            kinds: topic.kinds,
          }),
      });
    },
    onFail: toastError,
  });
  const timeline = paths.timeline({ topic: topic.id, from: window.from });
  return (
    <div className={classes.panel} data-autofocus tabIndex={-1}>
      {topic.description !== null && <p className={classes.about}>{topic.description}</p>}
      <p className={classes.keywords}>
        {topic.keywords.map((word) => (
          <bdi key={word}>{word}</bdi>
        ))}
        {topic.exclusions.map((word) => (
          <bdi key={word} data-not title="Exclusion">
            not {word}
          </bdi>
        ))}
      </p>
      {topic.progress !== null && (
        <p className={classes.quiet} role="status">
          What was said before is being matched: {formatShare(topic.progress)}. You can go on meanwhile.
        </p>
      )}
      <Group gap="xs">
        <ActionButton variant="default" size="xs" why={may.allowed ? undefined : may.why} onClick={() => onEdit(topic)}>
          Edit
        </ActionButton>
        <Button component={Link} variant="default" size="xs" {...{ to: timeline, look: 'plain' as const }}>
          Show in the timeline
        </Button>
        <Button
          component={Link}
          variant="default"
          size="xs"
          {...{ to: paths.report('sentiment-over-time', { topic: topic.id }), look: 'plain' as const }}
        >
          Sentiment over time
        </Button>
        <ActionButton
          variant="subtle"
          color="red"
          size="xs"
          why={may.allowed ? undefined : may.why}
          onClick={() => remove.mutate({ id: topic.id })}
        >
          Remove
        </ActionButton>
      </Group>
      {overview.isError && overview.data === undefined && <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />}
      {figures === undefined ? (
        <Skeleton height={86} radius="md" role="status" aria-label="Loading" />
      ) : (
        <>
          <StatTiles>
            <StatTile
              label={`Activities, ${days} days`}
              value={figures.activities}
              previous={figures.before.activities}
              against="the time before"
              to={timeline}
            />
            <StatTile label="People" value={figures.people} previous={figures.before.people} against="the time before" />
          </StatTiles>
          <section>
            <h3 className={classes.heading}>Course</h3>
            <div className={classes.course}>
              <Sparkline
                values={figures.course}
                width={560}
                height={64}
                colour="var(--accent)"
                label={`Activities: ${figures.course.join(', ')}`}
              />
            </div>
            <div className={classes.axis}>
              <span>{overview.data?.window.from}</span>
              <span>{overview.data?.window.to}</span>
            </div>
          </section>
          <section>
            <h3 className={classes.heading}>Tone</h3>
            <ToneBar sentiment={figures.sentiment} legend />
          </section>
        </>
      )}
      <section>
        <h3 className={classes.heading}>Who talks about it most</h3>
        <ul className={classes.people}>
          {overview.data?.people.map((person) => (
            <li key={person.id}>
              <Initials name={person.name} src={person.avatarUrl} size={20} />
              <PersonLink member={person.id}>{person.name}</PersonLink>
              <span className={classes.number}>{formatNumber(person.count)}</span>
            </li>
          ))}
        </ul>
        {overview.data?.people.length === 0 && <p className={classes.quiet}>Nobody in these {days} days.</p>}
      </section>
      <Recent topic={topic.id} />
    </div>
  );
}

function Recent({ topic }: { topic: string }) {
  const recent = useAction('activities.timeline', { topics: [topic], limit: 8 });
  if (recent.data === undefined || recent.data.activities.length === 0) return null;
  return (
    <section>
      <h3 className={classes.heading}>Said last</h3>
      <ul className={classes.recent}>
        {recent.data.activities.map((row) => (
          <li key={row.id}>
            <ReadingMark language={null} sentiment={row.sentiment} />
            <Link to={paths.timeline({ topic, activity: row.id })} look="plain" className={classes.said}>
              <span className={classes.quiet}>
                <bdi>{row.person.name}</bdi> {didWhat(row)}
              </span>{' '}
              <bdi>{objectOf(row)}</bdi>
            </Link>
            <span className={classes.number}>
              <ActivityTime at={row.at} offsetMinutes={row.offsetMinutes} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
