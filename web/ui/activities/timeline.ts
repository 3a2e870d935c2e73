import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { call, queryClient, useAction } from '../../api.ts';
import type { Input } from '../../api.ts';
import type { Activity } from './words.ts';

export type TimelineInput = Omit<Input<'activities.timeline'>, 'cursor' | 'limit'>;

export interface Timeline {
  /** Undefined until the first page is there. */
  rows: Activity[] | undefined;
  error: Error | null;
  retry: () => void;
  more: { has: boolean; loading: boolean; load: () => void };
  /** The rows shown answer the former question. */
  stale: boolean;
  /** Something newer came since; `showNew` starts again from the top. */
  hasNew: boolean;
  showNew: () => void;
}

const pageSize = 100;
const key = 'timeline pages';

/**
 * The timeline by its cursor. Pages that were read are not read again behind the reader's back: what is new is announced,
 * and shown when it is asked for.
 */
export function useTimeline(input: TimelineInput): Timeline {
  const pages = useInfiniteQuery({
    queryKey: [key, input],
    queryFn: ({ pageParam, signal }) =>
      call('activities.timeline', { ...input, limit: pageSize, ...(pageParam === null ? {} : { cursor: pageParam }) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const newest = useAction(
    'activities.timeline',
    { ...input, limit: 1 },
    { every: 30_000, enabled: pages.isSuccess && !pages.isPlaceholderData },
  );
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.activities), [pages.data]);
  const newestId = newest.data?.activities[0]?.id;
  return {
    rows,
    error: pages.error,
    retry: () => void pages.refetch(),
    more: { has: pages.hasNextPage, loading: pages.isFetchingNextPage, load: () => void pages.fetchNextPage() },
    stale: pages.isPlaceholderData,
    hasNew:
      !pages.isPlaceholderData &&
      !pages.isFetching &&
      newestId !== undefined &&
      newest.dataUpdatedAt > pages.dataUpdatedAt &&
      newestId !== rows?.[0]?.id,
    showNew: () => void queryClient.resetQueries({ queryKey: [key, input] }),
  };
}

/** After people were joined or parted, timelines that were read carry old names. */
export function forgetTimelines(): void {
  void queryClient.resetQueries({ queryKey: [key] });
}
