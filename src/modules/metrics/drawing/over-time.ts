import { figureIn, formatShort, textIn, tickOf } from './figures.ts';
import type { Figure, ShownReport, ShownRow } from './figures.ts';
import type { Ink, Series } from './ink.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { wide } from './words.ts';

export interface Plot {
  width: number;
  height: number;
  /** Of the words, in the units of the picture. */
  size: number;
  ink: Ink;
}

interface Scale {
  /** Of the axis, from zero. */
  ticks: number[];
  y(value: number): number;
  /** Middle of a period. */
  x(index: number): number;
  /** Room of a period. */
  step: number;
  left: number;
  bottom: number;
}

/** Periods from left to right: lines, bars, or bars that stand on each other. From zero, always. */
export function drawOverTime(
  report: ShownReport,
  before: ShownReport | undefined,
  series: readonly Series[],
  shape: 'line' | 'stacked' | 'bars',
  plot: Plot,
): Markup {
  const { rows } = report;
  const stacked = shape === 'stacked';
  // The window before stands right before this one: both are laid together at their ends.
  const shift = (before?.rows.length ?? 0) - rows.length;
  const old = rows.map((_, index) => before?.rows[index + shift]);
  const most = Math.max(
    ...[...rows, ...old].map((row) => (stacked ? sumOf(row, series) : Math.max(0, ...series.map(({ key }) => figureIn(row, key) ?? 0)))),
    0,
  );
  const type = figureType(series);
  const scale = scaleOf(most, rows.length, type, plot);
  const past = drawBefore(old, series, stacked, scale, plot);
  const axes = drawAxes(report, scale, type, plot);
  // Bars would hide a line behind them.
  if (shape === 'line') return markup`${axes}${past}${series.map((one) => drawLine(rows, one, scale, plot))}`;
  return markup`${axes}${drawColumns(rows, series, stacked, scale)}${past}`;
}

function figureType(series: readonly Series[]): Figure {
  const type = series[0]?.type;
  return type === 'share' || type === 'duration' || type === 'number' ? type : 'count';
}

function sumOf(row: ShownRow | undefined, series: readonly Series[]): number {
  return series.reduce((sum, { key }) => sum + (figureIn(row, key) ?? 0), 0);
}

function scaleOf(most: number, periods: number, type: Figure, { width, height, size }: Plot): Scale {
  const ticks = ticksTo(most, type);
  const top = ticks.at(-1) ?? 1;
  const left = Math.max(...ticks.map((tick) => wide(formatShort(tick, type), size))) + size;
  const bottom = height - size * 2.2;
  const step = (width - left) / Math.max(1, periods);
  return {
    ticks,
    left,
    bottom,
    step,
    x: (index) => left + (index + 0.5) * step,
    y: (value) => bottom - (value / top) * (bottom - size * 0.7),
  };
}

/** Some four round steps from zero to at least the most. */
function ticksTo(most: number, type: Figure): number[] {
  if (most <= 0) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const units = type === 'duration' ? durationSteps : [1, 2, 2.5, 5, 10].map((unit) => unit * power);
  let step = units.find((unit) => unit >= rough) ?? Math.ceil(rough / 86_400) * 86_400;
  if (type === 'count') step = Math.max(1, Math.ceil(step));
  if (type === 'share' && most > 0.5) step = 0.25;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step);
}

const durationSteps = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000];

