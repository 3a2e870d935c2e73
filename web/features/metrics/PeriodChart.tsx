import { Bar, CartesianGrid, ComposedChart, Line, Tooltip, XAxis, YAxis } from 'recharts';
import { durationTicks, formatFigure, formatShort } from './figures.ts';
import type { Figure, Series } from './figures.ts';
import { ink } from './ink.ts';
import { sumOf } from './points.ts';
import type { Point } from './points.ts';
import classes from './charts.module.css';

interface Props {
  shape: 'line' | 'stacked' | 'bars';
  points: readonly Point[];
  series: readonly Series[];
  width: number;
  height: number;
  /** Of the words at the axes, in pixels. */
  size: number;
  /** A point or a bar was chosen. */
  onOpen?: (row: string, column: string) => void;
}

const right = 16;

/** Figures over time: lines or bars from zero, the period before as a thin dashed line. */
export function PeriodChart({ shape, points, series, width, height, size, onOpen }: Props) {
  const type = series[0]?.type ?? 'count';
  const compared = points.some((point) => point.before !== undefined);
  const manyPoints = points.length > width / 16;
  const axisWidth = size * 4.2;
  const tick = { fill: ink.quiet, fontSize: size };
  return (
    <ComposedChart
      data={[...points]}
      width={width}
      height={height}
      margin={{ top: 10, right, bottom: 0, left: 0 }}
      accessibilityLayer={false}
      barCategoryGap={manyPoints ? 1 : '18%'}
      {...(onOpen === undefined
        ? {}
        : {
            style: { cursor: 'pointer' },
            // Between the points: the period under the pointer, by its first figure.
            onClick: (_state, event) => {
              const frame = event.currentTarget.getBoundingClientRect();
              const place = (event.clientX - frame.left - axisWidth) / (width - axisWidth - right);
              const point = points[shape === 'line' ? Math.round(place * (points.length - 1)) : Math.floor(place * points.length)];
              const first = series[0];
              if (point !== undefined && first !== undefined) onOpen(point.key, first.key);
            },
          })}
    >
      <CartesianGrid vertical={false} stroke={ink.line} />
      <XAxis
        dataKey={(point: Point) => point.tick}
        tick={tick}
        tickLine={false}
        axisLine={{ stroke: ink.axis }}
        minTickGap={size * 2}
        interval="equidistantPreserveStart"
        height={size + 18}
        tickMargin={8}
      />
      <YAxis
        {...(type === 'duration' ? durationScale(points, series) : { domain: [0, 'auto'] as [number, 'auto'] })}
        tick={tick}
        tickLine={false}
        axisLine={false}
        width={axisWidth}
        allowDecimals={type !== 'count'}
        tickFormatter={(value: number) => formatShort(value, type)}
      />
      <Tooltip
        isAnimationActive={false}
        cursor={shape === 'line' ? { stroke: ink.axis } : { fill: ink.hover }}
        content={<PointTooltip series={series} stacked={shape === 'stacked'} />}
      />
      {shape === 'line'
        ? [
            ...(compared
              ? series.map((one) => (
                  <BeforeLine key={`before ${one.key}`} colour={one.colour} valueOf={(point) => point.before?.values[one.key] ?? null} />
                ))
              : []),
            ...series.map((one) => (
              <Line
                key={one.key}
                dataKey={(point: Point) => point.values[one.key] ?? null}
                name={one.title}
                stroke={one.colour}
                strokeWidth={size / 6}
                isAnimationActive={false}
                connectNulls={false}
                dot={manyPoints ? false : { r: size / 4.5, fill: one.colour, strokeWidth: 0 }}
                activeDot={
                  <OpenDot
                    colour={one.colour}
                    ground={ink.ground}
                    onOpen={(index) => {
                      const point = points[index];
                      if (point !== undefined) onOpen?.(point.key, one.key);
                    }}
                  />
                }
              />
            )),
          ]
        : [
            ...series.map((one) => (
              <Bar
                key={one.key}
                dataKey={(point: Point) => point.values[one.key] ?? null}
                name={one.title}
                fill={one.colour}
                {...(shape === 'stacked' ? { stackId: 'all' } : {})}
                maxBarSize={64}
                stroke={ink.ground}
                strokeWidth={manyPoints ? 0 : 1}
                isAnimationActive={false}
                onClick={(_bar, index, event) => {
                  event.stopPropagation();
                  const point = points[index];
                  if (point !== undefined) onOpen?.(point.key, one.key);
                }}
              />
            )),
            ...(compared && shape === 'stacked'
              ? [
                  <BeforeLine
                    key="before"
                    colour={ink.text}
                    valueOf={(point) => (point.before === undefined ? null : sumOf(point.before.values, series))}
                  />,
                ]
              : []),
            ...(compared && shape === 'bars'
              ? series.map((one) => (
                  <BeforeLine key={`before ${one.key}`} colour={one.colour} valueOf={(point) => point.before?.values[one.key] ?? null} />
                ))
              : []),
          ]}
    </ComposedChart>
  );
}

