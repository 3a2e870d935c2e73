import { UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { CSSProperties, ReactNode } from 'react';
import { paths } from '../../paths.ts';
import { colourOfSource } from '../../ui/colours.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column as TableColumn } from '../../ui/DataTable.tsx';
import { Link } from '../../ui/Link.tsx';
import { PersonLink } from '../../ui/person.tsx';
import { drawn, figureIn, formatFigure, isFigure, textIn } from './figures.ts';
import type { Column, Row } from './figures.ts';
import { titleOf } from './points.ts';
import type { Answer } from './question.ts';
import classes from './report.module.css';

/** Room for a table beside the definition. Wider ones stand above it, and scroll where they must. */
export const roomy = 800;

/** Every number of a report; those that count something open to it. */
export function ReportTable({ answer, onOpen }: { answer: Answer; onOpen: (row: string, column: string) => void }) {
  const [order, setOrder] = useState<{ by: string; down: boolean }>();
  const columns = columnsOf(answer, onOpen);
  const width = widthNeeded(answer.columns);
  return (
    <div className={classes.table} data-scrolls={width > roomy} style={{ '--needed': `${width}px` } as CSSProperties}>
      <DataTable
        name={answer.report.title}
        columns={columns}
        rows={order === undefined ? answer.rows : sorted(answer.rows, order.by, order.down)}
        keyOf={(row) => row.key}
        onOpen={(row) => {
          const first =
            answer.columns.find((column) => column.counts !== undefined) ?? answer.columns.find((column) => column.opens !== undefined);
          if (first !== undefined) onOpen(row.key, first.key);
        }}
        sorting={{ by: order?.by ?? '', down: order?.down ?? false, onSort: (by, down) => setOrder({ by, down }) }}
        empty={null}
      />
    </div>
  );
}

function columnsOf(answer: Answer, onOpen: (row: string, column: string) => void): TableColumn<Row>[] {
  const figures = answer.columns.filter((column) => isFigure(column.type) && column.key !== 'rank');
  const named = answer.columns.some(
    (column) => ['member', 'organization', 'source', 'text'].includes(column.type) && column.key !== 'needed',
  );
  const charted = drawn(answer);
  const byWeight = [...charted, ...figures.filter((column) => !charted.includes(column))];
  const [first, second] = byWeight.map(widthOf);
  const fitting = !named && (first ?? 0) + (second ?? 0) <= 240 ? 2 : 1;
  return answer.columns.map((column, index): TableColumn<Row> => {
    const figure = isFigure(column.type);
    const width = widthOf(column);
    return {
      id: column.key,
      title: column.title,
      fixed: ['period', 'member', 'organization'].includes(column.type) || (index === 0 && column.key !== 'rank'),
      sort: column.key,
      ...(figure ? { align: 'right' as const } : {}),
      ...(width === undefined ? {} : { width }),
      // On a phone: what it is, and as many figures as fit, those of the chart first.
      ...(byWeight.indexOf(column) >= fitting || ['rank', 'needed'].includes(column.key) ? { wide: true } : {}),
      cell: (row) => <Cell row={row} column={column} columns={answer.columns} onOpen={onOpen} />,
    };
  });
}

function Cell({
  row,
  column,
  columns,
  onOpen,
}: {
  row: Row;
  column: Column;
  columns: readonly Column[];
  onOpen: (row: string, column: string) => void;
}): ReactNode {
  if (!isFigure(column.type)) return <Named row={row} column={column} />;
  const value = figureIn(row, column.key);
  const words = formatFigure(value, column.type);
  // A share opens to what it is of.
  const opens =
    column.counts !== undefined || column.opens !== undefined
      ? column.key
      : columns.find((candidate) => candidate.key === column.of && candidate.counts !== undefined)?.key;
  if (opens === undefined || value === null || value === 0) return words;
  return (
    <UnstyledButton className={classes.figure} onClick={() => onOpen(row.key, opens)}>
      {words}
    </UnstyledButton>
  );
}

function Named({ row, column }: { row: Row; column: Column }) {
  const text = textIn(row, column.key);
  const id = row.ids[column.key];
  if (column.type === 'member' && id !== undefined) return <PersonLink member={id}>{text}</PersonLink>;
  if (column.type === 'organization' && id !== undefined) {
    return (
      <Link to={paths.organization(id)} look="plain" dir="auto">
        {text}
      </Link>
    );
  }
  if (column.type === 'source' && id !== undefined) {
    return (
      <Link to={paths.source(id)} look="plain">
        <span className={classes.dot} style={{ background: colourOfSource(id) }} />
        {text}
      </Link>
    );
  }
  return column.type === 'period' ? titleOf(text) : column.key === 'needed' ? (text === 'yes' ? 'Yes' : '') : text;
}

/** Figures take what their heading needs, so that names get the rest. */
function widthOf({ key, title, type }: Column): number | undefined {
  if (key === 'rank') return 52;
  if (key === 'needed') return 116;
  return isFigure(type) ? Math.min(210, Math.max(88, title.length * 7.2 + 40)) : undefined;
}

/** What a table with all its columns needs; more than the room there is, and it scrolls. */
export function widthNeeded(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + (widthOf(column) ?? (column.type === 'period' ? 140 : 220)), 36);
}

function sorted(rows: readonly Row[], by: string, down: boolean): Row[] {
  const text = (row: Row) => textIn(row, by);
  // Periods sort by time, which is how their keys sort.
  const ascending =
    by === 'period'
      ? rows.toSorted((a, b) => (a.key < b.key ? -1 : 1))
      : rows.toSorted((a, b) => (figureIn(a, by) ?? -1) - (figureIn(b, by) ?? -1) || text(a).localeCompare(text(b)));
  return down ? ascending.toReversed() : ascending;
}
