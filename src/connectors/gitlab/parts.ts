import { z } from 'zod';
import type { Json, Page, Stream } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { readTime } from '../kit/time.ts';
import type { Query } from './api.ts';
import { getList, isRefusal, keptQuery, plainQuery } from './api.ts';
import { deriveAward, deriveLabelEvent, deriveNote } from './derive-parts.ts';
import { timeOf } from './derive-work.ts';
import { awardRecord, labelEventRecord, noteRecord } from './records.ts';
import type { GitlabIo, GitlabSettings } from './settings.ts';
import type { Walked } from './walk.ts';
import { walk, walkCursor, wordsOf } from './walk.ts';

// What belongs to issues and merge requests GitLab lists for one of them at a time: so those that changed are walked
// through again, each stream at its own pace, and of each what it holds is read whole.

interface Part {
  /** Where it lies below the issue or merge request. */
  api: string;
  title: string;
  query(kind: Kind): Query;
  /** False where the parent itself says that there is nothing: saves a request. */
  isIn(parent: ParentItem, kind: Kind): boolean;
  isWanted(item: Record<string, Json>, kind: Kind, settings: GitlabSettings): boolean;
}

type Kind = 'issues' | 'merge_requests';
type ParentItem = z.infer<typeof parentItem>;

const parentItem = z.object({
  id: z.number(),
  iid: z.number().int(),
  project_id: z.number().int(),
  title: z.string(),
  updated_at: z.string(),
  web_url: z.string().nullish(),
  confidential: z.boolean().nullish(),
  user_notes_count: z.number().nullish(),
  upvotes: z.number().nullish(),
  downvotes: z.number().nullish(),
});

const partCursor = z.object({
  walk: walkCursor,
  /** The parent, as it was then, in the middle of whose list the last page ended, and the query of its next page. */
  within: z.object({ of: z.string(), next: keptQuery }).optional(),
});
type PartCursor = z.infer<typeof partCursor>;

/** A page is handed on when it has so many items, when its parents are done, or within a long list. */
const enough = 200;

async function* pagesOf(io: GitlabIo, part: Part, cursor: Json | undefined): AsyncGenerator<Page> {
  if (io.settings.token === undefined) {
    io.warn(`${part.title} are shown by GitLab only with an access token.`);
    return;
  }
  const parsed = partCursor.safeParse(cursor);
  const start: PartCursor = parsed.success ? parsed.data : { walk: {} };
  let { within } = start;
  let quiet = 0;
  let unsaved: Json | undefined;
  for await (const walked of walk(io, ['issues', 'merge_requests'], start.walk)) {
    let items: Json[] = [];
    for (const [index, raw] of walked.items.entries()) {
      const parent = readParent(raw, walked, part, io.settings);
      const of = `${walked.resource} ${parent?.id} ${parent?.updated_at}`;
      let next: Query | undefined = parent === undefined ? undefined : within?.of === of ? within.next : {};
      within = undefined;
      while (parent !== undefined && next !== undefined) {
        const list = await readPart(io, part, kindOf(walked), parent, next);
        items.push(...list.items);
        next = list.next;
        if (next !== undefined && items.length > 0) {
          yield { items, cursor: { walk: walked.cursorAfter(index), within: { of, next: plainQuery(next) } } };
          items = [];
        }
      }
      if (items.length >= enough) {
        yield { items, cursor: { walk: walked.cursorAfter(index + 1) } };
        items = [];
      }
    }
    unsaved = { walk: walked.cursorAfter(walked.items.length) };
    // That there was nothing is progress too, but not worth a transaction each time.
    if (items.length === 0 && ++quiet < 20) continue;
    yield { items, cursor: unsaved };
    quiet = 0;
    unsaved = undefined;
  }
  if (unsaved !== undefined) yield { items: [], cursor: unsaved };
}

function kindOf({ resource }: Walked): Kind {
  return resource === 'issues' ? 'issues' : 'merge_requests';
}

