import { ActionIcon, Button, CopyButton, Skeleton } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconExternalLink, IconMessages } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { useAction } from '../../api.ts';
import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { CodeBlock } from '../CodeBlock.tsx';
import { DeliverMenu } from '../deliveries/Deliver.tsx';
import { DeliveryList } from '../deliveries/DeliveryList.tsx';
import { formatExact, formatNumber } from '../format.ts';
import { Initials } from '../Initials.tsx';
import { Link, OutsideLink } from '../Link.tsx';
import { PersonLink, PersonMark } from '../person.tsx';
import { PlatformIcon } from '../PlatformIcon.tsx';
import { RelativeTime } from '../RelativeTime.tsx';
import { SidePanel } from '../SidePanel.tsx';
import { ErrorState } from '../states.tsx';
import { ReadingFacts } from './ReadingFacts.tsx';
import { TopicChip } from './TopicChip.tsx';
import { kindName, didWhat, linesOf, objectOf, ownClock } from './words.ts';
import classes from './ActivityPanel.module.css';

type Whole = Output<'activities.get'>;

interface Props {
  id: string | undefined;
  onClose: () => void;
  /** To the next (1) or the one before (-1) in the list behind; j and k. */
  onStep: ((by: number) => void) | undefined;
  first: boolean;
  last: boolean;
}

/** One activity whole: its text, where and when, and the raw record that it came from. */
export function ActivityPanel({ id, onClose, onStep, first, last }: Props) {
  const activity = useAction('activities.get', { id: id ?? '' }, { enabled: id !== undefined, keep: true });
  const shown = activity.data;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey || (event.target as HTMLElement).closest('input, textarea') !== null) return;
    if (event.key === 'j') onStep?.(1);
    if (event.key === 'k') onStep?.(-1);
    if (event.key === 'o' && shown?.url) window.open(shown.url, '_blank', 'noopener,noreferrer');
  };
  return (
    <SidePanel
      opened={id !== undefined}
      onClose={onClose}
      size={620}
      title={
        <span className={classes.title}>
          {shown === undefined ? 'Activity' : kindName(shown.kind)}
          {onStep !== undefined && (
            <span className={classes.steps}>
              <ActionIcon size={26} aria-label="The one before (k)" disabled={first} onClick={() => onStep(-1)}>
                <IconChevronUp size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon size={26} aria-label="The next (j)" disabled={last} onClick={() => onStep(1)}>
                <IconChevronDown size={16} aria-hidden />
              </ActionIcon>
            </span>
          )}
        </span>
      }
    >
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- only listens to j, k and o pressed anywhere in the panel */}
      <div onKeyDown={onKeyDown} tabIndex={-1} data-autofocus className={classes.body} data-stale={activity.isPlaceholderData}>
        {activity.isError && <ErrorState error={activity.error} onRetry={() => void activity.refetch()} />}
        {shown === undefined && !activity.isError && <Waiting />}
        {shown !== undefined && !activity.isError && <Details activity={shown} />}
      </div>
    </SidePanel>
  );
}

