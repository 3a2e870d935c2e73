import { Button } from '@mantine/core';
import { useReach } from '../../shell/session.ts';
import { usePages } from '../../ui/pages.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import type { Profile } from './filter.ts';
import classes from './members.module.css';

/** Who opened this profile: for administrators. */
export function Looks({ profile }: { profile: Profile }) {
  const reach = useReach();
  const mayKnow = reach('members.looks');
  const looks = usePages('members.looks', { id: profile.id, limit: 10 }, (page) => page.looks, { enabled: mayKnow });
  if (!mayKnow || looks.rows === undefined || looks.rows.length === 0) return null;
  return (
    <section className={classes.part}>
      <h2 className={classes.partTitle}>Looked at by</h2>
      <ul className={classes.plainList}>
        {looks.rows.map((one) => (
          <li key={`${one.by} ${one.at}`}>
            <bdi className={classes.strong}>{one.by}</bdi>{' '}
            <span className={classes.quiet}>
              {one.type === 'key' && 'by API key, '}
              <RelativeTime at={one.at} />
            </span>
          </li>
        ))}
      </ul>
      {looks.more.has && (
        <Button variant="subtle" color="gray" size="compact-xs" loading={looks.more.loading} onClick={looks.more.load}>
          Earlier
        </Button>
      )}
    </section>
  );
}
