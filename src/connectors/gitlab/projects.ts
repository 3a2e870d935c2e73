import { z } from 'zod';
import type { Json, Page, Stream } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { readTime } from '../kit/time.ts';
import type { Query } from './api.ts';
import { getList, getOne, isRefusal, keptQuery, plainQuery } from './api.ts';
import { deriveFork, deriveRelease, deriveStar } from './derive-parts.ts';
import { forkRecord, releaseRecord, starRecord } from './records.ts';
import type { GitlabIo, GitlabSettings } from './settings.ts';
import { scopesOf } from './settings.ts';

const project = z.object({
  id: z.number().int(),
  path_with_namespace: z.string(),
  web_url: z.string().nullish(),
  star_count: z.number().nullish(),
  forks_count: z.number().nullish(),
  last_activity_at: z.string().nullish(),
});
type Project = z.infer<typeof project>;

/** Every project of the scopes, each once. One that is gone or hidden is said and passed over. */
async function* projectsOf(io: GitlabIo): AsyncGenerator<Project> {
  const given = new Set<number>();
  const refusals: Error[] = [];
  const scopes = scopesOf(io.settings);
  for (const { kind, path, api } of scopes) {
    try {
      // https://docs.gitlab.com/api/groups/#list-projects
      const listing: Query = { include_subgroups: 'true', with_shared: 'false', simple: 'true', order_by: 'id', sort: 'asc' };
      let next: Query | undefined = {};
      while (next !== undefined) {
        let found: Project[];
        if (kind === 'project') {
          found = [await getOne(io, api, project, `project ${path}`)];
          next = undefined;
        } else {
          const list = await getList(io, `${api}/projects`, { ...listing, ...next }, `projects of ${path}`);
          found = list.items.map((item) => project.safeParse(item)).flatMap(({ data }) => (data === undefined ? [] : [data]));
          next = list.next;
        }
        for (const one of found) {
          if (given.has(one.id)) continue;
          given.add(one.id);
          yield one;
        }
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      io.warn(`The ${kind} ${path} cannot be read: ${error.message}`);
      refusals.push(error);
    }
  }
  const [first] = refusals;
  if (first !== undefined && refusals.length === scopes.length) throw first;
}

interface List {
  api: string;
  title: string;
  query: Query;
  /** What the project shows of the list; as long as it stays the same the list is not read again that day. Empty: it has none. */
  sign(project: Project): string;
  at(item: Record<string, Json>): Json | undefined;
  isWanted(item: Record<string, Json>): boolean;
}

const listCursor = z.object({
  /** For each project what it showed when its list was read, and when that was. */
  read: z.record(z.string(), z.tuple([z.string(), z.number()])),
  within: z.object({ id: z.number(), next: keptQuery }).optional(),
});

const dayMs = 86_400_000;

async function* pagesOf(io: GitlabIo, what: List, cursor: Json | undefined): AsyncGenerator<Page> {
  const parsed = listCursor.safeParse(cursor);
  const start = parsed.success ? parsed.data : { read: {} };
  const read = new Map(Object.entries(start.read));
  const saved = (within?: { id: number; next: Query }): Json => ({
    read: Object.fromEntries(read),
    ...(within === undefined ? {} : { within: { id: within.id, next: plainQuery(within.next) } }),
  });
  let unsaved = false;
  for await (const one of projectsOf(io)) {
    const sign = what.sign(one);
    const known = read.get(String(one.id));
    if (sign === '' || (known?.[0] === sign && io.now().getTime() - known[1] < dayMs)) continue;
    let next: Query | undefined = start.within?.id === one.id ? start.within.next : {};
    while (next !== undefined) {
      const list = await readList(io, what, one, next);
      next = list.next;
      if (next === undefined) read.set(String(one.id), [sign, io.now().getTime()]);
      unsaved = list.items.length === 0;
      if (!unsaved) yield { items: list.items, cursor: saved(next === undefined ? undefined : { id: one.id, next }) };
    }
  }
  if (unsaved) yield { items: [], cursor: saved() };
}

async function readList(io: GitlabIo, what: List, of: Project, query: Query): Promise<{ items: Json[]; next: Query | undefined }> {
  try {
    const list = await getList(
      io,
      `projects/${of.id}/${what.api}`,
      { ...what.query, ...query },
      `${what.title} of ${of.path_with_namespace}`,
    );
    const belongsTo = { id: of.id, path: of.path_with_namespace, web_url: of.web_url ?? null };
    const items = list.items.flatMap((item) => {
      if (typeof item !== 'object' || item === null || Array.isArray(item)) return [item];
      const at = what.at(item);
      const isOld = io.since !== undefined && typeof at === 'string' && readTime(at) < io.since.getTime();
      return isOld || !what.isWanted(item) ? [] : [{ ...item, project: belongsTo }];
    });
    return { items, next: list.next };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    io.warn(`${what.title} of ${of.path_with_namespace} cannot be read: ${error.message}`);
    return { items: [], next: undefined };
  }
}

const count = (number: number | null | undefined) => (number === 0 ? '' : String(number ?? '?'));

/** https://docs.gitlab.com/api/project_starring/#list-users-who-starred-a-project */
const starList: List = {
  api: 'starrers',
  title: 'stars',
  query: {},
  sign: ({ star_count }) => count(star_count),
  at: (item) => item['starred_since'],
  isWanted: () => true,
};

/** https://docs.gitlab.com/api/project_forks/#list-all-forks-of-a-project */
const forkList: List = {
  api: 'forks',
  title: 'forks',
  query: { order_by: 'id', sort: 'asc' },
  sign: ({ forks_count }) => count(forks_count),
  at: (item) => item['created_at'],
  isWanted: () => true,
};

/** https://docs.gitlab.com/api/releases/. One that is planned for a day to come is read when that has come. */
const releaseList: List = {
  api: 'releases',
  title: 'releases',
  query: { order_by: 'released_at', sort: 'asc' },
  sign: ({ last_activity_at }) => last_activity_at ?? '?',
  at: (item) => item['released_at'],
  isWanted: (item) => item['upcoming_release'] !== true,
};

export const stars: Stream<GitlabSettings> = defineStream({
  name: 'stars',
  title: 'Stars',
  order: 'oldest-first',
  record: starRecord,
  externalId: ({ project: of, user }) => `${of.id}:${user.id}`,
  pages: (io: GitlabIo, cursor) => pagesOf(io, starList, cursor),
  derive: deriveStar,
});

export const forks: Stream<GitlabSettings> = defineStream({
  name: 'forks',
  title: 'Forks',
  order: 'oldest-first',
  record: forkRecord,
  externalId: ({ id }) => String(id),
  pages: (io: GitlabIo, cursor) => pagesOf(io, forkList, cursor),
  derive: deriveFork,
});

export const releases: Stream<GitlabSettings> = defineStream({
  name: 'releases',
  title: 'Releases',
  order: 'oldest-first',
  record: releaseRecord,
  externalId: ({ project: of, tag_name }) => releaseId(of.id, tag_name),
  pages: (io: GitlabIo, cursor) => pagesOf(io, releaseList, cursor),
  derive: deriveRelease,
});

export function releaseId(projectId: number, tag: string): string {
  return `${projectId}:${tag}`;
}
