import { Kbd, useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, spotlight } from '@mantine/spotlight';
import '@mantine/spotlight/styles.css';
import { IconBook, IconHelp, IconLogout, IconMoon, IconPlus, IconSearch, IconSun, IconUserPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { paths } from '../paths.ts';
import { keyCaps } from '../ui/keys.ts';
import { splitAddress } from '../ui/Link.tsx';
import { PaletteFound } from './PaletteFound.tsx';
import { visibleGroups } from './places.ts';
import { useReach } from './session.ts';
import { signOut } from './sign-out.ts';

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

/** Go, do, find a person. Loaded when it is first opened; from then on the store opens it. */
export function Palette({ onHelp }: { onHelp: () => void }) {
  const [query, setQuery] = useState('');
  const [searched] = useDebouncedValue(query.trim(), 120);
  const commands = useCommands(onHelp);
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const hits = commands.filter((command) => words.every((word) => `${command.label} ${command.also ?? ''} ${command.group}`.toLowerCase().includes(word)));
  const groups = Object.entries(Object.groupBy(hits, (command) => command.group));

  useEffect(() => {
    spotlight.open();
  }, []);

  return (
    <Spotlight.Root query={query} onQueryChange={setQuery} shortcut={null} scrollable maxHeight={420} overlayProps={{ backgroundOpacity: 0.25, blur: 2 }} transitionProps={{ duration: 90 }} radius="lg">
      <Spotlight.Search placeholder="Go to, do, or find a person" leftSection={<IconSearch size={18} stroke={1.7} aria-hidden />} aria-label="Go to, do, or find a person" />
      <Spotlight.ActionsList>
        {groups.map(([group, list]) => (
          <Spotlight.ActionsGroup key={group} label={group}>
            {(list ?? []).map((command) => (
              <Spotlight.Action
                key={command.id}
                label={command.label}
                leftSection={command.icon}
                rightSection={command.keys === undefined ? undefined : keyCaps(command.keys).map((cap, index) => <Kbd key={index} size="xs" ml={3}>{cap}</Kbd>)}
                onClick={command.run}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        <PaletteFound query={searched} />
        {hits.length === 0 && searched.length < 2 && <Spotlight.Empty>Nothing by that name. Two letters or more also find people and sources.</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useCommands(onHelp: () => void): Command[] {
  const navigate = useNavigate();
  const reach = useReach();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const go = (to: string) => () => {
    const { pathname, search } = splitAddress(to);
    void navigate({ to: pathname, search: search as never });
  };
  const places = visibleGroups(reach).flatMap((group) =>
    group.places.map(({ label, to, letter, icon: Icon }) => ({ id: to, group: 'Go to', label, keys: `g ${letter}`, icon: <Icon size={18} stroke={1.6} aria-hidden />, run: go(to) })),
  );
  const all: (Command & { action?: string })[] = [
    ...places,
    { id: 'reference', group: 'Go to', label: 'API reference', also: 'openapi http curl', icon: <IconBook size={18} stroke={1.6} aria-hidden />, run: go(paths.apiReference()) },
    { id: 'add-source', group: 'Do', label: 'Connect a source', also: 'add import connector', action: 'sources.add', icon: <IconPlus size={18} stroke={1.6} aria-hidden />, run: go(paths.addSource()) },
    { id: 'import', group: 'Do', label: 'Import a git repository', also: 'add source', action: 'sources.add', icon: <IconPlus size={18} stroke={1.6} aria-hidden />, run: go(paths.addSource('git')) },
    { id: 'invite', group: 'Do', label: 'Invite people', also: 'user colleague', action: 'access.invite', icon: <IconUserPlus size={18} stroke={1.6} aria-hidden />, run: go(paths.settingsPage('people')) },
    colorScheme === 'dark'
      ? { id: 'light', group: 'Do', label: 'Switch to light', also: 'theme appearance', icon: <IconSun size={18} stroke={1.6} aria-hidden />, run: () => setColorScheme('light') }
      : { id: 'dark', group: 'Do', label: 'Switch to dark', also: 'theme appearance', icon: <IconMoon size={18} stroke={1.6} aria-hidden />, run: () => setColorScheme('dark') },
    { id: 'help', group: 'Do', label: 'Show keyboard shortcuts', keys: '?', icon: <IconHelp size={18} stroke={1.6} aria-hidden />, run: onHelp },
    { id: 'sign-out', group: 'Do', label: 'Sign out', also: 'log out leave', icon: <IconLogout size={18} stroke={1.6} aria-hidden />, run: () => void signOut() },
  ];
  return all.filter((command) => command.action === undefined || reach(command.action));
}
