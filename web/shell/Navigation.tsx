import { Kbd, Menu, Tooltip, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import {
  IconDeviceDesktop,
  IconHelp,
  IconLayoutSidebar,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSelector,
  IconSun,
  IconUserCircle,
} from '@tabler/icons-react';
import { useLocation } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { paths } from '../paths.ts';
import { keyCaps } from '../ui/keys.ts';
import { Link } from '../ui/Link.tsx';
import { Initials } from '../ui/Initials.tsx';
import { Mark } from './Mark.tsx';
import { visibleGroups } from './places.ts';
import type { Place } from './places.ts';
import { roleNames, useReach, useSession } from './session.ts';
import { signOut } from './sign-out.ts';
import { Tray } from './Tray.tsx';
import classes from './Navigation.module.css';

interface Props {
  narrow: boolean;
  onToggle: (() => void) | undefined;
  onFind: () => void;
  onHelp: () => void;
  onGo?: () => void;
}

/** The left navigation: only what exists and may be used. */
export function Navigation({ narrow, onToggle, onFind, onHelp, onGo }: Props) {
  const session = useSession();
  const reach = useReach();
  return (
    <nav className={classes.nav} data-narrow={narrow} aria-label="Main">
      <div className={classes.head}>
        <Link to={paths.home()} look="plain" className={classes.brand} aria-label={`${session.workspace.name}, home`} onClick={onGo}>
          <Mark size={24} />
          {!narrow && <span className={classes.name}>{session.workspace.name}</span>}
        </Link>
      </div>
      <Hint narrow={narrow} label="Find or do">
        <UnstyledButton
          className={classes.find}
          onClick={onFind}
          aria-label={narrow ? 'Find or do' : undefined}
          aria-keyshortcuts="Meta+K Control+K"
        >
          <IconSearch size={16} stroke={1.7} aria-hidden />
          {!narrow && (
            <>
              <span className={classes.grow}>Find or do…</span>
              <Kbd size="xs">{keyCaps('mod+k').join(' ')}</Kbd>
            </>
          )}
        </UnstyledButton>
      </Hint>
      <div className={classes.groups}>
        {visibleGroups(reach).map((group, index) => (
          <div key={group.label ?? index} className={classes.group} role="group" aria-label={group.label ?? 'Places'}>
            {group.label !== undefined && !narrow && <div className={classes.heading}>{group.label}</div>}
            {group.places.map((place) => (
              <PlaceLink key={place.to} place={place} narrow={narrow} onGo={onGo} />
            ))}
          </div>
        ))}
      </div>
      <div className={classes.foot}>
        <Tray narrow={narrow} />
        <Hint narrow={narrow} label="Keyboard shortcuts">
          <UnstyledButton className={classes.place} onClick={onHelp} aria-label={narrow ? 'Keyboard shortcuts' : undefined}>
            <IconHelp size={18} stroke={1.6} aria-hidden />
            {!narrow && (
              <>
                <span className={classes.grow}>Shortcuts</span>
                <Kbd size="xs">?</Kbd>
              </>
            )}
          </UnstyledButton>
        </Hint>
        {onToggle !== undefined && (
          <Hint narrow={narrow} label="Widen the navigation">
            <UnstyledButton
              className={classes.place}
              onClick={onToggle}
              aria-label={narrow ? 'Widen the navigation' : undefined}
              aria-expanded={!narrow}
            >
              <IconLayoutSidebar size={18} stroke={1.6} aria-hidden />
              {!narrow && <span className={classes.grow}>Collapse</span>}
            </UnstyledButton>
          </Hint>
        )}
        <PersonMenu narrow={narrow} onGo={onGo} />
      </div>
    </nav>
  );
}

function Hint({ narrow, label, children }: { narrow: boolean; label: string; children: ReactNode }) {
  return narrow ? (
    <Tooltip label={label} position="right" openDelay={100}>
      {children as ReactElement}
    </Tooltip>
  ) : (
    children
  );
}

function PlaceLink({ place, narrow, onGo }: { place: Place; narrow: boolean; onGo: (() => void) | undefined }) {
  const { pathname } = useLocation();
  const here = place.to === '/' ? pathname === '/' : pathname === place.to || pathname.startsWith(`${place.to}/`);
  const Icon = place.icon;
  return (
    <Hint narrow={narrow} label={place.label}>
      <Link
        to={place.to}
        look="plain"
        className={classes.place}
        aria-current={here ? 'page' : undefined}
        aria-label={narrow ? place.label : undefined}
        onClick={onGo}
      >
        <Icon size={18} stroke={1.6} aria-hidden />
        {!narrow && <span className={classes.grow}>{place.label}</span>}
      </Link>
    </Hint>
  );
}

const schemes = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'As the system', icon: IconDeviceDesktop },
] as const;

function PersonMenu({ narrow, onGo }: { narrow: boolean; onGo: (() => void) | undefined }) {
  const { actor } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.person} aria-label={narrow ? `${actor.name}: your menu` : undefined}>
          <Initials name={actor.name} size={24} />
          {!narrow && (
            <>
              <span className={classes.grow}>{actor.name}</span>
              <IconSelector size={14} stroke={1.7} aria-hidden />
            </>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {actor.email} · {actor.role === null ? '' : roleNames[actor.role]}
        </Menu.Label>
        <Menu.Item
          component={Link}
          {...{ to: paths.settingsPage('me'), look: 'plain' as const }}
          leftSection={<IconUserCircle size={16} aria-hidden />}
          onClick={onGo}
        >
          My account
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Appearance</Menu.Label>
        {schemes.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} aria-hidden />}
            rightSection={colorScheme === value ? '✓' : undefined}
            onClick={() => setColorScheme(value)}
            aria-current={colorScheme === value}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
