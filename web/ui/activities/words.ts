import type { Output } from '../../api.ts';

export type Activity = Output<'activities.timeline'>['activities'][number];
export type ActivityKind = Activity['kind'];

/** Each kind as a thing, for filters and sums, and as what somebody did, for sentences. */
const kinds: Record<ActivityKind, { name: string; did: string }> = {
  post: { name: 'Post', did: 'posted' },
  reply: { name: 'Reply', did: 'replied in' },
  question: { name: 'Question', did: 'asked' },
  answer: { name: 'Answer', did: 'answered' },
  accepted_answer: { name: 'Accepted answer', did: 'gave the accepted answer to' },
  reaction: { name: 'Reaction', did: 'reacted to' },
  issue: { name: 'Issue opened', did: 'opened the issue' },
  issue_closed: { name: 'Issue closed', did: 'closed the issue' },
  merge_request_opened: { name: 'Merge request opened', did: 'opened the merge request' },
  merge_request_merged: { name: 'Merge request merged', did: 'merged' },
  merge_request_closed: { name: 'Merge request closed', did: 'closed the merge request' },
  review: { name: 'Review', did: 'reviewed' },
  review_comment: { name: 'Review comment', did: 'commented on the code of' },
  comment: { name: 'Comment', did: 'commented on' },
  commit: { name: 'Commit', did: 'committed' },
  commit_committed: { name: 'Commit applied', did: 'applied' },
  commit_co_authored: { name: 'Co-authored commit', did: 'co-authored' },
  commit_signed_off: { name: 'Commit signed off', did: 'signed off' },
  commit_reviewed: { name: 'Commit reviewed', did: 'reviewed' },
  commit_tested: { name: 'Commit tested', did: 'tested' },
  commit_reported: { name: 'Commit reported', did: 'reported what led to' },
  release: { name: 'Release', did: 'released' },
  star: { name: 'Star', did: 'starred' },
  fork: { name: 'Fork', did: 'forked' },
  mention: { name: 'Mention', did: 'mentioned us in' },
  join: { name: 'Join', did: 'joined' },
  leave: { name: 'Leave', did: 'left' },
  rsvp: { name: 'RSVP', did: 'plans to attend' },
  attendance: { name: 'Attendance', did: 'attended' },
  translation: { name: 'Translation', did: 'translated' },
  sign_up: { name: 'Sign-up', did: 'signed up for' },
  message: { name: 'Message', did: 'wrote' },
  label: { name: 'Label change', did: 'changed the labels of' },
  badge: { name: 'Badge', did: 'was given the badge' },
};

export const kindOptions = Object.entries(kinds).map(([value, { name }]) => ({ value, label: name }));

export function kindName(kind: ActivityKind): string {
  return kinds[kind].name;
}

/** `committed`, `merged`, `opened the issue`: what stands between the person and the title. */
export function didWhat(activity: Pick<Activity, 'kind' | 'platformType'>): string {
  if (activity.kind === 'commit' && activity.platformType === 'merge') return 'merged';
  if (activity.kind === 'commit_reviewed' && activity.platformType === 'acked-by') return 'acknowledged';
  return kinds[activity.kind].did;
}

/** Where the thing is plain from around, as in its own conversation: these say something else than their sentence. */
const bare: Partial<Record<ActivityKind, string>> = {
  reply: 'replied',
  reaction: 'reacted',
  accepted_answer: 'gave the accepted answer',
  comment: 'commented',
  review_comment: 'commented on the code',
  commit_reported: 'reported it',
  mention: 'mentioned us',
  sign_up: 'signed up',
};

/** `replied`, `closed the issue`: what somebody did within a conversation. */
export function didHere(activity: Pick<Activity, 'kind' | 'platformType'>): string {
  return bare[activity.kind] ?? didWhat(activity);
}

/** Done to the place itself. */
const ofPlaces: ReadonlySet<ActivityKind> = new Set<ActivityKind>(['star', 'fork', 'join', 'leave', 'sign_up']);

/** What it was done to: the title, else the first line of the text, else the place. */
export function objectOf(activity: Pick<Activity, 'kind' | 'title' | 'excerpt' | 'source'>): string {
  const said = activity.title ?? activity.excerpt?.split('\n', 1)[0] ?? '';
  if (said !== '') return said;
  return ofPlaces.has(activity.kind) ? activity.source.name : `in ${activity.source.name}`;
}

/** The text that follows the title in a line; nothing when it is the title. */
export function restOf(activity: Pick<Activity, 'title' | 'excerpt'>): string {
  return activity.title === null ? '' : (activity.excerpt ?? '');
}

const counting = /^(?:commit|merge_request)/;

/** Lines added and removed, where the kind counts them. */
export function linesOf(activity: Pick<Activity, 'kind' | 'value'>): number | undefined {
  return activity.value !== null && activity.value > 0 && counting.test(activity.kind) ? activity.value : undefined;
}

/** `The person's own clock: 08:32, UTC−06:00`; undefined when the system did not keep it. */
export function ownClock(at: Date, offsetMinutes: number | null): string | undefined {
  if (offsetMinutes === null) return undefined;
  const there = new Date(at.getTime() + offsetMinutes * 60_000).toISOString().slice(11, 16);
  const size = Math.abs(offsetMinutes);
  const zone = `UTC${offsetMinutes < 0 ? '−' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
  return `On their own clock: ${there}, ${zone}`;
}
