import { figureIn, isFigure, textIn } from './figures.ts';
import type { Answer } from './question.ts';

export interface GridCell {
  /** Null where there can be no number yet. */
  value: number | null;
  /** Of its row's size. */
  share: number | null;
  /** 0 to 1 of the hottest; null is not coloured. */
  heat: number | null;
}

/** A table of numbers to be coloured: hours of the week, cohorts. */
export interface Grid {
  corner: string;
  /** What the sizes are called, where rows have one. */
  sizes: string | undefined;
  columns: { key: string; title: string; name: string }[];
  rows: { key: string; title: string; size: number | null; cells: GridCell[] }[];
}

/** Rows and columns of a heat map or of cohorts. Columns that are `of` another are shares of that one. */
export function gridOf(answer: Answer): Grid {
  const { x, type } = answer.report.chart;
  const figures = answer.columns.filter((column) => isFigure(column.type) && column.key !== 'size' && column.key !== 'total');
  const size = answer.columns.find((column) => column.key === 'size');
  const cohorts = type === 'cohorts';
  const valueOf = (row: Answer['rows'][number], key: string): { value: number | null; share: number | null } => {
    const value = figureIn(row, key);
    const whole = size === undefined ? null : figureIn(row, size.key);
    return { value, share: value === null || whole === null || whole === 0 ? null : value / whole };
  };
  // Everybody is there in the period they came in: that column says nothing, and would outshine the others.
  const heated = cohorts ? figures.slice(1) : figures;
  const measure = (row: Answer['rows'][number], key: string) => (cohorts ? valueOf(row, key).share : figureIn(row, key)) ?? 0;
  const most = Math.max(0, ...answer.rows.flatMap((row) => heated.map(({ key }) => measure(row, key))));
  return {
    corner: answer.columns.find((column) => column.key === x)?.title ?? '',
    sizes: size?.title,
    columns: figures.map(({ key, title }) => ({
      key,
      title: shortTitle(title),
      name: cohorts && /^\+\d+$/.test(title) ? `${title.slice(1)} later` : title,
    })),
    rows: answer.rows.map((row) => ({
      key: row.key,
      title: textIn(row, x),
      size: size === undefined ? null : figureIn(row, size.key),
      cells: figures.map((column) => ({
        ...valueOf(row, column.key),
        heat: heated.includes(column) ? (most === 0 ? 0 : measure(row, column.key) / most) : null,
      })),
    })),
  };
}

/** `09:00` → `09`. */
function shortTitle(title: string): string {
  return title.replace(/^(\d\d):00$/, '$1');
}
