import { Initials } from '../../ui/Initials.tsx';
import { PersonLink, PersonMark } from '../../ui/person.tsx';
import type { Card } from './filter.ts';
import classes from './members.module.css';

/** A person in a row: picture, name, marks, and the handle or address that tells them from others of that name. */
export function MemberName({
  member,
  size = 24,
}: {
  member: Pick<Card, 'id' | 'name' | 'avatarUrl' | 'handles' | 'bot' | 'team'>;
  size?: number;
}) {
  const handle = member.handles.find((one) => one.toLowerCase() !== member.name.toLowerCase());
  return (
    <span className={classes.member}>
      <Initials name={member.name} src={member.avatarUrl} size={size} />
      <PersonLink member={member.id} className={classes.memberName}>
        {member.name}
      </PersonLink>
      <PersonMark bot={member.bot} team={member.team} />
      {handle !== undefined && (
        <bdi className={classes.handle} title={member.handles.join('\n')}>
          {handle}
          {member.handles.length > 2 && ` +${member.handles.length - 1}`}
        </bdi>
      )}
    </span>
  );
}