function readParent(raw: Json, walked: Walked, part: Part, { confidential }: GitlabSettings): ParentItem | undefined {
  const { data } = parentItem.safeParse(raw);
  if (data === undefined || (data.confidential === true && !confidential)) return undefined;
  return part.isIn(data, kindOf(walked)) ? data : undefined;
}

async function readPart(
  io: GitlabIo,
  part: Part,
  kind: Kind,
  parent: ParentItem,
  query: Query,
): Promise<{ items: Json[]; next: Query | undefined }> {
  const path = `projects/${parent.project_id}/${kind}/${parent.iid}/${part.api}`;
  try {
    const list = await getList(io, path, { ...part.query(kind), ...query }, part.title.toLowerCase());
    const { iid, project_id, title, web_url } = parent;
    const belongsTo = { kind, project_id, iid, title, web_url: web_url ?? null };
    const items = list.items.filter((item) => !isObject(item) || isWantedItem(item, part, kind, io));
    return { items: items.map((item) => (isObject(item) ? { ...item, parent: belongsTo } : item)), next: list.next };
  } catch (error) {
    // Deleted or hidden since the list was read.
    if (!isRefusal(error)) throw error;
    io.warn(`${part.title} of ${wordsOf(kind)} ${parent.web_url ?? parent.iid} cannot be read: ${error.message}`);
    return { items: [], next: undefined };
  }
}

function isWantedItem(item: Record<string, Json>, part: Part, kind: Kind, io: GitlabIo): boolean {
  const at = typeof item['created_at'] === 'string' ? readTime(item['created_at']) : Number.NaN;
  return !(io.since !== undefined && at < io.since.getTime()) && part.isWanted(item, kind, io.settings);
}

function isObject(item: Json): item is { [key: string]: Json } {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

/**
 * https://docs.gitlab.com/api/notes/. What GitLab notes by itself is kept of merge requests only: approvals, drafts and
 * requested reviews are nowhere else with their times.
 */
const notePart: Part = {
  api: 'notes',
  title: 'Comments',
  query: (kind) => ({ order_by: 'created_at', sort: 'asc', ...(kind === 'issues' ? { activity_filter: 'only_comments' } : {}) }),
  isIn: (parent, kind) => kind === 'merge_requests' || parent.user_notes_count !== 0,
  isWanted: (note, kind, { confidential }) =>
    (kind === 'merge_requests' || note['system'] !== true) &&
    (confidential || (note['internal'] !== true && note['confidential'] !== true)),
};

/** https://docs.gitlab.com/api/resource_label_events/ */
const labelPart: Part = {
  api: 'resource_label_events',
  title: 'Label changes',
  query: () => ({}),
  isIn: () => true,
  isWanted: () => true,
};

/** https://docs.gitlab.com/api/emoji_reactions/. Read where there are votes: only those are counted in the list. */
const awardPart: Part = {
  api: 'award_emoji',
  title: 'Reactions',
  query: () => ({}),
  isIn: ({ upvotes, downvotes }) => (upvotes ?? 0) + (downvotes ?? 0) > 0,
  isWanted: () => true,
};

export const notes: Stream<GitlabSettings> = defineStream({
  name: 'notes',
  title: 'Comments and approvals',
  order: 'oldest-first',
  record: noteRecord,
  externalId: (note) => String(note.id),
  version: (note) => timeOf(note.updated_at),
  pages: (io: GitlabIo, cursor) => pagesOf(io, notePart, cursor),
  derive: deriveNote,
});

export const labelEvents: Stream<GitlabSettings> = defineStream({
  name: 'label_events',
  title: 'Label changes',
  order: 'oldest-first',
  record: labelEventRecord,
  externalId: (event) => String(event.id),
  pages: (io: GitlabIo, cursor) => pagesOf(io, labelPart, cursor),
  derive: deriveLabelEvent,
});

export const reactions: Stream<GitlabSettings> = defineStream({
  name: 'reactions',
  title: 'Reactions',
  order: 'oldest-first',
  record: awardRecord,
  externalId: (award) => String(award.id),
  pages: (io: GitlabIo, cursor) => pagesOf(io, awardPart, cursor),
  derive: deriveAward,
});