function Details({ activity }: { activity: Whole }) {
  const at = new Date(activity.at);
  const own = ownClock(at, activity.offsetMinutes);
  const [added, removed] = changedLines(activity.raw);
  const lines = linesOf(activity);
  return (
    <>
      <div className={classes.person}>
        <Initials name={activity.person.name} src={activity.person.avatarUrl} size={32} />
        <div>
          <div className={classes.name}>
            <PersonLink member={activity.person.id}>{activity.person.name}</PersonLink>
            <PersonMark bot={activity.person.bot} team={activity.person.ours} />
          </div>
          <div className={classes.quiet}>
            {didWhat(activity)} · <RelativeTime at={activity.at} /> · as <bdi className="code">{activity.person.identity}</bdi>
          </div>
        </div>
      </div>
      <h2 className={classes.object} dir="auto">
        {objectOf(activity)}
      </h2>
      <div className={classes.buttons}>
        {activity.url !== null && (
          <Button
            component="a"
            href={activity.url}
            target="_blank"
            rel="noreferrer noopener"
            variant="default"
            size="xs"
            leftSection={<IconExternalLink size={15} aria-hidden />}
          >
            Open the original
          </Button>
        )}
        {activity.thread !== null && (
          <Button
            component={Link}
            {...{ to: paths.thread(activity.thread), look: 'plain' as const }}
            variant="default"
            size="xs"
            leftSection={<IconMessages size={15} aria-hidden />}
          >
            Whole conversation
          </Button>
        )}
        <DeliverMenu
          source={activity.source}
          subject={{ activity: activity.id }}
          on={activity.thread === null ? ['activity', 'person'] : ['thread', 'activity', 'person']}
          label="Answer or act"
        />
        <CopyButton value={`${window.location.origin}${paths.timeline({ activity: activity.id })}`}>
          {({ copied, copy }) => (
            <Button variant="subtle" color="gray" size="xs" onClick={copy}>
              {copied ? 'Copied' : 'Copy link'}
            </Button>
          )}
        </CopyButton>
      </div>
      <DeliveryList subject={activity.id} />
      {activity.body !== null && activity.body !== '' && (
        <div className={classes.text} dir="auto">
          {activity.body}
        </div>
      )}
      <dl className={classes.facts}>
        <div>
          <dt>When</dt>
          <dd>
            {formatExact(at)}
            {own !== undefined && <div className={classes.quiet}>{own}</div>}
          </dd>
        </div>
        <div>
          <dt>Where</dt>
          <dd className={classes.where}>
            <PlatformIcon platform={activity.source.connector} />
            <Link to={paths.source(activity.source.id)}>{activity.source.name}</Link>
            {activity.stream !== null && <span className={classes.quiet}>{activity.stream}</span>}
          </dd>
        </div>
        {lines !== undefined && (
          <div>
            <dt>Lines</dt>
            <dd>
              {added === undefined || removed === undefined ? (
                `${formatNumber(lines)} added or removed`
              ) : (
                <>
                  <span className={classes.added}>+{formatNumber(added)}</span>{' '}
                  <span className={classes.removed}>−{formatNumber(removed)}</span>
                </>
              )}
            </dd>
          </div>
        )}
        {activity.topics.length > 0 && (
          <div>
            <dt>Topics</dt>
            <dd className={classes.where}>
              {activity.topics.map((topic) => (
                <TopicChip key={topic.id} topic={topic} linked />
              ))}
            </dd>
          </div>
        )}
        {activity.reading !== null && <ReadingFacts id={activity.id} reading={activity.reading} />}
        {activity.platformType !== null && (
          <div>
            <dt>The platform says</dt>
            <dd>{activity.platformType}</dd>
          </div>
        )}
        {activity.url !== null && (
          <div>
            <dt>Original</dt>
            <dd className={classes.address}>
              <OutsideLink href={activity.url}>{activity.url}</OutsideLink>
            </dd>
          </div>
        )}
      </dl>
      {activity.raw !== null && (
        <details className={classes.raw}>
          <summary>
            Raw record
            {activity.fetchedAt !== null && (
              <span className={classes.quiet}>
                {' '}
                fetched <RelativeTime at={activity.fetchedAt} />
              </span>
            )}
          </summary>
          <CodeBlock label="Raw record">{prettyJson(activity.raw)}</CodeBlock>
        </details>
      )}
    </>
  );
}

function Waiting() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton height={32} width="60%" radius="sm" mb={20} />
      <Skeleton height={16} width="90%" radius="sm" mb={20} />
      <Skeleton height={120} radius="md" />
    </div>
  );
}

/** Lines added and removed, where the raw record counts both. */
function changedLines(raw: string | null): [number | undefined, number | undefined] {
  if (raw === null) return [undefined, undefined];
  try {
    const { added, removed } = JSON.parse(raw) as Record<string, unknown>;
    return typeof added === 'number' && typeof removed === 'number' ? [added, removed] : [undefined, undefined];
  } catch {
    return [undefined, undefined];
  }
}

function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
