import type { HttpAnswer, HttpOptions, SendOptions } from '../contract.ts';
import { sourceFailed, sourceLimited, sourceRefused } from '../kit/failures.ts';
import type { GithubIo } from './settings.ts';
import { hasToken } from './settings.ts';

/** https://docs.github.com/en/rest/about-the-rest-api/api-versions */
const version = { 'x-github-api-version': '2022-11-28' };
const json = { accept: 'application/vnd.github+json', ...version };
/** Lists of a hundred pull requests with long texts are bigger than the usual bound. */
const maxBytes = 50_000_000;

/**
 * One request; answers 2xx and 304. Errors: `github.token` (nothing works), `github.permission`, `github.disabled` and
 * `source.gone` (this thing is not shown, others may be), `http.rate_limited`, `source.failed`.
 */
export async function githubGet(io: GithubIo, url: string, what: string, options: HttpOptions = {}): Promise<HttpAnswer> {
  const answer = await io.http.get(url, { maxBytes, ...options, headers: { ...json, ...options.headers } });
  return judged(io, answer, what, 'show');
}

/** As `githubGet`, for what changes something, and for GraphQL. */
export async function githubSend(
  io: GithubIo,
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  what: string,
  options: SendOptions = {},
): Promise<HttpAnswer> {
  const answer = await io.http.send(method, url, { maxBytes, ...options, headers: { ...json, ...options.headers } });
  return judged(io, answer, what, options.safe === true ? 'show' : 'change');
}

function judged(io: GithubIo, answer: HttpAnswer, what: string, doing: 'show' | 'change'): HttpAnswer {
  const { status } = answer;
  if ((status >= 200 && status < 300) || status === 304) return answer;
  const host = new URL(answer.url).host;
  const said = messageOf(answer);
  // https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: without a time, wait a minute.
  if (status === 403 && /secondary rate limit|abuse detection/i.test(said)) throw sourceLimited(host, 60);
  if (status === 401) {
    throw sourceRefused(
      'github.token',
      `${host} does not accept the access token (${said}). It has expired or was revoked: enter a new one.`,
    );
  }
  if (status === 403) throw sourceRefused('github.permission', forbidden(answer, `to ${doing} ${what}`, said));
  if (status === 410 && /disabled/i.test(said)) throw sourceRefused('github.disabled', `${host} has no ${what}: ${said}.`);
  if (status === 404 || status === 410 || status === 451) {
    const why = hasToken(io.settings)
      ? 'it is gone, or private and not among what the token may see'
      : 'it is gone, or private and needs a token';
    throw sourceRefused('source.gone', `${host} ${doing === 'show' ? 'shows' : 'knows'} no ${what} (${said}): ${why}. Check the name.`);
  }
  // https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api names no bound; the answer does.
  if (status === 422 && /pagination is limited/i.test(said)) throw sourceRefused('github.list_end', `${host} shows no more ${what}.`);
  if (status === 422) throw sourceRefused('github.refused', `${host} refuses to ${doing} ${what}: ${said}.`);
  throw sourceFailed('source.failed', `${host} answered status ${status} instead of ${what} (${said}). It is tried again later.`);
}

/** A refusal names the permission that would do, for both kinds of token. */
function forbidden(answer: HttpAnswer, what: string, said: string): string {
  const host = new URL(answer.url).host;
  const permissions = answer.headers['x-accepted-github-permissions'];
  const scopes = answer.headers['x-accepted-oauth-scopes'];
  const sso = answer.headers['x-github-sso'];
  const cure =
    sso !== undefined && sso !== ''
      ? 'Authorize the token for single sign-on of the organization.'
      : permissions !== undefined && permissions !== ''
        ? `Give the token the permission ${inWords(permissions)}.`
        : scopes !== undefined && scopes !== ''
          ? `Give the token the scope ${scopes.split(/,\s*/).join(' or ')}.`
          : 'Give the token the permissions that the set-up page lists.';
  return `${host} refuses ${what} (${said}). ${cure}`;
}

/** `issues=read; pull_requests=read` → `Issues: read and Pull requests: read`. Several sets are alternatives. */
export function inWords(permissions: string): string {
  const set = (text: string): string =>
    text
      .split(',')
      .map((pair) => {
        const [name = '', level = 'read'] = pair.trim().split('=');
        const words = name.replaceAll('_', ' ');
        return `"${words.charAt(0).toUpperCase()}${words.slice(1)}: ${level}"`;
      })
      .join(' and ');
  return permissions.split(';').map(set).join(' or ');
}

function messageOf(answer: HttpAnswer): string {
  try {
    const body = answer.json();
    if (typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string') {
      const message = body.message.slice(0, 300).replace(/\.$/, '');
      return message === '' ? `status ${answer.status}` : message;
    }
  } catch {
    // Not JSON: the status says enough.
  }
  return `status ${answer.status}`;
}

/** The addresses of a Link header by their relation (RFC 8288), as far as they stay with this API. */
export function linksOf(io: GithubIo, answer: HttpAnswer): Partial<Record<'next' | 'prev' | 'last', string>> {
  const { origin } = new URL(io.settings.apiUrl);
  const links: Record<string, string> = {};
  for (const [, url = '', relation = ''] of (answer.headers['link'] ?? '').matchAll(/<([^<>]+)>\s*;[^,]*?rel="?(\w+)"?/g)) {
    if (URL.canParse(url) && new URL(url).origin === origin) links[relation] = url;
  }
  return links;
}
