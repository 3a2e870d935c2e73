import type { ActivityDraft, ThreadDraft } from '../../connectors/contract.ts';
import { kindCode } from './kinds.ts';
import type { Entry } from './participants.ts';

/**
 * What was said about a thread, and how it stands by all of that. Pure. A thread's title, state, labels and opening are chosen
 * from what its records say now, whatever order they came in: what nobody says any more counts for nothing.
 */
export interface Statement {
  /** Made of what is said: the same words are the same statement. 0: from before there were statements. */
  id: number;
  /**
   * Who is believed first: 0 the record of the thread itself, 1 the activity that opened it, 2 an activity that says how it
   * stands, 3 one that only names it.
   */
  rank: 0 | 1 | 2 | 3;
  /** Rank 0: the record that says it. */
  record?: number;
  /** Ranks 1 and 2: when, in milliseconds. */
  at?: number;
  /** Rank 1: who opened it. */
  opener?: number;
  kind: ThreadDraft['kind'];
  title?: string;
  url?: string;
  state?: ThreadState;
  closedAt?: number;
  labels?: string[];
}

export type ThreadState = NonNullable<ThreadDraft['state']>;

const most = { title: 500, url: 2000, labels: 50, label: 200 };

/** What an activity says about its thread. */
export function statementOf(draft: ActivityDraft, thread: ThreadDraft, identityId: number): Statement {
  const content = contentOf(thread);
  const knows = thread.state !== undefined || thread.closedAt !== undefined || thread.labels !== undefined;
  const rank = thread.opens === true ? 1 : knows ? 2 : 3;
  // The person's key, not the number of the identity, which depends on who came first.
  const { platform, host = '', type, value } = draft.person;
  const about = rank === 3 ? [rank] : rank === 2 ? [rank, draft.at] : [rank, draft.at, platform, host, type, value];
  return {
    id: digest([...about, content]),
    rank,
    ...(rank === 3 ? {} : { at: draft.at }),
    ...(rank === 1 ? { opener: identityId } : {}),
    ...content,
  };
}

/** What a record says about a thread beside its activities. */
export function statementOfRecord(recordId: number, thread: ThreadDraft): Statement {
  const content = contentOf(thread);
  return { id: digest([0, content]), rank: 0, record: recordId, ...content };
}

function contentOf({ kind, title, url, state, closedAt, labels }: ThreadDraft): Omit<Statement, 'id' | 'rank'> {
  return {
    kind,
    ...(title === undefined || title === '' ? {} : { title: storable(title, most.title) }),
    ...(url === undefined ? {} : { url: storable(url, most.url) }),
    ...(state === undefined ? {} : { state }),
    ...(closedAt === undefined || !Number.isSafeInteger(closedAt) ? {} : { closedAt }),
    ...(labels === undefined
      ? {}
      : { labels: [...new Set(labels.map((label) => storable(label, most.label)))].sort().slice(0, most.labels) }),
  };
}

/** Text as PostgreSQL keeps it: cut, no half characters, no NUL. */
export function storable(text: string, longest: number): string {
  return text.slice(0, longest).toWellFormed().replaceAll('\0', '');
}

/** A number of 53 bits, never 0 (cyrb53, public domain): two of the few statements about one thread do not meet in it. */
function digest(parts: readonly unknown[]): number {
  const text = JSON.stringify(parts);
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & b) + (a >>> 0) + 1;
}

/** How a thread stands. Times in milliseconds. */
export interface Standing {
  kind: ThreadDraft['kind'];
  title: string | undefined;
  url: string | undefined;
  state: ThreadState;
  closedAt: number | undefined;
  solved: boolean;
  solvedAt: number | undefined;
  labels: readonly string[];
  openedAt: number | undefined;
  opener: number | undefined;
}

const codes = {
  accepted: kindCode('accepted_answer'),
  issueClosed: kindCode('issue_closed'),
  merged: kindCode('merge_request_merged'),
  declined: kindCode('merge_request_closed'),
};

/** By rank; within one, the latest that was said; never by who came first. */
export function standingOf(statements: readonly Statement[], entries: readonly Entry[]): Standing {
  const sorted = [...statements].sort((a, b) => a.rank - b.rank || (b.at ?? 0) - (a.at ?? 0) || a.id - b.id);
  const first = <K extends keyof Statement>(key: K): Statement[K] | undefined =>
    sorted.find((statement) => statement[key] !== undefined)?.[key];
  const kind = first('kind') ?? 'conversation';
  const { state, closedAt } = endOf(sorted, entries);
  const accepted = entries.find((entry) => entry.kind === codes.accepted);
  const done = state === 'solved' || (kind === 'issue' && state === 'closed') || state === 'merged';
  return {
    kind,
    title: first('title'),
    url: first('url'),
    state,
    closedAt,
    // Closing a question or a topic does not solve it, whoever does it: platforms do not say why it was closed.
    solved: done || accepted !== undefined,
    solvedAt: accepted?.at ?? (done ? closedAt : undefined),
    labels: first('labels') ?? [],
    ...openingOf(sorted, entries, kind),
  };
}

function endOf(sorted: readonly Statement[], entries: readonly Entry[]): { state: ThreadState; closedAt: number | undefined } {
  const ended = (kind: number): number | undefined => entries.findLast((entry) => entry.kind === kind)?.at;
  const [merged, declined, closed, accepted] = [codes.merged, codes.declined, codes.issueClosed, codes.accepted].map(ended);
  const said = sorted.find((statement) => statement.state !== undefined || statement.closedAt !== undefined);
  const state =
    said === undefined
      ? merged !== undefined
        ? 'merged'
        : (declined ?? closed) !== undefined
          ? 'closed'
          : accepted !== undefined
            ? 'solved'
            : 'open'
      : (said.state ?? 'closed');
  if (state === 'open') return { state, closedAt: undefined };
  const seen = { merged, solved: accepted, closed: declined ?? closed }[state];
  return { state, closedAt: said?.closedAt ?? seen };
}

/** Said by the activity that opened it. A conversation that nobody opened by name begins with the first thing said in it. */
function openingOf(
  sorted: readonly Statement[],
  entries: readonly Entry[],
  kind: ThreadDraft['kind'],
): { openedAt: number | undefined; opener: number | undefined } {
  const openings = sorted.filter((statement) => statement.rank === 1 && statement.at !== undefined);
  const opening = openings.sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || a.id - b.id)[0];
  if (opening !== undefined) return { openedAt: opening.at, opener: opening.opener };
  const [first] = entries;
  return kind === 'conversation' && first !== undefined
    ? { openedAt: first.at, opener: first.identityId }
    : { openedAt: undefined, opener: undefined };
}
