import { Tooltip } from '@mantine/core';
import { formatNumber } from '../../ui/format.ts';
import classes from './members.module.css';

interface Bar {
  key: string;
  title: string;
  value: number;
  note: string;
}

/** A bar a month from zero up, with the same as a table for those who do not see it. */
export function MonthBars({ bars }: { bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <figure className={classes.bars}>
      <div className={classes.barRow} aria-hidden>
        {bars.map((bar) => (
          <Tooltip key={bar.key} label={`${bar.title}: ${formatNumber(bar.value)} activities, ${bar.note}`} openDelay={0}>
            <span className={classes.barSlot}>
              <span style={{ height: `${(bar.value / most) * 100}%` }} data-none={bar.value === 0} />
            </span>
          </Tooltip>
        ))}
      </div>
      <div className={classes.barAxis} aria-hidden>
        <span>{bars[0]?.title}</span>
        <span>at most {formatNumber(most)}</span>
        <span>{bars.at(-1)?.title}</span>
      </div>
      <table className={classes.hidden}>
        <caption>Activities a month</caption>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.key}>
              <th scope="row">{bar.title}</th>
              <td>{formatNumber(bar.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
