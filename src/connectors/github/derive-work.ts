import type { z } from 'zod';
import type { ActivityDraft, Derived, ThreadDraft } from '../contract.ts';
import { cleanName } from '../kit/text.ts';
import { described, labelsOf, pageOf, personOf, threadOf, timeOf } from './derive-parts.ts';
import type { commentRecord, eventRecord, issueRecord, pullRecord, reviewCommentRecord, reviewRecord } from './records.ts';
import type { Site } from './settings.ts';

type Work = z.infer<typeof issueRecord>;

export function deriveIssue(issue: Work, settings: Site): Derived {
  const thread = workThread(issue, 'issue');
  const about = described({ title: issue.title, text: issue.body, url: issue.html_url });
  return {
    activities: [opening('issue', issue, thread, about, settings)],
    threads: [standing(issue, thread, issue.state, issue.state === 'closed' ? issue.closed_at : undefined)],
  };
}

/** What becomes of a pull request is its author's: it is their change that was merged. */
export function derivePull(pull: z.infer<typeof pullRecord>, settings: Site): Derived {
  const thread = workThread(pull, 'merge_request');
  const about = described({ title: pull.title, text: pull.body, url: pull.html_url });
  const activities = [opening('merge_request_opened', pull, thread, about, settings)];
  const merged = typeof pull.merged_at === 'string' || pull.merged === true;
  const end = pull.merged_at ?? (pull.state === 'closed' ? pull.closed_at : undefined);
  if (typeof end === 'string') {
    const { text: _, ...short } = about;
    const kind = merged ? 'merge_request_merged' : 'merge_request_closed';
    activities.push({ kind, at: timeOf(end), person: personOf(pull.user, settings), thread, ...short });
  }
  return { activities, threads: [standing(pull, thread, merged ? 'merged' : pull.state, end)] };
}

/** Who put a label on or took it off, and who closed an issue. Other events say nothing that is counted. */
export function deriveEvent(event: z.infer<typeof eventRecord>, settings: Site): Derived {
  const isPull = event.issue.pull_request !== null && event.issue.pull_request !== undefined;
  const thread = threadOf(event.repository, event.issue.number, isPull ? 'merge_request' : 'issue', pageOf(event.issue.html_url));
  const { title, url } = described({ title: event.issue.title, url: event.issue.html_url });
  const activity = (kind: ActivityDraft['kind'], platformType: string, text: string): Derived => ({
    activities: [
      {
        kind,
        ...(platformType === '' ? {} : { platformType }),
        at: timeOf(event.created_at),
        person: personOf(event.actor, settings),
        thread,
        ...(title === undefined ? {} : { title }),
        ...(text === '' ? {} : { text }),
        ...(url === undefined ? {} : { url }),
      },
    ],
  });
  if (event.event === 'labeled' || event.event === 'unlabeled')
    return activity('label', event.event, cleanName(event.label?.name ?? '', 200));
  if (event.event === 'closed' && !isPull) return activity('issue_closed', cleanName(event.state_reason ?? '', 60), '');
  return { activities: [] };
}

/** A pull request is an issue to GitHub, but its page is another. */
export function deriveComment(comment: z.infer<typeof commentRecord>, settings: Site): Derived {
  const page = pageOf(comment.html_url);
  const kind = page?.includes('/pull/') === true ? 'merge_request' : 'issue';
  return said('comment', comment, threadOf(comment.repository, numberAt(comment.issue_url), kind, page), settings);
}

export function deriveReviewComment(comment: z.infer<typeof reviewCommentRecord>, settings: Site): Derived {
  const thread = threadOf(comment.repository, numberAt(comment.pull_request_url), 'merge_request', pageOf(comment.html_url));
  return said('review_comment', comment, thread, settings);
}

/**
 * A review that was sent in. GitHub wraps every answer to a review comment into a review without words; the author's own such
 * answers are none.
 */
export function deriveReview(review: z.infer<typeof reviewRecord>, settings: Site): Derived {
  const state = cleanName(review.state, 60).toLowerCase();
  const { pull_request: pull } = review;
  const isAnswer =
    state === 'commented' && (review.body ?? '').trim() === '' && pull.user?.id !== undefined && pull.user.id === review.user?.id;
  if (state === 'pending' || typeof review.submitted_at !== 'string' || isAnswer) return { activities: [] };
  return {
    activities: [
      {
        kind: 'review',
        ...(state === '' ? {} : { platformType: state }),
        at: timeOf(review.submitted_at),
        person: personOf(review.user, settings),
        thread: threadOf(review.repository, pull.number, 'merge_request', pageOf(pull.html_url ?? review.html_url)),
        ...described({ text: review.body, url: review.html_url }),
      },
    ],
  };
}

function said(
  kind: 'comment' | 'review_comment',
  comment: Pick<z.infer<typeof commentRecord>, 'body' | 'user' | 'html_url' | 'created_at'>,
  thread: ThreadDraft,
  settings: Site,
): Derived {
  const { text, url } = described({ text: comment.body, url: comment.html_url });
  const person = personOf(comment.user, settings);
  return {
    activities: [
      {
        kind,
        at: timeOf(comment.created_at),
        person,
        thread,
        ...(text === undefined ? {} : { text }),
        ...(url === undefined ? {} : { url }),
      },
    ],
  };
}

function workThread(work: Work, kind: ThreadDraft['kind']): ThreadDraft {
  const { title } = described({ title: work.title });
  return { ...threadOf(work.repository, work.number, kind, pageOf(work.html_url)), ...(title === undefined ? {} : { title }) };
}

function opening(
  kind: 'issue' | 'merge_request_opened',
  work: Work,
  thread: ThreadDraft,
  about: ReturnType<typeof described>,
  settings: Site,
): ActivityDraft {
  return { kind, at: timeOf(work.created_at), person: personOf(work.user, settings), thread: { ...thread, opens: true }, ...about };
}

function standing(work: Work, thread: ThreadDraft, state: 'open' | 'closed' | 'merged', end: string | null | undefined): ThreadDraft {
  return { ...thread, state, ...(typeof end === 'string' ? { closedAt: timeOf(end) } : {}), labels: labelsOf(work.labels, work.milestone) };
}

function numberAt(address: string): number {
  return Number(address.slice(address.lastIndexOf('/') + 1));
}
