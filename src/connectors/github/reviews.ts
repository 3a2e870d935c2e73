import { z } from 'zod';
import type { Json } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { deriveReview } from './derive-work.ts';
import { actorFields, query, queryList, restUser } from './graphql.ts';
import { actor, allNodes, bigId, byUpdate, connection, isoText } from './graphql-shapes.ts';
import { reviewRecord } from './records.ts';
import type { Repository } from './repositories.ts';
import { eachRepository } from './repositories.ts';
import type { GithubIo } from './settings.ts';
import { hasToken } from './settings.ts';
import type { Step } from './walks.ts';
import { descend } from './walks.ts';

const review = z.object({
  fullDatabaseId: bigId,
  author: actor,
  body: z.string(),
  state: z.string(),
  url: z.string(),
  submittedAt: isoText.nullish(),
});
const pull = z.object({ number: z.int(), url: z.string(), updatedAt: isoText, author: actor, reviews: connection(review) });
type Pull = z.infer<typeof pull>;

const reviewFields = `pageInfo { hasNextPage endCursor }
  nodes { fullDatabaseId author { ${actorFields} } body state url submittedAt }`;

/** REST lists the reviews of one pull request at a time; this, of forty: one request instead of forty. */
const pullsQuery = `query ($owner: String!, $name: String!, $after: String, $first: Int!) {
  repository(owner: $owner, name: $name) {
    list: pullRequests(first: $first, after: $after, orderBy: { field: UPDATED_AT, direction: DESC }) {
      pageInfo { hasNextPage endCursor }
      nodes { number url updatedAt author { ${actorFields} } reviews(first: 50) { ${reviewFields} } }
    }
  }
}`;

const changedPulls = { what: 'reviews', text: pullsQuery, list: connection(pull), first: 40 };

const moreReviewsQuery = `query ($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { of: pullRequest(number: $number) { list: reviews(first: 100, after: $after) { ${reviewFields} } } }
}`;

/** Reviews of the pull requests that changed, in the form in which REST and webhooks give them. */
export const reviews = defineStream({
  name: 'reviews',
  title: 'Reviews',
  order: 'oldest-first',
  record: reviewRecord,
  externalId: (given) => String(given.id),
  derive: deriveReview,
  async *pages(io: GithubIo, cursor) {
    if (!hasToken(io.settings)) return;
    yield* eachRepository(io, cursor, async function* (repository, state): AsyncGenerator<Step> {
      for await (const step of descend(state, io.since, byUpdate, (next) => queryList(io, repository, changedPulls, next))) {
        const items: Json[] = [];
        for (const of of step.items) items.push(...(await reviewsOf(io, repository, of)));
        yield { items, state: step.state };
      }
    });
  },
});

async function reviewsOf(io: GithubIo, repository: Repository, of: Pull): Promise<Json[]> {
  const [owner = '', name = ''] = repository.fullName.split('/');
  const schema = z.object({ repository: z.object({ of: z.object({ list: connection(review) }) }) });
  const what = `reviews of ${repository.fullName}#${of.number}`;
  const nodes = await allNodes(of.reviews, async (after) => {
    const variables = { owner, name, number: of.number, after };
    return (await query(io, what, moreReviewsQuery, variables, schema)).repository.of.list;
  });
  const about = { number: of.number, html_url: of.url, user: restUser(of.author) };
  // What is not sent in is seen by its author only.
  return nodes
    .filter((node) => node.state !== 'PENDING')
    .map((node) => ({
      id: node.fullDatabaseId,
      user: restUser(node.author),
      body: node.body,
      state: node.state,
      html_url: node.url,
      submitted_at: node.submittedAt ?? null,
      pull_request: about,
      repository: { id: repository.id, full_name: repository.fullName },
    }));
}
