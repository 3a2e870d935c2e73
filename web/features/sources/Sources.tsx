import { ActionIcon, Button, Text, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlugConnected, IconPlus, IconRefresh } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useAction, useCommand } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { FilterChips } from '../../ui/FilterChips.tsx';
import { count, formatNumber } from '../../ui/format.ts';
import { useKey } from '../../ui/keys.ts';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { PlatformIcon, platformName } from '../../ui/PlatformIcon.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Status } from '../../ui/Status.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { useQueryParams } from '../../ui/url-state.ts';
import { stateOf } from '../../ui/source-state.ts';
import type { SourceHealth } from '../../ui/source-state.ts';
import classes from './sources.module.css';

const columns: Column<SourceHealth>[] = [
  {
    id: 'name',
    title: 'Source',
    fixed: true,
    cell: (source) => (
      <span className={classes.name}>
        <PlatformIcon platform={source.connector} />
        <Link to={paths.source(source.id)} look="plain">
          {source.name}
        </Link>
      </span>
    ),
  },
  {
    id: 'state',
    title: 'State',
    width: 140,
    cell: (source) => {
      const { mood, word, detail } = stateOf(source);
      return (
        <Tooltip label={detail}>
          <span>
            <Status mood={mood}>{word}</Status>
          </span>
        </Tooltip>
      );
    },
  },
  { id: 'success', title: 'Last success', width: 140, wide: true, cell: (source) => <RelativeTime at={source.lastSuccessAt} /> },
  {
    id: 'next',
    title: 'Next reading',
    width: 140,
    wide: true,
    cell: (source) => (source.running ? 'now' : <RelativeTime at={source.nextRunAt} none="–" />),
  },
  {
    id: 'spark',
    title: 'Items a day, 30 days',
    width: 170,
    wide: true,
    cell: (source) => (
      <Sparkline
        values={source.itemsADay}
        width={140}
        height={22}
        label={`${formatNumber(source.itemsADay.reduce((sum, n) => sum + n, 0))} items in 30 days`}
      />
    ),
  },
  { id: 'records', title: 'Records', width: 110, align: 'right', wide: true, cell: (source) => formatNumber(source.records) },
  {
    id: 'quarantined',
    title: 'Quarantine',
    width: 110,
    align: 'right',
    wide: true,
    cell: (source) =>
      source.quarantined === 0 ? (
        <Text span inherit c="dimmed">
          0
        </Text>
      ) : (
        <Link to={paths.source(source.id, 'quarantine')}>{formatNumber(source.quarantined)}</Link>
      ),
  },
  {
    id: 'failing',
    title: 'Failing since',
    width: 130,
    hidden: true,
    wide: true,
    cell: (source) => <RelativeTime at={source.failingSince} none="–" />,
  },
  { id: 'platform', title: 'Platform', width: 130, hidden: true, wide: true, cell: (source) => platformName(source.connector) },
];

