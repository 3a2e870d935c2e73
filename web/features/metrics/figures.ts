import { colourOfSource, other, series as palette } from '../../ui/colours.ts';
import { formatCompact, formatDuration, formatNumber } from '../../ui/format.ts';
import type { Answer } from './question.ts';

export type Column = Answer['columns'][number];
export type Row = Answer['rows'][number];
export type Figure = 'count' | 'share' | 'number' | 'duration';

/** A column that is drawn. */
export interface Series {
  key: string;
  title: string;
  colour: string;
  type: Figure;
}

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });
const finePercent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const decimal = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export function isFigure(type: Column['type']): type is Figure {
  return type === 'count' || type === 'share' || type === 'number' || type === 'duration';
}

/** `1,234`, `12%`, `3.4%`, `0.25`; a dash where there is nothing to say. */
export function formatFigure(value: number | null | undefined, type: Figure): string {
  if (value === null || value === undefined) return '–';
  if (type === 'share') return value !== 0 && Math.abs(value) < 0.1 ? finePercent.format(value) : percent.format(value);
  if (type === 'number') return decimal.format(value);
  if (type === 'duration') return formatDuration(value);
  return Number.isInteger(value) ? formatNumber(value) : tenth.format(value);
}

/** For axes and small cells; the whole number is one hover away. */
export function formatShort(value: number, type: Figure): string {
  if (type === 'share') return percent.format(value);
  if (type === 'duration') return roughly(value);
  return Math.abs(value) < 10_000 ? formatFigure(value, type) : formatCompact(value);
}

/** `13 min`, `2.5 h`, `4 d`: in its largest unit alone. */
function roughly(seconds: number): string {
  if (seconds === 0) return '0';
  const [unit, length] = seconds >= 86_400 ? ['d', 86_400] : seconds >= 3600 ? ['h', 3600] : seconds >= 60 ? ['min', 60] : ['s', 1];
  const value = seconds / length;
  return `${value >= 10 ? Math.round(value) : tenth.format(value)} ${unit}`;
}

/** Round steps of a clock from zero to at least the most, some four of them: `0, 15 min, 30 min, 45 min`. */
export function durationTicks(most: number): number[] {
  if (most <= 0) return [0, 60];
  const rough = most / 4;
  const step = clockSteps.find((one) => one >= rough) ?? Math.ceil(rough / 2_592_000) * 2_592_000;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step);
}

const clockSteps = [
  1, 2, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000, 1_728_000,
  2_592_000,
];

export function figureIn(row: Row, key: string): number | null {
  const value = row.cells[key];
  return typeof value === 'number' ? value : null;
}

export function textIn(row: Row, key: string): string {
  const value = row.cells[key];
  return value === null || value === undefined ? '' : String(value);
}

/** The columns that the chart draws: those it names, or else those that are about a source or kind, or else all counts. */
export function drawn(answer: Pick<Answer, 'report' | 'columns'>): Column[] {
  const { chart } = answer.report;
  const figures = answer.columns.filter((column) => isFigure(column.type));
  if (chart.y !== undefined) return chart.y.flatMap((key) => figures.find((column) => column.key === key) ?? []);
  const parts = figures.filter((column) => column.about !== undefined || column.key === 'other');
  return parts.some((column) => column.about !== undefined) ? parts : figures.filter((column) => column.key !== 'total');
}

/**
 * Drawn columns with their colours. A source has its own colour everywhere; should two on one chart share it, the later
 * takes the first that is free. What is "other" is grey.
 */
export function seriesOf(columns: readonly Column[]): Series[] {
  const taken = new Set<string>();
  const wanted = columns.map((column) => (column.about?.type === 'source' ? colourOfSource(column.about.id) : undefined));
  for (const colour of wanted) if (colour !== undefined) taken.add(colour);
  const used = new Set<string>();
  return columns.map((column, index) => {
    const own = wanted[index];
    let colour =
      own !== undefined && !used.has(own)
        ? own
        : column.key === 'other'
          ? other
          : palette.find((candidate) => !taken.has(candidate) && !used.has(candidate));
    colour ??= other;
    if (colour !== other) used.add(colour);
    return { key: column.key, title: column.title, colour, type: isFigure(column.type) ? column.type : 'count' };
  });
}
