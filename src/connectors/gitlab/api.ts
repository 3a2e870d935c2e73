import { z } from 'zod';
import type { HttpAnswer, Json } from '../contract.ts';
import { codeOf, sourceFailed, sourceRefused } from '../kit/failures.ts';
import { expectOk } from '../kit/http.ts';
import { cleanName } from '../kit/text.ts';
import type { GitlabIo } from './settings.ts';
import { hostOf, siteOf } from './settings.ts';

export type Query = Record<string, string | number | undefined>;

/** One page of a list: https://docs.gitlab.com/api/rest/#pagination */
export interface ListPage {
  items: Json[];
  /** The query of the next page, as the answer's own link has it. */
  next: Query | undefined;
  /** Left out by GitLab above 10,000. */
  total: number | undefined;
}

/** A hundred descriptions of up to a million characters each are possible, if unheard of. */
const largestPage = 100_000_000;

/**
 * One page of a list. Errors: `gitlab.token` (not accepted), `gitlab.scope` (too narrow), `source.refused` (403, or 401 without
 * a token), `source.gone` (404), `gitlab.answer` (no GitLab), `source.failed`.
 */
export async function getList(io: GitlabIo, path: string, query: Query, what: string): Promise<ListPage> {
  const answer = await get(io, path, { per_page: 100, ...query }, what);
  const items = answer.json();
  if (!Array.isArray(items)) {
    throw sourceFailed(
      'gitlab.answer',
      `${hostOf(io.settings)} answered something else than a list of ${what}. Check that the site is a GitLab.`,
    );
  }
  const total = answer.headers['x-total'];
  return { items: items as Json[], next: nextOf(answer), total: total === undefined || total === '' ? undefined : Number(total) };
}

/** One thing. Errors: as `getList`. */
export async function getOne<Schema extends z.ZodType>(io: GitlabIo, path: string, schema: Schema, what: string): Promise<z.infer<Schema>> {
  const parsed = schema.safeParse((await get(io, path, {}, what)).json());
  if (parsed.success) return parsed.data;
  throw sourceFailed('gitlab.answer', `${hostOf(io.settings)} answered something else than ${what}. Check that the site is a GitLab.`);
}

async function get(io: GitlabIo, path: string, query: Query, what: string): Promise<HttpAnswer> {
  const answer = await io.http.get(apiUrl(io, path), { query, maxBytes: largestPage });
  if (answer.status === 401) throw unauthenticated(io, what);
  if ((answer.status === 403 || answer.status === 404) && !answer.text().trimStart().startsWith('{')) throw notGitlab(io, answer.status);
  if (answer.status === 404) throw gone(io, what);
  if (answer.status === 403 && answer.text().includes('insufficient_scope')) throw tooNarrow(io, 'read_api');
  return expectOk(answer, what);
}

export function apiUrl(io: GitlabIo, path: string): string {
  return `${siteOf(io.settings)}/api/v4/${path}`;
}

export function unauthenticated(io: GitlabIo, what: string) {
  const host = hostOf(io.settings);
  if (io.settings.token === undefined) {
    return sourceRefused('source.refused', `${host} shows ${what} only with an access token. Enter one with the scope read_api.`);
  }
  return sourceRefused(
    'gitlab.token',
    `${host} does not accept the access token: it is wrong, expired or revoked. Enter a new one with the scope read_api.`,
  );
}

/** GitLab refuses in JSON. Anything else (a firewall, another site) says nothing about what was asked for. */
function notGitlab({ settings }: GitlabIo, status: number) {
  return sourceFailed(
    'gitlab.answer',
    `${siteOf(settings)} answered status ${status}, but not as a GitLab does. Check the address, and that no firewall refuses us.`,
  );
}

/** GitLab does not tell what is private from what does not exist: the sentence names both. */
function gone(io: GitlabIo, what: string) {
  const help =
    io.settings.token === undefined
      ? 'enter an access token'
      : "make the token's account a member, as Guest to read issues, as Reporter to read merge requests too";
  return sourceRefused('source.gone', `${hostOf(io.settings)} shows no ${what}: gone, renamed, or private. If it is private, ${help}.`);
}

export function tooNarrow(io: GitlabIo, scope: 'api' | 'read_api') {
  return sourceRefused(
    'gitlab.scope',
    `The access token lacks the scope ${scope}. Make a new one at ${hostOf(io.settings)} with it, and enter that.`,
  );
}

/** True where one thing is not there or not shown: the others are still to be read. A token that is refused is none. */
export function isRefusal(error: unknown): error is Error {
  return isGone(error) || codeOf(error) === 'source.refused';
}

/** True also for what is private: GitLab says of both that there is nothing. */
export function isGone(error: unknown): boolean {
  return codeOf(error) === 'source.gone';
}

/**
 * The `rel="next"` link's own query, so that page numbers and keysets are followed alike, at the address that was
 * entered (a proxy may make GitLab believe in another one).
 */
function nextOf({ headers }: HttpAnswer): Query | undefined {
  const target = /<([^<>]*)>\s*;\s*rel="?next"?/.exec(headers['link'] ?? '')?.[1];
  if (target !== undefined && URL.canParse(target)) return Object.fromEntries(new URL(target).searchParams);
  const page = headers['x-next-page'];
  return page === undefined || page === '' ? undefined : { page };
}

const graphqlAnswer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

/** A GraphQL request: https://docs.gitlab.com/api/graphql/. Answers its errors as text instead of throwing them. */
export async function graphql(
  io: GitlabIo,
  query: string,
  variables: { [key: string]: Json },
  safe: boolean,
): Promise<{ data: Record<string, unknown>; error: string | undefined }> {
  const answer = await io.http.send('POST', `${siteOf(io.settings)}/api/graphql`, { json: { query, variables }, safe });
  if (answer.status === 401) throw unauthenticated(io, 'this');
  const parsed = graphqlAnswer.safeParse(expectOk(answer, 'the GraphQL API').json());
  if (!parsed.success) throw sourceFailed('gitlab.answer', `${hostOf(io.settings)} has no GraphQL API that can be understood.`);
  const complaint = parsed.data.errors?.map(({ message }) => message).join('; ');
  return { data: parsed.data.data ?? {}, error: complaint === undefined ? undefined : cleanName(complaint, 500) };
}

/** Without what is left out: the query as a cursor can keep it. */
export function plainQuery(query: Query): Record<string, string | number> {
  return Object.fromEntries(Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

export const keptQuery = z.record(z.string(), z.union([z.string(), z.number()]));
