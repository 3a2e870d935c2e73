import { paths } from '../../paths.ts';
import { RecentActivities } from '../../ui/activities/RecentActivities.tsx';
import { formatNumber } from '../../ui/format.ts';
import { Initials } from '../../ui/Initials.tsx';
import { Link } from '../../ui/Link.tsx';
import { PersonLink, PersonMark } from '../../ui/person.tsx';
import { PlatformIcon } from '../../ui/PlatformIcon.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import type { Pair } from './pairs.ts';
import classes from './members.module.css';

type Side = Pair['a'];
const mostIdentities = 8;

/** One of the two: what is the same on the other side is marked. */
export function PairSide({ side, other }: { side: Side; other: Side }) {
  const shared = keysOf(other);
  const isShared = (text: string | null) => text !== null && tokensOf(text).some((token) => shared.has(token));
  const more = side.known.length - mostIdentities;
  return (
    <article className={classes.side} aria-label={side.name}>
      <div className={classes.head}>
        <Initials name={side.name} src={side.avatarUrl} size={36} />
        <h2 className={classes.sideHead}>
          <PersonLink member={side.id} className={classes.sideName}>
            {isShared(side.name) ? <mark className={classes.same}>{side.name}</mark> : side.name}
          </PersonLink>
        </h2>
        <PersonMark bot={side.bot} team={side.team} />
      </div>
      <dl className={classes.sideFacts}>
        <div>
          <dt>Organization</dt>
          <dd>
            {side.organization === null ? (
              <span className={classes.quiet}>not known</span>
            ) : (
              <Link to={paths.organization(side.organization.id)} look="plain" dir="auto">
                {side.organization.id === other.organization?.id ? (
                  <mark className={classes.same}>{side.organization.name}</mark>
                ) : (
                  side.organization.name
                )}
              </Link>
            )}
          </dd>
        </div>
        <div>
          <dt>Seen</dt>
          <dd>
            <RelativeTime at={side.firstAt} none="never" /> – <RelativeTime at={side.lastAt} none="never" />
          </dd>
        </div>
        <div>
          <dt>Activities</dt>
          <dd>{formatNumber(side.activities)}</dd>
        </div>
        {side.location !== null && (
          <div>
            <dt>Location</dt>
            <dd dir="auto">{side.location === other.location ? <mark className={classes.same}>{side.location}</mark> : side.location}</dd>
          </div>
        )}
      </dl>
      <h3 className={classes.sideTitle}>Identities</h3>
      <ul className={classes.plainList}>
        {side.known.slice(0, mostIdentities).map((identity) => (
          <li key={`${identity.platform} ${identity.host} ${identity.type} ${identity.value}`} className={classes.sideIdentity}>
            <PlatformIcon platform={identity.platform} />
            <span className={classes.sideValue}>
              <bdi>{isShared(identity.value) ? <mark className={classes.same}>{identity.value}</mark> : identity.value}</bdi>
              {identity.name !== null && identity.name !== side.name && (
                <span className={classes.quiet}>
                  {' '}
                  as <bdi>{isShared(identity.name) ? <mark className={classes.same}>{identity.name}</mark> : identity.name}</bdi>
                </span>
              )}
            </span>
            <span className={classes.quiet}>{formatNumber(identity.activities)}</span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className={classes.quiet}>and {more} more</p>}
      <h3 className={classes.sideTitle}>Latest</h3>
      <RecentActivities filter={{ member: side.id }} count={4} />
    </article>
  );
}

/** What a name, handle or address is recognised by: itself, and the part before the @. */
function tokensOf(text: string): string[] {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
  const local = folded.includes('@') ? (folded.split('@')[0] ?? '') : folded;
  return [folded, local.replace(/^\d+\+/, '')].filter((token) => token.length > 2);
}

function keysOf(side: Side): Set<string> {
  return new Set([side.name, ...side.known.flatMap((identity) => [identity.value, identity.name ?? ''])].flatMap(tokensOf));
}
