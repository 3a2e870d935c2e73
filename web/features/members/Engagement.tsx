import { Badge, Button, Skeleton } from '@mantine/core';
import { useState } from 'react';
import { useAction } from '../../api.ts';
import { paths } from '../../paths.ts';
import { count, formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import type { Profile } from './filter.ts';
import classes from './members.module.css';
import rules from './rules.module.css';

const shownFirst = 5;

/** The engagement points as a sum: what each kind of activity gives, line by line, to exactly the total. */
export function Engagement({ profile }: { profile: Profile }) {
  const [all, setAll] = useState(false);
  const sum = useAction('engagement.of', { member: profile.id });
  const { data } = sum;
  if (sum.isError) return null;
  return (
    <section className={classes.part}>
      <h2 className={classes.partTitle}>Engagement {data?.level != null && <Badge color="gray">{data.level.name}</Badge>}</h2>
      {data === undefined ? (
        <Skeleton height={110} radius="md" />
      ) : data.isBot ? (
        <p className={classes.quiet}>Bots get no points.</p>
      ) : data.lines.length === 0 ? (
        <p className={classes.quiet}>No points yet: nothing was seen that gives any.</p>
      ) : (
        <>
          <table className={rules.sum}>
            <thead>
              <tr>
                <th scope="col">Activities</th>
                <th scope="col" title="How many there were, ever">
                  Count
                </th>
                <th scope="col" title={`Each is worth half after ${data.halfLifeDays} days`}>
                  Left
                </th>
                <th scope="col" title="Points for a fresh one">
                  Weight
                </th>
                <th scope="col">Points</th>
              </tr>
            </thead>
            <tbody>
              {data.lines.slice(0, all ? undefined : shownFirst).map((line) => (
                <tr key={line.kind}>
                  <th scope="row">{line.title}</th>
                  <td>{formatNumber(line.count)}</td>
                  <td>{line.left.toFixed(1)}</td>
                  <td>× {formatNumber(line.weight)}</td>
                  <td>{formatPoints(line.points)}</td>
                </tr>
              ))}
              {!all && data.lines.length > shownFirst && (
                <tr>
                  <th scope="row" colSpan={4}>
                    <Button variant="subtle" color="gray" size="compact-xs" ml={-8} onClick={() => setAll(true)}>
                      {count(data.lines.length - shownFirst, 'more kind')}
                    </Button>
                  </th>
                  <td>
                    {formatPoints(data.lines.slice(shownFirst).reduce((total, line) => total + Math.round(line.points * 10), 0) / 10)}
                  </td>
                </tr>
              )}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row" colSpan={4}>
                  Points
                </th>
                <td>{formatPoints(data.points)}</td>
              </tr>
            </tfoot>
          </table>
          <p className={rules.quiet}>
            An activity is worth half after {count(data.halfLifeDays, 'day')}.{' '}
            {data.next !== null && `${formatPoints(data.next.missing)} more for ${data.next.name}. `}
            <Link to={paths.settingsPage('engagement')}>How it is counted</Link>
          </p>
        </>
      )}
    </section>
  );
}

function formatPoints(points: number): string {
  return points.toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}
