import type { z } from 'zod';
import type { reportOutput } from '../actions.ts';

/** A report as it is shown, with names in place of numbers. */
export type ShownReport = z.output<typeof reportOutput>;
export type ShownColumn = ShownReport['columns'][number];
export type ShownRow = ShownReport['rows'][number];
export type Figure = ShownReport['headline'][number]['type'];

const whole = new Intl.NumberFormat('en');
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const hundredth = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });
const finePercent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

export function isFigure(type: ShownColumn['type']): type is Figure {
  return type === 'count' || type === 'share' || type === 'number' || type === 'duration';
}

/** `1,234`, `12%`, `3.4%`, `0.25`, `2 h 5 min`; a dash where there is nothing to say. */
export function formatFigure(value: number | null | undefined, type: Figure): string {
  if (value === null || value === undefined) return '–';
  if (type === 'share') return value !== 0 && Math.abs(value) < 0.1 ? finePercent.format(value) : percent.format(value);
  if (type === 'number') return hundredth.format(value);
  if (type === 'duration') return formatDuration(value);
  return Number.isInteger(value) ? whole.format(value) : tenth.format(value);
}

/** For axes. */
export function formatShort(value: number, type: Figure): string {
  if (type === 'share') return percent.format(value);
  return type === 'duration' || Math.abs(value) < 10_000 ? formatFigure(value, type) : compact.format(value);
}

/** `2 h 5 min`, `24 min`, `31 d`: as the web app writes it (web/ui/format.ts). */
function formatDuration(seconds: number): string {
  if (seconds === 0) return '0 s';
  if (seconds < 1) return 'under a second';
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  if (seconds < 600) return joined(Math.round(seconds), 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return joined(minutes, 60, 'h', 'min');
  const hours = Math.round(seconds / 3600);
  return hours < 240 ? joined(hours, 24, 'd', 'h') : `${Math.round(seconds / 86_400)} d`;
}

function joined(value: number, of: number, bigUnit: string, smallUnit: string): string {
  const big = Math.floor(value / of);
  const parts = [big === 0 ? '' : `${big} ${bigUnit}`, value % of === 0 ? '' : `${value % of} ${smallUnit}`];
  return parts.filter((part) => part !== '').join(' ');
}

/** `2026-02-28` → `28 Feb 2026`. */
export function formatDay(text: string): string {
  return day.format(new Date(`${text}T00:00:00Z`));
}

/** `1 Feb 2026 to 30 Apr 2026`. */
export function formatWindow({ from, to }: { from: string; to: string }): string {
  return from === to ? formatDay(from) : `${formatDay(from)} to ${formatDay(to)}`;
}

/** A period under an axis: as short as it can be. */
export function tickOf(title: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(title)) return shortDay.format(new Date(`${title}T00:00:00Z`));
  return title.replace(/^Week (\d+), (\d{4})$/, 'W$1 $2');
}

export function figureIn(row: ShownRow | undefined, key: string): number | null {
  const value = row?.cells[key];
  return typeof value === 'number' ? value : null;
}

export function textIn(row: ShownRow, key: string): string {
  const value = row.cells[key];
  return value === null || value === undefined ? '' : String(value);
}

/** A cell in words: a figure that is already text (`fewer than 5`) stays so. */
export function showCell(row: ShownRow, column: ShownColumn): string {
  const value = row.cells[column.key];
  if (!isFigure(column.type)) return textIn(row, column.key);
  return typeof value === 'string' ? value : formatFigure(value, column.type);
}

/** The columns that the chart draws: those it names, or else those about a source or kind, or else all counts. */
export function drawnColumns({ report: { chart }, columns }: Pick<ShownReport, 'report' | 'columns'>): ShownColumn[] {
  const figures = columns.filter((column) => isFigure(column.type));
  if (chart.y !== undefined) return chart.y.flatMap((key) => figures.find((column) => column.key === key) ?? []);
  const parts = figures.filter((column) => column.about !== undefined || column.key === 'other');
  return parts.some((column) => column.about !== undefined) ? parts : figures.filter((column) => column.key !== 'total');
}

export type Shape = 'line' | 'stacked' | 'bars' | 'ranking' | 'grid';

/** What is not over time and no table of its own is a row of bars: never a pie. */
export function shapeOf({ report: { chart }, columns }: Pick<ShownReport, 'report' | 'columns'>): Shape {
  if (chart.type === 'heatmap' || chart.type === 'cohorts') return 'grid';
  if (chart.type === 'ranking' || chart.type === 'funnel') return 'ranking';
  if (columns.find((column) => column.key === chart.x)?.type !== 'period') return 'ranking';
  return chart.type === 'share' ? 'stacked' : chart.type;
}
