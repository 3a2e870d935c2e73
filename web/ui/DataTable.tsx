import { ActionIcon, Button, Checkbox, Menu, VisuallyHidden } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp, IconColumns3 } from '@tabler/icons-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useEffectEvent, useRef } from 'react';
import type { CSSProperties, KeyboardEvent, MouseEvent, ReactNode } from 'react';
import classes from './DataTable.module.css';
import { formatNumber } from './format.ts';
import { useOffset } from './offset.ts';
import { useRows } from './rows.ts';
import { SkeletonRows } from './states.tsx';

export interface Column<Row> {
  id: string;
  title: string;
  /** What stands in the cell. */
  cell: (row: Row) => ReactNode;
  /** Numbers stand right, with figures of one width. */
  align?: 'right';
  /** CSS width; a column without one shares what is left. */
  width?: number | string;
  /** Not shown until it is chosen. */
  hidden?: boolean;
  /** Always shown: the name. */
  fixed?: boolean;
  /** Not shown on a phone. */
  wide?: boolean;
  /** The word that the server sorts by. */
  sort?: string;
}

export interface Sorting {
  by: string;
  down: boolean;
  onSort: (by: string, down: boolean) => void;
}

interface Props<Row> {
  /** Names the table to screen readers, and keeps its columns apart in this browser. */
  name: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  keyOf: (row: Row) => string;
  /** Enter, or a click on the row. */
  onOpen?: (row: Row) => void;
  /** Buttons at the end of a row, shown on hover and on focus. */
  actions?: (row: Row) => ReactNode;
  /** Rows can be marked; what to do with the marked ones. */
  selection?: { selected: ReadonlySet<string>; onChange: (selected: ReadonlySet<string>) => void };
  sorting?: Sorting;
  /** The next page, when there is one. */
  more?: { has: boolean; loading: boolean; load: () => void };
  empty: ReactNode;
  /** Extra keys on the row that has the focus: { e: row => … }. */
  keys?: Record<string, { label: string; run: (row: Row) => void }>;
  /** Where the column chooser goes besides: the count, an export. */
  tools?: ReactNode;
  total?: number | undefined;
}

const rowHeight = 36;
const virtualFrom = 200;

