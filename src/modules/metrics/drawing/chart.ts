import { drawBars } from './bars.ts';
import { drawnColumns, shapeOf } from './figures.ts';
import type { ShownReport } from './figures.ts';
import { drawGrid } from './grid.ts';
import { seriesOf } from './ink.ts';

import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { drawOverTime } from './over-time.ts';
import type { Plot } from './over-time.ts';
import { wide } from './words.ts';

/** The picture of a report without a frame: what fills `plot`, from 0,0. `before`: the same report of the window before. */
export function drawChart(report: ShownReport, before: ShownReport | undefined, plot: Plot): Markup {
  const shape = shapeOf(report);
  if (shape === 'ranking') return drawBars(report, plot);
  if (shape === 'grid') return drawGrid(report, plot);
  const series = seriesOf(drawnColumns(report), plot.ink);
  const legend = drawLegend(
    [
      ...series,
      ...(before === undefined
        ? []
        : [
            {
              title: shape === 'stacked' && series.length > 1 ? 'the period before, all together' : 'the period before',
              colour: undefined,
            },
          ]),
    ],
    plot,
  );
  const below = { ...plot, height: plot.height - legend.height };
  return markup`${legend.drawing}<g transform="translate(0 ${legend.height})">${drawOverTime(report, before, series, shape, below)}</g>`;
}

interface Entry {
  title: string;
  /** Undefined is the dashed line of the period before. */
  colour: string | undefined;
}

/** On as many lines as it needs; none for a single series. */
function drawLegend(
  entries: readonly Entry[],
  { width, size, ink }: Pick<Plot, 'width' | 'size' | 'ink'>,
): { drawing: Markup; height: number } {
  if (entries.length < 2) return { drawing: markup``, height: 0 };
  let x = 0;
  let line = 0;
  const drawing = entries.map(({ title, colour }) => {
    const mark = colour === undefined ? size * 1.6 : size * 0.8;
    const length = mark + size * 0.45 + wide(title, size);
    if (x > 0 && x + length > width) {
      x = 0;
      line += 1;
    }
    const y = line * size * 1.6;
    const start = x;
    x += length + size * 1.3;
    return markup`${
      colour === undefined
        ? markup`<line x1="${start}" x2="${start + mark}" y1="${y + size * 0.6}" y2="${y + size * 0.6}" stroke="${ink.quiet}" stroke-width="${size / 9}" stroke-dasharray="${size / 3} ${size / 3}"/>`
        : markup`<rect x="${start}" y="${y + size * 0.2}" width="${mark}" height="${mark}" rx="2" fill="${colour}"/>`
    }<text x="${start + mark + size * 0.45}" y="${y + size * 0.95}" font-size="${size}" fill="${ink.text}">${title}</text>`;
  });
  return { drawing: markup`${drawing}`, height: (line + 1) * size * 1.6 + size * 0.8 };
}

/** A chart as an element of a page; what it says is said by the table beside it. */
export function chartElement(report: ShownReport, before: ShownReport | undefined, plot: Plot, kind: string): Markup {
  return markup`<svg class="${kind}" viewBox="0 0 ${plot.width} ${plot.height}" role="img" aria-label="Chart: ${report.report.title}">${drawChart(report, before, plot)}</svg>`;
}
