import { useAction } from '../../api.ts';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { barsOf } from './bars.ts';
import { drawn, figureIn, formatFigure, seriesOf } from './figures.ts';
import { gridOf } from './grid.ts';
import { heatStyle } from './heat.ts';
import type { Answer, Definition } from './question.ts';
import { shapeOf } from './shape.ts';
import { sumOf } from './points.ts';
import classes from './reports.module.css';

/** The report's own figures for the last twelve months, small. */
export function Preview({ report }: { report: Definition }) {
  const answer = useAction('metrics.report', { report: report.id }).data;
  const [main] = answer?.headline ?? [];
  return (
    <span className={classes.preview}>
      {answer !== undefined && (
        <>
          {main !== undefined && (
            <span className={classes.figure}>
              <b>{formatFigure(main.value, main.type)}</b> <span>{main.title.toLowerCase()}</span>
            </span>
          )}
          <span className={classes.picture} aria-hidden>
            <Small answer={answer} />
          </span>
        </>
      )}
    </span>
  );
}

function Small({ answer }: { answer: Answer }) {
  const shape = shapeOf(answer);
  if (shape === 'ranking') {
    return (
      <span className={classes.bars}>
        {barsOf(answer)
          .shown.slice(0, 5)
          .map((bar) => (
            <span key={bar.key} hidden={bar.length === 0} style={{ width: `${bar.length * 100}%` }} data-strong={bar.strong} />
          ))}
      </span>
    );
  }
  if (shape === 'heatmap' || shape === 'cohorts') {
    const { rows } = gridOf(answer);
    return (
      <span className={classes.grid}>
        {rows.slice(0, 7).map((row) => (
          <span key={row.key}>
            {row.cells.slice(0, 24).map((cell, index) => (
              <span key={index} style={cell.value === null || cell.heat === null ? {} : { background: heatStyle(cell.heat).background }} />
            ))}
          </span>
        ))}
      </span>
    );
  }
  const series = seriesOf(drawn(answer));
  const values = answer.rows.map((row) =>
    shape === 'stacked'
      ? (sumOf(Object.fromEntries(series.map(({ key }) => [key, figureIn(row, key)])), series) ?? 0)
      : (figureIn(row, series[0]?.key ?? '') ?? 0),
  );
  return (
    <Sparkline
      values={values}
      width={120}
      height={36}
      colour={series.length === 1 || shape === 'line' ? (series[0]?.colour ?? 'var(--quiet)') : 'var(--quiet)'}
    />
  );
}
