import type { RawBuilder } from 'kysely';
import type { Context } from '../../platform/context.ts';
import type { ThreadKind } from '../activities/index.ts';
import type { Day, Granularity, Period } from './calendar.ts';
import { periodsOf } from './calendar.ts';
import { membersSize } from './census.ts';
import type { Census } from './census.ts';
import { has, setOf } from './member-set.ts';
import type { Excluded, Selection } from './counting.ts';
import type { Hours } from './hours.ts';

/** One question that can be asked of the record, with how it is computed in words and in code. */
export type Report = CountedReport | ReadReport;

/** What every report says of itself. */
export interface ReportFrame {
  /** Stable: also the file's name and part of links. */
  id: string;
  title: string;
  question: string;
  /** In plain words: formula, window, denominator, who is left out, and what a reader could get wrong. */
  definition: string;
  /** Where the definition comes from. */
  source: { title: string; url?: string };
  /** What is looked at unless kinds are given. */
  kinds: 'contributions' | 'activities' | 'responses' | 'reviews';
  /** Which parameters have an effect, beside time, sources, kinds, population, segment and organization. */
  options: readonly Option[];
  /** Periods unless asked otherwise; undefined where the report has none. */
  granularity?: Granularity;
  chart: Chart;
  /** Its rows name people, or quote them: such a report is never shown on a public page. */
  personal?: true;
}

/** A report that is counted in memory, from presence: who did what on which day. */
export interface CountedReport extends ReportFrame {
  needsHours?: true;
  run(census: Census, ask: Ask): Answer;
  /** What one number was counted from. `row` is the key of a row, or `*` for a headline. Undefined: there is no such number. */
  open(census: Census, ask: Ask, row: string, column: string): Selection | undefined;
}

/**
 * A report that is read from the database: about threads, words, places, what presence does not know. `selectActivities`
 * (rows.ts) gives the activities of a selection under all filters.
 */
export interface ReadReport extends ReportFrame {
  /** Also asked for the window before, with one period as long as the window, for its headline. */
  read(context: Context, ask: Ask, census: Census): Promise<Answer>;
  /**
   * Another text with every change of what it reads beside the census, and as time passes where that changes its figures. Asked
   * for before `read`: an answer is kept as long as this and the census stay the same.
   */
  version(context: Context, ask: Ask): Promise<string>;
  /**
   * A query for `source_id` and `id` of the activities that one number was counted from, each once; of a thread, the
   * activity that began it. `row` is the key of a row, or `*` for a headline. Undefined: there is no such number.
   */
  openActivities(context: Context, ask: Ask, census: Census, row: string, column: string): Promise<ActivityQuery | undefined>;
  /** The threads that one number was counted from, each with what it brings to it (thread-report.ts). */
  openThreads?(context: Context, ask: Ask, row: string, column: string): Promise<ThreadsBehind | undefined>;
}

/** Threads by id, with seconds or 1 where they are only counted; and how many different people opened them. */
export interface ThreadsBehind {
  found: { id: number; amount: number }[];
  openers: number;
}

export type ActivityQuery = RawBuilder<{ source_id: number; id: number }>;

export const optionNames = ['granularity', 'top', 'clock', 'threshold', 'afterDays', 'threads', 'topic'] as const;
export type Option = (typeof optionNames)[number];

/** A report's parameters, resolved. */
export interface Ask {
  selection: Selection;
  granularity: Granularity;
  fiscalStart: number;
  /** IANA zone of the workspace: its days are those of `selection`. */
  timeZone: string;
  top: number;
  clock: 'utc' | 'own';
  /** Share of the whole, 0 to 1. */
  threshold: number;
  afterDays: number;
  /** Kinds of threads, where a report is about some; undefined: those that it looks at by itself. */
  threadKinds: readonly ThreadKind[] | undefined;
  /** Only what was said about it; all where undefined. */
  topic: number | undefined;
  /** Kinds were asked for by name, so that "contributions" are these. */
  ownKinds: boolean;
  hours: Hours | undefined;
}

export const columnTypes = [
  'period',
  'member',
  'organization',
  'source',
  'kind',
  'weekday',
  'text',
  'count',
  'share',
  'number',
  'duration',
] as const;

