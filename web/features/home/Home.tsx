import { IconPlugConnected, IconUserPlus } from '@tabler/icons-react';
import { useAction } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useReach, useSession } from '../../shell/session.ts';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame, Section } from '../../ui/Page.tsx';
import { ErrorState, SkeletonBlock, SkeletonRows } from '../../ui/states.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { Glance, Span } from './Glance.tsx';
import { Newcomers } from './Newcomers.tsx';
import { SourcesGlance } from './SourcesGlance.tsx';
import classes from './home.module.css';

/** The community at a glance; in an empty instance, what fills it. */
export function Page() {
  const { workspace } = useSession();
  const reach = useReach();
  const sources = useAction('sources.list', {}, { every: 30_000 });
  if (sources.isError && sources.data === undefined) {
    return (
      <PageFrame title="Home">
        <ErrorState error={sources.error} onRetry={() => void sources.refetch()} />
      </PageFrame>
    );
  }
  if (sources.isPending) {
    return (
      <PageFrame title="Home" heading={workspace.name} about="The community at a glance.">
        <SkeletonBlock height={108} />
        <div style={{ height: 28 }} />
        <SkeletonRows />
      </PageFrame>
    );
  }
  const all = sources.data.sources;
  if (all.length === 0) {
    return (
      <PageFrame
        title="Home"
        heading={workspace.name}
        about="Nothing is here yet. Bring in where your community is; the people in it appear by themselves."
      >
        <FirstSteps />
      </PageFrame>
    );
  }
  return (
    <PageFrame
      title="Home"
      heading={workspace.name}
      about="The community at a glance."
      actions={reach('metrics.home') ? <Span /> : undefined}
    >
      {reach('metrics.home') && <Glance />}
      <div className={classes.columns}>
        <Section title="Sources" actions={<Link to={paths.sources()}>All sources</Link>}>
          <SourcesGlance sources={all} />
        </Section>
        <div>
          {reach('members.list') && <Newcomers />}
          <NextSteps />
        </div>
      </div>
    </PageFrame>
  );
}

/** What makes the picture more whole. */
function NextSteps() {
  const reach = useReach();
  return (
    <Section title="Next">
      <ul className={classes.list}>
        {reach('sources.add') && (
          <li>
            <Link to={paths.addSource()} look="plain" className={classes.line}>
              <IconPlugConnected size={17} stroke={1.6} aria-hidden />
              <span className={classes.grow}>Connect another source</span>
            </Link>
          </li>
        )}
        {reach('access.invite') && (
          <li>
            <Link to={paths.settingsPage('people')} look="plain" className={classes.line}>
              <IconUserPlus size={17} stroke={1.6} aria-hidden />
              <span className={classes.grow}>Invite your colleagues</span>
            </Link>
          </li>
        )}
      </ul>
    </Section>
  );
}
