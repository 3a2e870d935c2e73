import { Select } from '@mantine/core';
import {
  IconBuildingCommunity,
  IconFlame,
  IconHistory,
  IconKey,
  IconMail,
  IconMap2,
  IconShieldLock,
  IconUserCircle,
  IconUsers,
} from '@tabler/icons-react';
import { useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { ComponentType } from 'react';
import { paths } from '../../paths.ts';
import { useReach } from '../../shell/session.ts';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { EmptyState, SkeletonRows } from '../../ui/states.tsx';
import classes from './settings.module.css';

interface Part {
  id: string;
  title: string;
  /** Shown to those who may use it. */
  action: string;
  icon: typeof IconKey;
  body: ComponentType;
}

function part(load: () => Promise<{ Body: ComponentType }>): ComponentType {
  return lazy(async () => ({ default: (await load()).Body }));
}

const parts: Part[] = [
  {
    id: 'workspace',
    title: 'Workspace',
    action: 'access.workspace',
    icon: IconBuildingCommunity,
    body: part(() => import('./Workspace.tsx')),
  },
  { id: 'people', title: 'People', action: 'access.people', icon: IconUsers, body: part(() => import('./People.tsx')) },
  {
    id: 'engagement',
    title: 'Engagement',
    action: 'engagement.settings',
    icon: IconFlame,
    body: part(() => import('./Engagement.tsx')),
  },
  { id: 'me', title: 'My account', action: 'access.update-profile', icon: IconUserCircle, body: part(() => import('./Me.tsx')) },
  { id: 'keys', title: 'API keys', action: 'access.keys', icon: IconKey, body: part(() => import('./Keys.tsx')) },
  { id: 'privacy', title: 'Privacy', action: 'members.erasures', icon: IconShieldLock, body: part(() => import('./Privacy.tsx')) },
  { id: 'audit', title: 'Audit trail', action: 'access.audit', icon: IconHistory, body: part(() => import('./Audit.tsx')) },
  { id: 'outbox', title: 'Outbox', action: 'access.outbox', icon: IconMail, body: part(() => import('./Outbox.tsx')) },
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
      <Select
        className={classes.choice}
        aria-label="Part of the settings"
        data={visible.map((one) => ({ value: one.id, label: one.title }))}
        value={current?.id ?? null}
        onChange={go}
        allowDeselect={false}
      />
      <div className={classes.columns}>
        <nav className={classes.list} aria-label="Parts of the settings">
          {visible.map((one) => (
            <Link
              key={one.id}
              to={paths.settingsPage(one.id)}
              look="plain"
              className={classes.item}
              aria-current={one === current ? 'page' : undefined}
            >
              <one.icon size={17} stroke={1.6} aria-hidden />
              {one.title}
            </Link>
          ))}
        </nav>
        <div className={classes.panel}>
          {Body !== undefined && (
            <Suspense fallback={<SkeletonRows />}>
              <Body />
            </Suspense>
          )}
          {current === undefined && (
            <EmptyState icon={IconMap2} title="No such part">
              It does not exist, or your role does not reach it.
            </EmptyState>
          )}
        </div>
      </div>
    </PageFrame>
  );
}
