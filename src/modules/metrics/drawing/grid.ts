import { figureIn, formatFigure, formatShort, isFigure, textIn } from './figures.ts';
import type { ShownReport } from './figures.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import type { Plot } from './over-time.ts';
import { cut, wide } from './words.ts';

/** Hours of the week, or cohorts: a table of numbers, the larger the fuller. Cohorts are shares of their size. */
export function drawGrid(report: ShownReport, { width, height, size, ink }: Plot): Markup {
  const { x, type } = report.report.chart;
  const cohorts = type === 'cohorts';
  const columns = report.columns.filter((column) => isFigure(column.type) && column.key !== 'size' && column.key !== 'total');
  const measure = (index: number, key: string): number | null => {
    const value = figureIn(report.rows[index], key);
    const whole = figureIn(report.rows[index], 'size');
    if (!cohorts || value === null) return value;
    return whole === null || whole === 0 ? null : value / whole;
  };
  // Everybody is there in the period they came in: that column would outshine the others.
  const heated = cohorts ? columns.slice(1) : columns;
  const most = Math.max(0, ...report.rows.flatMap((_, index) => heated.map(({ key }) => measure(index, key) ?? 0)));
  const names = Math.max(0, ...report.rows.map((row) => wide(textIn(row, x), size))) + size;
  const step = (width - names) / Math.max(1, columns.length);
  const top = size * 1.6;
  const row = Math.min(size * 3, (height - top) / Math.max(1, report.rows.length));
  const small = Math.max(4, Math.min(size, step / 3.2, row * 0.55));
  const head = (title: string) => title.replace(/^(\d\d):00$/, '$1');
  // Words that would touch are left out: every second, every third.
  const every = Math.max(1, Math.ceil(Math.max(0, ...columns.map(({ title }) => wide(head(title), small) + small * 0.4)) / step));
  return markup`${columns.map((column, c) =>
    c % every === 0
      ? markup`<text x="${names + (c + 0.5) * step}" y="${size}" font-size="${small}" fill="${ink.quiet}" text-anchor="middle">${head(column.title)}</text>`
      : undefined,
  )}${report.rows.map((one, r) => {
    const y = top + r * row;
    return markup`<text x="0" y="${y + row / 2 + size * 0.35}" font-size="${Math.min(size, row * 0.8)}" fill="${ink.text}">${cut(textIn(one, x), size, names)}</text>${columns.map(
      (column, c) => {
        const value = measure(r, column.key);
        if (value === null) return undefined;
        const heat = heated.includes(column) ? ink.heat(most === 0 ? 0 : value / most) : { ground: ink.line, text: ink.text };
        const words = cohorts ? formatFigure(value, 'share') : formatShort(value, 'count');
        return markup`<rect x="${names + c * step + 0.5}" y="${y + 0.5}" width="${Math.max(0, step - 1)}" height="${Math.max(0, row - 1)}" rx="2" fill="${heat.ground}"/>${
          wide(words, small) <= step - 2
            ? markup`<text x="${names + (c + 0.5) * step}" y="${y + row / 2 + small * 0.35}" font-size="${small}" fill="${heat.text}" text-anchor="middle">${words}</text>`
            : undefined
        }`;
      },
    )}`;
  })}`;
}
