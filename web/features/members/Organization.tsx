import { ActionIcon, Badge, Skeleton, Tabs, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconUsers, IconX } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { complaintsOf, useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay, useReach, useSession } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ActivityList } from '../../ui/activities/ActivityList.tsx';
import { useTimeline } from '../../ui/activities/timeline.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { count, formatNumber } from '../../ui/format.ts';
import { Link, OutsideLink } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { usePages } from '../../ui/pages.ts';
import { useOpenPerson } from '../../ui/person.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { useParam } from '../../ui/url-state.ts';
import { fromTo } from './dates.ts';
import { organizationKindName } from './kinds.ts';
import type { OrganizationDetail } from './kinds.ts';
import { MemberName } from './MemberName.tsx';
import { MonthBars } from './MonthBars.tsx';
import { OrganizationDialog } from './OrganizationDialog.tsx';
import classes from './members.module.css';

type Belonging = Output<'organizations.people'>['people'][number];

/** One organization: who belongs to it, who did, what they do, and by which domains they are known. */
export function Page() {
  const { organization: id } = useParams({ strict: false });
  const organization = useAction('organizations.get', { id: id ?? '' });
  const above = <Link to={paths.organizations()}>Organizations</Link>;
  if (organization.data === undefined) {
    return (
      <PageFrame title="Organization" above={above}>
        {organization.isError ? (
          <ErrorState error={organization.error} onRetry={() => void organization.refetch()} />
        ) : (
          <SkeletonBlock height={420} />
        )}
      </PageFrame>
    );
  }
  return <Whole key={organization.data.id} organization={organization.data} above={above} />;
}

function Whole({ organization, above }: { organization: OrganizationDetail; above: ReactNode }) {
  const [tab, setTab] = useParam('tab', 'now');
  const [editing, editingIs] = useDisclosure(false);
  const may = useMay('organizations.update');
  return (
    <PageFrame
      title={organization.name}
      heading={
        <span className={classes.head}>
          <bdi className={classes.headName}>{organization.name}</bdi>{' '}
          <Badge color={organization.kind === 'ours' ? 'blue' : 'gray'}>{organizationKindName(organization.kind)}</Badge>
        </span>
      }
      about={`${count(organization.members, 'person', 'people')} now, ${formatNumber(organization.formerMembers)} before.`}
      above={above}
      actions={
        <ActionButton variant="default" why={may.why} leftSection={<IconPencil size={16} aria-hidden />} onClick={editingIs.open}>
          Change
        </ActionButton>
      }
    >
      <div className={classes.columns} data-aside="narrow">
        <div className={classes.aside}>
          <Facts organization={organization} />
          <Domains organization={organization} />
        </div>
        <div className={classes.main}>
          <OverTime organization={organization} />
          <Tabs value={tab} onChange={(next) => setTab(next ?? undefined, { push: true })}>
            <Tabs.List mb="md">
              <Tabs.Tab value="now">People now</Tabs.Tab>
              <Tabs.Tab value="before">People before</Tabs.Tab>
              <Tabs.Tab value="timeline">Timeline</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="now">
              <People organization={organization} when="now" />
            </Tabs.Panel>
            <Tabs.Panel value="before">
              <People organization={organization} when="before" />
            </Tabs.Panel>
            <Tabs.Panel value="timeline">
              <OwnTimeline organization={organization} />
            </Tabs.Panel>
          </Tabs>
        </div>
      </div>
      {editing && <OrganizationDialog organization={organization} onClose={editingIs.close} />}
    </PageFrame>
  );
}