/** Every connected place and how it does: no hole stays unseen. */
export function Page() {
  const params = useQueryParams();
  const navigate = useNavigate();
  const sources = useAction('sources.list', {}, { every: 15_000 });
  const mayAdd = useMay('sources.add');
  useKey('c', 'Connect a source', () => mayAdd.allowed && void navigate({ to: paths.addSource() }));
  const all = sources.data?.sources;
  const words = (params['q'] ?? '').toLowerCase();
  const shown = all?.filter(
    (source) =>
      (params['state'] === undefined || stateOf(source).word === params['state']) &&
      `${source.name} ${platformName(source.connector)}`.toLowerCase().includes(words),
  );
  const troubled = all?.filter((source) => ['risk', 'attention'].includes(stateOf(source).mood)).length ?? 0;

  const add = (
    <ActionButton why={mayAdd.why} leftSection={<IconPlus size={16} aria-hidden />} onClick={() => void navigate({ to: '/sources/add' })}>
      Connect a source
    </ActionButton>
  );
  if (sources.isError && all === undefined) {
    return (
      <PageFrame title="Sources">
        <ErrorState error={sources.error} onRetry={() => void sources.refetch()} />
      </PageFrame>
    );
  }
  const nothing = all !== undefined && all.length === 0;
  return (
    <PageFrame
      title="Sources"
      about={
        all === undefined || nothing
          ? 'The places that Rapport reads, and how each of them does.'
          : `${count(all.length, 'source')}. ${troubled === 0 ? 'Nothing needs a look.' : `${troubled} ${troubled === 1 ? 'needs' : 'need'} a look.`}`
      }
      actions={nothing ? undefined : add}
      below={
        nothing ? undefined : (
          <FilterChips
            search={{ name: 'q', label: 'Find a source' }}
            filters={[
              {
                name: 'state',
                label: 'State',
                options: ['Healthy', 'Reading', 'Paused', 'Failing', 'Silent', 'Late', 'Quarantine', 'New'].map((word) => ({
                  value: word,
                  label: word,
                })),
              },
            ]}
          />
        )
      }
    >
      <DataTable
        name="Sources"
        columns={columns}
        rows={shown}
        keyOf={(source) => source.id}
        onOpen={(source) => void navigate({ to: '/sources/$source', params: { source: source.id } })}
        actions={rowActions}
        empty={
          nothing ? (
            <EmptyState icon={IconPlugConnected} title="No source yet" action={add}>
              A source is one place that your community uses: a git repository, a forum, a feed. Connect one, and the people in it appear.
            </EmptyState>
          ) : (
            <EmptyState
              icon={IconPlugConnected}
              title="No source fits"
              action={
                <Button variant="default" onClick={() => void navigate({ to: '/sources' })}>
                  Show all
                </Button>
              }
            />
          )
        }
      />
      {all?.some((source) => source.connector === 'demo' && source.state !== 'removing') === true && <DemoNotice />}
    </PageFrame>
  );
}

/** The demo is said to be one wherever its sources are listed, with the way to be rid of it. */
function DemoNotice() {
  const may = useMay('demo.remove');
  const remove = useCommand('demo.remove', { onDone: () => toast('The demo community is being removed.'), onFail: toastError });
  return (
    <p className={classes.notice}>
      The sources called “Demo …” are a made-up community: nobody in it is real.
      <ActionButton variant="default" size="xs" why={may.why} loading={remove.isPending} onClick={() => remove.mutate({})}>
        Remove the demo
      </ActionButton>
    </p>
  );
}

function rowActions(source: SourceHealth) {
  return <RowActions source={source} />;
}

function RowActions({ source }: { source: SourceHealth }) {
  const mayRead = useMay('sources.read');
  const mayPause = useMay('sources.pause');
  const read = useCommand('sources.read', { onDone: () => toast(`Reading ${source.name}.`), onFail: toastError });
  const resume = useCommand('sources.resume', {
    onDone: () => toast(`${source.name} is read on from where it stopped.`),
    onFail: toastError,
  });
  const pause = useCommand('sources.pause', {
    onDone: () => toast(`${source.name} is paused.`, { undo: () => resume.mutate({ id: source.id }) }),
    onFail: toastError,
  });
  const paused = source.state === 'paused';
  return (
    <>
      {mayRead.allowed && !paused && (
        <Tooltip label="Read now">
          <ActionIcon
            size={26}
            aria-label={`Read ${source.name} now`}
            loading={read.isPending}
            onClick={() => read.mutate({ id: source.id })}
          >
            <IconRefresh size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
      {mayPause.allowed && (
        <Tooltip label={paused ? 'Resume' : 'Pause'}>
          <ActionIcon
            size={26}
            aria-label={paused ? `Resume ${source.name}` : `Pause ${source.name}`}
            loading={pause.isPending || resume.isPending}
            onClick={() => (paused ? resume.mutate({ id: source.id }) : pause.mutate({ id: source.id }))}
          >
            {paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </>
  );
}
