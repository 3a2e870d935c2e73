import { ActionIcon, Button, Group, Menu, Stack, TextInput } from '@mantine/core';
import { IconBookmark, IconDots, IconPlus } from '@tabler/icons-react';
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
import { Page as PageFrame, Section } from '../../ui/Page.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import type { Segment } from './filter.ts';
import classes from './members.module.css';
import { useRuleNames } from './rule-names.ts';
import rules from './rules.module.css';
import { rulesOfFilter, ruleWords } from './rules.ts';

const columns: Column<Segment>[] = [
  {
    id: 'name',
    title: 'Name',
    width: '24%',
    fixed: true,
    cell: (segment) => (
      <Link to={paths.segment(segment.id)}>
        <bdi>{segment.name}</bdi>
      </Link>
    ),
  },
  { id: 'filter', title: 'Who is in it', wide: true, cell: (segment) => <FilterWords segment={segment} /> },
  { id: 'members', title: 'Members now', width: 110, align: 'right', cell: (segment) => <Size id={segment.id} /> },
  { id: 'moves', title: 'In 7 days', width: 120, wide: true, align: 'right', cell: (segment) => <Moved id={segment.id} /> },
  {
    id: 'alerts',
    title: 'Told',
    width: 110,
    wide: true,
    cell: (segment) =>
      [...segment.notify.map((user) => user.name), ...(segment.alerts ? ['automations'] : [])].join(', ') || (
        <span className={classes.quiet}>nobody</span>
      ),
  },
  { id: 'owner', title: 'Saved by', width: 130, wide: true, hidden: true, cell: (segment) => segment.owner ?? '' },
  {
    id: 'shared',
    title: 'For',
    width: 100,
    wide: true,
    cell: (segment) => (segment.ready ? 'everybody' : segment.shared ? 'everybody' : 'me'),
  },
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
      actions={
        <Button component={Link} {...{ to: paths.newSegment(), look: 'plain' as const }} leftSection={<IconPlus size={16} aria-hidden />}>
          New segment
        </Button>
      }
    >
      {segments.isError && segments.data === undefined ? (
        <ErrorState error={segments.error} onRetry={() => void segments.refetch()} />
      ) : (
        <>
          <Section title="Yours and the team’s" about="Built from conditions, or saved from the filters of a list.">
            <DataTable
              name="Segments"
              columns={columns}
              rows={segments.data?.segments.filter((segment) => !segment.ready)}
              keyOf={(segment) => segment.id}
              onOpen={(segment) => go(paths.segment(segment.id))}
              actions={rowActions}
              empty={
                <EmptyState
                  icon={IconBookmark}
                  title="No segment of your own yet"
                  action={
                    <Button component={Link} {...{ to: paths.newSegment(), look: 'plain' as const }}>
                      Build one
                    </Button>
                  }
                >
                  A segment says who belongs in it, and stays live. Use it in the list, the timeline, reports, exports and alerts.
                </EmptyState>
              }
            />
          </Section>
          <Section title="Ready to use" about="They come with Rapport. Copy one to change it.">
            <DataTable
              name="Ready segments"
              columns={columns}
              rows={segments.data?.segments.filter((segment) => segment.ready)}
              keyOf={(segment) => segment.id}
              onOpen={(segment) => go(paths.segment(segment.id))}
              actions={rowActions}
              empty={null}
            />
          </Section>
        </>
      )}
    </PageFrame>
  );
}

function rowActions(segment: Segment) {
  return <RowActions segment={segment} />;
}

function FilterWords({ segment }: { segment: Segment }) {
  const rule = rulesOfFilter(segment.filter);
  const names = useRuleNames(rule);
  const words = segment.ready ? segment.description : ruleWords(rule, names);
  return <span title={words}>{words}</span>;
}

/** Who came and went, once it was watched for a day. */
function Moved({ id }: { id: string }) {
  const { data } = useAction('segments.get', { id });
  if (data === undefined || data.entered === null || data.left === null) return null;
  return (
    <span className={rules.moves} title={`${data.entered} entered, ${data.left} left in the last seven days`}>
      <span className={data.entered > 0 ? rules.in : rules.out}>+{formatNumber(data.entered)}</span>
      <span className={rules.out}>−{formatNumber(data.left)}</span>
    </span>
  );
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
        undo: () =>
          restore.mutate({ name: segment.name, description: segment.description, filter: segment.filter, shared: segment.shared }),
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
          <Menu.Item onClick={() => void navigate({ to: '/members', search: { segment: segment.id } })}>Show its members</Menu.Item>
          <Menu.Item onClick={() => void navigate({ to: '/segments/new', search: { copy: segment.id } })}>Copy…</Menu.Item>
          <Menu.Item onClick={() => void navigate({ to: '/timeline', search: { segment: segment.id } })}>Show its timeline</Menu.Item>
          <Menu.Divider />
          <Menu.Item disabled={!mayChange.allowed || segment.ready} onClick={() => setRenaming(segment.name)}>
            Rename…
          </Menu.Item>
          <Menu.Item
            disabled={!mayChange.allowed || segment.ready}
            onClick={() => update.mutate({ id: segment.id, shared: !segment.shared })}
          >
            {segment.shared ? 'Keep it to me' : 'Share it with everybody'}
          </Menu.Item>
          <Menu.Item disabled={!mayChange.allowed || segment.ready} color="red" onClick={() => remove.mutate({ id: segment.id })}>
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
