import { z } from 'zod';
import type { Delivered, DeliveryTarget, Json } from '../contract.ts';
import { defineDelivery } from '../kit/define.ts';
import { codeOf, sourceRefused } from '../kit/failures.ts';
import { webUrl } from '../kit/text.ts';
import { githubSend } from './api.ts';
import { query } from './graphql.ts';
import type { GithubIo } from './settings.ts';
import { apiAddress, hasToken, siteHost } from './settings.ts';

const names = (what: string) => z.array(z.string().trim().min(1).max(200)).max(20, `at most 20 ${what} at once`);

export const comment = defineDelivery({
  name: 'comment',
  title: 'Comment',
  summary: 'Writes a comment under the issue, pull request or discussion, as the owner of the token.',
  on: 'thread',
  input: z.object({
    // https://docs.github.com/en/rest/issues/comments#create-an-issue-comment
    text: z
      .string()
      .trim()
      .min(1, 'write something')
      .max(65_536)
      .meta({ title: 'Text', description: 'Markdown, as GitHub shows it.', multiline: true }),
  }),
  async deliver(io: GithubIo, target, { text }) {
    const work = workOf(io, target);
    if (work.kind === 'discussions') return commentOnDiscussion(io, work, text);
    const answer = await githubSend(io, 'POST', work.issue('/comments'), `comments on ${work.name}`, { json: { body: text } });
    return linked(answer.json());
  },
});

export const label = defineDelivery({
  name: 'label',
  title: 'Change labels',
  summary: 'Puts labels on the issue or pull request, or takes them off.',
  on: 'thread',
  input: z
    .object({
      add: names('labels').default([]).meta({ title: 'Add', description: 'A label that does not exist yet is made.' }),
      remove: names('labels').default([]).meta({ title: 'Remove', description: 'Labels that are taken off.' }),
    })
    .refine(({ add, remove }) => add.length + remove.length > 0, { error: 'name a label', path: ['add'] }),
  async deliver(io: GithubIo, target, { add, remove }) {
    const work = issueOf(io, target, 'Labels');
    if (add.length > 0) await githubSend(io, 'POST', work.issue('/labels'), `labels of ${work.name}`, { json: { labels: add } });
    for (const name of remove) {
      await githubSend(io, 'DELETE', work.issue(`/labels/${encodeURIComponent(name)}`), `label ${name} of ${work.name}`).catch(unlessOff);
    }
    return { url: work.url };
  },
});

export const assign = defineDelivery({
  name: 'assign',
  title: 'Assign',
  summary: 'Assigns people to the issue or pull request, or takes them off.',
  on: 'thread',
  input: z
    .object({
      add: names('people').default([]).meta({ title: 'Assign', description: 'User names. They must have access to the repository.' }),
      remove: names('people').default([]).meta({ title: 'Take off', description: 'User names.' }),
    })
    .refine(({ add, remove }) => add.length + remove.length > 0, { error: 'name somebody', path: ['add'] }),
  async deliver(io: GithubIo, target, { add, remove }) {
    const work = issueOf(io, target, 'People');
    const what = `assignees of ${work.name}`;
    if (remove.length > 0) await githubSend(io, 'DELETE', work.issue('/assignees'), what, { json: { assignees: remove } });
    if (add.length === 0) return { url: work.url };
    const answer = await githubSend(io, 'POST', work.issue('/assignees'), what, { json: { assignees: add } });
    // Whoever may not be assigned is left out in silence: https://docs.github.com/en/rest/issues/assignees
    const given = assignedSchema.safeParse(answer.json());
    const assigned = given.success ? given.data.assignees.map(({ login }) => login.toLowerCase()) : [];
    const left = add.filter((name) => !assigned.includes(name.toLowerCase()));
    if (left.length === 0) return { url: work.url };
    if (left.length === add.length) {
      throw sourceRefused(
        'github.not_assignable',
        `GitHub assigned nobody: ${left.join(', ')} must have access to the repository, or have written there.`,
      );
    }
    return { url: work.url, detail: `Not assigned, for want of access to the repository: ${left.join(', ')}.` };
  },
});

const assignedSchema = z.object({ assignees: z.array(z.object({ login: z.string() })) });

