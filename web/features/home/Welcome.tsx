import { paths } from '../../paths.ts';
import { useSession } from '../../shell/session.ts';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { FirstSteps } from './FirstSteps.tsx';

/** Right after set-up: what to bring in first. */
export function Page() {
  const { actor, workspace } = useSession();
  return (
    <PageFrame
      title={`${workspace.name} is ready`}
      about={`Welcome, ${actor.name}. Bring in where your community is; the people in it appear by themselves.`}
    >
      <FirstSteps />
      <p style={{ marginTop: 24, fontSize: 13 }}>
        Not alone? <Link to={paths.settingsPage('people')}>Invite your colleagues</Link>, or <Link to={paths.home()}>go to Home</Link>.
      </p>
    </PageFrame>
  );
}
