import { SegmentedControl, Text } from '@mantine/core';
import { useAction } from '../../api.ts';
import { paths } from '../../paths.ts';
import { count, formatDay, formatDuration } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { StatTile, StatTiles, StatTileSkeleton } from '../../ui/StatTile.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { useParam } from '../../ui/url-state.ts';
import classes from './home.module.css';

const spans = ['7', '30', '90', '365'];

/** How many days the glance looks at: in the address. */
export function Span() {
  const [days, setDays] = useParam('days', '30');
  return (
    <SegmentedControl
      size="xs"
      aria-label="Days looked at"
      value={days}
      onChange={setDays}
      data={spans.map((span) => ({ value: span, label: span === '365' ? 'Year' : `${span} days` }))}
    />
  );
}

/** Each tile is a report's headline beside the days before, and opens the rows behind it. */
export function Glance() {
  const [days] = useParam('days', '30');
  const home = useAction('metrics.home', { days: Number(days) || 30 }, { every: 60_000, keep: true });
  if (home.isError && home.data === undefined) return <ErrorState error={home.error} onRetry={() => void home.refetch()} />;
  if (home.data === undefined) {
    return (
      <div className={classes.glance}>
        <StatTiles>
          {Array.from({ length: 8 }, (_, index) => (
            <StatTileSkeleton key={index} />
          ))}
        </StatTiles>
        <div className={classes.note} />
      </div>
    );
  }
  const { tiles, window: shown, previous, excluded } = home.data;
  return (
    <div className={classes.glance}>
      <StatTiles>
        {tiles.map((tile) => (
          <StatTile
            key={tile.key}
            label={tile.title}
            value={tile.value ?? '–'}
            previous={tile.previous ?? undefined}
            {...(tile.type === 'duration' ? { format: formatDuration, lessIsBetter: true, note: 'nobody answered' } : {})}
            against={`${dayOf(previous.from)} to ${dayOf(previous.to)}`}
            // The medians of single days say little.
            spark={tile.type === 'duration' ? undefined : tile.spark}
            to={paths.rowsOf(tile.opens)}
            definition={tile.definition}
          />
        ))}
      </StatTiles>
      <Text component="div" className={classes.note}>
        {dayOf(shown.from)} to {dayOf(shown.to)}, beside the {days} days before.{' '}
        {excluded.bots > 0 && `${count(excluded.bots, 'bot')} left out. `}
        {excluded.suspectedBots > 0 && (
          <>
            {count(excluded.suspectedBots, 'suspected bot')} still in: <Link to={paths.suggestions({ tab: 'bots' })}>decide</Link>.
          </>
        )}
      </Text>
    </div>
  );
}

function dayOf(day: string): string {
  return formatDay(new Date(`${day}T12:00:00`));
}
