import { useEffect, useSyncExternalStore } from 'react';
import type { RunningRun } from '../../src/modules/sources/index.ts';
import { queryClient, refresh } from '../api.ts';

/** A reading of a source that is under way, or ended in the last seconds. */
export type Run = RunningRun;

let runs: readonly Run[] = [];
let heard = false;
const watchers = new Set<() => void>();

function receive(next: readonly Run[]): void {
  const before = new Map(runs.map((run) => [run.id, run.state]));
  const began = next.some((run) => run.state === 'running' && !before.has(run.id));
  // Short ones may end between two messages: they are new to us, and over.
  const ended =
    next.some((run) => run.state !== 'running' && before.get(run.id) !== run.state) ||
    runs.some((run) => run.state === 'running' && !next.some((one) => one.id === run.id));
  runs = next;
  for (const watcher of watchers) watcher();
  // What a run brought shows everywhere at once; what was read before the first message is fresh anyway.
  if (heard && ended) void refresh(queryClient, ['sources', 'metrics', 'members', 'activities']);
  else if (heard && began) void refresh(queryClient, ['sources']);
  heard = true;
}

/** Listens to the server while the shell is shown. The browser reconnects by itself. */
export function useRunEvents(): void {
  useEffect(() => {
    const events = new EventSource('/api/events');
    events.addEventListener('runs', (event: MessageEvent<string>) => receive(JSON.parse(event.data) as Run[]));
    return () => events.close();
  }, []);
}

export function useRuns(): readonly Run[] {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => runs,
  );
}

/** The newest run of each source: one that was stopped and resumed shows once. */
export function newestRuns(all: readonly Run[]): Run[] {
  return [...new Map(all.map((run) => [run.sourceId, run])).values()];
}

/** What one source does now, or did a moment ago. */
export function useRunOf(sourceId: string): Run | undefined {
  return newestRuns(useRuns()).find((run) => run.sourceId === sourceId);
}
