import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** The query of the address: the state of every page. Values are plain text. */
export function useQueryParams(): Record<string, string> {
  return useSearch({ strict: false });
}

/**
 * Changes some of the query; `undefined` or an empty text takes one away. A filter replaces the place in the history,
 * so that Back leaves the page, unless `push` is set (a tab, a side panel).
 */
export function useSetQuery(): (change: Record<string, string | undefined>, options?: { push?: boolean }) => void {
  const navigate = useNavigate();
  return useCallback(
    (change, options) => {
      void navigate({
        to: '.',
        search: (old: Record<string, string>) =>
          Object.fromEntries(Object.entries({ ...old, ...change }).filter(([, value]) => value !== undefined && value !== '')),
        replace: options?.push !== true,
        resetScroll: false,
      });
    },
    [navigate],
  );
}

/** One parameter and its setter. */
export function useParam(name: string, fallback: string): [string, (value: string | undefined, options?: { push?: boolean }) => void];
export function useParam(name: string): [string | undefined, (value: string | undefined, options?: { push?: boolean }) => void];
export function useParam(name: string, fallback?: string) {
  const value = useQueryParams()[name] ?? fallback;
  const set = useSetQuery();
  const change = useCallback(
    (next: string | undefined, options?: { push?: boolean }) => set({ [name]: next === fallback ? undefined : next }, options),
    [set, name, fallback],
  );
  return [value, change] as const;
}
