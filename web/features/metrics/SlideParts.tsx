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
  legend: readonly Series[];
  before: string | undefined;
  children: ReactNode;
}

/** Title, question, window and filters on top; below, where it comes from and when it was made. */
export function SlideFrame({ title, question, filters, source, date, legend, before, children }: FrameProps) {
  const left = slide.margin;
  const right = slide.width - slide.margin;
  const keys = legendAt(legend, before);
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={slide.width}
      height={slide.height}
      viewBox={`0 0 ${slide.width} ${slide.height}`}
      fontFamily={ink.font}
      fill={ink.text}
    >
      <title>{title}</title>
      <desc>{`${question} ${filters}`}</desc>
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
        <g key={key.words}>
          {key.colour === undefined ? (
            <line x1={key.x} x2={key.x + dash} y1={key.y - 6} y2={key.y - 6} stroke={ink.quiet} strokeWidth={2} strokeDasharray="6 5" />
          ) : (
            <rect x={key.x} y={key.y - 14} width={swatch} height={swatch} rx={3} fill={key.colour} />
          )}
          <text
            x={key.x + (key.colour === undefined ? dash : swatch) + 8}
            y={key.y}
            fontSize={18}
            fill={key.colour === undefined ? ink.quiet : ink.text}
          >
            {key.words}
          </text>
        </g>
      ))}
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
  const top = plot.y - (bars.few === undefined ? 36 : 6);
  const step = Math.min(64, (plot.y + plot.height - top) / Math.max(1, shown.length));
  const size = Math.min(20, step * 0.55);
  const names = Math.min(520, Math.max(120, ...shown.map((bar) => wide(bar.name, size))));
  const longest = plot.width - names - 20 - 200;
  return (
    <g fontSize={size}>
      {bars.few !== undefined && (
        <text x={plot.x} y={208} fontSize={24} fontWeight={600}>
          {`${bars.few.number} ${bars.few.rest}`}
        </text>
      )}
      {shown.map((bar, index) => {
        const y = top + index * step;
        const length = Math.max(2, bar.length * longest);
        return (
          <g key={bar.key}>
            <text x={plot.x + names} y={y + step / 2} textAnchor="end" dominantBaseline="central">
              {cut(bar.name, size, names)}
            </text>
            <rect
              x={plot.x + names + 20}
              y={y + step * 0.14}
              width={length}
              height={step * 0.72}
              rx={3}
              fill={bar.strong ? '#0b6bb5' : '#b9b1a7'}
            />
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

const swatch = 16;
const dash = 34;

interface Key {
  words: string;
  /** Undefined is the dashed line of the period before. */
  colour: string | undefined;
  x: number;
  y: number;
}

/** Where each entry of the legend stands: on as many lines as it needs. */
function legendAt(legend: readonly Series[], before: string | undefined): Key[] {
  const entries = [
    ...legend.map(({ title, colour }) => ({ words: title, colour })),
    ...(before === undefined ? [] : [{ words: before, colour: undefined }]),
  ];
  const placed: Key[] = [];
  for (const { words, colour } of entries) {
    const last = placed.at(-1);
    const width = (key: Pick<Key, 'words' | 'colour'>) => (key.colour === undefined ? dash : swatch) + 8 + wide(key.words, 18);
    const x = last === undefined ? slide.margin : last.x + width(last) + 28;
    const wraps = x + width({ words, colour }) > slide.width - slide.margin;
    placed.push({ words, colour, x: wraps ? slide.margin : x, y: (last?.y ?? 198) + (wraps ? 25 : 0) });
  }
  return placed;
}

const measure = document.createElement('canvas').getContext('2d');

/** How wide words are, in the font of the page. */
function wide(words: string, size: number): number {
  if (measure === null) return words.length * size * 0.55;
  measure.font = `${size}px 'Inter Variable'`;
  return measure.measureText(words).width;
}

function cut(words: string, size: number, room: number): string {
  if (wide(words, size) <= room) return words;
  const letters = Array.from(words);
  while (letters.length > 1 && wide(`${letters.join('')}…`, size) > room) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}
