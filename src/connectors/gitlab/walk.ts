import { z } from 'zod';
import type { Json } from '../contract.ts';
import type { Query } from './api.ts';
import { getList, isGone, isRefusal } from './api.ts';
import type { GitlabIo, Scope } from './settings.ts';
import { scopesOf } from './settings.ts';

/** What is listed by the time of its last change. */
export type Resource = 'issues' | 'merge_requests' | 'epics';

export interface Walked {
  resource: Resource;
  /** Items that changed since, the earliest change first. */
  items: Json[];
  /** Where to go on when so many of the items are done. */
  cursorAfter(count: number): WalkCursor;
  /** How many there are in all in this reading, where GitLab says so and there is one list only. */
  total: number | undefined;
}

/** For each list how far it was read: up to which change, and which items at its edge. */
export type WalkCursor = Record<string, Reached>;
type Reached = z.infer<typeof reached>;
const reached = z.object({ at: z.string(), seen: z.array(z.tuple([z.number(), z.string()])) });
export const walkCursor = z.record(z.string(), reached);

const stamped = z.object({ id: z.number(), updated_at: z.string().refine((text) => !Number.isNaN(Date.parse(text))) });

/** A change is stamped when it begins and seen when it is committed: so far back each reading looks again. */
const overlapMs = 2 * 60_000;
/** Beyond this, items at the edge are read twice, which costs time but changes nothing. */
const mostSeen = 1000;

/**
 * Every item of the scopes in the order of its last change, from where the cursor stands. GitLab refuses offsets above
 * 50,000, and keysets exist for few lists (https://docs.gitlab.com/api/rest/#keyset-based-pagination): so the next page is
 * asked for by the last item's time (`updated_after`), and by number only among items of one and the same time. What
 * changes meanwhile moves to the end of the list, so that nothing is skipped.
 */
export async function* walk(io: GitlabIo, resources: readonly Resource[], start: WalkCursor): AsyncGenerator<Walked> {
  let cursor = start;
  const lists = resources.flatMap((resource) =>
    scopesOf(io.settings)
      .filter((scope) => resource !== 'epics' || scope.kind === 'group')
      // Once what is confidential is wanted too, all is read again: it may be old.
      .map((scope) => ({ resource, scope, key: `${resource} ${scope.path}${io.settings.confidential ? ' with confidential' : ''}` })),
  );
  const refusals: Error[] = [];
  for (const { resource, scope, key } of lists) {
    try {
      for await (const page of walkOne(io, resource, scope, cursor[key])) {
        const before = cursor;
        const cursorAfter = (count: number) => withKey(before, key, advance(before[key], page.items.slice(0, count)));
        yield { resource, items: page.items, total: lists.length === 1 ? page.total : undefined, cursorAfter };
        cursor = cursorAfter(page.items.length);
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      io.warn(`${wordsOf(resource)} of ${scope.path} cannot be read: ${error.message}`);
      refusals.push(error);
    }
  }
  // One that is gone does not stop the others, nor does a part that is switched off; epics are part of some plans only.
  const [first] = refusals;
  if (first !== undefined && refusals.length === lists.length && refusals.every(isGone) && resources[0] !== 'epics') throw first;
}

export function wordsOf(resource: Resource): string {
  return resource.replace('_', ' ');
}

async function* walkOne(
  io: GitlabIo,
  resource: Resource,
  scope: Scope,
  known: Reached | undefined,
): AsyncGenerator<{ items: Json[]; total: number | undefined }> {
  const since = io.since?.getTime();
  let from = known === undefined ? since : Date.parse(known.at) - overlapMs;
  const seen = new Map(known?.seen);
  let page = 1;
  let read = 0;
  for (;;) {
    const query: Query = { ...filters(io, resource, scope), order_by: 'updated_at', sort: 'asc', updated_after: iso(from), page };
    const list = await getList(io, `${scope.api}/${resource}`, query, `${wordsOf(resource)} of ${scope.path}`);
    const items = list.items.filter((item) => !isSeen(item, seen));
    if (items.length > 0) {
      const total = list.total === undefined || page > 1 ? undefined : read + list.total - (list.items.length - items.length);
      read += items.length;
      yield { items, total };
    }
    if (list.next === undefined) return;
    for (const item of items) {
      const parsed = stamped.safeParse(item);
      if (parsed.success) seen.set(parsed.data.id, parsed.data.updated_at);
    }
    const last = Math.max(...list.items.map(changedAt).filter((at) => !Number.isNaN(at)));
    if (Number.isFinite(last) && (from === undefined || last > from)) {
      from = last;
      page = 1;
    } else page += 1;
  }
}

/** https://docs.gitlab.com/api/issues/, https://docs.gitlab.com/api/merge_requests/, https://docs.gitlab.com/api/epics/ */
function filters(io: GitlabIo, resource: Resource, scope: Scope): Query {
  return {
    ...(resource === 'epics' ? {} : { scope: 'all' }),
    ...(resource === 'epics' || scope.kind === 'project' ? {} : { non_archived: 'false' }),
    ...(resource === 'merge_requests' || io.settings.confidential ? {} : { confidential: 'false' }),
  };
}

function advance(before: Reached | undefined, items: readonly Json[]): Reached | undefined {
  const stamps = items.map((item) => stamped.safeParse(item)).flatMap(({ data }) => (data === undefined ? [] : [data]));
  const [first] = stamps;
  if (first === undefined) return before;
  const at = stamps.reduce(
    (latest, { updated_at }) => (Date.parse(updated_at) > Date.parse(latest) ? updated_at : latest),
    before?.at ?? first.updated_at,
  );
  const edge = new Map(before?.seen);
  for (const stamp of stamps) {
    edge.delete(stamp.id);
    edge.set(stamp.id, stamp.updated_at);
  }
  const from = Date.parse(at) - overlapMs;
  return { at, seen: [...edge].filter(([, changed]) => Date.parse(changed) >= from).slice(-mostSeen) };
}

function withKey(cursor: WalkCursor, key: string, value: Reached | undefined): WalkCursor {
  return value === undefined ? cursor : { ...cursor, [key]: value };
}

function isSeen(item: Json, seen: ReadonlyMap<number, string>): boolean {
  const parsed = stamped.safeParse(item);
  return parsed.success && seen.get(parsed.data.id) === parsed.data.updated_at;
}

function changedAt(item: Json): number {
  const parsed = stamped.safeParse(item);
  return parsed.success ? Date.parse(parsed.data.updated_at) : Number.NaN;
}

function iso(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
