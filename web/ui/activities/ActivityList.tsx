import { Button, Skeleton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconExternalLink } from '@tabler/icons-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useEffectEvent, useMemo, useRef } from 'react';
import type { ReactNode } from 'react';
import { paths } from '../../paths.ts';
import { formatNumber } from '../format.ts';
import { Initials } from '../Initials.tsx';
import { Link } from '../Link.tsx';
import { PersonLink, PersonMark, useOpenPerson } from '../person.tsx';
import { PlatformIcon } from '../PlatformIcon.tsx';
import { useOffset } from '../offset.ts';
import { useRows } from '../rows.ts';
import { useParam } from '../url-state.ts';
import { ActivityPanel } from './ActivityPanel.tsx';
import { ActivityTime } from './ActivityTime.tsx';
import { dayOf, dayTitle } from './days.ts';
import { ReadingMark } from './ReadingMark.tsx';
import { TopicChip } from './TopicChip.tsx';
import { didWhat, linesOf, objectOf, restOf } from './words.ts';
import type { Activity } from './words.ts';
import classes from './ActivityList.module.css';

interface Props {
  /** Names the list to screen readers. */
  name: string;
  rows: readonly Activity[] | undefined;
  more?: { has: boolean; loading: boolean; load: () => void };
  /** Days are those of this zone; the viewer's when it is not said. */
  timeZone?: string | undefined;
  /** The same person all the way down need not be said again. */
  ofOnePerson?: boolean;
  empty: ReactNode;
}

type Item = { day: string } | { index: number };

const dayHeight = 34;
const none: readonly Activity[] = [];

/** Activities, newest first, grouped by day: only what is seen is drawn, however many there are. j, k and Enter move. */
export function ActivityList({ name, rows, more, timeZone, ofOnePerson = false, empty }: Props) {
  const { ref: measured, width } = useElementSize();
  const list = rows ?? none;
  const narrow = width > 0 && width < 720;
  const rowHeight = narrow ? 58 : 36;
  const frame = useRef<HTMLDivElement>(null);
  const offset = useOffset(frame, list.length > 0);
  const [open, setOpen] = useParam('activity');
  const openPerson = useOpenPerson();
  const items = useMemo(() => groupByDay(list, timeZone), [list, timeZone]);

  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: (at) => heightOf(items[at], rowHeight),
    getItemKey: (at) => keyOf(items[at], list),
    overscan: 12,
    scrollMargin: offset,
    // Rows that get the focus are not hidden behind the bar at the top.
    scrollPaddingStart: 110,
    scrollPaddingEnd: 40,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight, items]);
  const drawn = virtualizer.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  const isNearEnd = more?.has === true && !more.loading && last > items.length - 40;
  const loadMore = useEffectEvent(() => more?.load());
  useEffect(() => {
    if (isNearEnd) loadMore();
  }, [isNearEnd]);

  const placeOf = useMemo(() => new Map(items.flatMap((item, at) => ('index' in item ? [[item.index, at] as const] : []))), [items]);
  const at = (index: number) => list[index];
  const focus = useRows({
    count: list.length,
    table: frame,
    first: () => firstRow(items, virtualizer.range?.startIndex ?? 0),
    reveal: (index) => virtualizer.scrollToIndex(placeOf.get(index) ?? 0, { align: 'auto' }),
    open: (index) => setOpen(at(index)?.id, { push: true }),
    mark: undefined,
    isMarked: () => false,
    keys: [
      { key: 'o', label: 'Open the original', run: (index) => openOriginal(at(index)) },
      { key: 'p', label: 'Show the person', run: (index) => openPerson(at(index)?.person.id ?? '') },
    ],
  });

  const openIndex = list.findIndex((row) => row.id === open);
  const step = (by: number) => {
    const next = list[openIndex + by];
    if (openIndex >= 0 && next !== undefined) setOpen(next.id);
  };
  const panel = (
    <ActivityPanel
      id={open}
      onClose={() => setOpen(undefined)}
      onStep={openIndex >= 0 ? step : undefined}
      first={openIndex === 0}
      last={openIndex === list.length - 1}
    />
  );
  if (rows === undefined) {
    return (
      <>
        <ActivitySkeleton rows={14} />
        {panel}
      </>
    );
  }
  if (list.length === 0) {
    return (
      <>
        {empty}
        {panel}
      </>
    );
  }
  const top = items[virtualizer.range?.startIndex ?? 0];
  const topDay = top === undefined ? '' : 'day' in top ? top.day : dayOf(list[top.index]?.at ?? '', timeZone);
  const before = (drawn[0]?.start ?? offset) - offset;
  return (
    <div ref={measured} className={classes.frame} data-narrow={narrow}>
      <div ref={frame}>
        <div className={classes.top} aria-hidden>
          {dayTitle(topDay)}
        </div>
        <div
          role="feed"
          aria-label={name}
          aria-busy={more?.loading === true}
          style={{ height: virtualizer.getTotalSize(), paddingTop: before, boxSizing: 'border-box' }}
        >
          {drawn.map(({ index, key }) => {
            const item = items[index];
            if (item === undefined) return null;
            if ('day' in item) {
              return (
                <div key={key} className={classes.day} data-first={index === 0}>
                  {dayTitle(item.day)}
                </div>
              );
            }
            const row = list[item.index];
            if (row === undefined) return null;
            return (
              // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- articles of a feed take the focus and the keys (ARIA: feed)
              <article
                key={key}
                className={classes.row}
                data-index={item.index}
                data-open={row.id === open}
                data-one={ofOnePerson}
                style={{ height: rowHeight }}
                // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above
                tabIndex={item.index === focus.index || (focus.index === -1 && item.index === 0) ? 0 : -1}
                aria-posinset={item.index + 1}
                aria-setsize={more?.has === true ? -1 : list.length}
                aria-label={`${row.person.name} ${didWhat(row)} ${objectOf(row)}`}
                onFocus={(event) => event.target === event.currentTarget && focus.set(item.index)}
                onKeyDown={(event) => event.target === event.currentTarget && focus.onKeyDown(event, item.index)}
                onClick={(event) => {
                  if ((event.target as HTMLElement).closest('a, button') !== null || (window.getSelection()?.toString() ?? '') !== '')
                    return;
                  focus.set(item.index);
                  setOpen(row.id, { push: true });
                }}
              >
                <Entry row={row} ofOnePerson={ofOnePerson} />
              </article>
            );
          })}
        </div>
      </div>
      <div className={classes.foot} role="status">
        {more?.has === true ? (
          <>
            {formatNumber(list.length)} shown
            <Button variant="subtle" color="gray" size="compact-sm" loading={more.loading} onClick={more.load}>
              Load more
            </Button>
          </>
        ) : (
          `${formatNumber(list.length)} in all. This is where it began.`
        )}
      </div>
      {panel}
    </div>
  );
}

