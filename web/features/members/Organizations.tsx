import { Button, Tabs } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBuilding, IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useMay } from '../../shell/session.ts';
import { paths } from '../../paths.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { FilterChips } from '../../ui/FilterChips.tsx';
import { formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { usePages } from '../../ui/pages.ts';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useParam, useQueryParams, useSetQuery } from '../../ui/url-state.ts';
import { organizationKindName, organizationKinds } from './kinds.ts';
import type { OrganizationKind, OrganizationRow } from './kinds.ts';
import { OrganizationDialog } from './OrganizationDialog.tsx';
import { UnclaimedDomains } from './UnclaimedDomains.tsx';
import classes from './members.module.css';

const columns: Column<OrganizationRow>[] = [
  {
    id: 'name',
    title: 'Name',
    fixed: true,
    sort: 'name',
    cell: (organization) => (
      <Link to={paths.organization(organization.id)} look="plain" className={classes.memberName} dir="auto">
        {organization.name}
      </Link>
    ),
  },
  { id: 'kind', title: 'Kind', width: 120, wide: true, cell: (organization) => organizationKindName(organization.kind) },
  {
    id: 'domains',
    title: 'Domains',
    wide: true,
    cell: (organization) => <span title={organization.domains.join(', ')}>{organization.domains.join(', ')}</span>,
  },
  {
    id: 'members',
    title: 'Members now',
    width: 120,
    align: 'right',
    sort: 'members',
    cell: (organization) => formatNumber(organization.members),
  },
  {
    id: 'activities',
    title: 'Their activities',
    width: 130,
    align: 'right',
    wide: true,
    sort: 'activities',
    cell: (organization) => formatNumber(organization.activities),
  },
];

/** Companies, universities and projects that members belong to. */
export function Page() {
  const [tab, setTab] = useParam('tab', 'all');
  const [adding, addingIs] = useDisclosure(false);
  const may = useMay('organizations.create');
  const navigate = useNavigate();
  return (
    <PageFrame
      title="Organizations"
      about="The companies, universities and projects that members belong to."
      actions={
        <ActionButton variant="default" why={may.why} leftSection={<IconPlus size={16} aria-hidden />} onClick={addingIs.open}>
          Add an organization
        </ActionButton>
      }
    >
      <Tabs value={tab} onChange={(next) => setTab(next ?? undefined, { push: true })}>
        <Tabs.List mb="md">
          <Tabs.Tab value="all">All</Tabs.Tab>
          <Tabs.Tab value="domains">Unclaimed domains</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="all">
          <List onAdd={addingIs.open} />
        </Tabs.Panel>
        <Tabs.Panel value="domains">
          <UnclaimedDomains />
        </Tabs.Panel>
      </Tabs>
      {adding && (
        <OrganizationDialog
          onClose={addingIs.close}
          onDone={(id) => void navigate({ to: '/organizations/$organization', params: { organization: id } })}
        />
      )}
    </PageFrame>
  );
}

function List({ onAdd }: { onAdd: () => void }) {
  const params = useQueryParams();
  const setQuery = useSetQuery();
  const navigate = useNavigate();
  const sort = (params['sort'] ?? 'members') as 'members' | 'activities' | 'name';
  const search = params['q']?.trim() ?? '';
  const kind = params['kind'] as OrganizationKind | undefined;
  const organizations = usePages(
    'organizations.list',
    { sort, limit: 100, ...(search === '' ? {} : { search }), ...(kind === undefined ? {} : { kind }) },
    (page) => page.organizations,
  );
  const filtered = search !== '' || kind !== undefined;
  if (organizations.error !== null && organizations.rows === undefined)
    return <ErrorState error={organizations.error} onRetry={organizations.retry} />;
  return (
    <>
      <div className={classes.chips}>
        <FilterChips
          search={{ name: 'q', label: 'Name, alias or domain' }}
          filters={[{ name: 'kind', label: 'Kind', options: organizationKinds }]}
        />
      </div>
      <div className={classes.list} data-stale={organizations.stale}>
        <DataTable
          name="Organizations"
          columns={columns}
          rows={organizations.rows}
          keyOf={(organization) => organization.id}
          onOpen={(organization) => void navigate({ to: '/organizations/$organization', params: { organization: organization.id } })}
          sorting={{ by: sort, down: sort !== 'name', onSort: (by) => setQuery({ sort: by === 'members' ? undefined : by }) }}
          more={organizations.more}
          empty={
            filtered ? (
              <EmptyState
                icon={IconBuilding}
                title="No organization fits"
                action={
                  <Button variant="default" onClick={() => setQuery({ q: undefined, kind: undefined })}>
                    Show all
                  </Button>
                }
              />
            ) : (
              <EmptyState
                icon={IconBuilding}
                title="No organization yet"
                action={
                  <>
                    <Button onClick={() => setQuery({ tab: 'domains' }, { push: true })}>Look at e-mail domains</Button>
                    <Button variant="default" onClick={onAdd}>
                      Add one by hand
                    </Button>
                  </>
                }
              >
                Organizations come from e-mail domains that you claim, from profiles and from imports.
              </EmptyState>
            )
          }
        />
      </div>
    </>
  );
}
