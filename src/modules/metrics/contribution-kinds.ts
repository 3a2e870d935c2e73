import { activityKinds } from '../../connectors/contract.ts';
import type { ActivityKind } from '../../connectors/contract.ts';

/**
 * What counts as a contribution: something made for the project or for somebody in it, once for each thing made.
 *
 * Not among them: what only reacts or follows (reaction, star, fork, mention), being there (join, leave, RSVP, attendance,
 * sign-up), talk (message), a second state of what was counted when it was made (accepted answer, merge request merged or
 * closed, issue closed), sorting (label), what is given to somebody (badge), and passing somebody's commit on (committed,
 * signed off). Every report takes other kinds instead.
 */
export const contributionKinds: readonly ActivityKind[] = [
  'post',
  'reply',
  'question',
  'answer',
  'issue',
  'merge_request_opened',
  'review',
  'review_comment',
  'comment',
  'commit',
  'commit_co_authored',
  'commit_reviewed',
  'commit_tested',
  'commit_reported',
  'release',
  'translation',
];

/** Every kind but leaving and being given a badge, which are no signs of being active. */
export const activeKinds: readonly ActivityKind[] = activityKinds.filter((kind) => kind !== 'leave' && kind !== 'badge');

const titles: Record<ActivityKind, string> = {
  post: 'Posts',
  reply: 'Replies',
  question: 'Questions',
  answer: 'Answers',
  accepted_answer: 'Accepted answers',
  reaction: 'Reactions',
  issue: 'Issues opened',
  merge_request_opened: 'Merge requests opened',
  merge_request_merged: 'Merge requests merged',
  merge_request_closed: 'Merge requests closed',
  review: 'Reviews',
  review_comment: 'Review comments',
  comment: 'Comments',
  commit: 'Commits',
  commit_committed: 'Commits applied',
  commit_co_authored: 'Commits co-authored',
  commit_signed_off: 'Commits signed off',
  commit_reviewed: 'Commits reviewed',
  commit_tested: 'Commits tested',
  commit_reported: 'Problems reported',
  release: 'Releases',
  star: 'Stars',
  fork: 'Forks',
  mention: 'Mentions',
  join: 'Joined',
  leave: 'Left',
  rsvp: 'RSVPs',
  attendance: 'Attendances',
  translation: 'Translations',
  sign_up: 'Sign-ups',
  message: 'Messages',
  issue_closed: 'Issues closed',
  label: 'Label changes',
  badge: 'Badges',
};

export function kindTitle(kind: ActivityKind): string {
  return titles[kind];
}

/** Positions in the closed list: what presence and activities store. */
export function kindNumbers(kinds: readonly ActivityKind[]): number[] {
  return kinds.map((kind) => activityKinds.indexOf(kind));
}
