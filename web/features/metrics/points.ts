import { drawn, figureIn, textIn } from './figures.ts';
import type { Series } from './figures.ts';
import type { Answer } from './question.ts';

/** One period of a chart over time. */
export interface Point {
  /** Of the row, to open it. */
  key: string;
  label: string;
  /** Fits under an axis. */
  tick: string;
  values: Record<string, number | null>;
  /** The same place in the window before; undefined where there is none. */
  before: { label: string; values: Record<string, number | null> } | undefined;
}

const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const longDay = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/**
 * Rows as points. The window before stands right before this one, so both are laid together at their ends, where the
 * periods are the newest.
 */
export function pointsOf(answer: Answer, before: Answer | undefined): Point[] {
  const keys = drawn(answer).map((column) => column.key);
  const { x } = answer.report.chart;
  const shift = (before?.rows.length ?? 0) - answer.rows.length;
  return answer.rows.map((row, index) => {
    const old = before?.rows[index + shift];
    const title = textIn(row, x);
    return {
      key: row.key,
      label: titleOf(title),
      tick: tickOf(title),
      values: Object.fromEntries(keys.map((key) => [key, figureIn(row, key)])),
      before:
        old === undefined
          ? undefined
          : { label: titleOf(textIn(old, x)), values: Object.fromEntries(keys.map((key) => [key, figureIn(old, key)])) },
    };
  });
}

/** `2026-02-28` → `Sat, 28 Feb 2026`; other periods have their title. */
export function titleOf(title: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(title) ? longDay.format(new Date(`${title}T00:00:00Z`)) : title;
}

function tickOf(title: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(title)) return shortDay.format(new Date(`${title}T00:00:00Z`));
  return title.replace(/^Week (\d+), (\d{4})$/, 'W$1 $2');
}

/** The sum of what is stacked; null where nothing is known. */
export function sumOf(values: Record<string, number | null>, series: readonly Series[]): number | null {
  const known = series.map(({ key }) => values[key]).filter((value) => typeof value === 'number');
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
