import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { call, refresh } from '../../api.ts';
import { toastError } from '../../ui/toasts.tsx';
import type { Dashboard } from './asks.ts';

type Draft = Pick<Dashboard, 'title' | 'about' | 'filters' | 'cards'>;
type Change = Partial<Draft> | ((now: Draft) => Partial<Draft>);

const restMs = 500;

/** A dashboard while it is changed: each change is saved after a moment of rest, one after the other. */
export function useDraft(dashboard: Dashboard): {
  draft: Draft;
  change: (change: Change) => void;
  state: 'saved' | 'saving' | 'failed';
  /** Resolves when nothing is left to save. */
  settle: () => Promise<void>;
} {
  const client = useQueryClient();
  const { title, about, filters, cards } = dashboard;
  const [draft, setDraft] = useState<Draft>({ title, about, filters, cards });
  const [state, setState] = useState<'saved' | 'saving' | 'failed'>('saved');
  const latest = useRef<Draft>(draft);
  const version = useRef(dashboard.version);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const queue = useRef<Promise<void>>(Promise.resolve());

  const write = async () => {
    const now = latest.current;
    // A title or a text that is just being written may be empty for a moment: it is saved when it is there.
    if (now.title.trim() === '' || now.cards.some((card) => card.type === 'text' && card.text.trim() === '')) return;
    try {
      const done = await call('dashboards.update', { id: dashboard.id, version: version.current, ...now });
      version.current = done.version;
      setState(latest.current === now ? 'saved' : 'saving');
      await refresh(client, ['dashboards']);
    } catch (error) {
      setState('failed');
      toastError(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const save = () => {
    clearTimeout(waiting.current);
    waiting.current = undefined;
    queue.current = queue.current.then(write);
    return queue.current;
  };
  const change = (given: Change) => {
    const next = { ...latest.current, ...(typeof given === 'function' ? given(latest.current) : given) };
    latest.current = next;
    setDraft(next);
    setState('saving');
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => void save(), restMs);
  };
  const settle = () => (waiting.current === undefined ? queue.current : save());
  const leave = useRef(settle);
  useEffect(() => {
    leave.current = settle;
  });
  // Leaving the page in the middle of a moment of rest saves too.
  useEffect(() => () => void leave.current(), []);
  return { draft, change, state, settle };
}
