import { ActionIcon, Drawer } from '@mantine/core';
import { useDisclosure, useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { IconMenu2, IconSearch } from '@tabler/icons-react';
import { onlineManager } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { paths } from '../paths.ts';
import { useKey } from '../ui/keys.ts';
import { Link, splitAddress } from '../ui/Link.tsx';
import { Help } from './Help.tsx';
import { Mark } from './Mark.tsx';
import { Navigation } from './Navigation.tsx';
import { visibleGroups } from './places.ts';
import type { Place } from './places.ts';
import { useRunEvents } from './runs.ts';
import { useReach, useSession } from './session.ts';
import { Tray } from './Tray.tsx';
import classes from './Shell.module.css';

const Palette = lazy(() => import('./Palette.tsx').then((module) => ({ default: module.Palette })));

/** The frame around every page of the signed-in app. */
export function Shell({ beside }: { beside?: ReactNode }) {
  const session = useSession();
  const reach = useReach();
  const phone = useMediaQuery('(max-width: 767px)', window.innerWidth < 768, { getInitialValueInEffect: false });
  const [narrow, setNarrow] = useLocalStorage({ key: 'rapport-navigation-narrow', defaultValue: false, getInitialValueInEffect: false });
  const [sheet, sheetIs] = useDisclosure(false);
  const [palette, paletteIs] = useDisclosure(false);
  const [paletteWanted, setPaletteWanted] = useState(false);
  const [help, helpIs] = useDisclosure(false);
  // Its code is fetched when it is first wanted.
  const find = () => {
    setPaletteWanted(true);
    paletteIs.toggle();
  };
  useRunEvents();
  useKey('mod+k', 'Find or do', find, { group: 'Everywhere' });
  useKey('?', 'This help', helpIs.open, { group: 'Everywhere' });
  useKey('/', 'Filter this page', focusFilter, { group: 'Everywhere' });
  useKey('[', 'Narrow or widen the navigation', () => setNarrow((now) => !now), { group: 'Everywhere' });

  const navigation = { onFind: find, onHelp: helpIs.open };
  return (
    <div className={classes.shell} data-narrow={narrow}>
      <a href="#content" className={classes.skip}>
        Skip to the content
      </a>
      {visibleGroups(reach).flatMap((group) => group.places.map((place) => <GoKey key={place.to} place={place} />))}
      {phone ? (
        <nav className={classes.top} aria-label="Top">
          <ActionIcon size={40} onClick={sheetIs.open} aria-label="Open the navigation" aria-expanded={sheet}>
            <IconMenu2 size={20} aria-hidden />
          </ActionIcon>
          <Link to={paths.home()} look="plain" className={classes.brand} aria-label={`${session.workspace.name}, home`}>
            <Mark size={22} />
            <span>{session.workspace.name}</span>
          </Link>
          <Tray narrow />
          <ActionIcon size={40} onClick={find} aria-label="Find or do">
            <IconSearch size={20} aria-hidden />
          </ActionIcon>
        </nav>
      ) : (
        <div className={classes.side}>
          <Navigation {...navigation} narrow={narrow} onToggle={() => setNarrow(!narrow)} />
        </div>
      )}
      {phone && (
        <Drawer
          opened={sheet}
          onClose={sheetIs.close}
          size={264}
          withCloseButton={false}
          padding={0}
          attributes={{ content: { 'aria-label': 'Navigation' } }}
          styles={{ body: { height: '100%' } }}
        >
          <Navigation {...navigation} narrow={false} onToggle={undefined} onGo={sheetIs.close} />
        </Drawer>
      )}
      <main id="content" className={classes.content} tabIndex={-1}>
        <OfflineBar />
        <Outlet />
      </main>
      {beside}
      <Help opened={help} onClose={helpIs.close} />
      {paletteWanted && (
        <Suspense fallback={null}>
          <Palette opened={palette} onClose={paletteIs.close} onHelp={helpIs.open} />
        </Suspense>
      )}
    </div>
  );
}

function GoKey({ place }: { place: Place }) {
  const navigate = useNavigate();
  useKey(`g ${place.letter}`, place.label, () => void navigate({ to: splitAddress(place.to).pathname }), { group: 'Go to' });
  return null;
}

/** The page's own filter, whichever it is. */
function focusFilter(): void {
  document.querySelector<HTMLInputElement>('[data-filter]')?.focus();
}

function OfflineBar() {
  const online = useSyncExternalStore(
    (watcher) => onlineManager.subscribe(watcher),
    () => onlineManager.isOnline(),
  );
  if (online) return null;
  return (
    <div className={classes.offline} role="status">
      You are offline. What you see may be old; it refreshes when the connection is back.
    </div>
  );
}
