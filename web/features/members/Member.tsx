import { useNavigate, useParams } from '@tanstack/react-router';
import { useAction } from '../../api.ts';
import { paths } from '../../paths.ts';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { ProfileSkeleton, ProfileView } from './ProfileView.tsx';
import { ProfileHead, ProfileLine } from './ProfileHead.tsx';

/** One person whole. */
export function Page() {
  const { member } = useParams({ strict: false });
  const navigate = useNavigate();
  const profile = useAction('members.get', { id: member ?? '' });
  const above = <Link to={paths.members()}>Members</Link>;
  const shown = profile.data;
  if (shown === undefined) {
    return (
      <PageFrame title="Member" above={above}>
        {profile.isError ? <ErrorState error={profile.error} onRetry={() => void profile.refetch()} /> : <ProfileSkeleton />}
      </PageFrame>
    );
  }
  const onBecame = (id: string) => void navigate({ to: '/members/$member', params: { member: id }, replace: true });
  return (
    <PageFrame
      title={shown.name}
      heading={<ProfileHead profile={shown} onBecame={onBecame} />}
      about={<ProfileLine profile={shown} />}
      above={above}
    >
      <ProfileView key={shown.id} profile={shown} place="page" onBecame={onBecame} />
    </PageFrame>
  );
}
