import type { Json, Page, Stream } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { deriveEpic, deriveIssue, deriveMergeRequest, timeOf } from './derive-work.ts';
import { epicRecord, issueRecord, mergeRequestRecord } from './records.ts';
import type { GitlabIo, GitlabSettings } from './settings.ts';
import type { Resource } from './walk.ts';
import { walk, walkCursor } from './walk.ts';

async function* pagesOf(io: GitlabIo, resource: Resource, cursor: Json | undefined): AsyncGenerator<Page> {
  const start = walkCursor.safeParse(cursor);
  for await (const { items, total, cursorAfter } of walk(io, [resource], start.success ? start.data : {})) {
    yield {
      items: items.filter((item) => isShown(item, io.settings)),
      cursor: cursorAfter(items.length),
      ...(total === undefined ? {} : { total }),
    };
  }
}

/** Lists that know no such filter, and items that became confidential between two requests. */
function isShown(item: Json, { confidential }: GitlabSettings): boolean {
  return confidential || typeof item !== 'object' || item === null || Array.isArray(item) || item['confidential'] !== true;
}

export const issues: Stream<GitlabSettings> = defineStream({
  name: 'issues',
  title: 'Issues',
  order: 'oldest-first',
  record: issueRecord,
  externalId: (issue) => String(issue.id),
  version: (issue) => timeOf(issue.updated_at),
  pages: (io: GitlabIo, cursor) => pagesOf(io, 'issues', cursor),
  derive: deriveIssue,
});

export const mergeRequests: Stream<GitlabSettings> = defineStream({
  name: 'merge_requests',
  title: 'Merge requests',
  order: 'oldest-first',
  record: mergeRequestRecord,
  externalId: (request) => String(request.id),
  version: (request) => timeOf(request.updated_at),
  pages: (io: GitlabIo, cursor) => pagesOf(io, 'merge_requests', cursor),
  derive: deriveMergeRequest,
});

/** Groups of a plan that has them; elsewhere GitLab answers 403 or 404, which is said and passed over. */
export const epics: Stream<GitlabSettings> = defineStream({
  name: 'epics',
  title: 'Epics',
  order: 'oldest-first',
  record: epicRecord,
  externalId: (epic) => String(epic.id),
  version: (epic) => timeOf(epic.updated_at),
  pages: (io: GitlabIo, cursor) => pagesOf(io, 'epics', cursor),
  derive: deriveEpic,
});
