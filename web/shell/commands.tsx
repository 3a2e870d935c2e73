import { useMantineColorScheme } from '@mantine/core';
import { IconBook, IconBrandGit, IconHelp, IconLogout, IconMoon, IconPlus, IconSun, IconUserPlus } from '@tabler/icons-react';
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
