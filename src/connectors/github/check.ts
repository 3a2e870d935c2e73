import { z } from 'zod';
import type { CheckLine } from '../contract.ts';
import { sourceRefused, tried } from '../kit/failures.ts';
import { githubGet } from './api.ts';
import { query } from './graphql.ts';
import type { Repository } from './repositories.ts';
import { findRepositories } from './repositories.ts';
import type { GithubIo } from './settings.ts';
import { apiAddress, hasToken } from './settings.ts';

const rate = z.object({ limit: z.number(), remaining: z.number(), reset: z.number().min(0).max(8e12) });
const limitSchema = z.object({ resources: z.object({ core: rate, graphql: rate.optional() }) });

/** A check must not use up what reading needs. */
const mostChecked = 20;

export async function check(io: GithubIo): Promise<CheckLine[]> {
  const access = await tried(hasToken(io.settings) ? 'Use the access token' : 'Read without an access token', () => allowance(io));
  if (!access.ok) return [access];
  let found: Repository[] = [];
  const lines: CheckLine[] = [access];
  const listing = await tried('Find the repositories', async () => {
    const { repositories, failures } = await findRepositories(io);
    const missing = [...failures.values()].flat();
    if (missing.length > 0)
      throw sourceRefused('source.gone', `${missing.join(' ')} The other ${repositories.length} are read all the same.`);
    found = repositories;
    return `${repositories.length === 1 ? '1 repository' : `${repositories.length} repositories`}.`;
  });
  lines.push(listing);
  if (found.length === 0) found = (await findRepositories(io).catch(() => undefined))?.repositories ?? [];
  for (const repository of found.slice(0, mostChecked)) {
    lines.push(await tried(`Read ${repository.asked}`, () => readable(io, repository)));
  }
  return lines;
}

/** https://docs.github.com/en/rest/rate-limit/rate-limit, which itself is free. */
async function allowance(io: GithubIo): Promise<string> {
  const answer = await githubGet(io, apiAddress(io.settings, '/rate_limit'), 'the rate limit');
  const parsed = limitSchema.safeParse(answer.json());
  const { core } = parsed.success ? parsed.data.resources : {};
  const left =
    core === undefined
      ? 'This GitHub sets no limit.'
      : `${core.remaining} of ${core.limit} requests are left until ${new Date(core.reset * 1000).toISOString().slice(11, 16)} UTC.`;
  if (!hasToken(io.settings)) return `${left} Reviews, discussions and profiles are left out: GitHub shows them in bulk only with a token.`;
  const scopes = answer.headers['x-oauth-scopes'];
  const kind =
    scopes === undefined
      ? 'The token is accepted.'
      : scopes === ''
        ? 'The token is accepted; it has no scopes, so that it sees public repositories only.'
        : `The token is accepted, with the scopes ${scopes}.`;
  return `${kind} ${left}`;
}

const probes = [
  ['/issues?state=all&per_page=1', 'issues', 'Issues: read'],
  ['/pulls?state=all&per_page=1', 'pull requests', 'Pull requests: read'],
  ['/releases?per_page=1', 'releases', 'Contents: read'],
] as const;

/** What is public everybody may read; of what is private each part has its own permission. */
async function readable(io: GithubIo, repository: Repository): Promise<string> {
  const { asked, fullName, isPrivate } = repository;
  const renamed = asked.toLowerCase() === fullName.toLowerCase() ? '' : ` It is called ${fullName} now: enter that name.`;
  const archived = repository.raw['archived'] === true ? ' It is archived.' : '';
  if (!isPrivate) return `Public, ${repository.stars} stars.${archived}${renamed}`;
  const missing: string[] = [];
  for (const [path, what, permission] of probes) {
    const line = await tried(what, () =>
      githubGet(io, apiAddress(io.settings, `/repos/${fullName}${path}`), `${what} of ${fullName}`).then(() => ''),
    );
    if (!line.ok) missing.push(`${what} (the permission "${permission}")`);
  }
  if (repository.raw['has_discussions'] === true) {
    const line = await tried('discussions', () => discussionsOf(io, fullName));
    if (!line.ok) missing.push('discussions (the permission "Discussions: read")');
  }
  if (missing.length > 0)
    throw sourceRefused('github.permission', `Private, and the token does not show its ${missing.join(', ')}. The rest is read.${renamed}`);
  return `Private, and readable.${archived}${renamed}`;
}

async function discussionsOf(io: GithubIo, fullName: string): Promise<string> {
  const [owner = '', name = ''] = fullName.split('/');
  const text =
    'query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { discussions(first: 1) { totalCount } } }';
  const schema = z.object({ repository: z.object({ discussions: z.object({ totalCount: z.number() }) }) });
  await query(io, `discussions of ${fullName}`, text, { owner, name }, schema);
  return '';
}
