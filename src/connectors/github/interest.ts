import { z } from 'zod';
import type { Json } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { readTime } from '../kit/time.ts';
import { githubGet, linksOf } from './api.ts';
import { deriveFork, deriveRelease, deriveStar } from './derive-rest.ts';
import { queryList, restUser } from './graphql.ts';
import { actor, isoText, pageInfo } from './graphql-shapes.ts';
import { isObject, marked, marksBy, readList, wordOf } from './lists.ts';
import { forkRecord, releaseRecord, starRecord } from './records.ts';
import type { Repository } from './repositories.ts';
import { eachRepository } from './repositories.ts';
import type { GithubIo } from './settings.ts';
import { apiAddress, hasToken } from './settings.ts';
import type { Listing } from './walks.ts';
import { descend, plain } from './walks.ts';

/** With the time of starring: https://docs.github.com/en/rest/activity/starring#list-stargazers */
const withTimes = { accept: 'application/vnd.github.star+json' };
const perPage = 100;
/** Behind it the API answers 422, whatever a repository has. */
const lastPage = 400;

const byStar = {
  ...marksBy('starred_at'),
  idOf: (item: Json) => (isObject(item) && isObject(item['user']) ? wordOf(item['user']['id']) : ''),
};

/** The list begins with the oldest, so it is read from its last page back. */
export const stars = defineStream({
  name: 'stars',
  title: 'Stars',
  order: 'oldest-first',
  record: starRecord,
  externalId: (star) => starId(star.repository.id, star.user.id),
  version: (star) => readTime(star.starred_at),
  derive: deriveStar,
  pages: (io: GithubIo, cursor) =>
    eachRepository(io, cursor, (repository, state) => descend(state, io.since, byStar, (next) => readStars(io, repository, next))),
});

export function starId(repository: number, user: number): string {
  return `${repository}:${user}`;
}

/** https://docs.github.com/en/graphql/reference/objects#repository: newest first, and without an end. */
const starsQuery = `query ($owner: String!, $name: String!, $after: String, $first: Int!) {
  repository(owner: $owner, name: $name) {
    list: stargazers(first: $first, after: $after, orderBy: { field: STARRED_AT, direction: DESC }) {
      pageInfo { hasNextPage endCursor }
      edges { starredAt node { __typename login url avatarUrl databaseId } }
    }
  }
}`;

const starList = z
  .object({ pageInfo, edges: z.array(z.object({ starredAt: isoText, node: actor })) })
  .transform(({ pageInfo: info, edges }) => ({
    pageInfo: info,
    nodes: edges.map(({ starredAt, node }) => ({ starred_at: starredAt, user: restUser(node) })),
  }));

async function readStars(io: GithubIo, repository: Repository, next: string | undefined): Promise<Listing> {
  io.signal.throwIfAborted();
  const what = `stars of ${repository.fullName}`;
  const pages = Math.max(1, Math.ceil(repository.stars / perPage));
  const isLong = next === undefined ? pages > lastPage : !next.startsWith('http');
  if (isLong && hasToken(io.settings)) {
    const listing = await queryList(io, repository, { what: 'stars', text: starsQuery, list: starList, first: 100 }, next);
    return { ...listing, items: listing.items.map((item) => marked(item, repository)) };
  }
  if (isLong)
    io.warn(
      `Without a token GitHub lists only the first ${lastPage * perPage} stars of ${repository.fullName}. Enter one to read the rest.`,
    );
  const address = (page: number): string =>
    apiAddress(io.settings, `/repos/${repository.fullName}/stargazers?per_page=${perPage}&page=${page}`);
  let answer = await githubGet(io, next ?? address(Math.min(pages, lastPage)), what, { headers: withTimes });
  // The count was of a moment ago: there may be a page more.
  const { last, next: newer } = linksOf(io, answer);
  if (next === undefined && last !== undefined && newer !== undefined && !isLong) {
    answer = await githubGet(io, last, what, { headers: withTimes });
  }
  const items = answer.json();
  const list = Array.isArray(items) ? items.map((item) => marked(item as Json, repository)).toReversed() : [];
  return { items: list, next: linksOf(io, answer).prev };
}

/** https://docs.github.com/en/rest/repos/forks#list-forks */
export const forks = defineStream({
  name: 'forks',
  title: 'Forks',
  order: 'oldest-first',
  record: forkRecord,
  externalId: (fork) => String(fork.id),
  derive: deriveFork,
  pages: (io: GithubIo, cursor) =>
    eachRepository(io, cursor, (repository, state) => {
      const list = { path: '/forks', what: 'forks', query: { sort: 'newest' } };
      return descend(state, io.since, marksBy('created_at'), (next, etag) => readList(io, repository, list, next, etag));
    }),
});

/**
 * https://docs.github.com/en/rest/releases/releases#list-releases: few, and edited or published late without a trace, so that
 * the whole list is read whenever its first page is not as it was.
 */
export const releases = defineStream({
  name: 'releases',
  title: 'Releases',
  order: 'oldest-first',
  record: releaseRecord,
  externalId: (release) => String(release.id),
  derive: deriveRelease,
  pages: (io: GithubIo, cursor) =>
    eachRepository(io, cursor, (repository, state) => {
      const list = { path: '/releases', what: 'releases' };
      const again = isObject(state) ? { etag: state['etag'], walk: state['walk'] } : undefined;
      return descend(plain(again), io.since, marksBy('created_at'), (next, etag) => readList(io, repository, list, next, etag));
    }),
});
