import { Button, Skeleton } from '@mantine/core';
import { IconActivity, IconArrowRight } from '@tabler/icons-react';
import { useSession } from '../../shell/session.ts';
import { paths } from '../../paths.ts';
import { ActivityList } from '../../ui/activities/ActivityList.tsx';
import { RecentActivities } from '../../ui/activities/RecentActivities.tsx';
import { useTimeline } from '../../ui/activities/timeline.ts';
import { formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Affiliations } from './Affiliations.tsx';
import { Consent } from './Consent.tsx';
import { Contributions } from './Contributions.tsx';
import { Engagement } from './Engagement.tsx';
import { Fields } from './Fields.tsx';
import type { Profile } from './filter.ts';
import { Identities } from './Identities.tsx';
import { Looks } from './Looks.tsx';
import { Notes } from './Notes.tsx';
import { ProfileHead, ProfileLine } from './ProfileHead.tsx';
import { TagsEditor } from './TagsEditor.tsx';
import classes from './members.module.css';

interface Props {
  profile: Profile;
  place: 'panel' | 'page';
  /** After a merge the person may have another id. */
  onBecame: (id: string) => void;
}

/** A person: who, since when, by which accounts and why, where they work, what was noted, what they do. */
export function ProfileView({ profile, place, onBecame }: Props) {
  const panel = place === 'panel';
  const about = (
    <>
      {profile.askedFor !== null && <p className={classes.note}>The link was to somebody who was merged into this person.</p>}
      <Glance profile={profile} />
      <TagsEditor profile={profile} />
      <Fields profile={profile} />
      <Engagement profile={profile} />
    </>
  );
  const side = (
    <>
      <Identities profile={profile} />
      <Affiliations profile={profile} />
      <Notes profile={profile} />
      <Consent profile={profile} />
      <Looks profile={profile} />
    </>
  );
  if (panel) {
    return (
      <div className={classes.panel} tabIndex={-1} data-autofocus>
        <div className={classes.panelHead}>
          <ProfileHead profile={profile} size={40} onBecame={onBecame} />
        </div>
        <ProfileLine profile={profile} />
        {about}
        {side}
        <Contributions profile={profile} />
        <Recent profile={profile} />
      </div>
    );
  }
  return (
    <div className={classes.columns}>
      <div className={classes.aside}>
        {about}
        {side}
      </div>
      <div className={classes.main}>
        <Contributions profile={profile} />
        <section className={classes.part}>
          <h2 className={classes.partTitle}>Timeline</h2>
          <OwnTimeline profile={profile} />
        </section>
      </div>
    </div>
  );
}

/** First and last seen, and how much. */
function Glance({ profile }: { profile: Profile }) {
  return (
    <dl className={classes.glance}>
      <div>
        <dt>Activities</dt>
        <dd>
          <Link to={paths.timeline({ member: profile.id })} look="plain">
            {formatNumber(profile.activities)}
          </Link>
        </dd>
      </div>
      <div>
        <dt>First seen</dt>
        <dd>
          <RelativeTime at={profile.firstAt} none="not yet" />
        </dd>
      </div>
      <div>
        <dt>Last seen</dt>
        <dd>
          <RelativeTime at={profile.lastAt} none="not yet" />
        </dd>
      </div>
    </dl>
  );
}

function OwnTimeline({ profile }: { profile: Profile }) {
  const session = useSession();
  const timeline = useTimeline({ member: profile.id });
  if (timeline.error !== null && timeline.rows === undefined) return <ErrorState error={timeline.error} onRetry={timeline.retry} />;
  return (
    <ActivityList
      name={`Activities of ${profile.name}`}
      rows={timeline.rows}
      more={timeline.more}
      timeZone={session.workspace.timeZone ?? undefined}
      ofOnePerson
      empty={<EmptyState icon={IconActivity} title="Nothing seen of them yet" />}
    />
  );
}

function Recent({ profile }: { profile: Profile }) {
  return (
    <section className={classes.part}>
      <h2 className={classes.partTitle}>Latest</h2>
      <RecentActivities filter={{ member: profile.id }} count={12} />
      {profile.activities > 12 && (
        <Button
          component={Link}
          {...{ to: paths.timeline({ member: profile.id }), look: 'plain' as const }}
          variant="subtle"
          color="gray"
          size="compact-sm"
          mt={6}
          rightSection={<IconArrowRight size={14} aria-hidden />}
        >
          All {formatNumber(profile.activities)} in the timeline
        </Button>
      )}
    </section>
  );
}

/** Of the size that the profile will have. */
export function ProfileSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton height={40} width="55%" radius="md" mb={18} />
      <Skeleton height={52} radius="md" mb={18} />
      <Skeleton height={150} radius="md" mb={18} />
      <Skeleton height={200} radius="md" />
    </div>
  );
}
