import type { Json, Page } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { readTime } from '../kit/time.ts';
import { deriveComment, deriveEvent, deriveIssue, derivePull, deriveReviewComment } from './derive-work.ts';
import { isObject, marksBy, readList, sinceText, wordOf } from './lists.ts';
import type { List } from './lists.ts';
import { commentRecord, eventRecord, issueRecord, pullRecord, reviewCommentRecord } from './records.ts';
import type { Repository } from './repositories.ts';
import { eachRepository } from './repositories.ts';
import type { GithubIo } from './settings.ts';
import type { Step } from './walks.ts';
import { climb, descend } from './walks.ts';

const updated = marksBy('updated_at');
const created = marksBy('created_at');

/** A list that takes `since`: https://docs.github.com/en/rest/issues/issues#list-repository-issues and the comments' lists. */
function climbing(io: GithubIo, cursor: Json | undefined, list: List, keep: (item: Json) => boolean = () => true): AsyncGenerator<Page> {
  return eachRepository(io, cursor, async function* (repository, state): AsyncGenerator<Step> {
    const steps = climb(state, io.since, updated, (since, next, etag) =>
      readList(
        io,
        repository,
        { ...list, query: { ...list.query, sort: 'updated', direction: 'asc', since: sinceText(since) } },
        next,
        etag,
      ),
    );
    for await (const step of steps) yield { ...step, items: step.items.filter(keep) };
  });
}

export const issues = defineStream({
  name: 'issues',
  title: 'Issues',
  order: 'oldest-first',
  record: issueRecord,
  externalId: (issue) => String(issue.id),
  version: (issue) => readTime(issue.updated_at),
  derive: deriveIssue,
  // Pull requests are issues to GitHub; they have a stream of their own.
  pages: (io: GithubIo, cursor) =>
    climbing(
      io,
      cursor,
      { path: '/issues', what: 'issues', query: { state: 'all' } },
      (item) => !isObject(item) || !isObject(item['pull_request']),
    ),
});

/** https://docs.github.com/en/rest/pulls/pulls#list-pull-requests knows no `since`, hence from the newest down. */
export const pulls = defineStream({
  name: 'pulls',
  title: 'Pull requests',
  order: 'oldest-first',
  record: pullRecord,
  externalId: (pull) => String(pull.id),
  version: (pull) => readTime(pull.updated_at),
  derive: derivePull,
  pages: (io: GithubIo, cursor) =>
    eachRepository(io, cursor, (repository, state) => {
      const list = { path: '/pulls', what: 'pull requests', query: { state: 'all', sort: 'updated', direction: 'desc' } };
      return descend(state, io.since, updated, (next, etag) => readList(io, repository, list, next, etag));
    }),
});

/** https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository: of issues and pull requests. */
export const comments = defineStream({
  name: 'comments',
  title: 'Comments',
  order: 'oldest-first',
  record: commentRecord,
  externalId: (comment) => String(comment.id),
  version: (comment) => readTime(comment.updated_at),
  derive: deriveComment,
  pages: (io: GithubIo, cursor) => climbing(io, cursor, { path: '/issues/comments', what: 'comments' }),
});

/** https://docs.github.com/en/rest/pulls/comments#list-review-comments-in-a-repository */
export const reviewComments = defineStream({
  name: 'review-comments',
  title: 'Review comments',
  order: 'oldest-first',
  record: reviewCommentRecord,
  externalId: (comment) => String(comment.id),
  version: (comment) => readTime(comment.updated_at),
  derive: deriveReviewComment,
  pages: (io: GithubIo, cursor) => climbing(io, cursor, { path: '/pulls/comments', what: 'review comments' }),
});

const kept = new Set(['labeled', 'unlabeled', 'closed']);

/**
 * https://docs.github.com/en/rest/issues/events#list-issue-events-for-a-repository, newest first. Who closed an issue is read
 * here, since GitHub's lists and webhooks of issues leave `closed_by` out.
 */
export const events = defineStream({
  name: 'events',
  title: 'Label changes and closed issues',
  order: 'oldest-first',
  record: eventRecord,
  externalId: (event) => String(event.id),
  derive: deriveEvent,
  pages: (io: GithubIo, cursor) =>
    eachRepository(io, cursor, async function* (repository: Repository, state): AsyncGenerator<Step> {
      const list = { path: '/issues/events', what: 'issue events' };
      for await (const step of descend(state, io.since, created, (next, etag) => readList(io, repository, list, next, etag))) {
        yield { ...step, items: step.items.filter((item) => isObject(item) && kept.has(wordOf(item['event']))).map(short) };
      }
    }),
});

/** Each event carries its whole issue, which has its own record: only what the event needs of it is kept. */
function short(event: Json): Json {
  if (!isObject(event) || !isObject(event['issue'])) return event;
  const { id, number, title, html_url: url, pull_request: pull } = event['issue'];
  const issue = { id: id ?? null, number: number ?? null, title: title ?? null, html_url: url ?? null };
  return { ...event, issue: isObject(pull) ? { ...issue, pull_request: {} } : issue };
}
