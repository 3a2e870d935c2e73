import { SegmentedControl } from '@mantine/core';
import { useElementSize, useMediaQuery } from '@mantine/hooks';
import { lazy, Suspense, useState } from 'react';
import { useParam } from '../../ui/url-state.ts';
import { barsOf } from './bars.ts';
import { drawn, seriesOf } from './figures.ts';
import { gridOf } from './grid.ts';
import { heatStyle } from './heat.ts';
import { Legend } from './Legend.tsx';
import { Matrix } from './Matrix.tsx';
import { windowTitle } from './period.ts';
import { pointsOf } from './points.ts';
import type { Answer } from './question.ts';
import { Ranking } from './Ranking.tsx';
import { shapeOf } from './shape.ts';
import type { Shape } from './shape.ts';
import classes from './charts.module.css';

// The library that draws over time is fetched with the first report that needs it.
const PeriodChart = lazy(() => import('./PeriodChart.tsx').then((module) => ({ default: module.PeriodChart })));

interface Props {
  answer: Answer;
  before: Answer | undefined;
  /** The figures are those of the former question. */
  stale: boolean;
  onOpen: (row: string, column: string) => void;
  /** In a card: lower, fewer bars, nothing to set. */
  compact?: boolean;
}

const compactBars = 8;

/** The picture of a report, as its kind asks. The table beside it has every number. */
export function Chart(props: Props) {
  const shape = shapeOf(props.answer);
  return (
    <figure className={classes.frame} data-stale={props.stale} aria-label={`Chart: ${props.answer.report.title}`}>
      {shape === 'ranking' ? (
        <RankingChart {...props} />
      ) : shape === 'heatmap' || shape === 'cohorts' ? (
        <MatrixChart {...props} shape={shape} />
      ) : (
        <TimeChart {...props} shape={shape} />
      )}
    </figure>
  );
}

function TimeChart({ answer, before, onOpen, shape, compact = false }: Props & { shape: 'line' | 'stacked' | 'bars' }) {
  const { ref, width } = useElementSize();
  const phone = useMediaQuery('(max-width: 767px)') ?? false;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const all = seriesOf(drawn(answer));
  const shown = all.filter(({ key }) => !hidden.has(key));
  const height = compact ? 220 : phone ? 260 : 340;
  const toggle = (key: string) => setHidden(new Set(hidden.has(key) ? [...hidden].filter((one) => one !== key) : [...hidden, key]));
  return (
    <>
      <div className={classes.head}>
        <Legend
          series={all}
          hidden={hidden}
          onToggle={toggle}
          before={
            before === undefined
              ? undefined
              : `the period before${shape === 'stacked' && all.length > 1 ? ', all together' : ''}: ${windowTitle(before.window)}`
          }
        />
      </div>
      <div ref={ref} className={classes.plot} style={{ height }}>
        {width > 0 && (
          <Suspense fallback={null}>
            <PeriodChart
              shape={shape}
              points={pointsOf(answer, before)}
              series={shown}
              width={width}
              height={height}
              size={phone ? 11 : 12}
              onOpen={onOpen}
            />
          </Suspense>
        )}
      </div>
    </>
  );
}

function MatrixChart({ answer, onOpen, shape, compact = false }: Props & { shape: Extract<Shape, 'heatmap' | 'cohorts'> }) {
  const [cells, setCells] = useParam('cells', 'share');
  const grid = gridOf(answer);
  const cohorts = shape === 'cohorts';
  const ends = [0, 0.25, 0.5, 0.75, 1].map((share) => heatStyle(share).background);
  return (
    <>
      <div className={classes.head}>
        <span className={classes.scale}>
          {cohorts ? 'fewer stay' : 'quiet'}
          <span className={classes.ramp} style={{ display: 'flex' }} aria-hidden>
            {ends.map((ground) => (
              <span key={ground} style={{ flex: 1, background: ground }} />
            ))}
          </span>
          {cohorts ? 'more stay' : 'busy'}
        </span>
        {cohorts && !compact && (
          <SegmentedControl
            size="xs"
            className={classes.tools ?? ''}
            aria-label="What the cells say"
            value={cells === 'people' ? 'people' : 'share'}
            onChange={setCells}
            data={[
              { value: 'share', label: 'Percent' },
              { value: 'people', label: 'People' },
            ]}
          />
        )}
      </div>
      <div className={classes.plot}>
        <Matrix grid={grid} label={answer.report.title} asShare={cohorts && cells !== 'people'} onOpen={onOpen} />
      </div>
    </>
  );
}

function RankingChart({ answer, onOpen, compact = false }: Props) {
  const all = barsOf(answer);
  const bars = compact
    ? { ...all, shown: all.shown.slice(0, compactBars), more: all.more + Math.max(0, all.shown.length - compactBars) }
    : all;
  return (
    <div className={classes.plot}>
      {bars.few !== undefined && (
        <p className={classes.few}>
          <button type="button" className={classes.fewButton} onClick={() => onOpen('*', 'factor')}>
            <strong>{bars.few.number}</strong> {bars.few.rest}
          </button>
          : the blue {bars.few.number === '1' ? 'bar' : 'bars'}.
        </p>
      )}
      <Ranking bars={bars} onOpen={onOpen} />
    </div>
  );
}
