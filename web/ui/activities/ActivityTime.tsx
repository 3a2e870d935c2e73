import { Tooltip } from '@mantine/core';
import { formatExact, formatRelative } from '../format.ts';
import { useNow } from '../RelativeTime.tsx';
import { ownClock } from './words.ts';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const week = 7 * 86_400_000;

/** When it was; on hover exactly, in the viewer's zone and on the person's own clock. Under a day's heading old times are clock times. */
export function ActivityTime({ at, offsetMinutes, underDay = false }: { at: string; offsetMinutes: number | null; underDay?: boolean }) {
  const now = useNow();
  const date = new Date(at);
  const own = ownClock(date, offsetMinutes);
  return (
    <Tooltip
      label={
        <>
          {formatExact(date)}
          {own !== undefined && (
            <>
              <br />
              {own}
            </>
          )}
        </>
      }
    >
      <time dateTime={at}>{underDay && now.getTime() - date.getTime() > week ? clock.format(date) : formatRelative(date, now)}</time>
    </Tooltip>
  );
}
