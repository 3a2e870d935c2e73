/** A tiny line of counts, oldest first. Decoration beside a number, so it is hidden from screen readers unless labelled. */
export function Sparkline({
  values: all,
  width = 96,
  height = 24,
  colour = 'var(--quiet)',
  label,
}: {
  values: readonly number[];
  width?: number;
  height?: number;
  colour?: string;
  label?: string;
}) {
  const values = condensed(all, Math.floor(width / 2));
  const most = Math.max(0, ...values) || 1;
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const y = (value: number) => height - 2 - (value / most) * (height - 4);
  const line = values.map((value, index) => `${index === 0 ? 'M' : 'L'}${(index * step).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  const a11y = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      style={{ display: 'block', overflow: 'visible' }}
      {...a11y}
    >
      {label !== undefined && <title>{label}</title>}
      {values.length > 1 && (
        <>
          <path d={`${line}L${width} ${height}L0 ${height}Z`} style={{ fill: colour, opacity: 0.12 }} />
          <path
            d={line}
            style={{ fill: 'none', stroke: colour, strokeWidth: 1.5, strokeLinejoin: 'round', strokeLinecap: 'round' }}
            vectorEffect="non-scaling-stroke"
          />
        </>
      )}
    </svg>
  );
}

/** More points than there is room for are averaged, so that a year of days is a line and no hedge. */
function condensed(values: readonly number[], room: number): readonly number[] {
  if (values.length <= room) return values;
  const each = Math.ceil(values.length / room);
  return Array.from({ length: Math.ceil(values.length / each) }, (_, index) => {
    const part = values.slice(index * each, (index + 1) * each);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
