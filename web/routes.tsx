import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { ApiError, queryClient } from './api.ts';
import { paths } from './paths.ts';
import { rulesOptions, sessionOptions } from './shell/session.ts';
import { Shell } from './shell/Shell.tsx';
import { Failed, Missing, Waiting } from './shell/screens.tsx';

const root = createRootRoute({ errorComponent: Failed, notFoundComponent: Missing });

/** Pages before sign-in. */
const outside = createRoute({ getParentRoute: () => root, id: 'outside', beforeLoad: readSession });

/** Pages of the signed-in app, in the shell. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  errorComponent: Failed,
  async beforeLoad({ location }) {
    const [session] = await Promise.all([readSession(), queryClient.ensureQueryData(rulesOptions)]);
    if (session.setUpNeeded) throw redirect({ to: '/set-up' });
    if (session.actor.role === null) throw redirect({ href: paths.signIn(location.href === '/' ? undefined : location.href) });
  },
});

async function readSession() {
  return queryClient.ensureQueryData(sessionOptions);
}

/** A page of the app; its code is fetched when it is wanted. */
function page<P extends string>(path: P, load: () => Promise<{ Page: ComponentType }>) {
  return createRoute({ getParentRoute: () => inside, path, component: lazyRouteComponent(load, 'Page') });
}

function outsidePage<P extends string>(path: P, load: () => Promise<{ Page: ComponentType }>) {
  return createRoute({ getParentRoute: () => outside, path, component: lazyRouteComponent(load, 'Page') });
}

const tree = root.addChildren([
  outside.addChildren([
    outsidePage('/set-up', () => import('./features/access/SetUp.tsx')),
    outsidePage('/sign-in', () => import('./features/access/SignIn.tsx')),
    outsidePage('/join', () => import('./features/access/Join.tsx')),
    outsidePage('/forgot-password', () => import('./features/access/ForgotPassword.tsx')),
    outsidePage('/reset-password', () => import('./features/access/ResetPassword.tsx')),
  ]),
  inside.addChildren([
    page('/', () => import('./features/home/Home.tsx')),
    page('/welcome', () => import('./features/home/Welcome.tsx')),
    page('/sources', () => import('./features/sources/Sources.tsx')),
    page('/sources/add', () => import('./features/sources/AddSource.tsx')),
    page('/sources/$source', () => import('./features/sources/Source.tsx')),
    page('/settings', () => import('./features/settings/Settings.tsx')),
    page('/settings/$page', () => import('./features/settings/Settings.tsx')),
    page('/api-reference', () => import('./features/api-reference/ApiReference.tsx')),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: false,
  defaultPendingComponent: Waiting,
  defaultPendingMs: 250,
  defaultErrorComponent: Failed,
  defaultNotFoundComponent: Missing,
  scrollRestoration: true,
  // The query is plain text: an address can be read, typed and shared.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(Object.entries(search as Record<string, unknown>).filter(([, value]) => value !== undefined && value !== '').map(([name, value]) => [name, String(value)])).toString();
    return text === '' ? '' : `?${text}`;
  },
});

// A session that ended shows wherever the next question is asked: ask anew who is here, and lead to sign-in.
queryClient.getQueryCache().subscribe((event) => {
  if (event.type !== 'updated' || event.action.type !== 'error') return;
  const { error } = event.action;
  if (error instanceof ApiError && error.kind === 'unauthenticated') void leave();
});

async function leave(): Promise<void> {
  await queryClient.fetchQuery({ ...sessionOptions, staleTime: 0 });
  await router.invalidate();
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
