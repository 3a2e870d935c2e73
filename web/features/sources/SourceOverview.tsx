import { Tooltip } from '@mantine/core';
import { paths } from '../../paths.ts';
import { useReach } from '../../shell/session.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { count, formatDay, formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { Section } from '../../ui/Page.tsx';
import { RelativeTime, useNow } from '../../ui/RelativeTime.tsx';
import { Status } from '../../ui/Status.tsx';
import type { SourceDetail } from './Source.tsx';
import classes from './sources.module.css';

type Stream = SourceDetail['streams'][number];

const columns: Column<Stream>[] = [
  { id: 'title', title: 'Stream', fixed: true, cell: (stream) => stream.title },
  {
    id: 'state',
    title: 'State',
    width: 150,
    cell: (stream) =>
      stream.underway ? (
        <Status mood="busy">Under way</Status>
      ) : stream.completedAt === null ? (
        <Status mood="quiet">Not read yet</Status>
      ) : (
        <Status mood="good">Complete</Status>
      ),
  },
  { id: 'completed', title: 'Complete as of', width: 160, wide: true, cell: (stream) => <RelativeTime at={stream.completedAt} none="–" /> },
  { id: 'items', title: 'Records', width: 90, align: 'right', cell: (stream) => formatNumber(stream.items) },
];

export function SourceOverview({ source }: { source: SourceDetail }) {
  const reach = useReach();
  const month = source.itemsADay.reduce((sum, items) => sum + items, 0);
  return (
    <>
      <dl className={classes.facts}>
        <div>
          <dt>Last success</dt>
          <dd>
            <RelativeTime at={source.lastSuccessAt} />
          </dd>
        </div>
        <div>
          <dt>Records</dt>
          <dd>
            {reach('activities.timeline') ? (
              <Link to={paths.timeline({ source: source.id })}>{formatNumber(source.records)}</Link>
            ) : (
              formatNumber(source.records)
            )}
          </dd>
        </div>
        <div>
          <dt>Quarantined</dt>
          <dd>
            {source.quarantined === 0 ? 'none' : <Link to={paths.source(source.id, 'quarantine')}>{formatNumber(source.quarantined)}</Link>}
          </dd>
        </div>
        <div>
          <dt>Connected</dt>
          <dd>
            <RelativeTime at={source.createdAt} />
          </dd>
        </div>
        <div>
          <dt>Limited to</dt>
          <dd>{source.since === null ? 'everything' : `from ${formatDay(new Date(source.since))}`}</dd>
        </div>
      </dl>
      <Section title="Items a day" about={`${count(month, 'new or changed item')} in the last 30 days.`}>
        <DayBars values={source.itemsADay} />
      </Section>
      <Section title="Streams" about="Each is read and remembered by itself.">
        <DataTable name="Streams" columns={columns} rows={source.streams} keyOf={(stream) => stream.name} empty={null} />
      </Section>
    </>
  );
}

const day = 86_400_000;

function DayBars({ values }: { values: readonly number[] }) {
  const now = useNow();
  const most = Math.max(1, ...values);
  const dayOf = (index: number) => formatDay(new Date(now.getTime() - (values.length - 1 - index) * day));
  return (
    <figure
      style={{ margin: 0 }}
      role="img"
      aria-label={`Items a day: ${
        values
          .map((value, index) => `${dayOf(index)} ${value}`)
          .filter((_, index) => (values[index] ?? 0) > 0)
          .join(', ') || 'none'
      }`}
    >
      <div className={classes.bars}>
        {values.map((value, index) => (
          <Tooltip key={index} label={`${dayOf(index)}: ${formatNumber(value)}`} openDelay={0}>
            <div style={{ height: `${Math.max(value === 0 ? 0 : 2, (value / most) * 100)}%`, minHeight: value === 0 ? 1 : 2 }} />
          </Tooltip>
        ))}
      </div>
      <div className={classes.axis} aria-hidden>
        <span>{dayOf(0)}</span>
        <span>most {formatNumber(Math.max(0, ...values))}</span>
        <span>today</span>
      </div>
    </figure>
  );
}
