import { useAction } from '../../api.ts';
import { paths } from '../../paths.ts';
import { Initials } from '../../ui/Initials.tsx';
import { Link } from '../../ui/Link.tsx';
import { Section } from '../../ui/Page.tsx';
import { PersonLink } from '../../ui/person.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { SkeletonRows } from '../../ui/states.tsx';
import classes from './home.module.css';

const shown = 6;

/** Who came last: somebody to greet. */
export function Newcomers() {
  const newest = useAction('members.list', { sort: 'first', limit: shown, count: false, team: 'without' });
  const members = newest.data?.members.filter((member) => member.firstAt !== null);
  if (newest.isError || members?.length === 0) return null;
  return (
    <Section title="Newcomers" actions={<Link to={paths.members({ sort: 'first' })}>All members</Link>}>
      {members === undefined ? (
        <SkeletonRows rows={shown} />
      ) : (
        <ul className={classes.list}>
          {members.map((member) => (
            <li key={member.id} className={classes.line}>
              <Initials name={member.name} src={member.avatarUrl} size={22} />
              <PersonLink member={member.id} className={classes.grow}>
                {member.name}
              </PersonLink>
              <span className={classes.quiet}>
                first seen <RelativeTime at={member.firstAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
