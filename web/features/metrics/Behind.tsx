import { Button, SegmentedControl, Text } from '@mantine/core';
import { IconActivity, IconArrowRight } from '@tabler/icons-react';
import { useAction } from '../../api.ts';
import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useReach } from '../../shell/session.ts';
import { threadKindName, titleOfThread } from '../../ui/activities/threads.ts';
import { kindName } from '../../ui/activities/words.ts';
import { count, formatDuration, formatNumber } from '../../ui/format.ts';
import { Initials } from '../../ui/Initials.tsx';
import { Link, OutsideLink } from '../../ui/Link.tsx';
import { usePages } from '../../ui/pages.ts';
import { PersonLink } from '../../ui/person.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { useQueryParams, useSetQuery } from '../../ui/url-state.ts';
import { formatFigure, textIn } from './figures.ts';
import { titleOf } from './points.ts';
import { windowTitle } from './period.ts';
import type { Answer, ReportInput } from './question.ts';
import classes from './behind.module.css';

type Rows = Output<'metrics.rows'>;
type As = Rows['as'];

/** What one number was counted from, beside the report. Which number is in the address. */
export function Behind({ input, answer }: { input: ReportInput; answer: Answer | undefined }) {
  const { row, column, as } = useQueryParams();
  const setQuery = useSetQuery();
  const opened = row !== undefined && column !== undefined;
  return (
    <SidePanel
      opened={opened}
      onClose={() => setQuery({ row: undefined, column: undefined, as: undefined })}
      title={answer !== undefined && opened ? titleFor(answer, row, column) : 'What is behind it'}
    >
      {opened && <Listing input={{ ...input, row, column }} answer={answer} wanted={as} />}
    </SidePanel>
  );
}

/** `New members: Jan 2026`; for a headline the whole window. */
function titleFor(answer: Answer, row: string, column: string): string {
  const figure =
    answer.columns.find((candidate) => candidate.key === column)?.title ??
    answer.headline.find((line) => line.key === column)?.title ??
    'Behind this number';
  const found = answer.rows.find((candidate) => candidate.key === row);
  const place = row === '*' ? windowTitle(answer.window) : found === undefined ? row : titleOf(textIn(found, answer.report.chart.x));
  return answer.report.chart.type === 'heatmap' && row !== '*' ? `${place}, ${figure}` : `${figure}: ${place}`;
}

const listings = ['members', 'activities', 'organizations', 'threads'] as const;

function Listing({
  input,
  answer,
  wanted,
}: {
  input: ReportInput & { row: string; column: string };
  answer: Answer | undefined;
  wanted: string | undefined;
}) {
  const setQuery = useSetQuery();
  const counts =
    opensTo(answer?.columns.find((column) => column.key === input.column)) ??
    opensTo(answer?.headline.find((line) => line.key === input.column));
  const natural: As = counts === undefined || counts === 'people' ? 'members' : counts;
  const as = listings.find((one) => one === wanted) ?? natural;
  const question = { ...input, as, limit: 50 };
  const first = useAction('metrics.rows', question, { keep: true });
  return (
    <>
      <div className={classes.top}>
        <Text component="p" className={classes.sum} aria-live="polite">
          {first.data === undefined
            ? ' '
            : `${count(first.data.people, 'person', 'people')}, ${formatFigure(first.data.activities, 'count')} ${natural === 'threads' ? wordFor(first.data.activities, 'thread', 'threads') : wordFor(first.data.activities, 'activity', 'activities')}`}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label="List"
          value={as}
          onChange={(next) => setQuery({ as: next === natural ? undefined : next })}
          data={[
            { value: 'members', label: 'People' },
            { value: 'activities', label: natural === 'threads' ? 'Openings' : 'Activities' },
            ...(natural === 'threads' ? [{ value: 'threads', label: 'Threads' }] : []),
            ...(natural === 'organizations' ? [{ value: 'organizations', label: 'Organizations' }] : []),
          ]}
        />
      </div>
      {first.isError && first.data === undefined ? (
        <ErrorState error={first.error} onRetry={() => void first.refetch()} />
      ) : (
        <List key={as} question={question} as={as} />
      )}
      <Onward rows={first.data} />
    </>
  );
}

