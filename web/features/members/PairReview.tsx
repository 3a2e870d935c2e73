import { Kbd } from '@mantine/core';
import { IconArrowBackUp, IconArrowMerge, IconPlayerSkipForward, IconUsersMinus, IconUsers } from '@tabler/icons-react';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { formatNumber, formatShare } from '../../ui/format.ts';
import { useKey } from '../../ui/keys.ts';
import { EmptyState, ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { PairSide } from './PairSide.tsx';
import { usePairs } from './pairs.ts';
import type { Pair } from './pairs.ts';
import classes from './members.module.css';

/** One pair at a time, evidence side by side. a accepts, r refuses, s skips, u takes the last decision back. */
export function PairReview({ state }: { state: 'open' | 'skipped' }) {
  const may = useMay('members.accept-suggestion');
  const pairs = usePairs(state);
  const { current } = pairs;
  const ready = current !== undefined && may.allowed;
  useKey('a', 'Accept: one person', () => pairs.decide('accept'), { enabled: ready });
  useKey('r', 'Refuse: two people', () => pairs.decide('refuse'), { enabled: ready });
  useKey('s', 'Skip for now', () => pairs.decide('skip'), { enabled: ready && state === 'open' });
  useKey('u', 'Take back the last decision', pairs.undo, { enabled: pairs.canUndo });

  if (pairs.error !== null && current === undefined) return <ErrorState error={pairs.error} onRetry={pairs.retry} />;
  if (pairs.loading) return <SkeletonBlock height={520} />;
  const undo = (
    <ActionButton
      variant="subtle"
      color="gray"
      why={pairs.canUndo ? undefined : 'Nothing was decided here yet.'}
      leftSection={<IconArrowBackUp size={16} aria-hidden />}
      rightSection={<Kbd size="xs">U</Kbd>}
      onClick={pairs.undo}
    >
      Undo
    </ActionButton>
  );
  if (current === undefined) {
    return (
      <EmptyState
        icon={IconUsers}
        title={
          pairs.decided > 0
            ? `Done: ${formatNumber(pairs.decided)} decided`
            : state === 'open'
              ? 'Nothing to decide'
              : 'Nothing was skipped'
        }
        action={pairs.canUndo ? undo : undefined}
      >
        {state === 'open'
          ? 'Pairs that may be one person appear here when a reading brings new people. A search runs by itself every hour.'
          : 'What you skip waits here until you come back to it.'}
      </EmptyState>
    );
  }
  return (
    <div className={classes.review}>
      <div className={classes.reviewTop}>
        <span aria-live="polite">
          <strong>{formatNumber(pairs.left)}</strong> left{pairs.decided > 0 && `, ${formatNumber(pairs.decided)} decided`}
        </span>
        <div className={classes.decide} role="group" aria-label="Decide">
          <ActionButton
            why={may.why}
            leftSection={<IconArrowMerge size={16} aria-hidden />}
            rightSection={<Kbd size="xs">A</Kbd>}
            onClick={() => pairs.decide('accept')}
          >
            One person
          </ActionButton>
          <ActionButton
            variant="default"
            why={may.why}
            leftSection={<IconUsersMinus size={16} aria-hidden />}
            rightSection={<Kbd size="xs">R</Kbd>}
            onClick={() => pairs.decide('refuse')}
          >
            Two people
          </ActionButton>
          {state === 'open' && (
            <ActionButton
              variant="default"
              why={may.why}
              leftSection={<IconPlayerSkipForward size={16} aria-hidden />}
              rightSection={<Kbd size="xs">S</Kbd>}
              onClick={() => pairs.decide('skip')}
            >
              Skip
            </ActionButton>
          )}
          {undo}
        </div>
      </div>
      <Reasons pair={current} />
      <div className={classes.sides} key={current.id}>
        <PairSide side={current.a} other={current.b} />
        <PairSide side={current.b} other={current.a} />
      </div>
    </div>
  );
}

/** Why they may be one: each reason in words, with its share of the score. */
function Reasons({ pair }: { pair: Pair }) {
  return (
    <div className={classes.reasons}>
      <div className={classes.score}>
        <span>{formatShare(pair.score)}</span>
        <small>{pair.score >= 0.8 ? 'much speaks for it' : pair.score >= 0.6 ? 'some speaks for it' : 'little speaks for it'}</small>
      </div>
      <ul>
        {pair.reasons.map((reason) => (
          <li key={`${reason.reason} ${reason.text}`}>
            <bdi>{reason.text}</bdi>
            <span className={classes.weight} title="How much it speaks for one person">
              {reason.weight > 0 ? '+' : ''}
              {Math.round(reason.weight * 100)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
