import { Progress, Text } from '@mantine/core';
import { formatDuration, formatNumber, formatShare } from '../ui/format.ts';
import type { Run } from './runs.ts';
import classes from './RunProgress.module.css';

/** How far a run is: items, rate, time left. Announced politely, not each second. */
export function RunProgress({ run, size = 'md' }: { run: Run; size?: 'sm' | 'md' }) {
  const share = run.total === null || run.total === 0 ? undefined : Math.min(1, run.items / run.total);
  const running = run.state === 'running';
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
          {run.total === null ? `${formatNumber(run.items)} items` : `${formatNumber(run.items)} of ${formatNumber(run.total)}`}
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
      {run.error !== null && <p className={classes.error}>{run.error}</p>}
    </div>
  );
}
