import { ActionIcon, Button, Group, Menu, Stack, TextInput } from '@mantine/core';
import { IconBookmark, IconDots } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction, useCommand } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { formatNumber } from '../../ui/format.ts';
import { Link, splitAddress } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { describeFilter, paramsOf } from './filter.ts';
import type { Segment } from './filter.ts';

const columns: Column<Segment>[] = [
  {
    id: 'name',
    title: 'Name',
    width: '26%',
    fixed: true,
    cell: (segment) => (
      <Link to={paths.members({ segment: segment.id })}>
        <bdi>{segment.name}</bdi>
      </Link>
    ),
  },
  { id: 'filter', title: 'Who is in it', cell: (segment) => <FilterWords segment={segment} /> },
  { id: 'members', title: 'Members now', width: 110, align: 'right', cell: (segment) => <Size id={segment.id} /> },
  { id: 'shared', title: 'For', width: 110, wide: true, cell: (segment) => (segment.shared ? 'everybody' : 'me') },
  { id: 'made', title: 'Saved', width: 120, wide: true, cell: (segment) => <RelativeTime at={segment.createdAt} /> },
];

/** The saved filters over members. */
export function Page() {
  const navigate = useNavigate();
  const segments = useAction('segments.list', {});
  const go = (address: string) => {
    const { pathname, search } = splitAddress(address);
    void navigate({ to: pathname, search: search });
  };
  return (
    <PageFrame
      title="Segments"
      about="Saved filters over members. They are live: whoever fits is in them."
      above={<Link to={paths.members()}>Members</Link>}
    >
      {segments.isError && segments.data === undefined ? (
        <ErrorState error={segments.error} onRetry={() => void segments.refetch()} />
      ) : (
        <DataTable
          name="Segments"
          columns={columns}
          rows={segments.data?.segments}
          keyOf={(segment) => segment.id}
          onOpen={(segment) => go(paths.members({ segment: segment.id }))}
          actions={rowActions}
          empty={
            <EmptyState
              icon={IconBookmark}
              title="No segment yet"
              action={
                <Button component={Link} {...{ to: paths.members(), look: 'plain' as const }}>
                  Go to Members
                </Button>
              }
            >
              Filter the members, then save the filter under a name. Use it in the list, the timeline, reports and exports.
            </EmptyState>
          }
        />
      )}
    </PageFrame>
  );
}

function rowActions(segment: Segment) {
  return <RowActions segment={segment} />;
}

function FilterWords({ segment }: { segment: Segment }) {
  const organization = typeof segment.filter['organization'] === 'string' ? segment.filter['organization'] : undefined;
  const name = useAction('organizations.get', { id: organization ?? '' }, { enabled: organization !== undefined }).data?.name;
  const words = describeFilter(segment.filter, (id) => (id === organization ? name : undefined));
  return <span title={words}>{words}</span>;
}

function Size({ id }: { id: string }) {
  const { data } = useAction('segments.get', { id });
  return <>{data === undefined ? '' : `${formatNumber(data.members)}${data.more ? '+' : ''}`}</>;
}

function RowActions({ segment }: { segment: Segment }) {
  const navigate = useNavigate();
  const [renaming, setRenaming] = useState<string>();
  const mayChange = useMay('segments.update');
  const restore = useCommand('segments.create', { onDone: () => toast('Saved again.'), onFail: toastError });
  const remove = useCommand('segments.delete', {
    onDone: () =>
      toast(`Deleted “${segment.name}”. Nobody in it was touched.`, {
        undo: () => restore.mutate({ name: segment.name, filter: segment.filter, shared: segment.shared }),
      }),
    onFail: toastError,
  });
  const update = useCommand('segments.update', { onDone: () => setRenaming(undefined), onFail: toastError });
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon size={26} aria-label={`More for ${segment.name}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void navigate({ to: '/members', search: paramsOf(segment.filter) })}>Show its filters</Menu.Item>
          <Menu.Item onClick={() => void navigate({ to: '/timeline', search: { segment: segment.id } })}>Show its timeline</Menu.Item>
          <Menu.Divider />
          <Menu.Item disabled={!mayChange.allowed} onClick={() => setRenaming(segment.name)}>
            Rename…
          </Menu.Item>
          <Menu.Item disabled={!mayChange.allowed} onClick={() => update.mutate({ id: segment.id, shared: !segment.shared })}>
            {segment.shared ? 'Keep it to me' : 'Share it with everybody'}
          </Menu.Item>
          <Menu.Item disabled={!mayChange.allowed} color="red" onClick={() => remove.mutate({ id: segment.id })}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Dialog opened={renaming !== undefined} onClose={() => setRenaming(undefined)} title="Rename the segment">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            update.mutate({ id: segment.id, name: renaming ?? segment.name });
          }}
        >
          <Stack>
            <TextInput data-autofocus label="Name" value={renaming ?? ''} onChange={(event) => setRenaming(event.currentTarget.value)} />
            <Group justify="flex-end">
              <Button type="submit" loading={update.isPending}>
                Rename
              </Button>
            </Group>
          </Stack>
        </form>
      </Dialog>
    </>
  );
}
