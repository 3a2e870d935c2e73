import { CopyButton, Button, Text } from '@mantine/core';
import { IconMoodCheck, IconRefresh } from '@tabler/icons-react';
import { useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { CodeBlock } from '../../ui/CodeBlock.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { count } from '../../ui/format.ts';
import { Notice } from '../../ui/Notice.tsx';
import { usePages } from '../../ui/pages.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { useParam } from '../../ui/url-state.ts';
import type { SourceDetail } from './Source.tsx';
import classes from './sources.module.css';

type Kept = Output<'sources.quarantine'>['records'][number];

const columns: Column<Kept>[] = [
  { id: 'item', title: 'Item', width: 240, fixed: true, cell: (record) => <span className="code">{record.externalId}</span> },
  { id: 'reason', title: 'Why it could not be read', cell: (record) => record.reason },
  { id: 'stream', title: 'Stream', width: 130, wide: true, cell: (record) => record.stream },
  { id: 'last', title: 'Last tried', width: 140, wide: true, cell: (record) => <RelativeTime at={record.lastAt} /> },
  { id: 'attempts', title: 'Tries', width: 70, align: 'right', wide: true, cell: (record) => record.attempts },
];

const keyOf = (record: Kept) => `${record.stream}/${record.externalId}`;

/** Records that could not be read: kept whole, with the reason, to be tried again after a fix. */
export function SourceQuarantine({ source }: { source: SourceDetail }) {
  const [open, setOpen] = useParam('record');
  const mayRetry = useMay('sources.retry-quarantine');
  const records = usePages('sources.quarantine', { source: source.id, limit: 100 }, (page) => page.records);
  const retry = useCommand('sources.retry-quarantine', { onDone: () => toast('Trying them again.'), onFail: toastError });
  if (records.error !== null && records.rows === undefined) return <ErrorState error={records.error} onRetry={records.retry} />;
  const shown = records.rows?.find((record) => keyOf(record) === open);
  return (
    <>
      {(records.rows?.length ?? 0) > 0 && (
        <div className={classes.buttons} style={{ marginBottom: 12, alignItems: 'center' }}>
          <ActionButton
            variant="default"
            why={mayRetry.why}
            leftSection={<IconRefresh size={16} aria-hidden />}
            loading={retry.isPending}
            onClick={() => retry.mutate({ source: source.id })}
          >
            Try all again
          </ActionButton>
          <Text size="sm" c="dimmed">
            {count(source.quarantined, 'record')} kept aside. Nothing is lost, and everything else goes on.
          </Text>
        </div>
      )}
      <DataTable
        name="Quarantine"
        columns={columns}
        rows={records.rows}
        keyOf={keyOf}
        onOpen={(record) => setOpen(keyOf(record), { push: true })}
        more={records.more}
        empty={
          <EmptyState icon={IconMoodCheck} title="Nothing in quarantine">
            Every record of this source could be read. One that cannot be is kept here with the reason, and can be tried again.
          </EmptyState>
        }
      />
      <SidePanel opened={shown !== undefined} onClose={() => setOpen(undefined)} title={shown?.externalId ?? ''}>
        {shown !== undefined && <RawRecord record={shown} />}
      </SidePanel>
    </>
  );
}

function RawRecord({ record }: { record: Kept }) {
  const raw = prettyJson(record.raw);
  return (
    <>
      <div style={{ marginBottom: 12 }}>
        <Notice mood="attention">{record.reason}</Notice>
      </div>
      <Text size="sm" c="dimmed" mb="sm">
        First seen <RelativeTime at={record.firstAt} />, tried {count(record.attempts, 'time')}, last <RelativeTime at={record.lastAt} />.
      </Text>
      <CopyButton value={record.raw}>
        {({ copied, copy }) => (
          <Button variant="default" size="xs" onClick={copy}>
            {copied ? 'Copied' : 'Copy the raw item'}
          </Button>
        )}
      </CopyButton>
      <CodeBlock label="The raw item">{raw}</CodeBlock>
    </>
  );
}

function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
