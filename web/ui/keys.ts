import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';

/** One shortcut: `?`, `j`, `g h` (one key after the other), `shift+j`, `mod+k`. */
export interface Shortcut {
  keys: string;
  label: string;
  group: string;
  run: (event: KeyboardEvent) => void;
}

const shortcuts = new Map<symbol, Shortcut>();
const watchers = new Set<() => void>();
let shown: readonly Shortcut[] = [];
let first: { key: string; at: number } | undefined;
let listening = false;

function changed(): void {
  shown = [...shortcuts.values()];
  for (const watcher of watchers) watcher();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) && !isToggle(target)
  );
}

function isToggle(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && (target.type === 'checkbox' || target.type === 'radio');
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key.toLowerCase();
  const letter = /^[a-z]$/.test(key) || key.length > 1;
  return `${event.metaKey || event.ctrlKey ? 'mod+' : ''}${event.altKey ? 'alt+' : ''}${event.shiftKey && letter ? 'shift+' : ''}${key}`;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const key = nameOf(event);
  const modified = key.startsWith('mod+');
  if (!modified && (isTyping(event.target) || document.querySelector('[aria-modal="true"]') !== null)) return;
  const pair = first !== undefined && event.timeStamp - first.at < 1200 ? `${first.key} ${key}` : undefined;
  first = undefined;
  // The newest wins: a table on a page comes before the shell.
  const all = [...shortcuts.values()].reverse();
  const hit = all.find((shortcut) => shortcut.keys === pair) ?? all.find((shortcut) => shortcut.keys === key);
  if (hit !== undefined) {
    event.preventDefault();
    hit.run(event);
  } else if (all.some((shortcut) => shortcut.keys.startsWith(`${key} `))) {
    first = { key, at: event.timeStamp };
  }
}

/** Registers a shortcut while the component is shown; it appears in the help (`?`). */
export function useKey(
  keys: string,
  label: string,
  run: (event: KeyboardEvent) => void,
  options: { group?: string; enabled?: boolean } = {},
): void {
  const latest = useEffectEvent(run);
  const enabled = options.enabled ?? true;
  const group = options.group ?? 'This page';
  useEffect(() => {
    if (!enabled) return undefined;
    if (!listening) window.addEventListener('keydown', onKeyDown);
    listening = true;
    const id = Symbol(keys);
    shortcuts.set(id, { keys, label, group, run: (event) => latest(event) });
    changed();
    return () => {
      shortcuts.delete(id);
      changed();
    };
  }, [keys, label, group, enabled]);
}

/** Everything that can be pressed now, for the help. */
export function useShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => shown,
  );
}

const apple = /mac|iphone|ipad/i.test(navigator.userAgent);

/** `mod+k` → ['⌘', 'K'] or ['Ctrl', 'K']; `g h` → ['G', 'H']. */
export function keyCaps(keys: string): string[] {
  return keys.split(/[ +]/).map((key) => {
    if (key === 'mod') return apple ? '⌘' : 'Ctrl';
    if (key === 'shift') return apple ? '⇧' : 'Shift';
    if (key === 'arrowdown') return '↓';
    if (key === 'arrowup') return '↑';
    return key.length === 1 ? key.toUpperCase() : key[0]?.toUpperCase() + key.slice(1);
  });
}
