import { Skeleton, Text, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatNumber, formatShare } from './format.ts';
import { Link } from './Link.tsx';
import { Sparkline } from './Sparkline.tsx';
import classes from './StatTile.module.css';

interface Props {
  label: string;
  value: number | string;
  /** How a number is written: a duration, a share. */
  format?: (value: number) => string;
  /** The same span of time before; undefined when it cannot be said. */
  previous?: number | undefined;
  /** What "before" is: "the 30 days before". */
  against?: string;
  spark?: readonly number[] | undefined;
  /** Where the rows behind the number are; left out where it counts nothing that could be listed. */
  to?: string;
  /** The definition, in words. */
  definition?: string;
  /** For counts where less is better. */
  lessIsBetter?: boolean;
  /** False where more is neither good nor bad by itself: the change has no colour. */
  judged?: boolean;
  note?: ReactNode;
}

/** A number at a glance: how it moved, and a click to the rows behind it. */
export function StatTile({
  label,
  value,
  format = formatNumber,
  previous,
  against = 'the period before',
  spark,
  to,
  definition,
  lessIsBetter = false,
  judged = true,
  note,
}: Props) {
  const content = (
    <>
      <span className={classes.label}>{label}</span>
      <span className={classes.value}>{typeof value === 'number' ? format(value) : value}</span>
      <span className={classes.foot}>
        {typeof value === 'number' && previous !== undefined ? (
          <Change value={value} previous={previous} against={against} lessIsBetter={lessIsBetter} judged={judged} format={format} />
        ) : (
          <span>{note}</span>
        )}
        {spark !== undefined && <Sparkline values={spark} width={56} height={22} />}
      </span>
    </>
  );
  const tile =
    to === undefined ? (
      <div className={classes.tile}>{content}</div>
    ) : (
      <Link to={to} look="plain" className={classes.tile}>
        {content}
      </Link>
    );
  return definition === undefined ? tile : <Tooltip label={definition}>{tile}</Tooltip>;
}

function Change({
  value,
  previous,
  against,
  lessIsBetter,
  judged,
  format,
}: {
  value: number;
  previous: number;
  against: string;
  lessIsBetter: boolean;
  judged: boolean;
  format: (value: number) => string;
}) {
  if (previous === value) {
    return (
      <span className={classes.change}>
        no change<span className={classes.hidden}> from {against}</span>
      </span>
    );
  }
  const up = value > previous;
  // What rounds to nothing is neither good nor bad.
  if (previous !== 0 && Math.abs(value - previous) / previous < 0.005) {
    return (
      <span className={classes.change}>
        about as before
        <Text span inherit c="dimmed" className={classes.against}>
          {' '}
          vs {format(previous)}
        </Text>
      </span>
    );
  }
  const amount = previous === 0 ? `from 0` : formatShare(Math.abs(value - previous) / previous);
  return (
    <span className={classes.change} data-mood={judged ? (up === lessIsBetter ? 'bad' : 'good') : undefined}>
      <span aria-hidden>{up ? '▲' : '▼'}</span> {amount}
      {previous !== 0 && (
        <Text span inherit c="dimmed" className={classes.against}>
          {' '}
          vs {format(previous)}
        </Text>
      )}
      <span className={classes.hidden}>
        {up ? 'more' : 'less'} than {against}
      </span>
    </span>
  );
}

export function StatTileSkeleton() {
  return (
    <div className={classes.tile} role="status" aria-label="Loading">
      <Skeleton height={10} width="55%" radius="sm" mt={5} />
      <Skeleton height={20} width="35%" radius="sm" mt={10} />
      <Skeleton height={10} width="70%" radius="sm" mt={15} />
    </div>
  );
}

export function StatTiles({ children }: { children: ReactNode }) {
  return <div className={classes.tiles}>{children}</div>;
}
