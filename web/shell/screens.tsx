import { IconMap2 } from '@tabler/icons-react';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { paths } from '../paths.ts';
import { LinkButton } from '../ui/LinkButton.tsx';
import { Page } from '../ui/Page.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import classes from './screens.module.css';

/** A page whose code or data is on its way. */
export function Waiting() {
  return (
    <div className={classes.waiting}>
      <SkeletonRows rows={6} />
    </div>
  );
}

/** A page that broke, or a server that is away. A new version whose files replaced the ones this page knows is loaded. */
export function Failed({ error, reset }: ErrorComponentProps) {
  const known = error instanceof Error ? error : new Error(String(error));
  return (
    <main className={classes.middle}>
      <ErrorState error={known} onRetry={isOldBuild(known) ? () => window.location.reload() : reset} />
    </main>
  );
}

function isOldBuild(error: Error): boolean {
  return /dynamically imported module|module script failed/i.test(error.message);
}

export function Missing() {
  return (
    <Page title="Not found">
      <EmptyState icon={IconMap2} title="There is nothing at this address" action={<LinkButton to={paths.home()}>Go to Home</LinkButton>}>
        The link may be old, or what it led to was removed.
      </EmptyState>
    </Page>
  );
}
