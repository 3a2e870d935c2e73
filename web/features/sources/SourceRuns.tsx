import { Tooltip } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import type { Output } from '../../api.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { formatDuration, formatNumber } from '../../ui/format.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Status } from '../../ui/Status.tsx';
import type { Mood } from '../../ui/Status.tsx';
import { usePages } from '../../ui/pages.ts';
import { causeName } from '../../ui/source-state.ts';
import type { SourceDetail } from './Source.tsx';

type Run = Output<'sources.runs'>['runs'][number];

const states: Record<string, [Mood, string]> = {
  running: ['busy', 'Reading'],
  done: ['good', 'Done'],
  failed: ['risk', 'Failed'],
  interrupted: ['attention', 'Stopped'],
};

const columns: Column<Run>[] = [
  { id: 'started', title: 'Began', width: 130, fixed: true, cell: (run) => <RelativeTime at={run.startedAt} /> },
  {
    id: 'state',
    title: 'Result',
    width: 110,
    cell: (run) => {
      const [mood, word] = states[run.state] ?? ['quiet', run.state];
      return <Status mood={mood}>{word}</Status>;
    },
  },
  { id: 'cause', title: 'Why', width: 150, wide: true, cell: (run) => causeName(run.cause) },
  { id: 'items', title: 'Items', width: 90, align: 'right', cell: (run) => formatNumber(run.items) },
  { id: 'quarantined', title: 'Quarantined', width: 110, align: 'right', wide: true, cell: (run) => formatNumber(run.quarantined) },
  {
    id: 'took',
    title: 'Took',
    width: 120,
    align: 'right',
    wide: true,
    cell: (run) => (run.endedAt === null ? '–' : formatDuration((Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000)),
  },
  {
    id: 'error',
    title: 'What happened',
    wide: true,
    cell: (run) =>
      run.error === null ? (
        ''
      ) : (
        <Tooltip label={run.error}>
          <span>{run.error}</span>
        </Tooltip>
      ),
  },
];

export function SourceRuns({ source }: { source: SourceDetail }) {
  const runs = usePages('sources.runs', { source: source.id, limit: 50 }, (page) => page.runs);
  if (runs.error !== null && runs.rows === undefined) return <ErrorState error={runs.error} onRetry={runs.retry} />;
  return (
    <DataTable
      name="Readings"
      columns={columns}
      rows={runs.rows}
      keyOf={(run) => run.id}
      more={runs.more}
      empty={
        <EmptyState icon={IconHistory} title="Not read yet">
          Every reading is listed here: why it began, what it brought, how it ended.
        </EmptyState>
      }
    />
  );
}