function drawAxes({ rows, report: { chart } }: ShownReport, scale: Scale, type: Figure, { width, size, ink }: Plot): Markup {
  const words = rows.map((row) => tickOf(textIn(row, chart.x)));
  const widest = Math.max(0, ...words.map((text) => wide(text, size)));
  // So many periods share a word that no two words touch.
  const every = Math.max(1, Math.ceil((widest + size) / scale.step));
  return markup`${scale.ticks.map((tick) => {
    const y = round(scale.y(tick));
    return markup`<line x1="${round(scale.left)}" x2="${width}" y1="${y}" y2="${y}" stroke="${ink.line}"/><text x="${round(scale.left - size * 0.5)}" y="${round(y + size * 0.35)}" font-size="${size}" fill="${ink.quiet}" text-anchor="end">${formatShort(tick, type)}</text>`;
  })}${words.map((text, index) => {
    if ((rows.length - 1 - index) % every !== 0) return undefined;
    const half = wide(text, size) / 2;
    const x = Math.min(width - half, Math.max(half, scale.x(index)));
    return markup`<text x="${round(x)}" y="${round(scale.bottom + size * 1.6)}" font-size="${size}" fill="${ink.quiet}" text-anchor="middle">${text}</text>`;
  })}`;
}

function drawLine(rows: readonly ShownRow[], { key, colour }: Series, scale: Scale, { size, ink }: Plot): Markup {
  const points = rows.map((row, index) => ({ x: scale.x(index), value: figureIn(row, key) }));
  const last = points.findLast((point) => point.value !== null);
  const lone = points.filter(({ value }, index) => value !== null && isGap(points[index - 1]?.value) && isGap(points[index + 1]?.value));
  return markup`<path d="${pathOf(points, scale)}" fill="none" stroke="${colour}" stroke-width="${size / 6}" stroke-linejoin="round" stroke-linecap="round"/>${[
    ...new Set([...lone, ...(last === undefined ? [] : [last])]),
  ].map(
    (point) =>
      markup`<circle cx="${round(point.x)}" cy="${round(scale.y(point.value ?? 0))}" r="${size / 3.4}" fill="${colour}" stroke="${ink.ground}" stroke-width="${size / 8}"/>`,
  )}`;
}

function isGap(value: number | null | undefined): boolean {
  return value === null || value === undefined;
}

/** Broken where nothing is known. */
function pathOf(points: readonly { x: number; value: number | null }[], scale: Scale): string {
  let open = false;
  return points
    .flatMap(({ x, value }) => {
      if (value === null) {
        open = false;
        return [];
      }
      const step = `${open ? 'L' : 'M'}${round(x)} ${round(scale.y(value))}`;
      open = true;
      return [step];
    })
    .join('');
}

function drawColumns(rows: readonly ShownRow[], series: readonly Series[], stacked: boolean, scale: Scale): Markup {
  const room = scale.step * 0.72;
  const width = stacked ? room : room / Math.max(1, series.length);
  return markup`${rows.map((row, index) => {
    let below = 0;
    return series.map(({ key, colour }, place) => {
      const value = figureIn(row, key) ?? 0;
      if (value <= 0) return undefined;
      const from = stacked ? below : 0;
      below += value;
      const top = scale.y(from + value);
      const x = scale.x(index) - room / 2 + (stacked ? 0 : place * width);
      return markup`<rect x="${round(x)}" y="${round(top)}" width="${round(Math.max(0.5, width))}" height="${round(Math.max(0.5, scale.y(from) - top))}" fill="${colour}"/>`;
    });
  })}`;
}

/** The period before as a thin dashed line; of what is stacked, all together. */
function drawBefore(
  old: readonly (ShownRow | undefined)[],
  series: readonly Series[],
  stacked: boolean,
  scale: Scale,
  { size, ink }: Plot,
): Markup {
  if (old.every((row) => row === undefined)) return markup``;
  const lines = stacked
    ? [(row: ShownRow | undefined) => (row === undefined ? null : sumOf(row, series))]
    : series.map(
        ({ key }) =>
          (row: ShownRow | undefined) =>
            figureIn(row, key),
      );
  return markup`${lines.map((valueOf, index) => {
    const path = pathOf(
      old.map((row, at) => ({ x: scale.x(at), value: valueOf(row) })),
      scale,
    );
    const colour = stacked ? ink.text : (series[index]?.colour ?? ink.quiet);
    return markup`<path d="${path}" fill="none" stroke="${colour}" stroke-width="${size / 11}" stroke-dasharray="${size / 3} ${size / 3}" opacity="0.75"/>`;
  })}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
