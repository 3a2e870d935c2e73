import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { ComponentType } from 'react';
import { ApiError, queryClient } from './api.ts';
import { paths } from './paths.ts';
import { rulesOptions, sessionOptions } from './shell/session.ts';
import { Shell } from './shell/Shell.tsx';
import { Failed, Missing, Waiting } from './shell/screens.tsx';
import { personParam } from './ui/person.tsx';
import { useQueryParams } from './ui/url-state.ts';

const root = createRootRoute({ errorComponent: Failed, notFoundComponent: Missing });

/** Pages before sign-in. */
const outside = createRoute({ getParentRoute: () => root, id: 'outside', beforeLoad: readSession });

/** Pages of the signed-in app, in the shell. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Inside,
  errorComponent: Failed,
  async beforeLoad({ location }) {
    const [session] = await Promise.all([readSession(), queryClient.ensureQueryData(rulesOptions)]);
    if (session.setUpNeeded) throw redirect({ to: '/set-up' });
    if (session.actor.role === null) throw redirect({ href: paths.signIn(location.href === '/' ? undefined : location.href) });
  },
});

function Inside() {
  return <Shell beside={<BesidePage />} />;
}

const PersonPanel = lazy(() => import('./features/members/PersonPanel.tsx').then((module) => ({ default: module.PersonPanel })));

/** A person can be opened beside any page; the code is fetched with the first one. */
function BesidePage() {
  const opened = useQueryParams()[personParam] !== undefined;
  const [wanted, setWanted] = useState(opened);
  if (opened && !wanted) setWanted(true);
  return wanted ? (
    <Suspense fallback={null}>
      <PersonPanel />
    </Suspense>
  ) : null;
}

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
    page('/timeline', () => import('./features/activities/Timeline.tsx')),
    page('/topics', () => import('./features/activities/Topics.tsx')),
    page('/threads', () => import('./features/activities/Threads.tsx')),
    page('/threads/$thread', () => import('./features/activities/Thread.tsx')),
    page('/members', () => import('./features/members/Members.tsx')),
    page('/members/$member', () => import('./features/members/Member.tsx')),
    page('/segments', () => import('./features/members/Segments.tsx')),
    page('/segments/new', () => import('./features/members/SegmentPage.tsx')),
    page('/segments/$segment', () => import('./features/members/SegmentPage.tsx')),
    page('/merge-file', () => import('./features/members/MergeFile.tsx')),
    page('/organizations', () => import('./features/members/Organizations.tsx')),
    page('/organizations/$organization', () => import('./features/members/Organization.tsx')),
    page('/suggestions', () => import('./features/members/Suggestions.tsx')),
    page('/dashboards', () => import('./features/metrics/Dashboards.tsx')),
    page('/dashboards/$dashboard', () => import('./features/metrics/Dashboard.tsx')),
    page('/reports', () => import('./features/metrics/Reports.tsx')),
    page('/reports/$report', () => import('./features/metrics/Report.tsx')),
    page('/sources', () => import('./features/sources/Sources.tsx')),
    page('/sources/add', () => import('./features/sources/AddSource.tsx')),
    page('/sources/$source', () => import('./features/sources/Source.tsx')),
    page('/settings', () => import('./features/settings/Settings.tsx')),
    page('/settings/$page', () => import('./features/settings/Settings.tsx')),
    page('/api-reference', () => import('./features/api-reference/ApiReference.tsx')),
    createRoute({ getParentRoute: () => inside, path: '$', component: Missing }),
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
    const text = new URLSearchParams(
      Object.entries(search as Record<string, unknown>)
        .filter(([, value]) => value !== undefined && value !== '')
        .map(([name, value]) => [name, String(value)]),
    ).toString();
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
