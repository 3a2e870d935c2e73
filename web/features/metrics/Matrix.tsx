import { useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { formatFigure, formatShort } from './figures.ts';
import { heatStyle } from './heat.ts';
import type { Grid, GridCell } from './grid.ts';
import classes from './matrix.module.css';

/** Rows by columns in shades of one hue, each cell with its number: chart and table in one. Arrows move among the cells. */
export function Matrix({
  grid,
  label,
  asShare,
  onOpen,
}: {
  grid: Grid;
  label: string;
  asShare: boolean;
  onOpen: (row: string, column: string) => void;
}) {
  const table = useRef<HTMLTableElement>(null);
  const [at, setAt] = useState<readonly [number, number]>([0, 0]);
  const go = (row: number, column: number) => {
    const cell = grid.rows[row]?.cells[column];
    if (cell === undefined || cell.value === null) return;
    setAt([row, column]);
    table.current?.querySelector<HTMLElement>(`[data-cell="${row} ${column}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent, row: number, column: number) => {
    const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    go(row + (step[0] ?? 0), column + (step[1] ?? 0));
  };
  return (
    <div className={classes.scroll} tabIndex={-1}>
      <table ref={table} className={classes.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col" className={classes.corner}>
              {grid.corner}
            </th>
            {grid.sizes !== undefined && <th scope="col">{grid.sizes}</th>}
            {grid.columns.map((column) => (
              <th key={column.key} scope="col">
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {grid.rows.map((row, r) => (
            <tr key={row.key}>
              <th scope="row">{row.title}</th>
              {grid.sizes !== undefined && (
                <td className={classes.size}>
                  <button type="button" onClick={() => onOpen(row.key, 'size')}>
                    {formatFigure(row.size, 'count')}
                  </button>
                </td>
              )}
              {row.cells.map((cell, c) => (
                <Cell
                  key={grid.columns[c]?.key}
                  cell={cell}
                  asShare={asShare}
                  place={`${r} ${c}`}
                  title={`${row.title}, ${grid.columns[c]?.name ?? ''}`}
                  reachable={at[0] === r && at[1] === c}
                  onKeyDown={(event) => onKeyDown(event, r, c)}
                  onFocus={() => setAt([r, c])}
                  onOpen={() => onOpen(row.key, grid.columns[c]?.key ?? '')}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps {
  cell: GridCell;
  asShare: boolean;
  place: string;
  title: string;
  reachable: boolean;
  onKeyDown: (event: KeyboardEvent) => void;
  onFocus: () => void;
  onOpen: () => void;
}

function Cell({ cell, asShare, place, title, reachable, onKeyDown, onFocus, onOpen }: CellProps) {
  if (cell.value === null) return <td>{'\u00a0'}</td>;
  const words = asShare && cell.share !== null ? formatFigure(cell.share, 'share') : formatShort(cell.value, 'count');
  const exact = `${title}: ${formatFigure(cell.value, 'count')}${cell.share === null ? '' : ` (${formatFigure(cell.share, 'share')})`}`;
  return (
    <td>
      <button
        type="button"
        data-cell={place}
        tabIndex={reachable ? 0 : -1}
        className={classes.cell}
        style={cell.heat === null ? {} : heatStyle(cell.heat)}
        data-plain={cell.heat === null}
        title={exact}
        aria-label={`${words}, ${exact}`}
        onKeyDown={onKeyDown}
        onFocus={onFocus}
        onClick={onOpen}
      >
        {words}
      </button>
    </td>
  );
}
