import type { z } from 'zod';
import type { ActivityDraft, Derived, ThreadDraft } from '../contract.ts';
import { cleanName, cleanText, webUrl } from '../kit/text.ts';
import { readTime } from '../kit/time.ts';
import { personOf } from './derive-person.ts';
import type { epicRecord, issueRecord, mergeRequestRecord, Parent, User } from './records.ts';
import type { GitlabSettings } from './settings.ts';

const mostLabels = 100;

/** Milliseconds, whole seconds: a webhook's times have no more, and must give the same as those of a list. */
export function timeOf(text: string): number {
  return Math.floor(readTime(text) / 1000) * 1000;
}

/** `278964#12`, `278964!34`: what deliveries are addressed by, and unique within a site. */
function threadId({ kind, project_id, iid }: Pick<Parent, 'kind' | 'project_id' | 'iid'>): string {
  return `${project_id}${kind === 'issues' ? '#' : '!'}${iid}`;
}

/** What every activity within a thread says of it. */
export function parentThread(parent: Parent): ThreadDraft {
  return { externalId: threadId(parent), kind: parent.kind === 'issues' ? 'issue' : 'merge_request' };
}

export function deriveIssue(issue: z.infer<typeof issueRecord>, settings: GitlabSettings): Derived {
  const thread = threadOf({ externalId: threadId({ ...issue, kind: 'issues' }), kind: 'issue' }, issue);
  const platformType = issue.issue_type === 'issue' ? undefined : (issue.issue_type ?? undefined);
  return derived(issue, thread, settings, { opened: 'issue', platformType: platformType && cleanName(platformType, 50) }, [
    issue.state === 'closed' ? ending('issue_closed', issue.closed_at, issue.closed_by) : undefined,
  ]);
}

/** What becomes of a merge request is its author's: it is their change that was merged. Who pressed the button stays in the record. */
export function deriveMergeRequest(request: z.infer<typeof mergeRequestRecord>, settings: GitlabSettings): Derived {
  const thread = threadOf({ externalId: threadId({ ...request, kind: 'merge_requests' }), kind: 'merge_request' }, request);
  return derived(request, thread, settings, { opened: 'merge_request_opened' }, [
    request.state === 'merged' ? ending('merge_request_merged', request.merged_at, request.author) : undefined,
    request.state === 'closed' ? ending('merge_request_closed', request.closed_at, request.author) : undefined,
  ]);
}

export function deriveEpic(epic: z.infer<typeof epicRecord>, settings: GitlabSettings): Derived {
  const thread = threadOf({ externalId: `group ${epic.group_id}&${epic.iid}`, kind: 'issue' }, epic);
  return derived(epic, thread, settings, { opened: 'issue', platformType: 'epic' }, []);
}

interface Worked {
  title: string;
  description?: string | null | undefined;
  author?: User | null | undefined;
  created_at: string;
  web_url?: string | null | undefined;
  labels?: string[] | null | undefined;
  state: 'opened' | 'closed' | 'merged' | 'locked';
  closed_at?: string | null | undefined;
  merged_at?: string | null | undefined;
}

interface Ending {
  kind: ActivityDraft['kind'];
  at: string;
  who: User;
}

/** Nothing when GitLab does not know any more when it was, or who. */
function ending(kind: Ending['kind'], at: string | null | undefined, who: User | null | undefined): Ending | undefined {
  return typeof at === 'string' && who !== null && who !== undefined ? { kind, at, who } : undefined;
}

function threadOf(thread: Pick<ThreadDraft, 'externalId' | 'kind'>, work: Worked): ThreadDraft {
  const [title, url] = [titleOf(work.title), webUrl(work.web_url ?? undefined)];
  const ended = work.state === 'merged' ? work.merged_at : work.state === 'closed' ? work.closed_at : undefined;
  return {
    ...thread,
    ...(title === '' ? {} : { title }),
    ...(url === undefined ? {} : { url }),
    // "locked" is the moment in which a merge happens.
    state: work.state === 'merged' || work.state === 'closed' ? work.state : 'open',
    ...(typeof ended === 'string' ? { closedAt: timeOf(ended) } : {}),
    labels: (work.labels ?? [])
      .slice(0, mostLabels)
      .map((label) => cleanName(label, 255))
      .filter((label) => label !== ''),
  };
}

function derived(
  work: Worked,
  thread: ThreadDraft,
  settings: GitlabSettings,
  { opened, platformType }: { opened: ActivityDraft['kind']; platformType?: string | undefined },
  endings: (Ending | undefined)[],
): Derived {
  const { externalId, kind, title, url } = thread;
  const about = {
    thread: { externalId, kind },
    ...(title === undefined ? {} : { title }),
    ...(url === undefined ? {} : { url }),
    ...(platformType === undefined || platformType === '' ? {} : { platformType }),
  };
  const activities: ActivityDraft[] = [];
  if (work.author !== null && work.author !== undefined) {
    const text = cleanText(work.description ?? '');
    activities.push({
      ...about,
      kind: opened,
      at: timeOf(work.created_at),
      person: personOf(work.author, settings),
      thread: { ...about.thread, opens: true },
      ...(text === '' ? {} : { text }),
    });
  }
  for (const end of endings) {
    if (end !== undefined) activities.push({ ...about, kind: end.kind, at: timeOf(end.at), person: personOf(end.who, settings) });
  }
  return { activities, threads: [thread] };
}

export function titleOf(title: string): string {
  return cleanName(title, 300);
}