function Facts({ organization }: { organization: OrganizationDetail }) {
  const { parent, children, aliases, url, customerId, annualRecurringRevenue: revenue } = organization;
  return (
    <dl className={classes.fields}>
      {parent !== null && (
        <Fact title="Part of">
          <Link to={paths.organization(parent.id)} dir="auto">
            {parent.name}
          </Link>
        </Fact>
      )}
      {children.length > 0 && (
        <Fact title="Has parts">
          {children.map((child) => (
            <div key={child.id}>
              <Link to={paths.organization(child.id)} dir="auto">
                {child.name}
              </Link>
            </div>
          ))}
        </Fact>
      )}
      {aliases.length > 0 && <Fact title="Also called">{aliases.join(', ')}</Fact>}
      {url !== null && (
        <Fact title="Website">
          <OutsideLink href={url}>{url.replace(/^https?:\/\//, '')}</OutsideLink>
        </Fact>
      )}
      {organization.merges.length > 0 && (
        <Fact title="Merged into it">
          {organization.merges.map((merge) => (
            <MergedOne key={merge.id} merge={merge} />
          ))}
        </Fact>
      )}
      <Fact title="Customer id">{customerId ?? <span className={classes.quiet}>none</span>}</Fact>
      <Fact title="Revenue a year">{revenue === null ? <span className={classes.quiet}>not known</span> : formatNumber(revenue)}</Fact>
    </dl>
  );
}

/** What was merged into it, and the way back. */
function MergedOne({ merge }: { merge: OrganizationDetail['merges'][number] }) {
  const may = useMay('organizations.undo-merge');
  const undo = useCommand('organizations.undo-merge', {
    refresh: ['members', 'metrics'],
    onDone: () => toast(`${merge.name} stands on its own again.`),
    onFail: toastError,
  });
  return (
    <div>
      <bdi>{merge.name}</bdi>{' '}
      <ActionButton
        variant="subtle"
        color="gray"
        size="compact-xs"
        why={may.why}
        loading={undo.isPending}
        onClick={() => undo.mutate({ merge: merge.id })}
      >
        Take apart
      </ActionButton>
    </div>
  );
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd dir="auto">{children}</dd>
    </div>
  );
}

function Domains({ organization }: { organization: OrganizationDetail }) {
  const [text, setText] = useState('');
  const may = useMay('organizations.add-domain');
  const refresh = ['members', 'metrics'];
  const add = useCommand('organizations.add-domain', {
    refresh,
    onDone: (_, input) => {
      setText('');
      toast(`${input.domain} belongs to ${organization.name}. Its people follow in a moment.`);
    },
    onFail: (error) => complaintsOf(error)['domain'] === undefined && toastError(error),
  });
  const remove = useCommand('organizations.remove-domain', {
    refresh,
    onDone: (_, input) => toast(`Took ${input.domain} away.`, { undo: () => add.mutate({ id: organization.id, domain: input.domain }) }),
    onFail: toastError,
  });
  const complaint = complaintsOf(add.error)['domain'];
  return (
    <section className={classes.part}>
      <h2 className={classes.partTitle}>E-mail domains</h2>
      <ul className={classes.identities}>
        {organization.domains.map((domain) => (
          <li key={domain}>
            <div className={classes.identityTop}>
              <span className="code">{domain}</span>
              {may.allowed && (
                <ActionIcon size={24} aria-label={`Take ${domain} away`} onClick={() => remove.mutate({ id: organization.id, domain })}>
                  <IconX size={14} aria-hidden />
                </ActionIcon>
              )}
            </div>
          </li>
        ))}
      </ul>
      {organization.domains.length === 0 && <p className={classes.quiet}>None: nobody is recognised by their address.</p>}
      {may.allowed && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== '') add.mutate({ id: organization.id, domain: text.trim() });
          }}
        >
          <TextInput
            size="xs"
            mt={8}
            aria-label="Add a domain"
            placeholder="Add a domain, then Enter"
            value={text}
            error={complaint === undefined ? undefined : `This ${complaint}`}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </form>
      )}
    </section>
  );
}

function OverTime({ organization }: { organization: OrganizationDetail }) {
  const reach = useReach();
  const reachable = reach('metrics.report');
  const report = useAction(
    'metrics.report',
    { report: 'growth', organization: organization.id, granularity: 'month' },
    { enabled: reachable },
  );
  if (!reachable) return null;
  return (
    <section className={classes.part}>
      <h2 className={classes.partTitle}>
        Activities a month{' '}
        <Link to={paths.report('growth', { organization: organization.id })} className={classes.beside}>
          Open the report
        </Link>
      </h2>
      {report.isError && report.data === undefined ? (
        <p className={classes.quiet}>{report.error.message}</p>
      ) : report.data === undefined ? (
        <Skeleton height={132} radius="md" role="status" aria-label="Loading" />
      ) : (
        <MonthBars
          bars={report.data.rows.map((row) => ({
            key: row.key,
            title: String(row.cells['period'] ?? row.key),
            value: Number(row.cells['activities'] ?? 0),
            note: `${formatNumber(Number(row.cells['active'] ?? 0))} people`,
          }))}
        />
      )}
    </section>
  );
}

const columns: Column<Belonging>[] = [
  { id: 'name', title: 'Name', fixed: true, cell: ({ member }) => <MemberName member={member} /> },
  { id: 'role', title: 'Role', width: 140, hidden: true, wide: true, cell: ({ role }) => <bdi>{role}</bdi> },
  { id: 'dates', title: 'When', width: 200, cell: ({ from, to }) => fromTo(from, to) },
  { id: 'activities', title: 'Activities', width: 96, align: 'right', wide: true, cell: ({ member }) => formatNumber(member.activities) },
  { id: 'last', title: 'Last seen', width: 120, wide: true, cell: ({ member }) => <RelativeTime at={member.lastAt} none="–" /> },
];

function People({ organization, when }: { organization: OrganizationDetail; when: 'now' | 'before' }) {
  const openPerson = useOpenPerson();
  const people = usePages('organizations.people', { id: organization.id, when, limit: 100 }, (page) => page.people);
  if (people.error !== null && people.rows === undefined) return <ErrorState error={people.error} onRetry={people.retry} />;
  return (
    <DataTable
      name={when === 'now' ? 'People now' : 'People before'}
      columns={columns}
      rows={people.rows}
      keyOf={({ member }) => member.id}
      onOpen={({ member }) => openPerson(member.id)}
      more={people.more}
      empty={
        <EmptyState icon={IconUsers} title={when === 'now' ? 'Nobody is known to be here' : 'Nobody is known to have left'}>
          {when === 'now'
            ? 'People follow from the e-mail domains, from profiles, and from what you add on a member’s page.'
            : 'Somebody appears here when their time here ends; they and what they did stay.'}
        </EmptyState>
      }
    />
  );
}

function OwnTimeline({ organization }: { organization: OrganizationDetail }) {
  const session = useSession();
  const timeline = useTimeline({ organization: organization.id });
  if (timeline.error !== null && timeline.rows === undefined) return <ErrorState error={timeline.error} onRetry={timeline.retry} />;
  return (
    <ActivityList
      name={`Activities of ${organization.name}`}
      rows={timeline.rows}
      more={timeline.more}
      timeZone={session.workspace.timeZone ?? undefined}
      empty={<EmptyState icon={IconUsers} title="Nothing was done from here yet" />}
    />
  );
}
