import { Popover, RingProgress, Text, UnstyledButton } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { paths } from '../paths.ts';
import { count } from '../ui/format.ts';
import { Link } from '../ui/Link.tsx';
import { newestRuns, useRuns } from './runs.ts';
import type { Run } from './runs.ts';
import { RunProgress } from './RunProgress.tsx';
import classes from './Tray.module.css';

/** Work under way: can be left, and is found again here. Not there when nothing runs. */
export function Tray({ narrow = false }: { narrow?: boolean }) {
  const runs = newestRuns(useRuns());
  if (runs.length === 0) return null;
  const running = runs.filter((run) => run.state === 'running');
  return (
    <Popover position="right-end" width={340} trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={classes.button} data-narrow={narrow} aria-label={narrow ? titleOf(running, runs) : undefined}>
          <TrayMark runs={running.length > 0 ? running : runs} />
          {!narrow && <span className={classes.words}>{titleOf(running, runs)}</span>}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label="Work under way">
        <Text fw={600} size="sm" mb={8}>
          {titleOf(running, runs)}
        </Text>
        <ul className={classes.list}>
          {runs.map((run) => (
            <li key={run.id}>
              <div className={classes.name}>
                <Link to={paths.source(run.sourceId)}>{run.sourceName}</Link>
                {run.stream !== null && run.state === 'running' && <span className={classes.stream}>{run.stream}</span>}
              </div>
              <RunProgress run={run} size="sm" />
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

function titleOf(running: readonly Run[], all: readonly Run[]): string {
  if (running.length > 0)
    return running.length === 1 && running[0] !== undefined
      ? `Reading ${running[0].sourceName}`
      : `Reading ${count(running.length, 'source')}`;
  return all.some((run) => run.state === 'failed') ? 'A reading failed' : 'Reading done';
}

function TrayMark({ runs }: { runs: readonly Run[] }) {
  if (runs.every((run) => run.state !== 'running')) {
    const failed = runs.some((run) => run.state === 'failed');
    return (
      <span className={classes.mark}>
        {failed ? <IconX size={16} color="var(--risk)" aria-hidden /> : <IconCheck size={16} color="var(--good)" aria-hidden />}
      </span>
    );
  }
  const total = runs.reduce((sum, run) => sum + (run.total ?? 0), 0);
  const items = runs.reduce((sum, run) => sum + run.items, 0);
  const known = runs.every((run) => run.total !== null) && total > 0;
  return (
    <RingProgress
      size={20}
      thickness={3}
      className={known ? '' : classes.turning}
      sections={[{ value: known ? Math.min(100, (items / total) * 100) : 30, color: 'accent' }]}
      aria-hidden
    />
  );
}