function Entry({ row, ofOnePerson }: { row: Activity; ofOnePerson: boolean }) {
  const lines = linesOf(row);
  const rest = restOf(row);
  return (
    <>
      <span className={classes.icon}>
        <PlatformIcon platform={row.source.connector} />
      </span>
      {!ofOnePerson && (
        <span className={classes.person}>
          <Initials name={row.person.name} src={row.person.avatarUrl} size={20} />
          <PersonLink member={row.person.id} className={classes.name}>
            {row.person.name}
          </PersonLink>
          <PersonMark bot={row.person.bot} team={row.person.ours} />
        </span>
      )}
      <span className={classes.what}>
        <span className={classes.did}>{ofOnePerson ? capital(didWhat(row)) : didWhat(row)}</span>{' '}
        <bdi className={classes.title}>{objectOf(row)}</bdi>
        {rest !== '' && (
          <>
            {' '}
            <bdi className={classes.rest}>{rest}</bdi>
          </>
        )}
      </span>
      <span className={classes.marks}>
        <ReadingMark language={row.language} sentiment={row.sentiment} />
        {row.topics.slice(0, 2).map((topic) => (
          <TopicChip key={topic.id} topic={topic} />
        ))}
        {row.topics.length > 2 && <span title={row.topics.map((topic) => topic.name).join(', ')}>+{row.topics.length - 2}</span>}
      </span>
      <span className={classes.lines} title={lines === undefined ? undefined : `${formatNumber(lines)} lines added or removed`}>
        {lines === undefined ? '' : `±${formatNumber(lines)}`}
      </span>
      <Link to={paths.source(row.source.id)} look="plain" className={classes.source}>
        {row.source.name}
      </Link>
      <span className={classes.time}>
        <ActivityTime at={row.at} offsetMinutes={row.offsetMinutes} underDay />
      </span>
      <span className={classes.out}>
        {row.url !== null && (
          <a
            href={row.url}
            target="_blank"
            rel="noreferrer noopener"
            aria-label="Open the original"
            title="Open the original"
            tabIndex={-1}
          >
            <IconExternalLink size={15} stroke={1.7} aria-hidden />
          </a>
        )}
      </span>
    </>
  );
}

/** Rows of the size that the entries will have. */
function ActivitySkeleton({ rows }: { rows: number }) {
  return (
    <div role="status" aria-label="Loading">
      <div className={classes.day}>
        <Skeleton height={10} width={140} radius="sm" />
      </div>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes.waiting}>
          <Skeleton height={18} circle />
          <Skeleton height={10} width={`${8 + ((index * 13) % 7)}%`} radius="sm" />
          <Skeleton height={10} width={`${30 + ((index * 37) % 32)}%`} radius="sm" />
        </div>
      ))}
    </div>
  );
}

function openOriginal(row: Activity | undefined): void {
  if (row !== undefined && row.url !== null) window.open(row.url, '_blank', 'noopener,noreferrer');
}

function groupByDay(rows: readonly Activity[], timeZone: string | undefined): Item[] {
  const items: Item[] = [];
  let day = '';
  for (const [index, row] of rows.entries()) {
    const own = dayOf(row.at, timeZone);
    if (own !== day) items.push({ day: own });
    day = own;
    items.push({ index });
  }
  return items;
}

/** The first row that the bar with the day does not cover. */
function firstRow(items: readonly Item[], from: number): number {
  const wanted = from === 0 ? 0 : from + 2;
  const item = items.slice(wanted).find((one) => 'index' in one);
  return item !== undefined && 'index' in item ? item.index : 0;
}

function heightOf(item: Item | undefined, rowHeight: number): number {
  return item !== undefined && 'index' in item ? rowHeight : dayHeight;
}

function keyOf(item: Item | undefined, rows: readonly Activity[]): string {
  if (item === undefined) return '';
  return 'day' in item ? item.day : (rows[item.index]?.id ?? '');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
