import { Button, Menu, Progress, Tabs, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconPlayerPause, IconPlayerPlay, IconRefresh, IconReplace, IconTrash } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { RunProgress } from '../../shell/RunProgress.tsx';
import { useRunOf } from '../../shell/runs.ts';
import { useMay, useReach } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { count, formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { PlatformIcon, platformName } from '../../ui/PlatformIcon.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { Status } from '../../ui/Status.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { useParam } from '../../ui/url-state.ts';
import { schedules, stateOf } from '../../ui/source-state.ts';
import { Notice } from '../../ui/Notice.tsx';
import { RemoveDialog } from './RemoveDialog.tsx';
import { SourceQuarantine } from './SourceQuarantine.tsx';
import { SourceExchange } from './SourceExchange.tsx';
import { SourceRuns } from './SourceRuns.tsx';
import { SourceOverview } from './SourceOverview.tsx';
import classes from './sources.module.css';

/** The form and its fields are fetched when they are wanted. */
const SourceSettings = lazy(() => import('./SourceSettings.tsx').then((module) => ({ default: module.SourceSettings })));

export type SourceDetail = Output<'sources.get'>;

/** One source: what it does now, how it did, and what could not be read. */
export function Page() {
  const { source: id } = useParams({ strict: false });
  const [tab, setTab] = useParam('tab', 'overview');
  const source = useAction('sources.get', { id: id ?? '' }, { every: 10_000 });
  const above = <Link to={paths.sources()}>Sources</Link>;
  if (source.isPending) {
    return (
      <PageFrame title="Source" above={above}>
        <SkeletonBlock height={420} />
      </PageFrame>
    );
  }
  if (source.isError && source.data === undefined) {
    return (
      <PageFrame title="Source" above={above}>
        <ErrorState error={source.error} onRetry={() => void source.refetch()} />
      </PageFrame>
    );
  }
  const shown = source.data;
  const exchanges = shown.webhook !== null || shown.deliveries.length > 0;
  return (
    <PageFrame
      title={shown.name}
      heading={
        <>
          <PlatformIcon platform={shown.connector} size={22} /> {shown.name}
        </>
      }
      about={<StateLine source={shown} />}
      above={above}
      actions={<Actions source={shown} />}
    >
      <Now source={shown} />
      <Trouble source={shown} />
      <Tabs value={tab} onChange={(next) => setTab(next ?? undefined, { push: true })}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="runs">Readings</Tabs.Tab>
          <Tabs.Tab value="quarantine">Quarantine{shown.quarantined > 0 ? ` (${formatNumber(shown.quarantined)})` : ''}</Tabs.Tab>
          {exchanges && (
            <Tabs.Tab value="exchange">
              {shown.webhook === null ? 'Sent' : shown.deliveries.length === 0 ? 'Webhook' : 'Webhook and sent'}
            </Tabs.Tab>
          )}
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <SourceOverview source={shown} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <SourceRuns source={shown} />
        </Tabs.Panel>
        <Tabs.Panel value="quarantine">
          <SourceQuarantine source={shown} />
        </Tabs.Panel>
        {exchanges && (
          <Tabs.Panel value="exchange">
            <SourceExchange source={shown} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="settings">
          <Suspense fallback={<SkeletonBlock height={420} />}>
            <SourceSettings key={shown.id} source={shown} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </PageFrame>
  );
}

function StateLine({ source }: { source: SourceDetail }) {
  const { mood, word } = stateOf(source);
  const schedule = schedules(source.everyMinutes)
    .find((choice) => choice.value === String(source.everyMinutes))
    ?.label.toLowerCase();
  return (
    <>
      <Status mood={mood}>{word}</Status> · {platformName(source.connector)}
      {source.state === 'active' && ` · ${schedule ?? ''}`}
      {source.state === 'active' && source.nextRunAt !== null && !source.running && (
        <>
          {' '}
          · next <RelativeTime at={source.nextRunAt} />
        </>
      )}
    </>
  );
}

/** The reading under way, or just ended, live. */
function Now({ source }: { source: SourceDetail }) {
  const run = useRunOf(source.id);
  const reach = useReach();
  if (run === undefined)
    return source.lastSuccessAt === null && source.state === 'active' && source.failingSince === null ? <Waiting /> : null;
  return (
    <div className={classes.card} style={{ marginBottom: 20 }} aria-live="off">
      <RunProgress run={run} />
      {run.state === 'done' && run.items > 0 && reach('members.list') && (
        <p style={{ margin: '10px 0 0' }}>
          {count(run.items, 'item')} read. <Link to={paths.members({ sources: source.id })}>See the people behind them</Link>
        </p>
      )}
    </div>
  );
}

/** Connected a moment ago: the place where the progress will stand. */
function Waiting() {
  return (
    <div className={classes.card} style={{ marginBottom: 20 }} role="status">
      <Progress value={100} size={6} animated striped color="gray" aria-label="Waiting for the first reading" />
      <Text size="sm" c="dimmed" mt={6}>
        The first reading begins in a moment.
      </Text>
    </div>
  );
}

function Trouble({ source }: { source: SourceDetail }) {
  const { mood, word, detail } = stateOf(source);
  if (source.running || mood === 'good' || mood === 'busy' || word === 'New') return null;
  return (
    <div style={{ marginBottom: 20 }}>
      <Notice mood={mood === 'risk' ? 'risk' : mood === 'quiet' ? 'quiet' : 'attention'}>
        {detail.split('\n').map((line) => (
          <div key={line}>{line}</div>
        ))}
        {source.failingSince !== null && (
          <>
            {' '}
            Failing since <RelativeTime at={source.failingSince} /> ({count(source.failures, 'try', 'tries')}).
          </>
        )}
        {source.lastError !== null && source.lastError !== detail && ` ${source.lastError}`}
      </Notice>
    </div>
  );
}

function Actions({ source }: { source: SourceDetail }) {
  const [removing, removingIs] = useDisclosure(false);
  const mayRead = useMay('sources.read');
  const mayPause = useMay('sources.pause');
  const mayDerive = useMay('sources.rederive');
  const mayRemove = useMay('sources.remove');
  const read = useCommand('sources.read', { onDone: () => toast('The reading begins.'), onFail: toastError });
  const resume = useCommand('sources.resume', { onDone: () => toast('It is read on from where it stopped.'), onFail: toastError });
  const pause = useCommand('sources.pause', {
    onDone: () => toast('Paused. What was read stays.', { undo: () => resume.mutate({ id: source.id }) }),
    onFail: toastError,
  });
  const derive = useCommand('sources.rederive', {
    onDone: () => toast('Deriving again from what is kept, without fetching.'),
    onFail: toastError,
  });
  if (source.state === 'removing' || source.state === 'kept') return null;
  const paused = source.state === 'paused';
  return (
    <>
      {paused ? (
        <ActionButton
          why={mayPause.why}
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          loading={resume.isPending}
          onClick={() => resume.mutate({ id: source.id })}
        >
          Resume
        </ActionButton>
      ) : (
        <>
          <ActionButton
            variant="default"
            why={mayPause.why}
            leftSection={<IconPlayerPause size={16} aria-hidden />}
            loading={pause.isPending}
            onClick={() => pause.mutate({ id: source.id })}
          >
            {source.running ? 'Stop and pause' : 'Pause'}
          </ActionButton>
          {!source.running && (
            <ActionButton
              why={mayRead.why}
              leftSection={<IconRefresh size={16} aria-hidden />}
              loading={read.isPending}
              onClick={() => read.mutate({ id: source.id })}
            >
              Read now
            </ActionButton>
          )}
        </>
      )}
      <Menu>
        <Menu.Target>
          <Button variant="default" px={9} aria-label="More to do">
            <IconDots size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconReplace size={16} aria-hidden />}
            disabled={!mayDerive.allowed || source.running}
            onClick={() => derive.mutate({ source: source.id })}
          >
            Derive again
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} color="red" disabled={!mayRemove.allowed} onClick={removingIs.open}>
            Remove…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <RemoveDialog source={source} opened={removing} onClose={removingIs.close} />
    </>
  );
}
