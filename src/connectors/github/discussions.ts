import { z } from 'zod';
import type { Json } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { readTime } from '../kit/time.ts';
import { deriveDiscussion } from './derive-rest.ts';
import { actorFields, query, queryList, restUser } from './graphql.ts';
import { actor, allNodes, byUpdate, connection, isoText } from './graphql-shapes.ts';
import { discussionCommentRecord, discussionRecord } from './records.ts';
import type { Repository } from './repositories.ts';
import { eachRepository } from './repositories.ts';
import type { GithubIo } from './settings.ts';
import { hasToken } from './settings.ts';
import type { Step } from './walks.ts';
import { descend } from './walks.ts';

const said = { databaseId: z.int(), body: z.string(), url: z.string(), createdAt: isoText, updatedAt: isoText, author: actor };
const reply = z.object(said);
const comment = z.object({ ...said, id: z.string(), replies: connection(reply) });
const discussion = z.object({
  ...said,
  id: z.string(),
  number: z.int(),
  title: z.string(),
  closed: z.boolean(),
  closedAt: isoText.nullish(),
  category: z.object({ name: z.string(), isAnswerable: z.boolean() }).nullish(),
  labels: z.object({ nodes: z.array(z.object({ name: z.string() }).nullish()) }).nullish(),
  answerChosenAt: isoText.nullish(),
  answer: z.object({ databaseId: z.int(), url: z.string(), author: actor }).nullish(),
  comments: connection(comment),
});
type Discussion = z.infer<typeof discussion>;

const saidFields = `databaseId body url createdAt updatedAt author { ${actorFields} }`;
const page = 'pageInfo { hasNextPage endCursor }';
const commentFields = `${page} nodes { id ${saidFields} replies(first: 30) { ${page} nodes { ${saidFields} } } }`;

/** https://docs.github.com/en/graphql/guides/using-the-graphql-api-for-discussions */
const discussionsQuery = `query ($owner: String!, $name: String!, $after: String, $first: Int!) {
  repository(owner: $owner, name: $name) {
    list: discussions(first: $first, after: $after, orderBy: { field: UPDATED_AT, direction: DESC }) {
      ${page}
      nodes {
        id number title closed closedAt ${saidFields}
        category { name isAnswerable } labels(first: 30) { nodes { name } }
        answerChosenAt answer { databaseId url author { ${actorFields} } }
        comments(first: 40) { ${commentFields} }
      }
    }
  }
}`;

const changed = { what: 'discussions', text: discussionsQuery, list: connection(discussion), first: 12 };

const moreCommentsQuery = `query ($id: ID!, $after: String) {
  of: node(id: $id) { ... on Discussion { list: comments(first: 40, after: $after) { ${commentFields} } } }
}`;

const moreRepliesQuery = `query ($id: ID!, $after: String) {
  of: node(id: $id) { ... on DiscussionComment { list: replies(first: 100, after: $after) { ${page} nodes { ${saidFields} } } } }
}`;

/** Discussions that changed, with all that is said in them, in the form in which webhooks give them. */
export const discussions = defineStream({
  name: 'discussions',
  title: 'Discussions',
  order: 'oldest-first',
  record: z.discriminatedUnion('item', [discussionRecord, discussionCommentRecord]),
  externalId: (record) => discussionId(record.item, record.id),
  version: (record) => readTime(record.updated_at),
  derive: deriveDiscussion,
  async *pages(io: GithubIo, cursor) {
    if (!hasToken(io.settings)) return;
    yield* eachRepository(io, cursor, async function* (repository, state): AsyncGenerator<Step> {
      if (repository.raw['has_discussions'] === false) return;
      for await (const step of descend(state, io.since, byUpdate, (next) => queryList(io, repository, changed, next))) {
        const items: Json[] = [];
        for (const of of step.items) items.push(...(await itemsOf(io, repository, of)));
        yield { items, state: step.state };
      }
    });
  },
});

export function discussionId(item: 'discussion' | 'comment', id: number): string {
  return `${item}:${id}`;
}

async function itemsOf(io: GithubIo, { id, fullName }: Repository, of: Discussion): Promise<Json[]> {
  const repository = { id, full_name: fullName };
  const category =
    of.category === null || of.category === undefined ? null : { name: of.category.name, is_answerable: of.category.isAnswerable };
  const about = { number: of.number, html_url: of.url, category };
  const itself = {
    item: 'discussion',
    ...restSaid(of),
    ...about,
    title: of.title,
    state: of.closed ? 'closed' : 'open',
    closed_at: of.closedAt ?? null,
    labels: (of.labels?.nodes ?? []).flatMap((label) => (label === null || label === undefined ? [] : [{ name: label.name }])),
    answer_chosen_at: of.answerChosenAt ?? null,
    answer:
      of.answer === null || of.answer === undefined
        ? null
        : { id: of.answer.databaseId, user: restUser(of.answer.author), html_url: of.answer.url },
    repository,
  };
  const items: Json[] = [itself];
  const item = (one: z.infer<typeof reply>, parent: number | null): Json => ({
    item: 'comment',
    ...restSaid(one),
    parent_id: parent,
    discussion: about,
    repository,
  });
  for (const one of await allNodes(of.comments, more(io, of.id, moreCommentsQuery, comment))) {
    items.push(item(one, null));
    for (const answer of await allNodes(one.replies, more(io, one.id, moreRepliesQuery, reply))) items.push(item(answer, one.databaseId));
  }
  return items;
}

function more<Node extends z.ZodType>(io: GithubIo, id: string, text: string, node: Node) {
  const schema = z.object({ of: z.object({ list: connection(node) }) });
  return async (after: string) => (await query(io, 'the rest of a discussion', text, { id, after }, schema)).of.list;
}

function restSaid(one: z.infer<typeof reply>): { [key: string]: Json } {
  const { databaseId: id, body, url, createdAt, updatedAt, author } = one;
  return { id, user: restUser(author), body, html_url: url, created_at: createdAt, updated_at: updatedAt };
}
