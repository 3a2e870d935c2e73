import { z } from 'zod';
import type { Json, Webhook, WebhookNews, WebhookRequest } from '../contract.ts';
import { verifySignature, verifyToken } from '../kit/webhook.ts';
import { releaseId } from './projects.ts';
import type { Parent } from './records.ts';
import { user } from './records.ts';
import type { GitlabSettings } from './settings.ts';
import { scopesOf } from './settings.ts';

/**
 * https://docs.gitlab.com/user/project/integrations/webhooks/ and
 * https://docs.gitlab.com/user/project/integrations/webhook_events/
 * Comments and reactions on issues and merge requests hold all that their records need. Of issues, merge requests and
 * releases a request leaves out who wrote or closed them: then the source is read.
 */
export const webhook: Webhook<GitlabSettings> = {
  secret: 'webhookSecret',
  setUp: [
    'Open the group or project in GitLab, then Settings, Webhooks, Add new webhook. A group webhook needs GitLab Premium.',
    'URL: {address}',
    'Secret token: {secret}. Or let GitLab generate a signing token (whsec_…), and enter that here as the webhook secret.',
    'Trigger: Comments, Issues events, Merge request events, Emoji events, Releases events. The confidential ones only if those are read too.',
    'Leave SSL verification on, leave the webhook template empty, and add the webhook.',
  ],
  verify,
  read: (request, settings) => readNews(JSON.parse(Buffer.from(request.body).toString('utf8')), settings),
};

/**
 * A signing token signs id, time and body (https://www.standardwebhooks.com); a secret token is sent as it is. Who entered a
 * signing token accepts nothing less.
 */
function verify(request: WebhookRequest, { webhookSecret = '' }: GitlabSettings): void {
  const key = /^whsec_([A-Za-z\d+/]+=*)$/.exec(webhookSecret)?.[1];
  if (key === undefined) return verifyToken(request, 'x-gitlab-token', webhookSecret);
  const id = request.headers['webhook-id'] ?? '';
  verifySignature(request, {
    secret: Buffer.from(key, 'base64'),
    header: 'webhook-signature',
    prefix: 'v1,',
    encoding: 'base64',
    timestamp: { header: 'webhook-timestamp', signed: (time, body) => Buffer.concat([Buffer.from(`${id}.${time}.`), body]) },
  });
}

const number = z.number().int();
const about = z.object({ iid: number, title: z.string(), confidential: z.boolean().nullish() }).nullish();

const hook = z.object({
  object_kind: z.string(),
  user: z.unknown().optional(),
  project: z.object({ id: number, web_url: z.string(), path_with_namespace: z.string() }).nullish(),
  issue: about,
  merge_request: about,
});

const noteHook = z.object({
  event_type: z.string().nullish(),
  object_attributes: z.object({
    id: number,
    note: z.string(),
    noteable_type: z.string(),
    author_id: number,
    created_at: z.string(),
    updated_at: z.string(),
    system: z.boolean(),
    internal: z.boolean().nullish(),
    type: z.string().nullish(),
    url: z.string(),
  }),
});

const emojiHook = z.object({
  object_attributes: z.object({
    id: number,
    name: z.string(),
    user_id: number,
    awardable_type: z.string(),
    created_at: z.string(),
    action: z.enum(['award', 'revoke']),
    awarded_on_url: z.string().nullish(),
  }),
});

const releaseHook = z.object({ action: z.string(), tag: z.string() });

type Hook = z.infer<typeof hook>;

function readNews(body: unknown, settings: GitlabSettings): WebhookNews {
  const said = hook.parse(body);
  if (!isInScope(said, settings)) return {};
  switch (said.object_kind) {
    case 'note':
      return readNote(said, noteHook.parse(body), settings);
    case 'emoji':
      return readEmoji(said, emojiHook.parse(body));
    case 'release': {
      const { action, tag } = releaseHook.parse(body);
      const id = said.project === null || said.project === undefined ? undefined : releaseId(said.project.id, tag);
      return action === 'delete' && id !== undefined ? { pages: [{ stream: 'releases', items: [], gone: [id] }] } : { readNow: true };
    }
    case 'issue':
    case 'work_item':
    case 'merge_request':
      return { readNow: true };
    default:
      // Pushes, pipelines and what is yet to come: nothing that is read.
      return {};
  }
}

/** A webhook of a group may tell of projects that this source does not read. Scopes may also be named by number. */
function isInScope({ project }: Hook, settings: GitlabSettings): boolean {
  if (project === null || project === undefined) return true;
  const path = project.path_with_namespace.toLowerCase();
  return scopesOf(settings).some(({ kind, path: named }) => {
    const wanted = named.toLowerCase();
    if (kind === 'project') return wanted === path || wanted === String(project.id);
    return path.startsWith(`${wanted}/`) || /^\d+$/.test(wanted);
  });
}

function readNote(said: Hook, { event_type, object_attributes: note }: z.infer<typeof noteHook>, settings: GitlabSettings): WebhookNews {
  const parent = parentOf(said, note.noteable_type, note.url);
  if (parent === undefined || note.system) return {};
  const hidden = note.internal === true || event_type === 'confidential_note' || said.issue?.confidential === true;
  if (hidden && !settings.confidential) return {};
  const author = user.safeParse(said.user);
  // Edited by somebody else: whose it is, only the list says.
  if (author.data?.id !== note.author_id) return { readNow: true };
  const { id, note: text, created_at, updated_at, system, type, internal } = note;
  const item = {
    id,
    type: type ?? null,
    body: text,
    author: shown(author.data),
    created_at,
    updated_at,
    system,
    internal: internal ?? false,
  };
  return { pages: [{ stream: 'notes', items: [{ ...item, parent }] }] };
}

function readEmoji(said: Hook, { object_attributes: award }: z.infer<typeof emojiHook>): WebhookNews {
  const parent = parentOf(said, award.awardable_type, award.awarded_on_url ?? '');
  if (parent === undefined) return {};
  if (award.action === 'revoke') return { pages: [{ stream: 'reactions', items: [], gone: [String(award.id)] }] };
  const who = user.safeParse(said.user);
  if (who.data?.id !== award.user_id || said.issue?.confidential === true) return {};
  const { id, name, created_at } = award;
  return { pages: [{ stream: 'reactions', items: [{ id, name, user: shown(who.data), created_at, parent }] }] };
}

/** Nothing for what belongs to a commit, a snippet, or another comment. */
function parentOf({ project, issue, merge_request: request }: Hook, type: string, url: string): (Parent & { web_url: string }) | undefined {
  if (project === null || project === undefined) return undefined;
  const isRequest = type === 'MergeRequest';
  const of = isRequest ? request : type === 'Issue' || type === 'WorkItem' ? issue : undefined;
  if (of === null || of === undefined) return undefined;
  const kind = isRequest ? 'merge_requests' : 'issues';
  const page = url.split('#', 1)[0] ?? '';
  return {
    kind,
    project_id: project.id,
    iid: of.iid,
    title: of.title,
    web_url: page === '' ? `${project.web_url}/-/${kind}/${of.iid}` : page,
  };
}

function shown({ id, username, name, avatar_url }: z.infer<typeof user>): Json {
  return { id, username, name: name ?? null, avatar_url: avatar_url ?? null };
}
