import { Button } from '@mantine/core';
import { useState } from 'react';
import { dayOf } from '../../ui/activities/days.ts';
import { paths } from '../../paths.ts';
import { count, formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { RelativeTime, useNow } from '../../ui/RelativeTime.tsx';
import { showDay } from './dates.ts';
import classes from './members.module.css';

interface Props {
  days: readonly { day: string; count: number }[];
  member: string;
  lastAt: string | null;
}

const cell = 11;
const gap = 3;
const weeks = 53;
const left = 28;
const month = new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' });

/** The days of the last year, darker where more was done; the same as a table. */
export function DayMap({ days, member, lastAt }: Props) {
  const [asTable, setAsTable] = useState(false);
  const total = days.reduce((sum, one) => sum + one.count, 0);
  if (total === 0) {
    return (
      <p className={classes.quiet}>
        Nothing in the last year.{' '}
        {lastAt !== null && (
          <>
            Last seen <RelativeTime at={lastAt} />.
          </>
        )}
      </p>
    );
  }
  const words = `${count(total, 'activity', 'activities')} on ${count(days.length, 'day')}`;
  return (
    <div>
      {asTable ? <DayTable days={days} member={member} /> : <Map days={days} label={`The last year: ${words}`} />}
      <div className={classes.mapFoot}>
        <span>{words}</span>
        <Button variant="subtle" color="gray" size="compact-xs" onClick={() => setAsTable(!asTable)}>
          {asTable ? 'As a map' : 'As a table'}
        </Button>
      </div>
    </div>
  );
}

function Map({ days, label }: { days: Props['days']; label: string }) {
  const counts = new globalThis.Map(days.map((one) => [one.day, one.count]));
  const levels = levelsOf(days.map((one) => one.count));
  const today = dayOf(useNow());
  const start = addDays(today, -((weeks - 1) * 7 + weekday(today)));
  const columns = Array.from({ length: weeks }, (_, week) => addDays(start, week * 7));
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <div className={classes.mapFrame} tabIndex={0} role="group" aria-label="Map of days">
      <svg
        viewBox={`0 0 ${left + weeks * (cell + gap)} ${16 + 7 * (cell + gap)}`}
        style={{ maxWidth: left + weeks * (cell + gap) }}
        role="img"
        aria-label={label}
        className={classes.map}
      >
        {['Mon', '', 'Wed', '', 'Fri', '', ''].map((name, index) => (
          <text key={index} x={0} y={16 + index * (cell + gap) + cell - 2}>
            {name}
          </text>
        ))}
        {columns.map((monday, week) => (
          <g key={monday}>
            {monthStarts(monday, week) && (
              <text x={left + week * (cell + gap)} y={10}>
                {month.format(new Date(`${addDays(monday, 6)}T00:00:00Z`))}
              </text>
            )}
            {Array.from({ length: 7 }, (_, index) => addDays(monday, index)).map((day, index) =>
              day > today ? null : (
                <rect
                  key={day}
                  x={left + week * (cell + gap)}
                  y={16 + index * (cell + gap)}
                  width={cell}
                  height={cell}
                  rx={2.5}
                  data-level={levels(counts.get(day) ?? 0)}
                >
                  <title>{`${showDay(day)}: ${formatNumber(counts.get(day) ?? 0)}`}</title>
                </rect>
              ),
            )}
          </g>
        ))}
      </svg>
    </div>
  );
}

function DayTable({ days, member }: { days: Props['days']; member: string }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above
    <div className={classes.dayTable} tabIndex={0} role="group" aria-label="Days as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col" className={classes.number}>
              Activities
            </th>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map((one) => (
            <tr key={one.day}>
              <th scope="row">{showDay(one.day)}</th>
              <td className={classes.number}>
                <Link to={paths.timeline({ member, from: one.day, before: addDays(one.day, 1) })} look="plain">
                  {formatNumber(one.count)}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Four steps by the quarters of what is usual for this person. */
function levelsOf(counts: readonly number[]): (count: number) => number {
  const sorted = counts.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  const steps = [at(0.25), at(0.5), at(0.8)];
  return (value) => (value === 0 ? 0 : 1 + steps.filter((step) => value > step).length);
}

function monthStarts(monday: string, week: number): boolean {
  if (week === 0 || week > weeks - 3) return false;
  return Number(addDays(monday, 6).slice(8)) <= 7;
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Monday is 0. */
function weekday(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}
