import { sql } from 'kysely';
import type { Context } from '../../platform/context.ts';
import { daysIn, silentKinds } from '../activities/index.ts';
import type { ThreadKind } from '../activities/index.ts';
import type { Period } from './calendar.ts';
import { membersSize } from './census.ts';
import { openExclusion } from './counting.ts';
import type { Exclusion } from './counting.ts';
import { windowBefore } from './parameters.ts';
import { partialNote, periodColumn, periodIndex, periodsFor } from './report.ts';
import type { Answer, Ask, Column, Headline, ReadReport, ReportFrame } from './report.ts';
import { threadsVersion } from './thread-load.ts';
import { kindMask, median, openThreads, quantile, startOfDay, walkThreads } from './thread-walk.ts';
import type { Threads } from './thread-walk.ts';

/** A report about threads: reckoned in memory from the book, over periods. */
export type ThreadReport = ReadReport & Required<Pick<ReadReport, 'openThreads'>>;

export type ThreadFrame = Omit<ReportFrame, 'options' | 'granularity'>;

/** What a report makes of its threads. */
export interface Measures {
  /** The kinds of activity that are asked for, by position. */
  kinds: Uint8Array;
  /** Conversations were asked for by name. */
  conversations: boolean;
  /** The periods that have begun: their last day, and the last moment of it or now. */
  ends: readonly { day: number; at: number }[];
  /** Adds one thread's amount to a measure, in the period of a day; nothing where the day is outside of the window. */
  add(measure: string, day: number, slot: number, opener: number, amount?: number): void;
}

export interface ThreadCounting extends ThreadFrame {
  /** Which threads are looked at, unless the question names kinds. */
  threadKinds: readonly ThreadKind[];
  /** Looks at all threads that were opened up to the end of the window, however early: what counts is when they ended. */
  allOpened?: true;
  /** Figures are of the ends of periods (`Measures.ends`; only they may depend on now): those of the whole window are those of its end. */
  atEnds?: true;
  columns: readonly ThreadColumn[];
  notes?: readonly string[];
  /** Called for each thread whose opener passes. `opened`: the day. */
  measure(threads: Threads, thread: { slot: number; opened: number; opener: number }, into: Measures): void;
}

/** A figure of a period, from the amounts of a measure. */
export interface ThreadColumn {
  key: string;
  title: string;
  /** `count`: how many; `median` and `p90`: of the amounts, in seconds; `mean`: a plain number; `ratio`: count ÷ count of `of`. */
  figure: 'count' | 'median' | 'p90' | 'mean' | 'share' | 'ratio';
  measure: string;
  /** `share` and `ratio`: the measure to divide by. */
  of?: string;
  /** What a ratio says when there is nothing to divide by, though there is something to divide. */
  undivided?: string;
  headline?: true;
}

/** Makes a report of what is to be counted: periods, figures, headline, drill-down and how long an answer is kept are the same for all. */
export function threadReport(counting: ThreadCounting): ThreadReport {
  const { threadKinds, allOpened, atEnds, columns, notes, measure, ...frame } = counting;

  /** `listed`: which threads they are is wanted too, not only their figures. */
  async function gather(context: Context, ask: Ask, listed: boolean): Promise<Gathered> {
    const { from } = windowBefore(ask.selection.from, ask.selection.to);
    const threads = await openThreads(context, from, ask.timeZone);
    const exclusion = openExclusion(threads.census);
    const periods = periodsFor(ask);
    const index = periodIndex(ask.selection, periods);
    const { from: first, to: last } = ask.selection;
    const amounts = new Map<string, Amounts[]>();
    const valued = new Set(
      columns.filter(({ figure }) => figure === 'median' || figure === 'p90' || figure === 'mean').map((one) => one.measure),
    );
    const into: Measures = {
      kinds: kindMask(ask.selection.kinds ?? []),
      conversations: ask.threadKinds?.includes('conversation') === true,
      ends: endsOf(threads, periods),
      add(name, day, slot, opener, amount = 1) {
        if (day < first || day > last) return;
        let own = amounts.get(name);
        if (own === undefined) amounts.set(name, (own = periods.map(() => ({ count: 0, slots: [], values: [], openers: [] }))));
        const place = own[index[day - first] ?? 0];
        if (place === undefined) return;
        place.count += 1;
        if (listed || valued.has(name)) place.values.push(amount);
        if (!listed) return;
        place.slots.push(slot);
        place.openers.push(opener);
      },
    };
    const kinds = threadKinds.filter((kind) => ask.threadKinds?.includes(kind) ?? true);
    const selection = { ...ask.selection, from: allOpened === true ? longAgo : first, threadKinds: kinds };
    const visit = (slot: number, opened: number, opener: number) => measure(threads, { slot, opened, opener }, into);
    walkThreads(threads, selection, exclusion, visit, allOpened === true ? startOfDay(threads.days, first) : undefined);
    return { threads, exclusion, periods, amounts };
  }

  const report: ThreadReport = {
    ...frame,
    options: threadKinds.length > 1 ? ['granularity', 'threads'] : ['granularity'],
    granularity: 'month',
    async version({ database, clock }, ask) {
      const threads = await threadsVersion(database);
      const now = clock.now().getTime();
      // At the end of a period that goes on, what is open grows older: told to the minute.
      const growing = atEnds === true && ask.selection.to >= daysIn(ask.timeZone).dayOf(now);
      return growing ? `${threads} ${Math.floor(now / 60_000)}` : `${threads}`;
    },
    async read(context, ask) {
      return answerOf(await gather(context, ask, false), columns, notes ?? [], ask, atEnds === true);
    },
    async openThreads(context, ask, row, column) {
      const wanted = columns.find((candidate) => candidate.key === column);
      if (wanted === undefined) return undefined;
      const { threads, periods, amounts } = await gather(context, ask, true);
      const all = periods.map((_, p) => p);
      const parts = row !== '*' ? [periods.findIndex(({ key }) => key === row)] : atEnds === true ? all.slice(-1) : all;
      if (parts.includes(-1)) return undefined;
      const own = parts.flatMap((p) => amounts.get(wanted.measure)?.[p] ?? []);
      const found = own.flatMap(({ slots, values }) =>
        slots.map((slot, i) => ({ id: threads.book.id[slot] ?? 0, amount: values[i] ?? 0 })),
      );
      const openers = new Uint8Array(membersSize(threads.census));
      for (const part of own) for (const opener of part.openers) openers[opener] = 1;
      return { found, openers: openers.reduce((sum, one) => sum + one, 0) };
    },
    async openActivities(context, ask, _census, row, column) {
      const opened = await report.openThreads(context, ask, row, column);
      return opened === undefined ? undefined : beginnings(opened.found.map(({ id }) => id));
    },
  };
  return report;
}

