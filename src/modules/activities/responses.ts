import type { ActivityKind } from '../../connectors/contract.ts';

/**
 * What answers somebody, unless a report or a list is asked for other kinds: something said to them. Reactions, labels,
 * closing and merging are no answers, and neither is what a platform notes by itself.
 * https://github.com/chaoss/wg-metrics-development/blob/main/focus-areas/time/time-to-first-response.md
 */
export const responseKinds: readonly ActivityKind[] = [
  'post',
  'reply',
  'answer',
  'accepted_answer',
  'comment',
  'review',
  'review_comment',
  'message',
];

/** What is a review of a change. */
export const reviewKinds: readonly ActivityKind[] = ['review', 'review_comment'];

export const threadKinds = ['topic', 'question', 'story', 'issue', 'merge_request', 'conversation', 'release'] as const;
export type ThreadKind = (typeof threadKinds)[number];

export const threadStates = ['open', 'solved', 'closed', 'merged'] as const;
