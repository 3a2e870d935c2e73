import { OutsideLink } from '../../ui/Link.tsx';
import { PlatformIcon } from '../../ui/PlatformIcon.tsx';
import classes from './members.module.css';

interface Identity {
  platform: string;
  host: string;
  type: string;
  value: string;
  url?: string | null;
}

/** An account or address: platform, value, and the host where there are many. */
export function IdentityLine({ identity }: { identity: Identity }) {
  return (
    <span className={classes.identity}>
      <PlatformIcon platform={identity.platform} />
      {typeof identity.url === 'string' ? (
        <OutsideLink href={identity.url} className={classes.value} title={identity.value}>
          <bdi>{identity.value}</bdi>
        </OutsideLink>
      ) : (
        <bdi className={classes.value} title={identity.value}>
          {identity.value}
        </bdi>
      )}
      {identity.host !== '' && <span className={classes.quiet}>{identity.type === 'name' ? `in ${identity.host}` : identity.host}</span>}
    </span>
  );
}
