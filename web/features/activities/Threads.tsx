import { Badge, Button, SegmentedControl } from '@mantine/core';
import { IconClockHour4, IconMessages, IconPlugConnected } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useAction } from '../../api.ts';
import type { Input, Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useReach } from '../../shell/session.ts';
import { stateOfThread, threadKindName, threadKindOptions, threadStateOptions, titleOfThread } from '../../ui/activities/threads.ts';
import type { ThreadKind, ThreadState } from '../../ui/activities/threads.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { useSegmentOptions, useSourceOptions } from '../../ui/choices.tsx';
import { FilterChips, valuesOf } from '../../ui/FilterChips.tsx';
import type { Filter } from '../../ui/FilterChips.tsx';
import { findMembers } from '../../ui/finders.tsx';
import { formatDay, formatDuration, formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { usePages } from '../../ui/pages.ts';
import { PersonLink, PersonMark } from '../../ui/person.tsx';
import { PlatformIcon } from '../../ui/PlatformIcon.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useParam, useQueryParams, useSetQuery } from '../../ui/url-state.ts';
import classes from './threads.module.css';

type Answer = Output<'metrics.threads'>;
type Thread = Answer['threads'][number];

const views = ['unanswered', 'team', 'all'] as const;
type View = (typeof views)[number];

const filterNames = ['q', 'source', 'kind', 'state', 'population', 'member', 'segment', 'label', 'from', 'to'];

/** Conversations and work items: first of all those that somebody waits in, the longest first. */
export function Page() {
  const params = useQueryParams();
  const setQuery = useSetQuery();
  const navigate = useNavigate();
  const [chosen, setView] = useParam('view', 'unanswered');
  const view = views.find((one) => one === chosen) ?? 'unanswered';
  const filters = useFilters(view);
  const question = inputOf(params, view);
  const first = useAction('metrics.threads', { ...question, limit: 50 }, { keep: true, every: 60_000 });
  const pages = usePages('metrics.threads', { ...question, limit: 50 }, (page) => page.threads);
  const filtered = filterNames.some((name) => params[name] !== undefined);
  const longest = view === 'all' ? undefined : pages.rows?.[0];
  return (
    <PageFrame
      title="Threads"
      about={aboutView[view]}
      below={
        <div className={classes.below}>
          <SegmentedControl
            size="xs"
            aria-label="Which threads"
            value={view}
            onChange={(next) => setView(next === 'unanswered' ? undefined : next, { push: true })}
            data={[
              { value: 'unanswered', label: 'Unanswered' },
              { value: 'team', label: 'Without the team' },
              { value: 'all', label: 'All' },
            ]}
          />
          <FilterChips search={{ name: 'q', label: 'Search the titles' }} filters={filters} />
        </div>
      }
    >
      {pages.error !== null && pages.rows === undefined ? (
        <ErrorState error={pages.error} onRetry={pages.retry} />
      ) : (
        <>
          {longest !== undefined && <Longest thread={longest} total={first.data?.total} from={first.data?.from} byTeam={view === 'team'} />}
          <div className={classes.list} data-stale={pages.stale}>
            <DataTable
              name={`Threads, ${view}`}
              columns={columnsOf(view)}
              rows={pages.rows}
              keyOf={(thread) => thread.id}
              onOpen={(thread) => void navigate({ to: paths.thread(thread.id) })}
              more={pages.more}
              total={first.data?.total}
              empty={<Empty view={view} filtered={filtered} onClear={() => setQuery(cleared)} />}
            />
          </div>
        </>
      )}
    </PageFrame>
  );
}

const cleared = Object.fromEntries(filterNames.map((name) => [name, undefined]));

const aboutView: Record<View, string> = {
  unanswered: 'Open threads that nobody but the person who began them, or a bot, has answered.',
  team: 'Open threads that nobody of the team has answered yet, though others may have.',
  all: 'Conversations, questions, issues and merge requests of all sources.',
};

/** Which question has waited longest, and how many do. */
function Longest({
  thread,
  total,
  from,
  byTeam,
}: {
  thread: Thread;
  total: number | undefined;
  from: string | undefined;
  byTeam: boolean;
}) {
  return (
    <section className={classes.longest} aria-label="Waiting longest">
      <IconClockHour4 size={28} stroke={1.5} aria-hidden />
      <div className={classes.words}>
        <p className={classes.wait}>
          <strong>{formatDuration(thread.waited)}</strong> is the longest wait{byTeam ? ' for the team' : ''}
        </p>
        <p className={classes.what}>
          <Link to={paths.thread(thread.id)} dir="auto">
            {titleOfThread(thread)}
          </Link>
        </p>
        <p className={classes.quiet}>
          {thread.opener !== null && (
            <>
              <PersonLink member={thread.opener.id}>{thread.opener.name}</PersonLink> ·{' '}
            </>
          )}
          {threadKindName(thread.kind)} in {thread.room ?? thread.source.name} · <RelativeTime at={thread.openedAt} />
        </p>
      </div>
      {total !== undefined && (
        <p className={classes.total}>
          <strong>{formatNumber(total)}</strong>
          <span>
            {total === 1 ? 'waits' : 'wait'}
            {from === undefined ? '' : `, opened since ${formatDay(new Date(`${from}T12:00:00`))}`}
          </span>
        </p>
      )}
    </section>
  );
}

function columnsOf(view: View): Column<Thread>[] {
  return [
    {
      id: 'title',
      title: 'Thread',
      fixed: true,
      cell: (thread) => (
        <span className={classes.thread}>
          <PlatformIcon platform={thread.source.connector} />
          <Link to={paths.thread(thread.id)} look="plain" dir="auto" className={classes.title}>
            {titleOfThread(thread)}
          </Link>
          {thread.labels.slice(0, 2).map((label) => (
            <Badge key={label} size="xs" variant="default" className={classes.label}>
              {label}
            </Badge>
          ))}
        </span>
      ),
    },
    view === 'all'
      ? {
          id: 'response',
          title: 'First response',
          align: 'right',
          width: 150,
          cell: (thread) => (thread.response === null ? <span className={classes.quiet}>none yet</span> : formatDuration(thread.response)),
        }
      : {
          id: 'waited',
          title: 'Waits for',
          align: 'right',
          width: 120,
          cell: (thread) => <strong className={classes.figure}>{formatDuration(thread.waited)}</strong>,
        },
    {
      id: 'opener',
      title: 'Opened by',
      width: 170,
      wide: true,
      cell: (thread) =>
        thread.opener !== null && (
          <span className={classes.thread}>
            <PersonLink member={thread.opener.id} className={classes.title}>
              {thread.opener.name}
            </PersonLink>
            <PersonMark bot={thread.opener.bot} team={thread.opener.ours} />
          </span>
        ),
    },
    { id: 'kind', title: 'Kind', width: 120, wide: true, cell: (thread) => threadKindName(thread.kind) },
    { id: 'source', title: 'Where', width: 150, wide: true, cell: (thread) => thread.room ?? thread.source.name },
    { id: 'opened', title: 'Opened', width: 130, wide: true, cell: (thread) => <RelativeTime at={thread.openedAt} /> },
    {
      id: 'team',
      title: 'Team’s response',
      align: 'right',
      width: 140,
      wide: true,
      hidden: view !== 'all',
      cell: (thread) =>
        thread.teamResponse === null ? <span className={classes.quiet}>none yet</span> : formatDuration(thread.teamResponse),
    },
    { id: 'state', title: 'State', width: 90, wide: true, hidden: view !== 'all', cell: (thread) => stateOfThread(thread) },
    { id: 'activities', title: 'Entries', align: 'right', width: 80, wide: true, cell: (thread) => formatNumber(thread.activities) },
  ];
}

function Empty({ view, filtered, onClear }: { view: View; filtered: boolean; onClear: () => void }) {
  const reach = useReach();
  const sources = useAction('sources.list', {}, { enabled: reach('sources.list') });
  if (filtered) {
    return (
      <EmptyState
        icon={IconMessages}
        title="No thread fits these filters"
        action={
          <Button variant="default" onClick={onClear}>
            Clear the filters
          </Button>
        }
      >
        Try fewer of them, or an earlier first day: a year back is looked at unless you choose one.
      </EmptyState>
    );
  }
  if (sources.data?.sources.length === 0) {
    return (
      <EmptyState
        icon={IconPlugConnected}
        title="No conversations yet"
        action={
          <Button component={Link} {...{ to: paths.addSource(), look: 'plain' as const }}>
            Connect a source
          </Button>
        }
      >
        Connect a forum, a tracker or a chat: what is asked there, and who waits for an answer, shows here.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconMessages} title={view === 'all' ? 'No threads in the last year' : 'Nobody waits for an answer'}>
      {view === 'all' ? 'Choose an earlier first day to see older ones.' : 'Every open thread of the last year got one.'}
    </EmptyState>
  );
}

function inputOf(params: Record<string, string>, view: View): Input<'metrics.threads'> {
  const { q, source, kind, state, population, member, segment, label, from, to } = params;
  return {
    ...(view === 'all' ? {} : { waiting: view === 'team' ? ('team' as const) : ('anyone' as const) }),
    ...(q === undefined || q.trim() === '' ? {} : { text: q.trim() }),
    ...(source === undefined ? {} : { sources: valuesOf(source) }),
    ...(kind === undefined ? {} : { kinds: valuesOf(kind) as ThreadKind[] }),
    ...(state === undefined || view !== 'all' ? {} : { states: valuesOf(state) as ThreadState[] }),
    ...(population === 'wider_community' || population === 'team' ? { population } : {}),
    ...(member === undefined ? {} : { member }),
    ...(segment === undefined ? {} : { segment }),
    ...(label === undefined ? {} : { labels: [label] }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

function useFilters(view: View): Filter[] {
  const sources = useSourceOptions();
  const segments = useSegmentOptions();
  return [
    {
      name: 'source',
      label: 'Source',
      several: true,
      options: sources,
    },
    { name: 'kind', label: 'Kind', several: true, options: threadKindOptions },
    ...(view === 'all' ? [{ name: 'state', label: 'State', several: true, options: threadStateOptions }] : []),
    {
      name: 'population',
      label: 'Opened by',
      options: [
        { value: 'wider_community', label: 'wider community' },
        { value: 'team', label: 'team members' },
      ],
    },
    { name: 'member', label: 'Person', remote: findMembers },
    {
      name: 'segment',
      label: 'Segment',
      options: segments,
    },
    { name: 'from', label: 'Opened from', type: 'date' },
    { name: 'to', label: 'Opened until', type: 'date' },
  ];
}
