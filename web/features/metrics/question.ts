import { useAction } from '../../api.ts';
import type { Input, Output } from '../../api.ts';
import { useReach, useSession } from '../../shell/session.ts';
import { threadKindOptions } from '../../ui/activities/threads.ts';
import { kindOptions } from '../../ui/activities/words.ts';
import type { ActivityKind } from '../../ui/activities/words.ts';
import { valuesOf } from '../../ui/FilterChips.tsx';
import type { Filter } from '../../ui/FilterChips.tsx';
import { findOrganizations } from '../../ui/finders.tsx';
import { useQueryParams } from '../../ui/url-state.ts';
import { fittingGranularity, isDay, isPreset, presetTitle, todayIn, windowOf, windowTitle } from './period.ts';
import type { Calendar, Granularity, Window } from './period.ts';

export type Definition = Output<'metrics.reports'>['reports'][number];
export type Answer = Output<'metrics.report'>;
export type ReportInput = Input<'metrics.report'>;

/** What the address asks of a report, as the server takes it and in words. */
export interface Question {
  /** Undefined while the window cannot be said yet. */
  input: ReportInput | undefined;
  window: Window | undefined;
  granularity: Granularity;
  /** `Last 12 months (1 Dec 2025 – 21 Nov 2026)`. */
  windowWords: string;
  /** Each filter that is set, in words: for pictures and empty places. */
  filterWords: string[];
  /** The period before is drawn beside. */
  compare: boolean;
}

export const defaultPreset = '12m';

/** The days that windows are reckoned from, in the workspace's zone. */
export function useCalendar(): Calendar {
  const { workspace } = useSession();
  const home = useAction('metrics.home', {});
  return { today: todayIn(workspace.timeZone), fiscalStart: workspace.fiscalYearStartMonth ?? 1, span: home.data?.span };
}

export function useQuestion(definition: Definition): Question {
  const params = useQueryParams();
  const calendar = useCalendar();
  const filters = useFilters(definition);
  const organization = useAction(
    'organizations.get',
    { id: params['organization'] ?? '' },
    { enabled: params['organization'] !== undefined },
  ).data?.name;
  const custom = customWindow(params);
  const preset = isPreset(params['period']) ? params['period'] : defaultPreset;
  const window = custom ?? windowOf(preset, calendar);
  const granularity =
    granularityOf(params['granularity']) ??
    (window === undefined ? 'month' : fittingGranularity(window, definition.chart.type === 'cohorts'));
  return {
    input: window === undefined ? undefined : inputOf(definition, params, window, granularity),
    window,
    granularity,
    windowWords:
      window === undefined ? '' : custom !== undefined ? windowTitle(window) : `${presetTitle(preset, calendar)}, ${windowTitle(window)}`,
    filterWords: filters.flatMap((filter) => {
      const values = valuesOf(params[filter.name]);
      const named = (value: string) =>
        filter.options?.find((option) => option.value === value)?.label ??
        (filter.name === 'organization' ? organization : undefined) ??
        value;
      return values.length === 0 ? [] : [`${filter.label}: ${values.map(named).join(', ')}`];
    }),
    compare: params['compare'] !== 'no',
  };
}

/** Days that were chosen one by one; they hold where no preset is named, too: other pages link so. */
export function customWindow(params: Record<string, string>): Window | undefined {
  const { period, from, to } = params;
  return (period === undefined || period === 'custom') && isDay(from) && isDay(to) && from <= to ? { from, to } : undefined;
}

/** Whether the window before lies in the record at all: else there is nothing to compare with. */
export function hasBefore({ span, previous }: Answer): boolean {
  return span !== null && previous.to >= span.from;
}

function inputOf(definition: Definition, params: Record<string, string>, window: Window, granularity: Granularity): ReportInput {
  const sources = valuesOf(params['source']);
  const kinds = valuesOf(params['kind']).filter(isKind);
  const number = (name: 'top' | 'threshold' | 'afterDays') =>
    definition.options.includes(name) && params[name] !== undefined ? { [name]: Number(params[name]) } : {};
  return {
    report: definition.id,
    ...window,
    ...(definition.options.includes('granularity') ? { granularity } : {}),
    ...(sources.length === 0 ? {} : { sources }),
    ...(kinds.length === 0 ? {} : { kinds }),
    ...(params['population'] === 'wider_community' || params['population'] === 'team' ? { population: params['population'] } : {}),
    ...(params['segment'] === undefined ? {} : { segment: params['segment'] }),
    ...(params['organization'] === undefined ? {} : { organization: params['organization'] }),
    ...(definition.options.includes('threads') && params['thread'] !== undefined
      ? { threads: threadKindOptions.flatMap(({ value }) => (valuesOf(params['thread']).includes(value) ? [value] : [])) }
      : {}),
    ...number('top'),
    ...number('threshold'),
    ...number('afterDays'),
    ...(definition.options.includes('topic') && params['topic'] !== undefined ? { topic: params['topic'] } : {}),
    ...(definition.options.includes('clock') && params['clock'] === 'own' ? { clock: 'own' as const } : {}),
  };
}

const kinds = new Set<string>(kindOptions.map((option) => option.value));

function isKind(text: string): text is ActivityKind {
  return kinds.has(text);
}

const granularities: Record<Granularity, string> = {
  day: 'Days',
  week: 'Weeks',
  month: 'Months',
  quarter: 'Quarters',
  year: 'Years',
  fiscal_quarter: 'Fiscal quarters',
  fiscal_year: 'Fiscal years',
};

export function granularityOptions(fiscalStart: number): { value: string; label: string }[] {
  return Object.entries(granularities)
    .filter(([value]) => fiscalStart !== 1 || !value.startsWith('fiscal'))
    .map(([value, label]) => ({ value, label }));
}

function granularityOf(text: string | undefined): Granularity | undefined {
  return text !== undefined && text in granularities ? (text as Granularity) : undefined;
}

const kindLabels: Partial<Record<Definition['kinds'], string>> = { responses: 'Response', reviews: 'Review' };

/** The filters of every report; each is a chip and a parameter of the address. */
export function useFilters(definition: Definition): Filter[] {
  const reach = useReach();
  const sources = useAction('sources.list', {}, { enabled: reach('sources.list') });
  const segments = useAction('segments.list', {}, { enabled: reach('segments.list') });
  return [
    {
      name: 'population',
      label: 'People',
      options: [
        { value: 'wider_community', label: 'wider community' },
        { value: 'team', label: 'team members' },
      ],
    },
    {
      name: 'source',
      label: 'Source',
      several: true,
      options: (sources.data?.sources ?? []).map((source) => ({ value: source.id, label: source.name })),
    },
    ...(definition.options.includes('threads') ? [{ name: 'thread', label: 'Thread', several: true, options: threadKindOptions }] : []),
    { name: 'kind', label: kindLabels[definition.kinds] ?? 'Kind', several: true, options: kindOptions },
    {
      name: 'segment',
      label: 'Segment',
      options: (segments.data?.segments ?? []).map((segment) => ({ value: segment.id, label: segment.name })),
    },
    { name: 'organization', label: 'Organization', remote: findOrganizations },
  ];
}