/** Recharts' own steps are round as numbers of seconds, not as a clock. */
function durationScale(points: readonly Point[], series: readonly Series[]): { ticks: number[]; domain: [number, number] } {
  const values = points.flatMap((point) => series.flatMap(({ key }) => [point.values[key] ?? 0, point.before?.values[key] ?? 0]));
  const ticks = durationTicks(Math.max(0, ...values));
  return { ticks, domain: [0, ticks.at(-1) ?? 60] };
}

/** The window before: thin, dashed, in the colour of what it belongs to. */
function BeforeLine({ colour, valueOf }: { colour: string; valueOf: (point: Point) => number | null }) {
  return (
    <Line
      dataKey={valueOf}
      stroke={colour}
      strokeWidth={1.25}
      strokeDasharray="4 4"
      strokeOpacity={0.75}
      dot={false}
      activeDot={false}
      isAnimationActive={false}
      legendType="none"
    />
  );
}

/** Recharts gives the place of the point beside our own props. */
function OpenDot({
  cx,
  cy,
  index,
  colour,
  ground,
  onOpen,
}: {
  cx?: number;
  cy?: number;
  index?: number;
  colour: string;
  ground: string;
  onOpen: (index: number) => void;
}) {
  return (
    <circle
      cx={cx ?? 0}
      cy={cy ?? 0}
      r={6}
      fill={colour}
      stroke={ground}
      strokeWidth={2}
      onClick={(event) => {
        event.stopPropagation();
        onOpen(index ?? -1);
      }}
    />
  );
}

interface TooltipProps {
  active?: boolean;
  payload?: { payload?: Point }[];
  series: readonly Series[];
  stacked: boolean;
}

function PointTooltip({ active, payload, series, stacked }: TooltipProps) {
  const point = active === true ? payload?.[0]?.payload : undefined;
  return point === undefined ? null : <PointCard point={point} series={series} stacked={stacked} />;
}

function PointCard({ point, series, stacked }: { point: Point; series: readonly Series[]; stacked: boolean }) {
  const total = stacked && series.length > 1;
  const line = (type: Figure, now: number | null | undefined, before: number | null | undefined) => (
    <>
      <td>{formatFigure(now, type)}</td>
      {point.before !== undefined && <td className={classes.before}>{formatFigure(before, type)}</td>}
    </>
  );
  return (
    <div className={classes.card}>
      <table>
        <thead>
          <tr>
            <th scope="col">Period</th>
            <th scope="col">{point.label}</th>
            {point.before !== undefined && <th className={classes.before}>{point.before.label}</th>}
          </tr>
        </thead>
        <tbody>
          {series.map((one) => (
            <tr key={one.key}>
              <th scope="row">
                <span className={classes.swatch} style={{ background: one.colour }} />
                {one.title}
              </th>
              {line(one.type, point.values[one.key], point.before?.values[one.key])}
            </tr>
          ))}
          {total && (
            <tr>
              <th scope="row">Together</th>
              {line('count', sumOf(point.values, series), point.before === undefined ? null : sumOf(point.before.values, series))}
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
