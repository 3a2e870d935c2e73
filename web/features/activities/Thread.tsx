import { Badge, Button } from '@mantine/core';
import { IconExternalLink, IconMessages } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useAction } from '../../api.ts';
import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { ActivityTime } from '../../ui/activities/ActivityTime.tsx';
import { didHere } from '../../ui/activities/words.ts';
import type { Activity } from '../../ui/activities/words.ts';
import { count, formatDuration } from '../../ui/format.ts';
import { Initials } from '../../ui/Initials.tsx';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { PersonLink, PersonMark } from '../../ui/person.tsx';
import { PlatformIcon } from '../../ui/PlatformIcon.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import classes from './activities.module.css';

type Thread = Output<'activities.thread'>;

const kinds: Record<string, string> = {
  topic: 'Topic',
  question: 'Question',
  story: 'Story',
  issue: 'Issue',
  merge_request: 'Merge request',
  conversation: 'Conversation',
  release: 'Release',
};
const over: Record<string, string> = { question: 'Solved', merge_request: 'Closed', issue: 'Closed' };

/** A whole conversation, oldest first. */
export function Page() {
  const { thread: id } = useParams({ strict: false });
  const thread = useAction('activities.thread', { id: id ?? '' });
  const above = <Link to={paths.timeline()}>Timeline</Link>;
  if (thread.isPending) {
    return (
      <PageFrame title="Conversation" above={above} width="read">
        <SkeletonBlock height={420} />
      </PageFrame>
    );
  }
  if (thread.isError && thread.data === undefined) {
    return (
      <PageFrame title="Conversation" above={above} width="read">
        <ErrorState error={thread.error} onRetry={() => void thread.refetch()} />
      </PageFrame>
    );
  }
  return <Conversation thread={thread.data} above={above} />;
}

function Conversation({ thread, above }: { thread: Thread; above: ReactNode }) {
  const title = thread.title ?? thread.activities[0]?.title ?? kinds[thread.kind] ?? 'Conversation';
  const source = thread.activities[0]?.source;
  const people = peopleOf(thread.activities);
  const opener = thread.activities[0]?.person.id;
  const answer =
    thread.openedAt === null
      ? undefined
      : thread.activities.find((activity) => activity.person.id !== opener && activity.person.bot !== 'bot');
  return (
    <PageFrame
      title={title}
      heading={<bdi>{title}</bdi>}
      above={above}
      width="read"
      about={
        <>
          {kinds[thread.kind] ?? thread.kind}{' '}
          <Badge color={thread.closedAt === null ? 'blue' : 'gray'}>
            {thread.closedAt === null ? 'Open' : (over[thread.kind] ?? 'Closed')}
          </Badge>
        </>
      }
      actions={
        thread.url === null ? undefined : (
          <Button
            component="a"
            href={thread.url}
            target="_blank"
            rel="noreferrer noopener"
            variant="default"
            leftSection={<IconExternalLink size={16} aria-hidden />}
          >
            Open the original
          </Button>
        )
      }
    >
      <dl className={classes.facts}>
        {source !== undefined && (
          <div>
            <dt>Where</dt>
            <dd className={classes.who}>
              <PlatformIcon platform={source.connector} /> <Link to={paths.source(source.id)}>{source.name}</Link>
            </dd>
          </div>
        )}
        {thread.openedAt !== null && (
          <div>
            <dt>Opened</dt>
            <dd>
              <RelativeTime at={thread.openedAt} />
            </dd>
          </div>
        )}
        {answer !== undefined && thread.openedAt !== null && (
          <div>
            <dt>First response</dt>
            <dd>after {formatDuration((Date.parse(answer.at) - Date.parse(thread.openedAt)) / 1000)}</dd>
          </div>
        )}
        {thread.closedAt !== null && (
          <div>
            <dt>{over[thread.kind] ?? 'Closed'}</dt>
            <dd>
              <RelativeTime at={thread.closedAt} />
            </dd>
          </div>
        )}
        <div>
          <dt>Last activity</dt>
          <dd>
            <RelativeTime at={thread.lastAt} />
          </dd>
        </div>
        <div>
          <dt>{count(people.length, 'person', 'people')}</dt>
          <dd>
            <ul className={classes.people}>
              {people.slice(0, 12).map(({ person }) => (
                <li key={person.id}>
                  <Initials name={person.name} src={person.avatarUrl} size={20} />
                  <PersonLink member={person.id}>{person.name}</PersonLink>
                </li>
              ))}
              {people.length > 12 && <li>and {people.length - 12} more</li>}
            </ul>
          </dd>
        </div>
      </dl>
      {thread.activities.length === 0 ? (
        <EmptyState icon={IconMessages} title="Nothing of it is kept any more" />
      ) : (
        <ol className={classes.thread} aria-label="Conversation">
          {thread.activities.map((activity) => (
            <Entry key={activity.id} activity={activity} />
          ))}
        </ol>
      )}
    </PageFrame>
  );
}

/** What somebody wrote is shown whole; what somebody only did is one line. */
function Entry({ activity }: { activity: Activity }) {
  const minor = activity.excerpt === null || activity.excerpt === '';
  return (
    <li className={classes.entry} data-minor={minor}>
      <Initials name={activity.person.name} src={activity.person.avatarUrl} size={minor ? 22 : 32} />
      <div style={{ minWidth: 0 }}>
        <div className={classes.who}>
          <PersonLink member={activity.person.id} className={classes.name}>
            {activity.person.name}
          </PersonLink>
          <PersonMark bot={activity.person.bot} team={activity.person.ours} />
          <span className={classes.quiet}>
            {didHere(activity)} · <ActivityTime at={activity.at} offsetMinutes={activity.offsetMinutes} />
          </span>
          {activity.url !== null && (
            <a href={activity.url} target="_blank" rel="noreferrer noopener" aria-label="Open the original" className={classes.quiet}>
              <IconExternalLink size={14} stroke={1.7} aria-hidden />
            </a>
          )}
        </div>
        {!minor && <WholeText activity={activity} />}
      </div>
    </li>
  );
}

const excerptLength = 400;

function WholeText({ activity }: { activity: Activity }) {
  const [whole, setWhole] = useState(false);
  const text = activity.excerpt ?? '';
  const cut = text.length >= excerptLength;
  const read = useAction('activities.get', { id: activity.id }, { enabled: whole });
  return (
    <div className={classes.text} dir="auto">
      {read.data?.body ?? text}
      {cut && read.data === undefined && (
        <>
          {'… '}
          <button type="button" className={classes.more} onClick={() => setWhole(true)}>
            {whole ? 'reading…' : 'show all'}
          </button>
        </>
      )}
    </div>
  );
}

function peopleOf(activities: readonly Activity[]): { person: Activity['person']; count: number }[] {
  const people = new Map<string, { person: Activity['person']; count: number }>();
  for (const { person } of activities) people.set(person.id, { person, count: (people.get(person.id)?.count ?? 0) + 1 });
  return [...people.values()].toSorted((a, b) => b.count - a.count);
}
