import { Button, Group, Stack, TextInput, Title } from '@mantine/core';
import { IconLayoutDashboard, IconPlus, IconWorld } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { count } from '../../ui/format.ts';
import { Link, splitAddress } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { toastError } from '../../ui/toasts.tsx';
import classes from './reports.module.css';

type Listed = Output<'dashboards.list'>['dashboards'][number];

/** The saved dashboards, and what to begin with. */
export function Page() {
  const list = useAction('dashboards.list', {});
  const may = useMay('dashboards.create');
  const navigate = useNavigate();
  const [naming, setNaming] = useState(false);
  const create = useCommand('dashboards.create', {
    onDone: ({ id }, { template }) => {
      const { pathname, search } = splitAddress(paths.dashboard(id, template === undefined ? { edit: 'yes' } : {}));
      void navigate({ to: pathname, search });
    },
    onFail: toastError,
  });
  const primary = (
    <ActionButton leftSection={<IconPlus size={16} aria-hidden />} why={may.why} onClick={() => setNaming(true)}>
      New dashboard
    </ActionButton>
  );
  return (
    <PageFrame
      title="Dashboards"
      about="Reports that belong together: for a team, a meeting, a campaign. Share them, send them, or show their sums to everybody."
      actions={primary}
    >
      {list.isError && list.data === undefined ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.data === undefined ? (
        <div className={classes.cards}>
          {Array.from({ length: 3 }, (_, index) => (
            <SkeletonBlock key={index} height={112} />
          ))}
        </div>
      ) : (
        <>
          {list.data.dashboards.length === 0 ? (
            <EmptyState icon={IconLayoutDashboard} title="No dashboard yet">
              {may.allowed ? 'Begin with one of these, and change it as you like.' : 'Whoever may make one can share it with you.'}
            </EmptyState>
          ) : (
            <div className={classes.cards}>
              {list.data.dashboards.map((one) => (
                <DashboardTile key={one.id} dashboard={one} />
              ))}
            </div>
          )}
          {may.allowed && list.data.templates.length > 0 && (
            <section className={classes.group}>
              <Title order={2} mt={28} mb={10}>
                Begin with
              </Title>
              <div className={classes.cards}>
                {list.data.templates.map((template) => (
                  <div key={template.id} className={classes.card}>
                    <span className={classes.title}>{template.title}</span>
                    <span className={classes.question}>{template.about}</span>
                    <span className={classes.preview}>
                      <Button
                        variant="default"
                        size="xs"
                        loading={create.isPending && create.variables.template === template.id}
                        onClick={() => create.mutate({ template: template.id })}
                      >
                        Use it<span className={classes.hidden}>: {template.title}</span>
                      </Button>
                    </span>
                  </div>
                ))}
              </div>
            </section>
          )}
        </>
      )}
      <Dialog opened={naming} onClose={() => setNaming(false)} title="New dashboard">
        <NewDashboard busy={create.isPending} onCreate={(title) => create.mutate({ title, filters: { period: '12m' } })} />
      </Dialog>
    </PageFrame>
  );
}

function NewDashboard({ busy, onCreate }: { busy: boolean; onCreate: (title: string) => void }) {
  const [title, setTitle] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (title.trim() !== '') onCreate(title);
      }}
    >
      <Stack>
        <TextInput
          data-autofocus
          label="Title"
          placeholder="What it is about"
          maxLength={120}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <ActionButton type="submit" loading={busy} why={title.trim() === '' ? 'Give it a title first.' : undefined}>
            Make it
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
}

function DashboardTile({ dashboard }: { dashboard: Listed }) {
  const whose = dashboard.mine ? (dashboard.shared ? 'yours, shared' : 'only you') : `by ${dashboard.owner ?? 'the command line'}`;
  return (
    <Link to={paths.dashboard(dashboard.id)} look="plain" className={classes.card}>
      <span className={classes.title}>
        <bdi>{dashboard.title}</bdi>
      </span>
      <span className={classes.question}>{dashboard.about}</span>
      <span className={classes.preview}>
        <span className={classes.figure}>
          {count(dashboard.cards, 'card')}, {whose}
          {dashboard.schedules > 0 && `, sent by ${count(dashboard.schedules, 'schedule')}`}
          <br />
          changed <RelativeTime at={dashboard.updatedAt} />
        </span>
        {dashboard.public && (
          <span className={classes.badge}>
            <IconWorld size={14} aria-hidden /> public
          </span>
        )}
      </span>
    </Link>
  );
}
