import { Badge, Button } from '@mantine/core';
import { IconClockHour4, IconExternalLink, IconMessages, IconRosetteDiscountCheck } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import type { ReactNode } from 'react';
import { useAction } from '../../api.ts';
import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { ActivityTime } from '../../ui/activities/ActivityTime.tsx';
import { stateOfThread, threadKindName } from '../../ui/activities/threads.ts';
import { didHere } from '../../ui/activities/words.ts';
import { count, formatDuration } from '../../ui/format.ts';
import { Initials } from '../../ui/Initials.tsx';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { usePages } from '../../ui/pages.ts';
import { PersonLink, PersonMark } from '../../ui/person.tsx';
import { PlatformIcon } from '../../ui/PlatformIcon.tsx';
import { RelativeTime, useNow } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { ThreadFoot } from './ThreadFoot.tsx';
import classes from './activities.module.css';

type Thread = Output<'activities.thread'>;
type Entry = Thread['activities'][number];
type Response = NonNullable<Thread['firstResponse']>;

/** A whole conversation, oldest first. */
export function Page() {
  const { thread: id } = useParams({ strict: false });
  const input = { id: id ?? '', limit: 200 };
  const thread = useAction('activities.thread', input);
  const pages = usePages('activities.thread', input, (page) => page.activities);
  const above = <Link to={paths.threads()}>Threads</Link>;
  if (thread.isError && thread.data === undefined) {
    return (
      <PageFrame title="Conversation" above={above} width="read">
        <ErrorState error={thread.error} onRetry={() => void thread.refetch()} />
      </PageFrame>
    );
  }
  if (thread.data === undefined || pages.rows === undefined) {
    return (
      <PageFrame title="Conversation" above={above} width="read">
        <SkeletonBlock height={420} />
      </PageFrame>
    );
  }
  return (
    <Conversation thread={thread.data} entries={pages.rows} above={above}>
      {pages.more.has && (
        <Button variant="default" size="xs" mt="sm" loading={pages.more.loading} onClick={pages.more.load}>
          Show more of {count(thread.data.activitiesInAll, 'entry', 'entries')}
        </Button>
      )}
    </Conversation>
  );
}

