import type { ReactNode } from 'react';
import type { Bars } from './bars.ts';
import { formatFigure, formatShort } from './figures.ts';
import type { Series } from './figures.ts';
import type { Grid } from './grid.ts';
import { heatOf } from './heat.ts';
import { slideInk as ink } from './ink.ts';

/** In the units of the picture. */
export const slide = { width: 1600, height: 900, margin: 72 };
export const plot = { x: slide.margin, y: 236, width: slide.width - 2 * slide.margin, height: 576 };

interface FrameProps {
  title: string;
  question: string;
  filters: string;
  source: string;
  date: string;
  /** Of Inter, as a data address. */
  font: string;
  legend: readonly Series[];
  before: string | undefined;
  children: ReactNode;
}

/** Title, question, window and filters on top; below, where it comes from and when it was made. */
export function SlideFrame({ title, question, filters, source, date, font, legend, before, children }: FrameProps) {
  const left = slide.margin;
  const right = slide.width - slide.margin;
  let x = left;
  const keys = legend.map((one) => {
    const key = { ...one, x };
    x += 24 + wide(one.title, 18) + 30;
    return key;
  });
  return (
    <svg xmlns="http://www.w3.org/2000/svg" width={slide.width} height={slide.height} viewBox={`0 0 ${slide.width} ${slide.height}`} fontFamily={ink.font} fill={ink.text}>
      <title>{title}</title>
      <desc>{`${question} ${filters}`}</desc>
      <style>{`@font-face{font-family:'Inter Variable';font-weight:100 900;src:url(${font}) format('woff2')}`}</style>
      <rect width={slide.width} height={slide.height} fill={ink.ground} />
      <text x={left} y={86} fontSize={42} fontWeight={650} letterSpacing={-0.8}>
        {title}
      </text>
      <text x={left} y={128} fontSize={24}>
        {cut(question, 24, right - left)}
      </text>
      <text x={left} y={164} fontSize={18} fill={ink.quiet}>
        {cut(filters, 18, right - left)}
      </text>
      {keys.map((key) => (
        <g key={key.key}>
          <rect x={key.x} y={194} width={16} height={16} rx={3} fill={key.colour} />
          <text x={key.x + 24} y={208} fontSize={18}>
            {key.title}
          </text>
        </g>
      ))}
      {before !== undefined && (
        <g>
          <line x1={x} x2={x + 34} y1={202} y2={202} stroke={ink.quiet} strokeWidth={2} strokeDasharray="6 5" />
          <text x={x + 44} y={208} fontSize={18} fill={ink.quiet}>
            {before}
          </text>
        </g>
      )}
      {children}
      <text x={left} y={856} fontSize={16} fill={ink.quiet}>
        {cut(source, 16, right - left - 180)}
      </text>
      <text x={right} y={856} fontSize={16} fill={ink.quiet} textAnchor="end">
        {date}
      </text>
    </svg>
  );
}

const mostBars = 15;

export function SlideBars({ bars }: { bars: Bars }) {
  const shown = bars.shown.slice(0, mostBars);
  const top = plot.y - 36;
  const step = Math.min(64, (plot.height + 36) / Math.max(1, shown.length));
  const size = Math.min(20, step * 0.55);
  const names = Math.min(520, Math.max(120, ...shown.map((bar) => wide(bar.name, size))));
  const longest = plot.width - names - 20 - 200;
  return (
    <g fontSize={size}>
      {shown.map((bar, index) => {
        const y = top + index * step;
        const length = Math.max(2, bar.length * longest);
        return (
          <g key={bar.key}>
            <text x={plot.x + names} y={y + step / 2} textAnchor="end" dominantBaseline="central">
              {cut(bar.name, size, names)}
            </text>
            <rect x={plot.x + names + 20} y={y + step * 0.14} width={length} height={step * 0.72} rx={3} fill={bar.strong ? '#0b6bb5' : '#b9b1a7'} />
            <text x={plot.x + names + 32 + length} y={y + step / 2} dominantBaseline="central">
              {formatFigure(bar.value, bars.column.type)}
              {bar.share !== null && <tspan fill={ink.quiet}>{`  ${formatFigure(bar.share, 'share')}`}</tspan>}
            </text>
          </g>
        );
      })}
    </g>
  );
}

export function SlideGrid({ grid, asShare }: { grid: Grid; asShare: boolean }) {
  const names = Math.max(90, ...grid.rows.map((row) => wide(row.title, 17))) + 16;
  const sizes = grid.sizes === undefined ? 0 : 84;
  const top = plot.y - 36;
  const columnWidth = (plot.width - names - sizes) / Math.max(1, grid.columns.length);
  const step = Math.min(72, (plot.height + 8) / Math.max(1, grid.rows.length));
  const size = Math.max(8, Math.min(17, columnWidth / 3, step * 0.5));
  const middle = (column: number) => plot.x + names + sizes + (column + 0.5) * columnWidth;
  return (
    <g fontSize={size} dominantBaseline="central">
      {grid.sizes !== undefined && (
        <text x={plot.x + names + sizes - 16} y={top} textAnchor="end" fill={ink.quiet}>
          {grid.sizes}
        </text>
      )}
      {grid.columns.map((column, c) => (
        <text key={column.key} x={middle(c)} y={top} textAnchor="middle" fill={ink.quiet}>
          {column.title}
        </text>
      ))}
      {grid.rows.map((row, r) => {
        const y = top + 22 + r * step;
        return (
          <g key={row.key}>
            <text x={plot.x} y={y + step / 2} fontSize={Math.max(size, 12)}>
              {row.title}
            </text>
            {grid.sizes !== undefined && (
              <text x={plot.x + names + sizes - 16} y={y + step / 2} textAnchor="end">
                {formatFigure(row.size, 'count')}
              </text>
            )}
            {row.cells.map((cell, c) => {
              if (cell.value === null) return null;
              const heat = cell.heat === null ? { ground: '#f4f2ef', text: ink.quiet } : heatOf(cell.heat, 'light');
              return (
                <g key={grid.columns[c]?.key}>
                  <rect x={middle(c) - columnWidth / 2 + 1} y={y + 1} width={columnWidth - 2} height={step - 2} rx={3} fill={heat.ground} />
                  <text x={middle(c)} y={y + step / 2} textAnchor="middle" fill={heat.text}>
                    {asShare && cell.share !== null ? formatFigure(cell.share, 'share') : formatShort(cell.value, 'count')}
                  </text>
                </g>
              );
            })}
          </g>
        );
      })}
    </g>
  );
}

/** About how wide words are in Inter. */
function wide(words: string, size: number): number {
  return [...words].length * size * 0.55;
}

function cut(words: string, size: number, room: number): string {
  const letters = [...words];
  const most = Math.floor(room / (size * 0.5));
  return letters.length <= most ? words : `${letters.slice(0, most - 1).join('').trimEnd()}…`;
}
