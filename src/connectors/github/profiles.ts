import { z } from 'zod';
import type { Json } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { deriveProfile } from './derive-rest.ts';
import { queryList } from './graphql.ts';
import { byUpdate, connection, isoText } from './graphql-shapes.ts';
import { profileRecord } from './records.ts';
import { eachRepository, findRepositories } from './repositories.ts';
import type { GithubIo } from './settings.ts';
import { hasToken } from './settings.ts';
import type { Step } from './walks.ts';
import { descend } from './walks.ts';

const line = z.string().nullish();
const profile = z.object({
  login: z.string(),
  databaseId: z.int().nullish(),
  name: line,
  company: line,
  location: line,
  bio: line,
  websiteUrl: line,
  twitterUsername: line,
  email: line,
  url: line,
  avatarUrl: line,
});
const work = z.object({
  number: z.int(),
  updatedAt: isoText,
  participants: z.object({ nodes: z.array(profile.nullish()) }).nullish(),
});

/** https://docs.github.com/en/graphql/reference/objects#user: the address needs a scope of its own. */
function peopleQuery(kind: 'issues' | 'pullRequests', withEmail: boolean): string {
  return `query ($owner: String!, $name: String!, $after: String, $first: Int!) {
  repository(owner: $owner, name: $name) {
    list: ${kind}(first: $first, after: $after, orderBy: { field: UPDATED_AT, direction: DESC }) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number updatedAt
        participants(first: 50) {
          nodes { login databaseId name company location bio websiteUrl twitterUsername url avatarUrl${withEmail ? ' email' : ''} }
        }
      }
    }
  }
}`;
}

const mayReadEmail = new Set(['user', 'read:user', 'user:email']);
const stateSchema = z.object({ issues: z.json().optional(), pullRequests: z.json().optional() });

/**
 * Public profiles of whoever takes part in issues and pull requests that changed: forty of these a request, so that a reading
 * costs as many requests as there is work, not as there are people.
 */
export const profiles = defineStream({
  name: 'profiles',
  title: 'Public profiles',
  order: 'oldest-first',
  record: profileRecord,
  externalId: (person) => String(person.id),
  derive: deriveProfile,
  async *pages(io: GithubIo, cursor) {
    if (!hasToken(io.settings)) return;
    const { scopes } = await findRepositories(io);
    const withEmail = scopes.some((scope) => mayReadEmail.has(scope));
    const known = new Set<number>();
    yield* eachRepository(io, cursor, async function* (repository, given): AsyncGenerator<Step> {
      const parsed = stateSchema.safeParse(given ?? {});
      const state = parsed.success ? parsed.data : {};
      for (const kind of ['issues', 'pullRequests'] as const) {
        const asked = { what: 'people', text: peopleQuery(kind, withEmail), list: connection(work), first: 40 };
        for await (const step of descend(state[kind] as Json | undefined, io.since, byUpdate, (next) =>
          queryList(io, repository, asked, next),
        )) {
          state[kind] = step.state;
          const items = step.items.flatMap((item) => item.participants?.nodes ?? []).flatMap((node) => profileItem(node, known));
          yield { items, state: { ...state } as Json };
        }
      }
    });
  },
});

/** In the form of https://docs.github.com/en/rest/users/users#get-a-user, each person once in a reading. */
function profileItem(node: z.infer<typeof profile> | null | undefined, known: Set<number>): Json[] {
  const id = node?.databaseId;
  if (node === null || node === undefined || typeof id !== 'number' || known.has(id)) return [];
  known.add(id);
  return [
    {
      id,
      login: node.login,
      type: 'User',
      html_url: node.url ?? null,
      avatar_url: node.avatarUrl ?? null,
      name: node.name ?? null,
      company: node.company ?? null,
      location: node.location ?? null,
      bio: node.bio ?? null,
      blog: node.websiteUrl ?? null,
      email: node.email ?? null,
      twitter_username: node.twitterUsername ?? null,
    },
  ];
}