/** A dense table: sticky header, chosen columns, j/k/x and shift, more rows by a cursor, drawn only where they are seen. */
export function DataTable<Row>(props: Props<Row>) {
  const { name, columns, rows, keyOf, onOpen, actions, selection, sorting, more, empty, tools, total } = props;
  const [chosen, setChosen] = useLocalStorage<string[] | null>({
    key: `rapport-columns-${name}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  });
  const visible = columns.filter(
    (column) => column.fixed === true || (chosen === null ? column.hidden !== true : chosen.includes(column.id)),
  );
  const list = rows ?? [];
  const table = useRef<HTMLTableElement>(null);
  const offset = useOffset(table, rows !== undefined);
  const virtual = list.length > virtualFrom;
  const virtualizer = useWindowVirtualizer({
    count: list.length,
    estimateSize: () => rowHeight,
    overscan: 14,
    scrollMargin: offset,
    enabled: virtual,
  });
  const items = virtual ? virtualizer.getVirtualItems() : [];
  const from = virtual ? (items[0]?.index ?? 0) : 0;
  const to = virtual ? (items.at(-1)?.index ?? -1) + 1 : list.length;
  const focus = useRows({
    count: list.length,
    table,
    reveal: (index) => virtual && virtualizer.scrollToIndex(index, { align: 'auto' }),
    open: (index) => {
      const row = list[index];
      if (row !== undefined) onOpen?.(row);
    },
    mark:
      selection === undefined
        ? undefined
        : (indexes, on) =>
            selection.onChange(
              marked(
                selection.selected,
                indexes
                  .map((index) => list[index])
                  .filter((row) => row !== undefined)
                  .map(keyOf),
                on,
              ),
            ),
    isMarked: (index) => {
      const row = list[index];
      return row !== undefined && selection?.selected.has(keyOf(row)) === true;
    },
    keys: Object.entries(props.keys ?? {}).map(([key, { label, run }]) => ({
      key,
      label,
      run: (index: number) => {
        const row = list[index];
        if (row !== undefined) run(row);
      },
    })),
  });
  useLoadMore(more, to, list.length);

  if (rows === undefined) return <SkeletonRows rows={10} />;
  if (list.length === 0) return <>{empty}</>;
  const all = selection !== undefined && list.every((row) => selection.selected.has(keyOf(row)));
  const some = selection !== undefined && selection.selected.size > 0;
  const choosable = columns.length > 4;
  // The last column: actions of a row, and the chooser above them. A phone opens the row instead.
  const tail = choosable || actions !== undefined;
  const tailWide = onOpen === undefined ? '' : classes.wide;
  const span = visible.length + (selection === undefined ? 0 : 1) + (tail ? 1 : 0);
  return (
    <div className={classes.frame}>
      <table ref={table} className={classes.table} aria-label={name} aria-rowcount={total ?? (more?.has === true ? -1 : list.length + 1)}>
        <colgroup>
          {selection !== undefined && <col style={{ width: 36 }} />}
          {visible.map((column) => (
            <col
              key={column.id}
              data-wide={column.wide}
              data-fixed={column.fixed}
              className={column.wide === true ? classes.wide : undefined}
              style={column.width === undefined ? {} : { width: column.width }}
            />
          ))}
          {tail && <col className={tailWide} style={{ width: actions === undefined ? 36 : 84 }} />}
        </colgroup>
        <thead>
          <tr>
            {selection !== undefined && (
              <th scope="col">
                <Checkbox
                  size="xs"
                  aria-label="Select all rows shown"
                  checked={all}
                  indeterminate={some && !all}
                  onChange={() => selection.onChange(all ? new Set() : new Set(list.map(keyOf)))}
                />
              </th>
            )}
            {visible.map((column) => (
              <HeaderCell key={column.id} column={column} sorting={sorting} />
            ))}
            {tail && (
              <th scope="col" className={`${classes.chooser} ${tailWide}`}>
                <VisuallyHidden>Actions</VisuallyHidden>
                {choosable && (
                  <ColumnChooser
                    columns={columns}
                    visible={visible.map((column) => column.id)}
                    onChange={setChosen}
                    onReset={() => setChosen(null)}
                  />
                )}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {virtual && from > 0 && <Spacer height={from * rowHeight} span={span} />}
          {list.slice(from, to).map((row, place) => {
            const index = from + place;
            const key = keyOf(row);
            const on = selection?.selected.has(key) === true;
            return (
              <tr
                key={key}
                data-index={index}
                data-open={onOpen !== undefined}
                tabIndex={index === focus.index || (focus.index === -1 && index === 0) ? 0 : -1}
                aria-selected={selection === undefined ? undefined : on}
                aria-rowindex={index + 2}
                onFocus={(event) => event.target === event.currentTarget && focus.set(index)}
                onKeyDown={(event: KeyboardEvent<HTMLTableRowElement>) =>
                  event.target === event.currentTarget && focus.onKeyDown(event, index)
                }
                onClick={(event: MouseEvent<HTMLTableRowElement>) => {
                  if (isOnControl(event)) return;
                  focus.set(index);
                  if (event.shiftKey && selection !== undefined) focus.extendTo(index);
                  else onOpen?.(row);
                }}
              >
                {selection !== undefined && (
                  <td className={classes.box}>
                    <Checkbox
                      size="xs"
                      aria-label={`Select row ${index + 1}`}
                      checked={on}
                      tabIndex={-1}
                      onClick={(event) => {
                        if (event.shiftKey) {
                          event.preventDefault();
                          focus.extendTo(index);
                        } else focus.set(index);
                      }}
                      onChange={() => selection.onChange(marked(selection.selected, [key], !on))}
                    />
                  </td>
                )}
                {visible.map((column) => (
                  <td key={column.id} data-align={column.align} className={column.wide === true ? classes.wide : undefined}>
                    {column.cell(row)}
                  </td>
                ))}
                {tail && <td className={`${classes.actions} ${tailWide}`}>{actions !== undefined && <div>{actions(row)}</div>}</td>}
              </tr>
            );
          })}
          {virtual && to < list.length && <Spacer height={(list.length - to) * rowHeight} span={span} />}
        </tbody>
      </table>
      <div className={classes.foot}>
        <span>
          {more?.has === true ? `${formatNumber(list.length)} shown` : `${formatNumber(list.length)} in all`}
          {total !== undefined && more?.has === true && ` of ${formatNumber(total)}`}
        </span>
        {more?.has === true && (
          <Button variant="subtle" color="gray" size="compact-sm" loading={more.loading} onClick={more.load}>
            Load more
          </Button>
        )}
        {tools}
      </div>
    </div>
  );
}

function marked(selected: ReadonlySet<string>, keys: readonly string[], on: boolean): ReadonlySet<string> {
  const next = new Set(selected);
  for (const key of keys) {
    if (on) next.add(key);
    else next.delete(key);
  }
  return next;
}

function isOnControl(event: MouseEvent): boolean {
  const target = event.target as HTMLElement;
  return target.closest('a, button, input, label, [role="menu"]') !== null || (window.getSelection()?.toString() ?? '') !== '';
}

/** Near the end of what is loaded, the next page is fetched before it is missed. */
function useLoadMore(more: { has: boolean; loading: boolean; load: () => void } | undefined, shownTo: number, count: number): void {
  const near = more?.has === true && !more.loading && count > virtualFrom && shownTo > count - 60;
  const load = useEffectEvent(() => more?.load());
  useEffect(() => {
    if (near) load();
  }, [near]);
}

function Spacer({ height, span }: { height: number; span: number }) {
  return (
    <tr aria-hidden className={classes.spacer}>
      {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label -- the room of the rows that are not drawn, hidden from everybody */}
      <td colSpan={span} style={{ height }} />
    </tr>
  );
}

function HeaderCell<Row>({ column, sorting }: { column: Column<Row>; sorting: Sorting | undefined }) {
  const style: CSSProperties = {};
  const sort = column.sort;
  const className = column.wide === true ? classes.wide : undefined;
  if (sort === undefined || sorting === undefined) {
    return (
      <th scope="col" data-align={column.align} style={style} className={className}>
        {column.title}
      </th>
    );
  }
  const active = sorting.by === sort;
  const Arrow = sorting.down ? IconArrowDown : IconArrowUp;
  return (
    <th
      scope="col"
      data-align={column.align}
      aria-sort={active ? (sorting.down ? 'descending' : 'ascending') : 'none'}
      className={className}
    >
      <button
        type="button"
        className={classes.sort}
        onClick={() => sorting.onSort(sort, active ? !sorting.down : column.align === 'right')}
      >
        {column.title}
        {active && <Arrow size={13} aria-hidden />}
      </button>
    </th>
  );
}

function ColumnChooser<Row>({
  columns,
  visible,
  onChange,
  onReset,
}: {
  columns: readonly Column<Row>[];
  visible: string[];
  onChange: (ids: string[]) => void;
  onReset: () => void;
}) {
  return (
    <Menu closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon size={24} aria-label="Choose columns">
          <IconColumns3 size={16} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Columns</Menu.Label>
        {columns
          .filter((column) => column.fixed !== true)
          .map((column) => (
            <Menu.Item
              key={column.id}
              role="menuitemcheckbox"
              aria-checked={visible.includes(column.id)}
              leftSection={visible.includes(column.id) ? '✓' : <span style={{ width: 10, display: 'inline-block' }} />}
              onClick={() => onChange(visible.includes(column.id) ? visible.filter((id) => id !== column.id) : [...visible, column.id])}
            >
              {column.title}
            </Menu.Item>
          ))}
        <Menu.Divider />
        <Menu.Item onClick={onReset}>As it was</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
