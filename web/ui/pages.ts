import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { call } from '../api.ts';
import type { ActionName, Input, Output } from '../api.ts';

interface Pages<Row> {
  /** Undefined until the first page is there. */
  rows: Row[] | undefined;
  error: Error | null;
  retry: () => void;
  /** For DataTable. */
  more: { has: boolean; loading: boolean; load: () => void };
  /** The rows shown are still those of the former question. */
  stale: boolean;
}

/** Reads a list page by page, by the cursor `next` of the page before. */
export function usePages<N extends ActionName, Row>(
  name: N,
  input: Input<N>,
  rowsOf: (page: Output<N>) => Row[],
  options: { enabled?: boolean } = {},
): Pages<Row> {
  const pages = useInfiniteQuery({
    queryKey: [name, input, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      call(name, (pageParam === null ? input : { ...(input as object), cursor: pageParam }) as Input<N>, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page as { next?: string | null }).next ?? null,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
  });
  return {
    rows: pages.data?.pages.flatMap(rowsOf),
    error: pages.error,
    retry: () => void pages.refetch(),
    more: { has: pages.hasNextPage, loading: pages.isFetchingNextPage, load: () => void pages.fetchNextPage() },
    stale: pages.isPlaceholderData,
  };
}
