import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDownload, IconPlus, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { call, useAction } from '../../api.ts';
import type { Input } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay, useReach } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { download } from '../../ui/download.ts';
import { useSegmentOptions, useSourceOptions } from '../../ui/choices.tsx';
import { FilterChips } from '../../ui/FilterChips.tsx';
import type { Filter } from '../../ui/FilterChips.tsx';
import { findOrganizations } from '../../ui/finders.tsx';
import { count, formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { usePages } from '../../ui/pages.ts';
import { useOpenPerson } from '../../ui/person.tsx';
import { commonPlatforms, PlatformIcon, platformName } from '../../ui/PlatformIcon.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { useQueryParams, useSetQuery } from '../../ui/url-state.ts';
import { AddMember } from './AddMember.tsx';
import { dayOptions, filterNames, filterOf, isFiltered } from './filter.ts';
import type { Card, ListInput } from './filter.ts';
import { MemberName } from './MemberName.tsx';
import { SegmentMenu } from './SegmentMenu.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { Tags } from './Tags.tsx';
import classes from './members.module.css';

const columns: Column<Card>[] = [
  { id: 'name', title: 'Name', fixed: true, sort: 'name', cell: (member) => <MemberName member={member} /> },
  {
    id: 'organization',
    title: 'Organization',
    width: 150,
    wide: true,
    cell: (member) =>
      member.organization === null ? (
        ''
      ) : (
        <Link to={paths.organization(member.organization.id)} look="plain" dir="auto">
          {member.organization.name}
        </Link>
      ),
  },
  {
    id: 'platforms',
    title: 'Platforms',
    width: 96,
    wide: true,
    cell: (member) => (
      <span className={classes.icons}>
        {member.platforms.slice(0, 4).map((platform) => (
          <PlatformIcon key={platform} platform={platform} />
        ))}
        {member.platforms.length > 4 && <span>+{member.platforms.length - 4}</span>}
      </span>
    ),
  },
  { id: 'tags', title: 'Tags', width: 120, wide: true, cell: (member) => <Tags tags={member.tags} /> },
  {
    id: 'first',
    title: 'First seen',
    width: 118,
    wide: true,
    sort: 'first',
    cell: (member) => <RelativeTime at={member.firstAt} none="–" />,
  },
  { id: 'last', title: 'Last seen', width: 118, sort: 'last', cell: (member) => <RelativeTime at={member.lastAt} none="–" /> },
  {
    id: 'activities',
    title: 'Activities',
    width: 100,
    align: 'right',
    wide: true,
    sort: 'activities',
    cell: (member) => formatNumber(member.activities),
  },
  {
    id: 'engagement',
    title: 'Engagement',
    width: 136,
    align: 'right',
    wide: true,
    sort: 'engagement',
    cell: (member) => <EngagementCell member={member} />,
  },
  { id: 'location', title: 'Location', width: 150, hidden: true, wide: true, cell: (member) => <bdi>{member.location}</bdi> },
  {
    id: 'identities',
    title: 'Identities',
    width: 96,
    align: 'right',
    hidden: true,
    wide: true,
    cell: (member) => formatNumber(member.identities),
  },
];

/** The level in words, the points beside. */
function EngagementCell({ member }: { member: Card }) {
  if (member.engagement === 0) return <span className={classes.quiet}>–</span>;
  return (
    <span className={classes.nowrap}>
      {member.level !== null && <span className={classes.quiet}>{member.level.name}</span>} {member.engagement.toFixed(1)}
    </span>
  );
}

/** Everybody, by any filter that can be kept as a segment. */
export function Page() {
  const params = useQueryParams();
  const setQuery = useSetQuery();
  const openPerson = useOpenPerson();
  const filters = useFilters();
  const [selected, setSelected] = useState<ReadonlyMap<string, Card>>(new Map());
  const [adding, addingIs] = useDisclosure(false);
  const mayCreate = useMay('members.create');
  const filter = filterOf(params);
  const sort = (params['sort'] ?? 'last') as NonNullable<ListInput['sort']>;
  const segment = params['segment'];
  const input = { ...filter, sort, ...(segment === undefined ? {} : { segment }) };
  const members = usePages('members.list', { ...input, limit: 100 }, (page) => page.members);
  const counted = useAction('members.list', { ...input, limit: 1 }, { keep: true });
  const rows = members.rows;
  const filtered = isFiltered(params);
  const total = counted.data?.count ?? undefined;
  const clear = () => {
    setQuery(Object.fromEntries([...filterNames, 'segment'].map((name) => [name, undefined])));
  };
  const nobodyYet = rows !== undefined && rows.length === 0 && !filtered;

  return (
    <PageFrame
      title="Members"
      about={
        total === undefined
          ? 'Everybody in the community, across all platforms.'
          : filtered
            ? `${counted.data?.more === true ? `${formatNumber(total)}+ members` : count(total, 'member')} ${total === 1 ? 'fits' : 'fit'} these filters.`
            : `${counted.data?.more === true ? `${formatNumber(total)}+ people` : count(total, 'person', 'people')} across all platforms, bots left out.`
      }
      actions={
        <ActionButton variant="default" why={mayCreate.why} leftSection={<IconPlus size={16} aria-hidden />} onClick={addingIs.open}>
          Add a member
        </ActionButton>
      }
      below={
        <FilterChips
          search={{ name: 'q', label: 'Name, handle, e-mail, organization' }}
          filters={filters}
          right={
            <>
              <SegmentMenu filter={filter} segment={segment} />
              <ExportButton input={input} />
            </>
          }
        />
      }
    >
      {members.error !== null && rows === undefined ? (
        <ErrorState error={members.error} onRetry={members.retry} />
      ) : (
        <div className={classes.list} data-stale={members.stale}>
          <DataTable
            name="Members"
            columns={columns}
            rows={rows}
            keyOf={(member) => member.id}
            onOpen={(member) => openPerson(member.id)}
            selection={{
              selected: new Set(selected.keys()),
              onChange: (keys) => {
                const known = new Map([...selected, ...(rows ?? []).map((row) => [row.id, row] as const)]);
                setSelected(new Map([...keys].flatMap((key) => (known.has(key) ? [[key, known.get(key) as Card]] : []))));
              },
            }}
            sorting={{ by: sort, down: sort !== 'name', onSort: (by) => setQuery({ sort: by === 'last' ? undefined : by }) }}
            more={members.more}
            total={counted.data?.more === true ? undefined : total}
            empty={
              nobodyYet ? (
                <EmptyState
                  icon={IconUsers}
                  title="Nobody here yet"
                  action={
                    <Button component={Link} {...{ to: paths.addSource(), look: 'plain' as const }}>
                      Connect a source
                    </Button>
                  }
                >
                  Members are the people behind your community’s accounts and addresses. They appear as soon as a source is read.
                </EmptyState>
              ) : (
                <EmptyState
                  icon={IconUsers}
                  title="Nobody fits these filters"
                  action={
                    <Button variant="default" onClick={clear}>
                      Clear the filters
                    </Button>
                  }
                >
                  {params['q'] === undefined
                    ? 'Try fewer of them.'
                    : 'Names, handles, addresses and organizations are searched; accents and scripts do not matter.'}
                </EmptyState>
              )
            }
          />
        </div>
      )}
      <SelectionBar selected={selected} onClear={() => setSelected(new Map())} />
      <AddMember opened={adding} onClose={addingIs.close} />
    </PageFrame>
  );
}

/** All rows that fit as a file, made by the server. */
function ExportButton({ input }: { input: Record<string, unknown> }) {
  const may = useMay('members.export');
  const [making, setMaking] = useState(false);
  const { sort: _, ...filter } = input;
  const make = async () => {
    setMaking(true);
    try {
      const file = await call('members.export', filter as Input<'members.export'>);
      download(file.fileName, file.mediaType, file.content);
      toast(
        file.complete
          ? `Exported ${count(file.rows, 'member')}.`
          : `Exported the first ${formatNumber(file.rows)}. Narrow the filters for the rest.`,
      );
    } catch (error) {
      if (error instanceof Error) toastError(error);
    } finally {
      setMaking(false);
    }
  };
  return (
    <ActionButton
      variant="default"
      size="compact-sm"
      why={may.why}
      loading={making}
      title="All rows that fit, as a CSV file"
      leftSection={<IconDownload size={14} aria-hidden />}
      onClick={() => void make()}
    >
      Export
    </ActionButton>
  );
}

function useFilters(): Filter[] {
  const reach = useReach();
  const sources = useSourceOptions();
  const tags = useAction('members.tags', {});
  const segments = useSegmentOptions();
  const engagement = useAction('engagement.settings', {}, { enabled: reach('engagement.settings') });
  return [
    {
      name: 'segment',
      label: 'Segment',
      options: segments,
    },
    { name: 'organization', label: 'Organization', remote: findOrganizations },
    {
      name: 'tags',
      label: 'Tag',
      several: true,
      options: (tags.data?.tags ?? []).map(({ tag, members }) => ({ value: tag, label: `${tag} (${formatNumber(members)})` })),
    },
    {
      name: 'platforms',
      label: 'Platform',
      several: true,
      options: commonPlatforms.map((value) => ({ value, label: platformName(value), icon: <PlatformIcon platform={value} named /> })),
    },
    {
      name: 'sources',
      label: 'Source',
      several: true,
      options: sources,
    },
    {
      name: 'team',
      label: 'Team members',
      options: [
        { value: 'without', label: 'left out' },
        { value: 'only', label: 'only' },
      ],
    },
    {
      name: 'bots',
      label: 'Bots',
      options: [
        { value: 'with', label: 'with them' },
        { value: 'only', label: 'only' },
        { value: 'suspected', label: 'to be confirmed' },
      ],
    },
    { name: 'lastWithinDays', label: 'Seen within', options: dayOptions([7, 30, 90, 365]) },
    { name: 'firstWithinDays', label: 'New within', options: dayOptions([7, 30, 90, 365]) },
    { name: 'quietForDays', label: 'Quiet for', options: dayOptions([30, 90, 180, 365]) },
    { name: 'firstFrom', label: 'First seen from', type: 'date' },
    { name: 'firstTo', label: 'First seen until', type: 'date' },
    { name: 'lastFrom', label: 'Last seen from', type: 'date' },
    { name: 'lastTo', label: 'Last seen until', type: 'date' },
    {
      name: 'levels',
      label: 'Level',
      several: true,
      options: (engagement.data?.levels ?? []).map((level) => ({ value: level.id, label: level.name })),
    },
    { name: 'minEngagement', label: 'Engagement points from', placeholder: '50' },
    { name: 'minActivities', label: 'Activities from', placeholder: '10' },
    { name: 'maxActivities', label: 'Activities up to', placeholder: '100' },
  ];
}
