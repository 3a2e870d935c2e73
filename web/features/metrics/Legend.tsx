import { UnstyledButton } from '@mantine/core';
import type { Series } from './figures.ts';
import classes from './charts.module.css';

interface Props {
  series: readonly Series[];
  hidden: ReadonlySet<string>;
  onToggle: (key: string) => void;
  /** What the dashed line is. */
  before: string | undefined;
}

/** What the colours are; a press hides or shows one. */
export function Legend({ series, hidden, onToggle, before }: Props) {
  return (
    <ul className={classes.legend} aria-label="Shown in the chart">
      {series.map((one) => (
        <li key={one.key}>
          {series.length === 1 ? (
            <span className={classes.key}>
              <span className={classes.swatch} style={{ background: one.colour }} />
              {one.title}
            </span>
          ) : (
            <UnstyledButton className={classes.key} aria-pressed={!hidden.has(one.key)} onClick={() => onToggle(one.key)}>
              <span className={classes.swatch} style={{ background: one.colour }} />
              {one.title}
            </UnstyledButton>
          )}
        </li>
      ))}
      {before !== undefined && (
        <li className={classes.note}>
          <span className={classes.dashes} />
          {before}
        </li>
      )}
    </ul>
  );
}
