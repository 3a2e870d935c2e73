import { paths } from '../../paths.ts';
import { StatTile } from '../../ui/StatTile.tsx';
import { useQueryParams } from '../../ui/url-state.ts';
import { figureIn, formatFigure } from './figures.ts';
import { showDay } from './period.ts';
import { hasBefore } from './question.ts';
import type { Answer } from './question.ts';
import classes from './report.module.css';

/** Reports of what waits, ages or leaves: more of it is no success, and not always a failure. */
const unjudged = new Set([
  'unanswered-threads',
  'inactive-contributors',
  'issue-age',
  'bot-activity',
  'sentiment-over-time',
  'top-organizations',
  'organizational-diversity',
]);

/** The numbers on top, each beside the window before; those that count something open to it. */
export function Headline({ answer }: { answer: Answer }) {
  const params = useQueryParams();
  const { previous } = answer;
  const known = hasBefore(answer);
  const overTime = answer.columns.find((column) => column.key === answer.report.chart.x)?.type === 'period';
  return (
    <div className={classes.headline}>
      {answer.headline.map(({ key, title, type, value, previous: before, counts, opens: into }) => {
        const column = answer.columns.find((candidate) => candidate.key === key);
        const opens =
          counts === undefined && into === undefined
            ? undefined
            : paths.report(answer.report.id, { ...params, row: '*', column: key, as: undefined });
        return (
          <StatTile
            key={key}
            label={title}
            value={type === 'count' && value !== null && Number.isInteger(value) ? value : formatFigure(value, type)}
            previous={known ? (before ?? undefined) : undefined}
            against={`${showDay(previous.from)} to ${showDay(previous.to)}`}
            judged={!unjudged.has(answer.report.id)}
            note={known && before !== null ? `${formatFigure(before, type)} before` : undefined}
            {...(opens === undefined ? {} : { to: opens })}
            spark={
              overTime && column !== undefined && answer.rows.length > 1 && answer.rows.length <= 400
                ? answer.rows.map((row) => figureIn(row, key) ?? 0)
                : undefined
            }
          />
        );
      })}
    </div>
  );
}