function List({ question, as }: { question: ReportInput & { row: string; column: string; as: As; limit: number }; as: As }) {
  const pages = usePages('metrics.rows', question, (page): Rows[] => [page]);
  if (pages.rows === undefined) return <SkeletonRows rows={12} />;
  const { rows } = pages;
  const nothing = rows.every((page) => page.members.length + page.rows.length + page.organizations.length + page.threads.length === 0);
  if (nothing) return <EmptyState icon={IconActivity} title="Nothing behind this number" />;
  return (
    <>
      <ul className={classes.list} aria-label={names[as]}>
        {rows
          .flatMap((page) => page.members)
          .map((member) => (
            <li key={member.id} className={classes.line}>
              <Initials name={member.name} src={member.avatarUrl} size={24} />
              <PersonLink member={member.id} className={classes.grow}>
                {member.name}
              </PersonLink>
              <span className={classes.count}>{formatFigure(member.count, 'count')}</span>
            </li>
          ))}
        {rows
          .flatMap((page) => page.organizations)
          .map((organization) => (
            <li key={organization.id} className={classes.line}>
              <Link to={paths.organization(organization.id)} look="plain" dir="auto" className={classes.grow}>
                {organization.name}
              </Link>
              <span className={classes.quiet}>{count(organization.people, 'person', 'people')}</span>
              <span className={classes.count}>{formatFigure(organization.count, 'count')}</span>
            </li>
          ))}
        {rows
          .flatMap((page) => page.threads)
          .map((thread) => (
            <li key={thread.id} className={classes.activity}>
              <span className={classes.what} dir="auto">
                <Link to={paths.thread(thread.id)} look="plain">
                  {titleOfThread(thread)}
                </Link>
              </span>
              <span className={classes.who}>
                {thread.seconds !== null && <strong>{formatDuration(thread.seconds)} · </strong>}
                {thread.opener !== null && (
                  <>
                    <PersonLink member={thread.opener.id}>{thread.opener.name}</PersonLink> ·{' '}
                  </>
                )}
                {threadKindName(thread.kind)} · {thread.source.name} · <RelativeTime at={thread.openedAt} />
              </span>
            </li>
          ))}
        {rows
          .flatMap((page) => page.rows)
          .map((activity) => (
            <li key={activity.id} className={classes.activity}>
              <span className={classes.what} dir="auto">
                {activity.url === null ? (
                  (activity.title ?? kindName(activity.kind))
                ) : (
                  <OutsideLink href={activity.url}>{activity.title ?? kindName(activity.kind)}</OutsideLink>
                )}
              </span>
              <span className={classes.who}>
                <PersonLink member={activity.member}>{activity.memberName}</PersonLink> · {kindName(activity.kind)} · {activity.sourceName}{' '}
                · <RelativeTime at={activity.at} />
              </span>
            </li>
          ))}
      </ul>
      {pages.more.has && (
        <Button variant="default" size="xs" mt="sm" loading={pages.more.loading} onClick={pages.more.load}>
          Load more
        </Button>
      )}
    </>
  );
}

const names: Record<As, string> = { members: 'People', activities: 'Activities', organizations: 'Organizations', threads: 'Threads' };

function wordFor(value: number, one: string, many: string): string {
  return value === 1 ? one : many;
}

/** The same rows on their own pages, where those can say it. */
function Onward({ rows }: { rows: Rows | undefined }) {
  const reach = useReach();
  if (rows === undefined || rows.timeline === null || !reach('activities.timeline')) return null;
  const { from, to, kinds, sources, member } = rows.timeline;
  return (
    <p className={classes.onward}>
      <Link to={paths.timeline({ from, before: dayAfter(to), source: sources?.join(','), member, kind: kinds.join(','), bots: 'without' })}>
        See these {formatNumber(rows.activities)} in the timeline <IconArrowRight size={14} aria-hidden style={{ verticalAlign: '-2px' }} />
      </Link>
    </p>
  );
}

/** The timeline's end is the first day that is not shown. */
function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

function opensTo(number: Pick<Answer['columns'][number], 'counts' | 'opens'> | undefined) {
  return number?.counts ?? number?.opens;
}
