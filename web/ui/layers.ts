import { useEffect, useState, useSyncExternalStore } from 'react';

let layers: readonly symbol[] = [];
const watchers = new Set<() => void>();

function change(next: readonly symbol[]): void {
  layers = next;
  for (const watcher of watchers) watcher();
}

/**
 * Panels and dialogs that are open above each other: the latest lies on top, and only it answers to Escape.
 */
export function useLayer(opened: boolean): { zIndex: number; closeOnEscape: boolean } {
  const [own] = useState(() => Symbol('layer'));
  useEffect(() => {
    if (!opened) return undefined;
    change([...layers, own]);
    return () => change(layers.filter((layer) => layer !== own));
  }, [opened, own]);
  const all = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => layers,
  );
  const place = all.indexOf(own);
  const top = place === all.length - 1;
  return { zIndex: 200 + (place === -1 ? all.length : place) * 10, closeOnEscape: top };
}
