import type { Input, Output } from '../../api.ts';
import { valuesOf } from '../../ui/FilterChips.tsx';
import type { FilterOption } from '../../ui/FilterChips.tsx';

export type Card = Output<'members.list'>['members'][number];
export type Profile = Output<'members.get'>;
export type ListInput = Omit<Input<'members.list'>, 'cursor' | 'limit' | 'count'>;
export type Segment = Output<'segments.list'>['segments'][number];

const many = ['platforms', 'sources', 'tags', 'levels'] as const;
const texts = ['rules', 'organization', 'bots', 'team', 'firstFrom', 'firstTo', 'lastFrom', 'lastTo'] as const;
const numbers = ['firstWithinDays', 'lastWithinDays', 'quietForDays', 'minActivities', 'maxActivities', 'minEngagement'] as const;

/** The filters in the address are named as the server names them; the search is `q`. */
export const filterNames = ['q', ...many, ...texts, ...numbers] as const;

/** The address as a filter over members: what is listed, and what a segment keeps. */
export function filterOf(params: Record<string, string>): Record<string, unknown> {
  const search = params['q']?.trim() ?? '';
  return {
    ...(search === '' ? {} : { search }),
    ...Object.fromEntries(many.flatMap((name) => (params[name] === undefined ? [] : [[name, valuesOf(params[name])]]))),
    ...Object.fromEntries(texts.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]]))),
    ...Object.fromEntries(
      numbers.flatMap((name) => (params[name] === undefined || Number.isNaN(Number(params[name])) ? [] : [[name, Number(params[name])]])),
    ),
  };
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
    typeof one === 'string'
      ? [one]
      : typeof one === 'number'
        ? [String(one)]
        : typeof one === 'object' && one !== null
          ? [JSON.stringify(one)]
          : [],
  );
}

/** The other way round, for opening a segment's filter to change it. */
export function paramsOf(filter: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]) =>
      value === undefined || value === null ? [] : [[name === 'search' ? 'q' : name, textsOf(value).join(',')]],
    ),
  );
}

export function isFiltered(params: Record<string, string>): boolean {
  return params['segment'] !== undefined || filterNames.some((name) => params[name] !== undefined);
}

export function dayOptions(counts: readonly number[]): FilterOption[] {
  return counts.map((count) => ({ value: String(count), label: `${count} days` }));
}

const words: Record<string, string> = {
  search: 'search',
  organization: 'organization',
  platforms: 'platform',
  sources: 'source',
  tags: 'tag',
  bots: 'bots',
  team: 'team members',
  firstFrom: 'first seen from',
  firstTo: 'first seen until',
  lastFrom: 'last seen from',
  lastTo: 'last seen until',
  firstWithinDays: 'first seen within days',
  lastWithinDays: 'seen within days',
  quietForDays: 'quiet for days',
  minActivities: 'activities from',
  maxActivities: 'activities up to',
  minEngagement: 'engagement points from',
  levels: 'level',
  rules: 'rules',
};

/** `tag: champion · seen within days: 30`, for a list of segments. */
export function describeFilter(filter: Record<string, unknown>, nameOf: (id: string) => string | undefined = () => undefined): string {
  const parts = Object.entries(filter).map(
    ([name, value]) =>
      `${words[name] ?? name}: ${textsOf(value)
        .map((one) => nameOf(one) ?? one)
        .join(', ')}`,
  );
  return parts.length === 0 ? 'everybody' : parts.join(' · ');
}
