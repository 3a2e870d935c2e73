import { z } from 'zod';
import type { Json } from '../contract.ts';
import { codeOf, sourceFailed, sourceLimited, sourceRefused } from '../kit/failures.ts';
import { githubSend } from './api.ts';
import type { Connection } from './graphql-shapes.ts';
import type { GithubIo } from './settings.ts';
import { graphqlAddress } from './settings.ts';
import type { Listing } from './walks.ts';

interface GraphqlError {
  type?: string;
  message?: string;
}

/**
 * What a query answers, as its schema reads it. A failure comes with status 200:
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 * Errors: as `githubGet`.
 */
export async function query<Schema extends z.ZodType>(
  io: GithubIo,
  what: string,
  text: string,
  variables: Record<string, Json>,
  schema: Schema,
  options: { safe?: boolean } = { safe: true },
): Promise<z.infer<Schema>> {
  const answer = await githubSend(io, 'POST', graphqlAddress(io.settings), what, {
    json: { query: text, variables },
    ...(options.safe === true ? { safe: true } : {}),
  });
  const body = answer.json() as { data?: unknown; errors?: GraphqlError[] } | null;
  const errors = Array.isArray(body?.errors) ? body.errors : [];
  const host = new URL(answer.url).host;
  const types = new Set(errors.map(({ type }) => type));
  const said = (errors[0]?.message ?? 'no data').slice(0, 300);
  if (types.has('RATE_LIMITED') || /secondary rate limit/i.test(said)) {
    const reset = Number(answer.headers['x-ratelimit-reset'] ?? Number.NaN) - io.now().getTime() / 1000;
    throw sourceLimited(host, reset > 0 && reset < 7200 ? Math.ceil(reset) : 60);
  }
  const parsed = schema.safeParse(body?.data);
  // Parts that could not be answered are null; the rest is as good as ever.
  if (parsed.success) return parsed.data;
  if (types.has('NOT_FOUND')) throw sourceRefused('source.gone', `${host} shows no ${what} (${said}). Check the name.`);
  if (types.has('FORBIDDEN') || types.has('INSUFFICIENT_SCOPES')) {
    throw sourceRefused(
      'github.permission',
      `${host} refuses to show ${what} (${said}). Give the token the permissions that the set-up page lists.`,
    );
  }
  throw sourceFailed('source.failed', `${host} did not answer the question for ${what} (${said}). It is tried again later.`);
}

/**
 * A page of `repository.list`, for queries with the variables `owner`, `name`, `after` and `first`. What takes GitHub too long
 * ends with status 502: then fewer are asked for. Errors: as `githubGet`.
 */
export async function queryList<Node>(
  io: GithubIo,
  { fullName }: { fullName: string },
  asked: { what: string; text: string; list: z.ZodType<Connection<Node>>; first: number },
  next: string | undefined,
): Promise<Listing<Node>> {
  const [owner = '', name = ''] = fullName.split('/');
  const schema = z.object({ repository: z.object({ list: asked.list }) });
  for (let { first } = asked; ; first = Math.ceil(first / 4)) {
    io.signal.throwIfAborted();
    try {
      const variables = { owner, name, after: next ?? null, first };
      const { list } = (await query(io, `${asked.what} of ${fullName}`, asked.text, variables, schema)).repository;
      return { items: list.nodes, next: list.pageInfo.hasNextPage ? (list.pageInfo.endCursor ?? undefined) : undefined };
    } catch (error) {
      if (first === 1 || codeOf(error) !== 'http.failed') throw error;
      io.log(`${fullName}: ${asked.what} took GitHub too long; fewer are asked for.`);
    }
  }
}

/** Who wrote something, with the account's number. */
export const actorFields = `__typename login url avatarUrl
  ... on User { databaseId } ... on Bot { databaseId } ... on Organization { databaseId } ... on Mannequin { databaseId }`;

interface Actor {
  __typename: string;
  login: string;
  url?: string | null | undefined;
  avatarUrl?: string | null | undefined;
  databaseId?: number | null | undefined;
}

/** An account as the REST API and webhooks give it. Apps are called `name[bot]` there, and `name` here. */
export function restUser(actor: Actor | null | undefined): Json {
  if (actor === null || actor === undefined) return null;
  return {
    login: actor.__typename === 'Bot' && !actor.login.endsWith('[bot]') ? `${actor.login}[bot]` : actor.login,
    ...(typeof actor.databaseId === 'number' ? { id: actor.databaseId } : {}),
    type: actor.__typename,
    ...(typeof actor.url === 'string' ? { html_url: actor.url } : {}),
    ...(typeof actor.avatarUrl === 'string' ? { avatar_url: actor.avatarUrl } : {}),
  };
}
