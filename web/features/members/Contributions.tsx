import { Skeleton } from '@mantine/core';
import { Fragment } from 'react';
import { useAction } from '../../api.ts';
import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { languageName } from '../../ui/activities/reading.ts';
import { kindName } from '../../ui/activities/words.ts';
import { colourOfSource } from '../../ui/colours.ts';
import { formatNumber, formatShare } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { DayMap } from './DayMap.tsx';
import type { Profile } from './filter.ts';
import classes from './members.module.css';

type Row = Output<'activities.summary'>['byKind'][number];

const most = 8;

/** What a person did: by kind and source over all time, and on which days of the last year. */
export function Contributions({ profile }: { profile: Profile }) {
  const summary = useAction('activities.summary', { member: profile.id });
  return (
    <>
      <section className={classes.part}>
        <h2 className={classes.partTitle}>The last year</h2>
        {summary.isError && summary.data === undefined ? (
          <ErrorState error={summary.error} onRetry={() => void summary.refetch()} />
        ) : summary.data === undefined ? (
          <Skeleton height={150} radius="md" role="status" aria-label="Loading" />
        ) : (
          <DayMap days={summary.data.days} member={profile.id} lastAt={profile.lastAt} />
        )}
      </section>
      <section className={classes.part}>
        <h2 className={classes.partTitle}>Contributions</h2>
        {summary.data === undefined ? <Skeleton height={110} radius="md" /> : <Kinds rows={summary.data.byKind} member={profile.id} />}
      </section>
      {summary.data !== undefined && summary.data.languages.length > 0 && (
        <section className={classes.part}>
          <h2 className={classes.partTitle}>Languages they write</h2>
          <p className={classes.quiet}>
            {summary.data.languages.map(({ language, count }, index) => (
              <Fragment key={language}>
                {index > 0 && ', '}
                <Link to={paths.timeline({ member: profile.id, language })}>{languageName(language)}</Link> {formatNumber(count)}
              </Fragment>
            ))}
          </p>
        </section>
      )}
    </>
  );
}

function Kinds({ rows, member }: { rows: readonly Row[]; member: string }) {
  if (rows.length === 0) return <p className={classes.quiet}>None seen yet.</p>;
  const top = rows[0]?.count ?? 1;
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  const others = rows.slice(most);
  return (
    <table className={classes.kinds}>
      <caption className={classes.hidden}>Contributions by kind and source</caption>
      <thead className={classes.hidden}>
        <tr>
          <th scope="col">Kind</th>
          <th scope="col">Source</th>
          <th scope="col">Share</th>
          <th scope="col">Count</th>
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, most).map((row) => (
          <tr key={`${row.kind} ${row.source.id}`}>
            <th scope="row">
              <Link to={paths.timeline({ member, kind: row.kind, source: row.source.id })} look="plain">
                {kindName(row.kind)}
              </Link>
            </th>
            <td className={classes.kindSource}>
              <span className={classes.dot} style={{ background: colourOfSource(row.source.id) }} aria-hidden />
              {row.source.name}
            </td>
            <td className={classes.kindBar}>
              <span className={classes.hidden}>{formatShare(row.count / total)}</span>
              <span style={{ width: `${Math.max(1, (row.count / top) * 100)}%`, background: colourOfSource(row.source.id) }} aria-hidden />
            </td>
            <td className={classes.number}>{formatNumber(row.count)}</td>
          </tr>
        ))}
        {others.length > 0 && (
          <tr>
            <th scope="row" colSpan={3}>
              {others.length} further
            </th>
            <td className={classes.number}>{formatNumber(others.reduce((sum, row) => sum + row.count, 0))}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
