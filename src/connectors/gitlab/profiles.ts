import { z } from 'zod';
import type { Json, Page, Stream } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { graphql, isRefusal } from './api.ts';
import { deriveProfile } from './derive-person.ts';
import { profileRecord } from './records.ts';
import type { GitlabIo, GitlabSettings } from './settings.ts';
import { walk, walkCursor } from './walk.ts';

const someone = z.object({ id: z.number().int().min(1) });
const involved = z.object({
  author: someone.nullish().catch(null),
  closed_by: someone.nullish().catch(null),
  merged_by: someone.nullish().catch(null),
  merge_user: someone.nullish().catch(null),
  assignees: z.array(someone).nullish().catch(null),
  reviewers: z.array(someone).nullish().catch(null),
});

const profileCursor = z.object({
  walk: walkCursor,
  /** Accounts whose profile was read, and on which day (since 1970). */
  read: z.array(z.tuple([z.number(), z.number()])),
});

/** Profiles change seldom: after so many days one is read again when its owner is active. */
const fresh = 30;
const atOnce = 100;
const dayMs = 86_400_000;

/** https://docs.gitlab.com/api/graphql/reference/#queryusers: a hundred at once, where REST has one at a time. */
const fields = ['id username name avatarUrl location publicEmail', 'bio organization bot'];
const query = (shown: string[]) => `query($ids: [ID!]) { users(ids: $ids, first: ${atOnce}) { nodes { ${shown.join(' ')} } } }`;
const nodes = z.object({ nodes: z.array(z.json()) });

export const profiles: Stream<GitlabSettings> = defineStream({
  name: 'profiles',
  title: 'Public profiles',
  order: 'oldest-first',
  record: profileRecord,
  externalId: (profile) => profile.id,
  pages: pagesOf,
  derive: deriveProfile,
});

async function* pagesOf(io: GitlabIo, cursor: Json | undefined): AsyncGenerator<Page> {
  const most = io.settings.profiles;
  if (most === 0) return;
  const parsed = profileCursor.safeParse(cursor);
  const start = parsed.success ? parsed.data : { walk: {}, read: [] };
  const today = Math.floor(io.now().getTime() / dayMs);
  const read = new Map(start.read);
  let unsaved: Json | undefined;
  for await (const walked of walk(io, ['issues', 'merge_requests'], start.walk)) {
    const due = peopleOf(walked.items).filter((id) => today - (read.get(id) ?? Number.NEGATIVE_INFINITY) >= fresh);
    for (let at = 0; at < due.length; at += atOnce) {
      const ids = due.slice(at, at + atOnce);
      const items = await readProfiles(io, ids);
      if (items === undefined) return;
      for (const id of ids) {
        read.delete(id);
        read.set(id, today);
      }
      // The longest unread are forgotten, and read again should they come back.
      for (const id of [...read.keys()].slice(0, Math.max(0, read.size - most))) read.delete(id);
      const isLast = at + atOnce >= due.length;
      yield { items, cursor: { walk: walked.cursorAfter(isLast ? walked.items.length : 0), read: [...read] } };
    }
    unsaved = due.length > 0 ? undefined : { walk: walked.cursorAfter(walked.items.length), read: [...read] };
  }
  if (unsaved !== undefined) yield { items: [], cursor: unsaved };
}

function peopleOf(items: readonly Json[]): number[] {
  const ids = new Set<number>();
  for (const item of items) {
    const { data } = involved.safeParse(item);
    if (data === undefined) continue;
    const people = [data.author, data.closed_by, data.merged_by, data.merge_user, ...(data.assignees ?? []), ...(data.reviewers ?? [])];
    for (const person of people) if (person !== null && person !== undefined) ids.add(person.id);
  }
  return [...ids];
}

/** Undefined where GitLab does not show them: profiles only describe, so that is said and nothing else. */
async function readProfiles(io: GitlabIo, ids: number[]): Promise<Json[] | undefined> {
  const variables = { ids: ids.map((id) => `gid://gitlab/User/${id}`) };
  try {
    let answer = await graphql(io, query(fields), variables, true);
    // Older sites know less about a person.
    if (answer.error?.includes("doesn't exist on type") === true) answer = await graphql(io, query(fields.slice(0, 1)), variables, true);
    const found = nodes.safeParse(answer.data['users']);
    if (found.success) return found.data.nodes;
    io.warn(`Profiles cannot be read: ${answer.error ?? 'GitLab shows no list of them'}.`);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    io.warn(`Profiles cannot be read: ${error.message}`);
  }
  return undefined;
}