function Conversation({
  thread,
  entries,
  above,
  children,
}: {
  thread: Thread;
  entries: readonly Entry[];
  above: ReactNode;
  children: ReactNode;
}) {
  const title = thread.title ?? entries[0]?.title ?? threadKindName(thread.kind);
  return (
    <PageFrame
      title={title}
      heading={<bdi>{title}</bdi>}
      above={above}
      width="read"
      about={
        <span className={classes.standing}>
          {threadKindName(thread.kind)}{' '}
          <Badge color={thread.state === 'open' && !thread.solved ? 'blue' : 'gray'}>{stateOfThread(thread)}</Badge>
          {thread.labels.map((label) => (
            <Badge key={label} variant="default" className={classes.label}>
              {label}
            </Badge>
          ))}
        </span>
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
      <Facts thread={thread} />
      {entries.length === 0 ? (
        <EmptyState icon={IconMessages} title="Nothing of it is kept any more" />
      ) : (
        <>
          <ol className={classes.thread} aria-label="Conversation">
            {entries.map((entry, place) => (
              <Fragment key={entry.id}>
                {thread.erased
                  .filter((at) => at <= entry.at && (place === 0 || at > (entries[place - 1]?.at ?? '')))
                  .map((at) => (
                    <ErasedLine key={at} at={at} />
                  ))}
                <EntryLine entry={entry} thread={thread} />
              </Fragment>
            ))}
            {thread.next === null &&
              thread.erased.filter((at) => at > (entries.at(-1)?.at ?? '')).map((at) => <ErasedLine key={at} at={at} />)}
          </ol>
          {children}
        </>
      )}
      <ThreadFoot thread={thread} />
    </PageFrame>
  );
}

/** Somebody who was erased said something here. */
function ErasedLine({ at }: { at: string }) {
  return (
    <li className={classes.quiet}>
      Erased <RelativeTime at={at} />
    </li>
  );
}

function Facts({ thread }: { thread: Thread }) {
  const shown = thread.people.slice(0, 12);
  return (
    <dl className={classes.facts}>
      <Fact name="Where">
        <span className={classes.who}>
          <PlatformIcon platform={thread.source.connector} /> <Link to={paths.source(thread.source.id)}>{thread.source.name}</Link>
          {thread.room !== null && <span className={classes.quiet}>{thread.room.name}</span>}
        </span>
      </Fact>
      <Fact name="Opened">
        {thread.openedAt === null ? <span className={classes.quiet}>before what was read</span> : <RelativeTime at={thread.openedAt} />}
      </Fact>
      {thread.openedAt !== null && (
        <>
          <ResponseFact name="First response" response={thread.firstResponse} thread={thread} />
          <ResponseFact name="First team response" response={thread.firstTeamResponse} thread={thread} />
        </>
      )}
      {thread.closedAt !== null && (
        <Fact name={stateOfThread(thread)}>
          <RelativeTime at={thread.closedAt} />
        </Fact>
      )}
      {thread.solvedAt !== null && thread.solvedAt !== thread.closedAt && (
        <Fact name="Solved">
          <RelativeTime at={thread.solvedAt} />
        </Fact>
      )}
      <Fact name="Last activity">
        <RelativeTime at={thread.lastAt} />
      </Fact>
      <Fact name={count(thread.peopleInAll, 'person', 'people')}>
        <ul className={classes.people}>
          {shown.map((person) => (
            <li key={person.id}>
              <Initials name={person.name} src={person.avatarUrl} size={20} />
              <PersonLink member={person.id}>{person.name}</PersonLink>
              <PersonMark bot={person.bot} team={person.team} />
            </li>
          ))}
          {thread.peopleInAll > shown.length && <li>and {thread.peopleInAll - shown.length} more</li>}
        </ul>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How long it took; where nobody answered yet, how long somebody waits. */
function ResponseFact({ name, response, thread }: { name: string; response: Response | null; thread: Thread }) {
  const now = useNow();
  const open = thread.state === 'open' && !thread.solved;
  if (response !== null) {
    return (
      <Fact name={name}>
        after {formatDuration(response.after)}
        <span className={classes.quiet}>
          {' '}
          by <PersonLink member={response.person.id}>{response.person.name}</PersonLink>
        </span>
      </Fact>
    );
  }
  return (
    <Fact name={name}>
      {open && thread.openedAt !== null ? (
        <span className={classes.waits}>
          <IconClockHour4 size={15} stroke={1.7} aria-hidden /> waiting for{' '}
          {formatDuration((now.getTime() - Date.parse(thread.openedAt)) / 1000)}
        </span>
      ) : (
        <span className={classes.quiet}>none</span>
      )}
    </Fact>
  );
}

/** What somebody wrote is shown whole; what somebody only did is one line. */
function EntryLine({ entry, thread }: { entry: Entry; thread: Thread }) {
  const minor = entry.excerpt === null || entry.excerpt === '';
  return (
    <li className={classes.entry} data-minor={minor}>
      <Initials name={entry.person.name} src={entry.person.avatarUrl} size={minor ? 22 : 32} />
      <div style={{ minWidth: 0 }}>
        <div className={classes.who}>
          <PersonLink member={entry.person.id} className={classes.name}>
            {entry.person.name}
          </PersonLink>
          <PersonMark bot={entry.person.bot} team={entry.team} />
          <span className={classes.quiet}>
            {didHere(entry)} · <ActivityTime at={entry.at} offsetMinutes={entry.offsetMinutes} />
          </span>
          <Milestone entry={entry} thread={thread} />
          {entry.url !== null && (
            <a href={entry.url} target="_blank" rel="noreferrer noopener" aria-label="Open the original" className={classes.quiet}>
              <IconExternalLink size={14} stroke={1.7} aria-hidden />
            </a>
          )}
        </div>
        {!minor && <WholeText entry={entry} />}
      </div>
    </li>
  );
}

/** Marks the first response, and the team's, where they stand. */
function Milestone({ entry, thread }: { entry: Entry; thread: Thread }) {
  const first = thread.firstResponse?.activity === entry.id ? thread.firstResponse : undefined;
  const team = thread.firstTeamResponse?.activity === entry.id ? thread.firstTeamResponse : undefined;
  const response = first ?? team;
  if (response === undefined) return null;
  const Icon = team === undefined ? IconClockHour4 : IconRosetteDiscountCheck;
  return (
    <span className={classes.milestone}>
      <Icon size={13} stroke={1.8} aria-hidden />
      {first === undefined ? 'first of the team' : team === undefined ? 'first response' : 'first response, by the team'}, after{' '}
      {formatDuration(response.after)}
    </span>
  );
}

const excerptLength = 400;

function WholeText({ entry }: { entry: Entry }) {
  const [whole, setWhole] = useState(false);
  const text = entry.excerpt ?? '';
  const cut = text.length >= excerptLength;
  const read = useAction('activities.get', { id: entry.id }, { enabled: whole });
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
