import { z } from 'zod';
import type { CheckLine } from '../contract.ts';
import { tried } from '../kit/failures.ts';
import { cleanName } from '../kit/text.ts';
import { apiUrl, getList, getOne, isRefusal, unauthenticated } from './api.ts';
import type { GitlabIo, Scope } from './settings.ts';
import { hostOf, scopesOf } from './settings.ts';

const tokenSelf = z.object({ scopes: z.array(z.string()), expires_at: z.string().nullish() });
const group = z.object({ full_path: z.string(), visibility: z.string().nullish() });
const project = z.object({
  path_with_namespace: z.string(),
  visibility: z.string().nullish(),
  issues_enabled: z.boolean().nullish(),
  merge_requests_enabled: z.boolean().nullish(),
});

/** What the token may do, then each group and project: can it be seen, and its issues and merge requests be listed. */
export async function check(io: GitlabIo): Promise<CheckLine[]> {
  const lines = [await tried('Use the access token', () => checkToken(io))];
  for (const scope of scopesOf(io.settings)) {
    lines.push(
      await tried(`Read the ${scope.kind} ${scope.path}`, () => (scope.kind === 'group' ? checkGroup(io, scope) : checkProject(io, scope))),
    );
  }
  return lines;
}

/** https://docs.gitlab.com/api/personal_access_tokens/#retrieve-a-personal-access-token: for tokens of groups and projects too. */
async function checkToken(io: GitlabIo): Promise<string> {
  if (io.settings.token === undefined) {
    return 'There is none: issues, merge requests, stars, forks and releases of public projects are read, but no comments, approvals, reactions or label changes.';
  }
  try {
    const { scopes, expires_at: expires } = await getOne(io, 'personal_access_tokens/self', tokenSelf, 'the access token');
    if (!scopes.includes('api') && !scopes.includes('read_api')) {
      throw new Error(
        `It has the scopes ${cleanName(scopes.join(', ')) || 'none'}, but needs read_api, or api to also act. Make a new one and enter it.`,
      );
    }
    const until = typeof expires === 'string' ? ` It expires on ${cleanName(expires, 40)}.` : '';
    return (
      (scopes.includes('api')
        ? 'It may read and act (scope api).'
        : 'It may read (scope read_api). To comment or label from here it needs the scope api.') + until
    );
  } catch (error) {
    // GitLab before 15.5, and tokens of OAuth applications, cannot say; that it is accepted is seen below.
    const answer = isRefusal(error) ? await io.http.get(apiUrl(io, 'user')) : undefined;
    if (answer === undefined) throw error;
    if (answer.status === 401) throw unauthenticated(io, 'this');
    return `${hostOf(io.settings)} accepts it, but does not say what it may do.`;
  }
}

async function checkGroup(io: GitlabIo, scope: Scope): Promise<string> {
  const found = await getOne(io, `${scope.api}?with_projects=false`, group, `group ${scope.path}`);
  const { total } = await getList(io, `${scope.api}/projects`, { include_subgroups: 'true', simple: 'true', per_page: 1 }, 'projects');
  await getList(io, `${scope.api}/issues`, { scope: 'all', per_page: 1 }, 'issues');
  await getList(io, `${scope.api}/merge_requests`, { scope: 'all', per_page: 1 }, 'merge requests');
  return `${cleanName(found.full_path)} is ${found.visibility ?? 'visible'}${total === undefined ? '' : `, with ${total} projects that can be seen`}.`;
}

async function checkProject(io: GitlabIo, scope: Scope): Promise<string> {
  const found = await getOne(io, scope.api, project, `project ${scope.path}`);
  const off = [found.issues_enabled === false ? 'issues' : '', found.merge_requests_enabled === false ? 'merge requests' : ''].filter(
    (name) => name !== '',
  );
  if (!off.includes('issues')) await getList(io, `${scope.api}/issues`, { scope: 'all', per_page: 1 }, 'issues');
  if (!off.includes('merge requests')) await getList(io, `${scope.api}/merge_requests`, { scope: 'all', per_page: 1 }, 'merge requests');
  return `${cleanName(found.path_with_namespace)} is ${found.visibility ?? 'visible'}${off.length === 0 ? '' : `; its ${off.join(' and ')} are switched off`}.`;
}
