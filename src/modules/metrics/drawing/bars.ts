import { drawnColumns, figureIn, isFigure, textIn, formatFigure } from './figures.ts';
import type { ShownReport } from './figures.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import type { Plot } from './over-time.ts';
import { cut, wide } from './words.ts';

/** How many bars there is room for. */
export function barsShown(report: ShownReport, plot: Plot): number {
  return Math.min(report.rows.length, Math.max(1, Math.floor(plot.height / (plot.size * 1.7))));
}

/** A ranking: one bar a row, the longest first as the rows are. */
export function drawBars(report: ShownReport, plot: Plot): Markup {
  const { width, height, size, ink } = plot;
  const [column] = drawnColumns(report);
  if (column === undefined || !isFigure(column.type)) return markup``;
  const { type, key } = column;
  const { x } = report.report.chart;
  const share = report.columns.find((candidate) => candidate.type === 'share' && candidate.of === key);
  const shown = report.rows.slice(0, barsShown(report, plot));
  const most = Math.max(0, ...report.rows.map((row) => figureIn(row, key) ?? 0));
  const step = Math.min(size * 2.4, height / Math.max(1, shown.length));
  const names = Math.min(width * 0.42, Math.max(0, ...shown.map((row) => wide(textIn(row, x), size))));
  const figures = shown.map((row) => {
    const value = row.cells[key];
    const part = share === undefined ? null : figureIn(row, share.key);
    return `${typeof value === 'string' ? value : formatFigure(value, type)}${part === null ? '' : `  ${formatFigure(part, 'share')}`}`;
  });
  const room = width - names - size * 1.4 - Math.max(0, ...figures.map((text) => wide(text, size)));
  const few = shown.some((row) => row.cells['needed'] === 'yes');
  return markup`${shown.map((row, index) => {
    const middle = (index + 0.5) * step;
    const baseline = middle + size * 0.35;
    const value = figureIn(row, key) ?? 0;
    const length = most === 0 ? 0 : Math.max(value > 0 ? 2 : 0, (value / most) * room);
    const strong = few ? row.cells['needed'] === 'yes' : textIn(row, x) !== 'Unknown';
    const at = names + size * 0.7;
    return markup`<text x="${names}" y="${baseline}" font-size="${size}" fill="${ink.text}" text-anchor="end">${cut(textIn(row, x), size, names + 1)}</text><rect x="${at}" y="${middle - step * 0.36}" width="${length}" height="${step * 0.72}" rx="2" fill="${strong ? (ink.series[0] ?? ink.quiet) : ink.other}"/><text x="${at + length + size * 0.5}" y="${baseline}" font-size="${size}" fill="${ink.quiet}">${figures[index]}</text>`;
  })}`;
}
