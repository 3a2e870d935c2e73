import { Select, Tabs } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { ComponentType } from 'react';
import { useReach } from '../../shell/session.ts';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { EmptyState, SkeletonRows } from '../../ui/states.tsx';
import { IconMap2 } from '@tabler/icons-react';
import classes from './settings.module.css';

interface Part {
  id: string;
  title: string;
  /** Shown to those who may use it. */
  action: string;
  body: ComponentType;
}

function part(load: () => Promise<{ Body: ComponentType }>): ComponentType {
  return lazy(async () => ({ default: (await load()).Body }));
}

const parts: Part[] = [
  { id: 'workspace', title: 'Workspace', action: 'access.workspace', body: part(() => import('./Workspace.tsx')) },
  { id: 'people', title: 'People', action: 'access.people', body: part(() => import('./People.tsx')) },
  { id: 'me', title: 'My account', action: 'access.update-profile', body: part(() => import('./Me.tsx')) },
  { id: 'keys', title: 'API keys', action: 'access.keys', body: part(() => import('./Keys.tsx')) },
  { id: 'audit', title: 'Audit trail', action: 'access.audit', body: part(() => import('./Audit.tsx')) },
  { id: 'outbox', title: 'Outbox', action: 'access.outbox', body: part(() => import('./Outbox.tsx')) },
];

/** Settings, one address a part; only the parts that this person may use. */
export function Page() {
  const reach = useReach();
  const navigate = useNavigate();
  const { page: wanted } = useParams({ strict: false });
  const visible = parts.filter((one) => reach(one.action));
  const current = visible.find((one) => one.id === (wanted ?? visible[0]?.id));
  const go = (id: string | null) => void navigate({ to: '/settings/$page', params: { page: id ?? 'workspace' } });
  const Body = current?.body;
  return (
    <PageFrame title={current === undefined ? 'Settings' : `${current.title} · Settings`} heading="Settings">
      <Select className={classes.choice} aria-label="Part of the settings" data={visible.map((one) => ({ value: one.id, label: one.title }))} value={current?.id ?? null} onChange={go} allowDeselect={false} />
      <Tabs orientation="vertical" value={current?.id ?? null} onChange={go} activateTabWithKeyboard={false} classNames={{ root: classes.tabs, list: classes.list, panel: classes.panel }}>
        <Tabs.List aria-label="Parts of the settings">
          {visible.map((one) => (
            <Tabs.Tab key={one.id} value={one.id}>
              {one.title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {current !== undefined && (
          <Tabs.Panel value={current.id}>
            <Suspense fallback={<SkeletonRows />}>{Body !== undefined && <Body />}</Suspense>
          </Tabs.Panel>
        )}
      </Tabs>
      {current === undefined && (
        <EmptyState icon={IconMap2} title="No such part">
          It does not exist, or your role does not reach it.
        </EmptyState>
      )}
    </PageFrame>
  );
}
