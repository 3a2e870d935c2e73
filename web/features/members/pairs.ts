import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { call, refresh, useAction } from '../../api.ts';
import type { Output } from '../../api.ts';
import { forgetTimelines } from '../../ui/activities/timeline.ts';
import { toastError } from '../../ui/toasts.tsx';

export type Pair = Output<'members.suggestions'>['suggestions'][number];
export type Decision = 'accept' | 'refuse' | 'skip';

interface Made {
  pair: Pair;
  decision: Decision;
  /** What takes it back, once the server has it. */
  takeBack: () => Promise<void>;
}

/**
 * The queue of the review. A decision shows the next pair at once and is sent behind it, one after the other, so that a
 * decision can be taken back even while it is on its way.
 */
export function usePairs(state: 'open' | 'skipped') {
  const client = useQueryClient();
  const pairs = useAction('members.suggestions', { state, limit: 30 }, { keep: true });
  const [made, setMade] = useState<readonly Made[]>([]);
  const [back, setBack] = useState<readonly Pair[]>([]);
  const sending = useRef<Promise<unknown>>(Promise.resolve());
  const undecided = (pair: Pair) => !made.some((one) => one.pair.id === pair.id);
  const fetched = (pairs.data?.suggestions ?? []).filter((pair) => undecided(pair) && !back.some((one) => one.id === pair.id));
  const queue = [...back, ...fetched];
  const current = queue[0];
  const counted = (state === 'open' ? pairs.data?.open : pairs.data?.skipped) ?? 0;
  // The page asks for the counts every few seconds: a search found some while nothing was left here.
  const probe = useAction('members.suggestions', { limit: 1 });
  const waiting = (state === 'open' ? probe.data?.open : probe.data?.skipped) ?? 0;
  const isNews = current === undefined && waiting > 0 && probe.dataUpdatedAt > pairs.dataUpdatedAt;
  const { refetch } = pairs;
  useEffect(() => {
    if (isNews) void refetch();
  }, [isNews, refetch]);
  // The server's count may not know the latest decisions yet.
  const unsent = (pairs.data?.suggestions ?? []).filter((pair) => !undecided(pair)).length;

  function send<T>(task: () => Promise<T>, onFail: () => void): Promise<T | undefined> {
    const run = sending.current.then(task).catch((error: Error) => {
      toastError(error);
      onFail();
      return undefined;
    });
    sending.current = run;
    return run;
  }

  function settle(): void {
    void sending.current.then(() => refresh(client, ['members', 'organizations', 'metrics']));
  }

  function decide(decision: Decision): void {
    if (current === undefined) return;
    const pair = current;
    const forget = () => setMade((all) => all.filter((one) => one.pair.id !== pair.id));
    let result: Promise<{ merge: string | null } | undefined>;
    if (decision === 'accept') result = send(() => call('members.accept-suggestion', { suggestion: pair.id }), forget);
    else
      result = send(
        () =>
          call(decision === 'refuse' ? 'members.refuse-suggestion' : 'members.skip-suggestion', { suggestion: pair.id }).then(() => ({
            merge: null,
          })),
        forget,
      );
    const takeBack = async () => {
      const answer = await result;
      if (answer === undefined) return;
      if (answer.merge !== null) await call('members.unmerge', { merge: answer.merge });
      await call('members.reopen-suggestion', { suggestion: pair.id });
    };
    setBack((all) => all.filter((one) => one.id !== pair.id));
    setMade((all) => [...all, { pair, decision, takeBack }]);
    if (decision === 'accept') forgetTimelines();
    // The next ones are fetched while some are still here.
    if (queue.length < 8 || made.length % 10 === 9) settle();
  }

  function undo(): void {
    const last = made.at(-1);
    if (last === undefined) return;
    setMade((all) => all.slice(0, -1));
    setBack((all) => [last.pair, ...all]);
    void send(last.takeBack, () => setBack((all) => all.filter((one) => one.id !== last.pair.id)));
    settle();
  }

  return {
    current,
    left: Math.max(
      queue.length,
      counted - unsent + back.filter((pair) => !(pairs.data?.suggestions ?? []).some((one) => one.id === pair.id)).length,
    ),
    decided: made.length,
    canUndo: made.length > 0,
    loading: pairs.isPending,
    error: pairs.error,
    retry: () => void pairs.refetch(),
    decide,
    undo,
  };
}
