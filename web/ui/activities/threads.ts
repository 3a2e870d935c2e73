import type { Output } from '../../api.ts';

export type ListedThread = Output<'metrics.rows'>['threads'][number];
export type ThreadKind = ListedThread['kind'];
export type ThreadState = ListedThread['state'];

const kinds: Record<ThreadKind, string> = {
  topic: 'Topic',
  question: 'Question',
  story: 'Story',
  issue: 'Issue',
  merge_request: 'Merge request',
  conversation: 'Conversation',
  release: 'Release',
};

export const threadKindOptions = (Object.keys(kinds) as ThreadKind[]).map((value) => ({ value, label: kinds[value] }));

export function threadKindName(kind: ThreadKind): string {
  return kinds[kind];
}

const states: Record<ThreadState, string> = { open: 'Open', solved: 'Solved', closed: 'Closed', merged: 'Merged' };

export const threadStateOptions = (Object.keys(states) as ThreadState[]).map((value) => ({ value, label: states[value] }));

/** How it stands, in a word: an open question with an accepted answer is solved. */
export function stateOfThread({ state, solved }: { state: ThreadState; solved: boolean }): string {
  return state === 'open' && solved ? 'Solved' : states[state];
}

export function titleOfThread(thread: { title: string | null; excerpt: string | null; kind: ThreadKind }): string {
  return thread.title ?? thread.excerpt?.split('\n', 1)[0] ?? kinds[thread.kind];
}