export const close = defineDelivery({
  name: 'close',
  title: 'Close',
  summary: 'Closes the issue or pull request.',
  on: 'thread',
  input: z.object({
    reason: z
      .enum(['completed', 'not_planned', 'duplicate'])
      .default('completed')
      .meta({ title: 'Reason', description: 'Shown at the issue. Pull requests are closed without one.' }),
  }),
  async deliver(io: GithubIo, target, { reason }) {
    const work = issueOf(io, target, 'Closing');
    const json = work.kind === 'pull' ? { state: 'closed' } : { state: 'closed', state_reason: reason };
    return linked((await githubSend(io, 'PATCH', work.issue(''), `state of ${work.name}`, { json })).json());
  },
});

export const reopen = defineDelivery({
  name: 'reopen',
  title: 'Reopen',
  summary: 'Opens a closed issue or pull request again.',
  on: 'thread',
  input: z.object({}),
  async deliver(io: GithubIo, target) {
    const work = issueOf(io, target, 'Reopening');
    return linked((await githubSend(io, 'PATCH', work.issue(''), `state of ${work.name}`, { json: { state: 'open' } })).json());
  },
});

interface Work {
  kind: 'issues' | 'pull' | 'discussions';
  owner: string;
  repository: string;
  number: number;
  /** `octocat/hello-world#12` */
  name: string;
  url: string;
  /** An address below the issue; a pull request is one too. */
  issue(path: string): string;
}

/** Which issue a thread is, by its page on this site. Errors: `github.no_thread`, `github.token`. */
function workOf(io: GithubIo, { thread }: DeliveryTarget): Work {
  if (!hasToken(io.settings)) {
    throw sourceRefused('github.token', 'Without an access token nothing can be done at GitHub. Enter one in the settings of this source.');
  }
  const url = thread?.url ?? '';
  const found = URL.canParse(url) && new URL(url).host === siteHost(io.settings) ? path.exec(new URL(url).pathname) : null;
  const [, owner = '', repository = '', kind = '', digits = ''] = found ?? [];
  if (kind !== 'issues' && kind !== 'pull' && kind !== 'discussions') {
    throw sourceRefused(
      'github.no_thread',
      'This is not the page of an issue, a pull request or a discussion of this GitHub. Open it there instead.',
    );
  }
  return {
    kind,
    owner,
    repository,
    number: Number(digits),
    name: `${owner}/${repository}#${digits}`,
    url,
    issue: (rest) => apiAddress(io.settings, `/repos/${owner}/${repository}/issues/${digits}${rest}`),
  };
}

const path = /^\/([\w.-]+)\/([\w.-]+)\/(issues|pull|discussions)\/(\d{1,10})$/;

function issueOf(io: GithubIo, target: DeliveryTarget, what: string): Work {
  const work = workOf(io, target);
  if (work.kind === 'discussions') {
    throw sourceRefused(
      'github.discussion',
      `${what} of a discussion can only be changed at GitHub. Comment on it here, or open ${work.url}.`,
    );
  }
  return work;
}

/** https://docs.github.com/en/graphql/guides/using-the-graphql-api-for-discussions#adddiscussioncomment */
async function commentOnDiscussion(io: GithubIo, { owner, repository, number, name }: Work, text: string): Promise<Delivered> {
  const found = await query(
    io,
    `discussion ${name}`,
    'query ($owner: String!, $name: String!, $number: Int!) { repository(owner: $owner, name: $name) { discussion(number: $number) { id } } }',
    { owner, name: repository, number },
    z.object({ repository: z.object({ discussion: z.object({ id: z.string() }) }) }),
  );
  const made = await query(
    io,
    `comments on ${name}`,
    'mutation ($id: ID!, $body: String!) { addDiscussionComment(input: { discussionId: $id, body: $body }) { comment { url } } }',
    { id: found.repository.discussion.id, body: text },
    z.object({ addDiscussionComment: z.object({ comment: z.object({ url: z.string() }) }) }),
    {},
  );
  return linked({ html_url: made.addDiscussionComment.comment.url });
}

function linked(answer: unknown): Delivered {
  const url = typeof answer === 'object' && answer !== null && 'html_url' in answer ? (answer as { html_url: Json }).html_url : undefined;
  const address = webUrl(typeof url === 'string' ? url : undefined);
  return address === undefined ? {} : { url: address };
}

/** What should not be there is not there; the issue itself is. */
function unlessOff(error: unknown): void {
  if (codeOf(error) !== 'source.gone' || !(error instanceof Error && /label does not exist/i.test(error.message))) throw error;
}
