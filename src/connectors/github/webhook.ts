import { z } from 'zod';
import type { Json, Webhook, WebhookNews, WebhookRequest } from '../contract.ts';
import { sourceRefused } from '../kit/failures.ts';
import { verifySignature } from '../kit/webhook.ts';
import { discussionId } from './discussions.ts';
import { starId } from './interest.ts';
import { isObject, marked, wordOf } from './lists.ts';
import {
  commentRecord,
  discussionCommentRecord,
  discussionRecord,
  forkRecord,
  issueRecord,
  pullRecord,
  releaseRecord,
  reviewCommentRecord,
  reviewRecord,
  starRecord,
} from './records.ts';
import { isWanted } from './repositories.ts';
import type { GithubSettings } from './settings.ts';

const payloadSchema = z
  .object({
    action: z.string().optional(),
    repository: z.object({ id: z.int().positive(), full_name: z.string(), fork: z.boolean().optional() }).optional(),
  })
  .loose();

interface News {
  action: string;
  /** What the payload calls so: `issue`, `comment`. */
  part(name: string): { [key: string]: Json };
  page(stream: string, item: Json): WebhookNews;
  gone(stream: string, id: string): WebhookNews;
  repositoryId: number;
}

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads: what each event says, as the streams read it. */
const readers: Record<string, (news: News) => WebhookNews> = {
  issues: ({ action, part, page, gone }) =>
    action === 'deleted' || action === 'transferred' ? gone('issues', idOf(part('issue'))) : page('issues', part('issue')),
  pull_request: ({ part, page }) => page('pulls', part('pull_request')),
  issue_comment: (news) => commentNews('comments', news),
  pull_request_review_comment: (news) => commentNews('review-comments', news),
  pull_request_review({ part, page }) {
    const { number = null, html_url: url = null, user = null } = part('pull_request');
    return page('reviews', { ...part('review'), pull_request: { number, html_url: url, user } });
  },
  discussion({ action, part, page, gone }) {
    const discussion = part('discussion');
    if (action === 'deleted' || action === 'transferred') return gone('discussions', `discussion:${idOf(discussion)}`);
    const answer = part('answer');
    // Whose answer was chosen is told at that moment only.
    const isKnown = action === 'answered' && Object.keys(answer).length > 0;
    if (typeof discussion['answer_chosen_at'] === 'string' && !isKnown) return { readNow: true };
    return page('discussions', { ...discussion, item: 'discussion', answer: isKnown ? answer : null });
  },
  discussion_comment({ action, part, page, gone }) {
    const comment = part('comment');
    if (action === 'deleted') return gone('discussions', discussionId('comment', Number(idOf(comment))));
    const { number = null, html_url: url = null, category = null } = part('discussion');
    return page('discussions', { ...comment, item: 'comment', discussion: { number, html_url: url, category } });
  },
  star({ action, part, page, gone, repositoryId }) {
    const user = part('sender');
    if (action === 'deleted') return gone('stars', starId(repositoryId, Number(idOf(user))));
    return page('stars', { starred_at: part('').starred_at ?? null, user });
  },
  fork: ({ part, page }) => page('forks', part('forkee')),
  release({ action, part, page, gone }) {
    const release = part('release');
    if (action === 'deleted' || action === 'unpublished') return gone('releases', idOf(release));
    return release['draft'] === true ? {} : page('releases', release);
  },
};

const records: Record<string, z.ZodType> = {
  issues: issueRecord,
  pulls: pullRecord,
  comments: commentRecord,
  'review-comments': reviewCommentRecord,
  reviews: reviewRecord,
  discussions: z.discriminatedUnion('item', [discussionRecord, discussionCommentRecord]),
  stars: starRecord,
  forks: forkRecord,
  releases: releaseRecord,
};

function commentNews(stream: string, { action, part, page, gone }: News): WebhookNews {
  return action === 'deleted' ? gone(stream, idOf(part('comment'))) : page(stream, part('comment'));
}

export const webhook: Webhook<GithubSettings> = {
  secret: 'webhookSecret',
  setUp: [
    'Open the settings of the repository or the organization, then Webhooks, then Add webhook.',
    'Payload URL: {address}',
    'Content type: application/json',
    'Secret: {secret}',
    'Leave SSL verification on.',
    'Choose "Let me select individual events": Discussions, Discussion comments, Forks, Issue comments, Issues, Pull requests, Pull request reviews, Pull request review comments, Releases, Stars.',
    'Leave Active ticked and add it. GitHub sends a ping at once; it is answered if the secret is the same on both sides.',
  ],
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  verify(request, settings) {
    verifySignature(request, { secret: settings.webhookSecret ?? '', header: 'X-Hub-Signature-256', prefix: 'sha256=' });
  },
  read(request, settings) {
    const event = request.headers['x-github-event'];
    if (event === undefined) throw notGithub('has no X-GitHub-Event header');
    const payload = payloadOf(request);
    const { repository } = payload;
    const reader = Object.hasOwn(readers, event) ? readers[event] : undefined;
    if (reader === undefined || repository === undefined || !isWanted(settings, repository)) return {};
    const ours = { id: repository.id, fullName: repository.full_name };
    return reader({
      action: payload.action ?? '',
      part(name) {
        // The payload came from JSON.
        const value = (name === '' ? payload : payload[name]) as Json | undefined;
        return isObject(value) ? value : {};
      },
      page(stream, item) {
        const whole = marked(item, ours);
        // Some payloads leave out what the lists have: then the list is asked.
        return records[stream]?.safeParse(whole).success === true ? { pages: [{ stream, items: [whole] }] } : { readNow: true };
      },
      gone: (stream, id) => ({ pages: [{ stream, items: [], gone: [id] }] }),
      repositoryId: repository.id,
    });
  },
};

function payloadOf({ headers, body }: WebhookRequest): z.infer<typeof payloadSchema> {
  const sent = Buffer.from(body).toString('utf8');
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  try {
    return payloadSchema.parse(JSON.parse(isForm ? (new URLSearchParams(sent).get('payload') ?? '') : sent));
  } catch {
    throw notGithub('is not JSON, or names no repository as GitHub does');
  }
}

function idOf(item: { [key: string]: Json }): string {
  return wordOf(item['id']);
}

function notGithub(what: string) {
  return sourceRefused(
    'webhook.not_github',
    `The request ${what}. Enter this address as a webhook at GitHub, with the content type application/json.`,
  );
}
