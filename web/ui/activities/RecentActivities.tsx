import { Skeleton } from '@mantine/core';
import { useAction } from '../../api.ts';
import { paths } from '../../paths.ts';
import { Link } from '../Link.tsx';
import { PlatformIcon } from '../PlatformIcon.tsx';
import { ErrorState } from '../states.tsx';
import { ActivityTime } from './ActivityTime.tsx';
import type { TimelineInput } from './timeline.ts';
import { didWhat, objectOf } from './words.ts';
import classes from './RecentActivities.module.css';

/** The latest few of somebody, for a panel or a card: each leads to its place in the timeline. */
export function RecentActivities({ filter, count }: { filter: TimelineInput & { member: string }; count: number }) {
  const activities = useAction('activities.timeline', { ...filter, limit: count });
  if (activities.isError && activities.data === undefined)
    return <ErrorState error={activities.error} onRetry={() => void activities.refetch()} />;
  if (activities.data === undefined) return <Skeleton height={Math.min(count, 4) * 31} radius="sm" role="status" aria-label="Loading" />;
  if (activities.data.activities.length === 0) return <p className={classes.none}>Nothing seen yet.</p>;
  return (
    <ul className={classes.list}>
      {activities.data.activities.map((row) => (
        <li key={row.id}>
          <PlatformIcon platform={row.source.connector} size={15} />
          <Link to={paths.timeline({ member: filter.member, activity: row.id })} look="plain" className={classes.what}>
            <span className={classes.quiet}>{didWhat(row)}</span> <bdi>{objectOf(row)}</bdi>
          </Link>
          <span className={classes.time}>
            <ActivityTime at={row.at} offsetMinutes={row.offsetMinutes} />
          </span>
        </li>
      ))}
    </ul>
  );
}
