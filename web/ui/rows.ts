import { useRef, useState } from 'react';
import type { KeyboardEvent, RefObject } from 'react';
import { useKey } from './keys.ts';

interface Options {
  count: number;
  table: RefObject<HTMLElement | null>;
  /** The first row in sight, where j begins when no row has the focus yet. */
  first?: () => number;
  /** Scrolls a row that is not drawn into sight. */
  reveal: (index: number) => void;
  open: (index: number) => void;
  /** Undefined where rows cannot be marked. */
  mark: ((indexes: number[], on: boolean) => void) | undefined;
  isMarked: (index: number) => boolean;
  keys: { key: string; label: string; run: (index: number) => void }[];
}

/** Moves among the rows of a table: j and k from anywhere on the page, arrows on a row, x and shift to mark. */
export function useRows({ count, table, first, reveal, open, mark, isMarked, keys }: Options) {
  const [index, setIndex] = useState(-1);
  const anchor = useRef(-1);

  const go = (wanted: number) => {
    const next = Math.max(0, Math.min(count - 1, wanted));
    setIndex(next);
    reveal(next);
    // After the virtual rows are drawn.
    requestAnimationFrame(() => table.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
    return next;
  };
  const set = (next: number) => {
    setIndex(next);
    anchor.current = next;
  };
  const extendTo = (next: number) => {
    const start = anchor.current === -1 ? next : anchor.current;
    mark?.(range(Math.min(start, next), Math.max(start, next)), true);
    setIndex(next);
  };
  const toggle = (at: number) => {
    anchor.current = at;
    mark?.([at], !isMarked(at));
  };

  const here = count > 0;
  const marks = here && mark !== undefined;
  useKey('j', 'Next row', () => go(index === -1 ? (first?.() ?? 0) : index + 1), { enabled: here });
  useKey('k', 'Row before', () => go(index - 1), { enabled: here });
  useKey('x', 'Mark the row', () => index >= 0 && toggle(index), { enabled: marks });
  useKey('shift+j', 'Mark down to the next row', () => extendTo(go(index + 1)), { enabled: marks });
  useKey('shift+k', 'Mark up to the row before', () => extendTo(go(index - 1)), { enabled: marks });
  const [one, two, three] = keys;
  useKey(one?.key ?? 'unused 1', one?.label ?? '', () => index >= 0 && one?.run(index), { enabled: here && one !== undefined });
  useKey(two?.key ?? 'unused 2', two?.label ?? '', () => index >= 0 && two?.run(index), { enabled: here && two !== undefined });
  useKey(three?.key ?? 'unused 3', three?.label ?? '', () => index >= 0 && three?.run(index), { enabled: here && three !== undefined });

  const onKeyDown = (event: KeyboardEvent, at: number) => {
    const act: Record<string, () => void> = {
      ArrowDown: () => (event.shiftKey ? extendTo(go(at + 1)) : go(at + 1)),
      ArrowUp: () => (event.shiftKey ? extendTo(go(at - 1)) : go(at - 1)),
      Home: () => go(0),
      End: () => go(count - 1),
      Enter: () => open(at),
      ' ': () => toggle(at),
    };
    const run = act[event.key];
    if (run === undefined) return;
    event.preventDefault();
    run();
  };
  return { index, set, extendTo, onKeyDown };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