/** What a number counts: what metrics.rows then lists as many of. */
export const countedThings = ['people', 'activities', 'organizations', 'threads'] as const;
export type Counted = (typeof countedThings)[number];

export interface Column {
  key: string;
  title: string;
  /** `count` is a whole number of `unit` (or a sum of even splits), `share` is 0 to 1, `duration` is seconds. */
  type: (typeof columnTypes)[number];
  /** Where the number opens to its rows. */
  counts?: Counted;
  /** It opens to what it was reckoned from, though it does not count that: lines, medians. */
  opens?: Counted;
  /** The column, or the headline, that a share is of. */
  of?: string;
  /** A source or kind that the column is about, to name and colour it. */
  about?: { type: 'source' | 'kind'; id: number };
}

export type Cell = string | number | null;

/** `key` names the row in links and drill-downs. Member, organization, source and kind cells hold their number in here. */
export interface Row {
  key: string;
  cells: Record<string, Cell>;
}

/** A number on top of the report, compared with the period before. */
export interface Headline {
  key: string;
  title: string;
  value: number | null;
  type: 'count' | 'share' | 'number' | 'duration';
  counts?: Counted;
  opens?: Counted;
}

export interface Answer {
  columns: Column[];
  rows: Row[];
  headline: Headline[];
  /** What a reader of exactly these figures should know: what is cut, partial, split. */
  notes: string[];
  excluded: Excluded;
}

export interface Chart {
  type: 'line' | 'stacked' | 'bars' | 'ranking' | 'heatmap' | 'cohorts' | 'share' | 'funnel';
  x: string;
  /** Columns to draw; all counts where left out, for reports whose columns depend on the data. */
  y?: string[];
}

/** The periods of a report, in order. */
export function periodsFor(ask: Ask): Period[] {
  return periodsOf(ask.selection.from, ask.selection.to, ask.granularity, ask.fiscalStart);
}

/** For each day of the window, which of its periods it is in. */
export function periodIndex(window: { from: Day; to: Day }, periods: readonly { from: Day; to: Day }[]): Int32Array {
  const index = new Int32Array(window.to - window.from + 1);
  periods.forEach(({ from, to }, p) => index.fill(p, from - window.from, to - window.from + 1));
  return index;
}

/** The selection of one row of a report by period, or of the whole window for `*`. */
export function during(ask: Ask, row: string): Selection | undefined {
  if (row === '*') return ask.selection;
  const period = periodsFor(ask).find((candidate) => candidate.key === row);
  return period === undefined ? undefined : within(ask.selection, period);
}

export function within(selection: Selection, { from, to }: { from: Day; to: Day }): Selection {
  return { ...selection, from, to };
}

export const periodColumn: Column = { key: 'period', title: 'Period', type: 'period' };

export function partialNote(periods: Period[]): string[] {
  const partial = periods.filter((period) => period.partial).map((period) => period.title);
  return partial.length === 0 ? [] : [`Cut by the window, so lower than whole ones: ${partial.join(', ')}.`];
}

export function chaoss(
  group: 'wg-metrics-development' | 'wg-evolution' | 'wg-risk' | 'wg-value',
  page: string,
  title: string,
): { title: string; url: string } {
  return { title: `CHAOSS: ${title}`, url: `https://github.com/chaoss/${group}/blob/main/focus-areas/${page}.md` };
}

/** The selection of one member's row, whose key is `m` and the number. */
export function rowMember(census: Census, ask: Ask, row: string): Selection | undefined {
  const id = /^m(\d{1,10})$/.exec(row)?.[1];
  if (id === undefined) return undefined;
  const { members } = ask.selection;
  return { ...ask.selection, members: setOf(membersSize(census), members === undefined || has(members, Number(id)) ? [Number(id)] : []) };
}

/** The selection of one organization's row, whose key is `o` and the number; `o0` is unknown. */
export function rowOrganization(ask: Ask, row: string): Selection | undefined {
  const id = /^o(\d{1,10})$/.exec(row)?.[1];
  return id === undefined ? undefined : { ...ask.selection, creditedTo: Number(id) };
}
