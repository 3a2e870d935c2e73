import { Tooltip } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { formatExact, formatRelative } from './format.ts';

const watchers = new Set<() => void>();
let now = new Date();
let timer: ReturnType<typeof setInterval> | undefined;

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= setInterval(() => {
    now = new Date();
    for (const each of watchers) each();
  }, 20_000);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** One clock for all relative times on the page. */
export function useNow(): Date {
  return useSyncExternalStore(watch, () => now);
}

/** `2 hours ago`; the exact time in the viewer's zone on hover. `none` is said when there was no such moment. */
export function RelativeTime({ at, none = 'never' }: { at: string | Date | null | undefined; none?: string }) {
  const current = useNow();
  if (at === null || at === undefined) return <span>{none}</span>;
  const date = typeof at === 'string' ? new Date(at) : at;
  // The clock ticks every 20 seconds: what is newer than the last tick is not in the future.
  const ahead = date.getTime() - current.getTime();
  const reference = ahead > 0 && ahead < 25_000 ? date : current;
  return (
    <Tooltip label={formatExact(date)}>
      <time dateTime={date.toISOString()}>{formatRelative(date, reference)}</time>
    </Tooltip>
  );
}
