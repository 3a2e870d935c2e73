import { useMantineColorScheme } from '@mantine/core';
import {
  IconArrowMerge,
  IconBook,
  IconBookmark,
  IconBrandGit,
  IconHelp,
  IconLogout,
  IconMoon,
  IconPlus,
  IconRobot,
  IconSettings,
  IconSun,
  IconUserPlus,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { paths } from '../paths.ts';
import { splitAddress } from '../ui/Link.tsx';
import { visibleGroups } from './places.ts';
import { useReach } from './session.ts';
import { signOut } from './sign-out.ts';

/** One line of the palette. */
export interface Command {
  id: string;
  group: string;
  label: string;
  /** Other words that find it. */
  also?: string;
  keys?: string;
  icon: ReactNode;
  run: () => void;
}

const look = { size: 18, stroke: 1.6, 'aria-hidden': true } as const;

const parts = [
  { part: 'workspace', label: 'Workspace', also: 'name logo time zone domains', action: 'access.workspace' },
  { part: 'people', label: 'People', also: 'users colleagues roles', action: 'access.people' },
  { part: 'engagement', label: 'Engagement', also: 'points weights levels', action: 'engagement.settings' },
  { part: 'privacy', label: 'Privacy', also: 'erase suppress consent retention', action: 'members.erasures' },
  { part: 'keys', label: 'API keys', also: 'token', action: 'access.keys' },
  { part: 'audit', label: 'Audit trail', also: 'log history who', action: 'access.audit' },
  { part: 'outbox', label: 'Outbox', also: 'mail sent', action: 'access.outbox' },
] as const;

/** Where one can go and what one can do from anywhere; only what this person may. */
export function useCommands(onHelp: () => void): Command[] {
  const navigate = useNavigate();
  const reach = useReach();
  const { setColorScheme } = useMantineColorScheme();
  const go = (to: string) => () => {
    const { pathname, search } = splitAddress(to);
    void navigate({ to: pathname, search });
  };
  const places = visibleGroups(reach).flatMap((group) =>
    group.places.map(({ label, to, letter, icon: Icon }) => ({
      id: to,
      group: 'Go to',
      label,
      keys: `g ${letter}`,
      icon: <Icon {...look} />,
      run: go(to),
    })),
  );
  const all: (Command & { action?: string })[] = [
    ...places,
    ...parts.map(({ part, label, also, action }) => ({
      id: `settings-${part}`,
      group: 'Go to',
      label: `Settings: ${label}`,
      also,
      action,
      icon: <IconSettings {...look} />,
      run: go(paths.settingsPage(part)),
    })),
    {
      id: 'reference',
      group: 'Go to',
      label: 'API reference',
      also: 'openapi http curl',
      icon: <IconBook {...look} />,
      run: go(paths.apiReference()),
    },
    {
      id: 'import',
      group: 'Do',
      label: 'Import a git repository',
      also: 'add source',
      action: 'sources.add',
      icon: <IconBrandGit {...look} />,
      run: go(paths.addSource('git')),
    },
    {
      id: 'add-source',
      group: 'Do',
      label: 'Connect a source',
      also: 'add import connector',
      action: 'sources.add',
      icon: <IconPlus {...look} />,
      run: go(paths.addSource()),
    },
    {
      id: 'new-segment',
      group: 'Do',
      label: 'Build a segment',
      also: 'new filter alert',
      action: 'segments.create',
      icon: <IconBookmark {...look} />,
      run: go(paths.newSegment()),
    },
    {
      id: 'merge-file',
      group: 'Do',
      label: 'Merge members by file',
      also: 'csv bulk people duplicates',
      action: 'members.merge-many',
      icon: <IconArrowMerge {...look} />,
      run: go(paths.mergeFile()),
    },
    {
      id: 'bots',
      group: 'Do',
      label: 'Confirm bots',
      also: 'suspected suggestions',
      action: 'members.suggestions',
      icon: <IconRobot {...look} />,
      run: go(paths.suggestions({ tab: 'bots' })),
    },
    {
      id: 'invite',
      group: 'Do',
      label: 'Invite a colleague',
      also: 'user people',
      action: 'access.invite',
      icon: <IconUserPlus {...look} />,
      run: go(paths.settingsPage('people')),
    },
    {
      id: 'light',
      group: 'Do',
      label: 'Switch to light',
      also: 'theme appearance',
      icon: <IconSun {...look} />,
      run: () => setColorScheme('light'),
    },
    {
      id: 'dark',
      group: 'Do',
      label: 'Switch to dark',
      also: 'theme appearance',
      icon: <IconMoon {...look} />,
      run: () => setColorScheme('dark'),
    },
    { id: 'help', group: 'Do', label: 'Show keyboard shortcuts', keys: '?', icon: <IconHelp {...look} />, run: onHelp },
    { id: 'sign-out', group: 'Do', label: 'Sign out', also: 'log out leave', icon: <IconLogout {...look} />, run: () => void signOut() },
  ];
  return all.filter((command) => command.action === undefined || reach(command.action));
}