/** 1 January of the year 1. */
const longAgo = -719_162;

interface Amounts {
  count: number;
  /** In the order in which they came; only for measures that a column needs them of, or where threads are listed. */
  values: number[];
  slots: number[];
  openers: number[];
}

interface Gathered {
  threads: Threads;
  exclusion: Exclusion;
  periods: Period[];
  amounts: Map<string, Amounts[]>;
}

/** The activities that began these threads. */
function beginnings(threadIds: readonly number[]) {
  return sql<{ source_id: number; id: number }>`
    select t.source_id, b.id from unnest(${threadIds}::bigint[]) w (id) join thread t on t.id = w.id
    cross join lateral (
      select a.id from activity a where a.source_id = t.source_id and a.thread_id = t.id and a.at = t.opened_at and a.identity_id = t.opener_identity_id
      order by a.id limit 1) b`;
}

function endsOf({ days, now }: Threads, periods: readonly Period[]): Measures['ends'] {
  const today = days.dayOf(now);
  return periods.filter(({ from }) => from <= today).map(({ to }) => ({ day: to, at: Math.min(startOfDay(days, to + 1) - 1, now) }));
}

function answerOf(
  { periods, amounts, exclusion }: Gathered,
  columns: readonly ThreadColumn[],
  notes: readonly string[],
  ask: Ask,
  atEnds: boolean,
): Answer {
  const during = (p: number) => (measure: string) => addUp(amounts.get(measure)?.slice(p, p + 1) ?? []);
  const whole = new Map([...amounts].map(([measure, parts]) => [measure, addUp(atEnds ? parts.slice(-1) : parts)]));
  return {
    columns: [periodColumn, ...columns.map(shownColumn)],
    rows: periods.map((period, p) => ({
      key: period.key,
      cells: {
        period: period.title,
        ...Object.fromEntries(columns.map((column) => [column.key, figureOf(column, during(p))])),
      },
    })),
    headline: columns
      .filter((column) => column.headline === true)
      .map((column): Headline => {
        const { key, title, type, counts, opens } = shownColumn(column);
        const value = figureOf(column, (measure) => whole.get(measure));
        return {
          key,
          title,
          type: type as Headline['type'],
          value: typeof value === 'number' ? value : null,
          ...(counts === undefined ? {} : { counts }),
          ...(opens === undefined ? {} : { opens }),
        };
      }),
    notes: [...notes, ...kindsNote(columns, ask), ...partialNote(periods)],
    excluded: exclusion.excluded,
  };
}

/** What asking for kinds of activities does here, where that is not what one expects. */
function kindsNote(columns: readonly ThreadColumn[], ask: Ask): string[] {
  if (!ask.ownKinds) return [];
  if (!columns.some(({ measure }) => /answered|review/i.test(measure)))
    return ['Kinds of activities make no difference here: threads are counted.'];
  return ask.selection.kinds?.some((kind) => silentKinds.includes(kind)) === true
    ? ['Reactions, stars, forks, badges, joining and leaving never count as responses.']
    : [];
}

function shownColumn({ key, title, figure, of }: ThreadColumn): Column {
  if (figure === 'count') return { key, title, type: 'count', counts: 'threads' };
  if (figure === 'median' || figure === 'p90') return { key, title, type: 'duration', opens: 'threads' };
  if (figure === 'share') return { key, title, type: 'share', opens: 'threads', ...(of === undefined ? {} : { of }) };
  return { key, title, type: 'number', opens: 'threads' };
}

interface Sum {
  count: number;
  values: Float64Array;
}

function addUp(parts: readonly Amounts[]): Sum {
  const values = new Float64Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return { count: parts.reduce((sum, part) => sum + part.count, 0), values };
}

function figureOf(column: ThreadColumn, sumOf: (measure: string) => Sum | undefined): number | string | null {
  const { count, values } = sumOf(column.measure) ?? addUp([]);
  if (column.figure === 'count') return count;
  if (column.figure === 'median') return median(values);
  if (column.figure === 'p90') return quantile(values, 0.9);
  if (column.figure === 'mean') return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  const whole = sumOf(column.of ?? '')?.count ?? 0;
  if (whole > 0) return count / whole;
  return count > 0 ? (column.undivided ?? null) : null;
}
