import { ActionIcon, Menu } from '@mantine/core';
import { IconCopy, IconDots, IconLayoutDashboard, IconMail, IconPencil, IconShare, IconTrash } from '@tabler/icons-react';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction, useCommand } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { EmptyState, ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { useQueryParams, useSetQuery } from '../../ui/url-state.ts';
import { AskFields } from './AskFields.tsx';
import { changed, queryOf, withPeriod } from './asks.ts';
import type { Ask, Dashboard } from './asks.ts';
import { Composer } from './Composer.tsx';
import { DashboardCard } from './DashboardCard.tsx';
import { isPreset } from './period.ts';
import { ScheduleDialog } from './ScheduleDialog.tsx';
import { ShareDialog } from './ShareDialog.tsx';
import classes from './dashboard.module.css';

/** One dashboard: to look at, or, with `edit` in the address, to compose. */
export function Page() {
  const { dashboard: id = '' } = useParams({ strict: false });
  const params = useQueryParams();
  const saved = useAction('dashboards.get', { id });
  const over = filtersOf(params);
  const own = saved.data?.filters ?? {};
  const filtered = Object.keys(over).length > 0;
  const found = useAction(
    'dashboards.get',
    { id, filters: merged(own, over) },
    { enabled: filtered && saved.data !== undefined, keep: true },
  );
  const dashboard = (filtered ? found.data : undefined) ?? saved.data;
  const above = <Link to={paths.dashboards()}>Dashboards</Link>;
  if (saved.isError && dashboard === undefined) {
    return (
      <PageFrame title="Dashboard" above={above}>
        <ErrorState error={saved.error} onRetry={() => void saved.refetch()} />
      </PageFrame>
    );
  }
  if (dashboard === undefined) {
    return (
      <PageFrame title="Dashboard" above={above}>
        <SkeletonBlock height={340} />
      </PageFrame>
    );
  }
  if (params['edit'] !== undefined && dashboard.mayChange && saved.data !== undefined)
    return <Composer key={dashboard.id} dashboard={saved.data} above={above} />;
  return <View dashboard={dashboard} own={own} over={over} above={above} />;
}

function View({ dashboard, own, over, above }: { dashboard: Dashboard; own: Ask; over: Ask; above: React.ReactNode }) {
  const setQuery = useSetQuery();
  const definitions = useAction('metrics.reports', {}).data?.reports;
  const [opened, setOpened] = useState<'share' | 'schedule'>();
  const schedules = useMay('schedules.create');
  const shown = merged(own, over);
  // What is as saved stays out of the address.
  const setFilters = (next: Ask) => {
    const query = queryOf(changed(next, {}));
    const before = queryOf(own);
    setQuery(
      Object.fromEntries(
        ['period', 'from', 'to', 'population', 'segment', 'source'].map((name) => {
          const value = query[name];
          if (value === before[name]) return [name, undefined];
          return [name, value === undefined ? 'any' : String(value)];
        }),
      ),
    );
  };
  return (
    <PageFrame
      title={dashboard.title}
      heading={<bdi>{dashboard.title}</bdi>}
      about={dashboard.about === '' ? undefined : dashboard.about}
      above={above}
      actions={
        <>
          <ActionButton variant="default" leftSection={<IconShare size={16} aria-hidden />} onClick={() => setOpened('share')}>
            Share
          </ActionButton>
          <ActionButton
            variant="default"
            leftSection={<IconMail size={16} aria-hidden />}
            why={schedules.why}
            onClick={() => setOpened('schedule')}
          >
            Send regularly
          </ActionButton>
          <ActionButton
            variant="default"
            leftSection={<IconPencil size={16} aria-hidden />}
            why={dashboard.mayChange ? undefined : 'Only the one who made it, or a manager, may change it. Duplicate it to have your own.'}
            onClick={() => setQuery({ edit: 'yes' }, { push: true })}
          >
            Edit
          </ActionButton>
          <MoreMenu dashboard={dashboard} />
        </>
      }
      below={<AskFields ask={shown} onChange={setFilters} unset={{ period: 'Last 12 months', other: '' }} look="row" />}
    >
      {dashboard.cards.length === 0 ? (
        <EmptyState
          icon={IconLayoutDashboard}
          title="Nothing on it yet"
          action={
            dashboard.mayChange ? (
              <ActionButton onClick={() => setQuery({ edit: 'yes' }, { push: true })}>Add a report</ActionButton>
            ) : undefined
          }
        >
          Put reports together here, each with its own filters, and texts between them.
        </EmptyState>
      ) : (
        <div className={classes.grid}>
          {dashboard.cards.map((card) => (
            <section
              key={card.id}
              className={classes.card}
              data-width={card.width}
              data-type={card.type}
              aria-label={card.type === 'text' ? 'Text' : (card.title ?? card.report)}
            >
              {card.type === 'text' ? (
                card.text
              ) : (
                <DashboardCard card={card} ask={dashboard.asks[card.id]} definition={definitions?.find((one) => one.id === card.report)} />
              )}
            </section>
          ))}
        </div>
      )}
      <ShareDialog dashboard={dashboard} opened={opened === 'share'} onClose={() => setOpened(undefined)} />
      <ScheduleDialog
        what={{ dashboard: dashboard.id }}
        title={dashboard.title}
        opened={opened === 'schedule'}
        onClose={() => setOpened(undefined)}
      />
    </PageFrame>
  );
}

function MoreMenu({ dashboard }: { dashboard: Dashboard }) {
  const navigate = useNavigate();
  const go = (id: string) => void navigate({ to: paths.dashboard(id) });
  const mayCopy = useMay('dashboards.duplicate');
  const copy = useCommand('dashboards.duplicate', {
    onDone: ({ id }) => {
      toast('Copied. This one is yours.');
      go(id);
    },
    onFail: toastError,
  });
  const restore = useCommand('dashboards.restore', { onDone: ({ id }) => go(id), onFail: toastError });
  const remove = useCommand('dashboards.delete', {
    onDone: ({ id }) => {
      void navigate({ to: paths.dashboards() });
      toast(`Deleted “${dashboard.title}”.`, { undo: () => restore.mutate({ id }) });
    },
    onFail: toastError,
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={34} variant="default" aria-label="More">
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconCopy size={16} aria-hidden />}
          disabled={!mayCopy.allowed}
          onClick={() => copy.mutate({ id: dashboard.id })}
        >
          Duplicate
        </Menu.Item>
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={16} aria-hidden />}
          disabled={!dashboard.mayChange}
          onClick={() => remove.mutate({ id: dashboard.id })}
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** What the address asks in place of what is saved; `any` takes a saved filter away. */
function filtersOf(params: Record<string, string>): Ask {
  const { period, from, to, population, segment, source } = params;
  return changed(
    {},
    {
      period: isPreset(period) || period === 'any' ? period : undefined,
      from,
      to,
      population,
      segment,
      sources: source?.split(','),
    },
  );
}

function merged(own: Ask, over: Ask): Ask {
  const ownWindow = over.period !== undefined || over.from !== undefined;
  const base = ownWindow ? withPeriod(own, undefined) : own;
  const all: Record<string, unknown> = { ...base, ...over };
  return changed(
    {},
    Object.fromEntries(Object.entries(all).filter(([, value]) => value !== 'any' && !(Array.isArray(value) && value[0] === 'any'))),
  );
}
