import { Progress, Text } from '@mantine/core';
import { count, formatDuration, formatNumber, formatShare } from '../ui/format.ts';
import type { Run } from './runs.ts';
import classes from './RunProgress.module.css';

/** How far a run is: items, rate, time left. Announced politely, not each second. */
export function RunProgress({ run, size = 'md' }: { run: Run; size?: 'sm' | 'md' }) {
  const running = run.state === 'running';
  // One that was resumed counts its own items: when it is done, the whole is read.
  const total = run.state === 'done' ? null : run.total;
  const share = total === null || total === 0 ? undefined : Math.min(1, run.items / total);
  return (
    <div className={classes.progress} data-size={size}>
      <Progress
        value={share === undefined ? 100 : share * 100}
        size={size === 'sm' ? 4 : 6}
        animated={running && share === undefined}
        striped={running && share === undefined}
        color={run.state === 'failed' ? 'red' : run.state === 'done' ? 'teal' : 'accent'}
        aria-label={`Progress of ${run.sourceName}`}
        transitionDuration={400}
      />
      <div className={classes.figures}>
        <Text span inherit>
          {total === null ? count(run.items, 'item') : `${formatNumber(run.items)} of ${formatNumber(total)}`}
          {share !== undefined && ` · ${formatShare(share)}`}
        </Text>
        <Text span inherit>
          {running && run.rate > 0 && `${formatNumber(run.rate)}/s`}
          {running && run.etaSeconds !== null && ` · ${formatDuration(run.etaSeconds)} left`}
          {run.state === 'done' && 'Done'}
          {run.state === 'interrupted' && 'Stopped; resumes where it was'}
          {run.state === 'failed' && 'Failed'}
        </Text>
      </div>
      {run.error !== null && (
        <p className={classes.error} data-failed={run.state === 'failed'}>
          {run.error}
        </p>
      )}
    </div>
  );
}
