import { z } from 'zod';
import { readTime } from '../kit/time.ts';
import type { Marks } from './walks.ts';

/** Shapes of what GraphQL answers: a connection with pages, who wrote it, ids. https://docs.github.com/en/graphql/reference */

export const isoText = z.string();

/** Too large for a number in GraphQL, so that it comes as text. */
export const bigId = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

export const actor = z
  .object({
    __typename: z.string(),
    login: z.string(),
    url: z.string().nullish(),
    avatarUrl: z.string().nullish(),
    databaseId: z.int().nullish(),
  })
  .nullish();

export const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });

export interface Connection<Node> {
  pageInfo: z.infer<typeof pageInfo>;
  nodes: Node[];
}

/** Nodes that may not be seen are null. */
export function connection<Node extends z.ZodType>(node: Node) {
  return z.object({
    pageInfo,
    nodes: z.array(node.nullish()).transform((nodes) => nodes.filter((one) => one !== null && one !== undefined)),
  });
}

/** What is numbered within its repository, by its last change. */
export const byUpdate: Marks<{ number: number; updatedAt: string }> = {
  idOf: ({ number }) => String(number),
  changedAt: ({ updatedAt }) => readTime(updatedAt),
};

/** More pages of one pull request or discussion than this are a server that goes round in circles. */
const mostPages = 500;

/** The nodes of a connection with those on its further pages, asked for one after the other. */
export async function allNodes<Node>(first: Connection<Node>, ask: (after: string) => Promise<Connection<Node>>): Promise<Node[]> {
  const nodes = [...first.nodes];
  let { pageInfo: info } = first;
  for (let pages = 0; info.hasNextPage && typeof info.endCursor === 'string' && pages < mostPages; pages++) {
    const more = await ask(info.endCursor);
    nodes.push(...more.nodes);
    info = more.pageInfo;
  }
  return nodes;
}
