import { useAction } from '../api.ts';
import { useReach } from '../shell/session.ts';
import type { Filter } from './FilterChips.tsx';
import { PlatformIcon } from './PlatformIcon.tsx';

type Options = NonNullable<Filter['options']>;

/** The sources as choices of a filter; none for who may not see them. */
export function useSourceOptions(): Options {
  const reach = useReach();
  const sources = useAction('sources.list', {}, { enabled: reach('sources.list') });
  return (sources.data?.sources ?? []).map((source) => ({
    value: source.id,
    label: source.name,
    icon: <PlatformIcon platform={source.connector} named />,
  }));
}

/** The segments as choices of a filter. */
export function useSegmentOptions(): Options {
  const reach = useReach();
  const segments = useAction('segments.list', {}, { enabled: reach('segments.list') });
  return (segments.data?.segments ?? []).map((segment) => ({ value: segment.id, label: segment.name }));
}
