import { createHmac } from 'node:crypto';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Json, WebhookNews, WebhookRequest } from '../contract.ts';
import { replay } from '../kit/replay.ts';
import { readPages, testIo } from '../kit/testing.ts';
import { github } from './index.ts';
import { isObject, wordOf } from './lists.ts';
import { githubSettings } from './settings.ts';
import { openOffline } from './testing.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const settings = githubSettings.parse({ repositories: ['octo/hello'], token: 'ghp_synthetic', webhookSecret: 'a secret for tests' });
const repository = { id: 900, full_name: 'octo/hello', private: false };
const { webhook } = github;
if (webhook === undefined) throw new Error('The connector takes no webhooks.');
const { read, verify } = webhook;

function request(event: string | undefined, payload: unknown, headers: Record<string, string> = {}): WebhookRequest {
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return {
    headers: { ...(event === undefined ? {} : { 'x-github-event': event }), ...headers },
    body,
    receivedAt: new Date('2026-01-01T00:00:00Z'),
  };
}

const news = (event: string, payload: object): WebhookNews =>
  read(request(event, { repository, sender: { login: 'bo', id: 12 }, ...payload }), settings);

function streamOf(name: string) {
  const found = github.streams.find((stream) => stream.name === name);
  if (found === undefined) throw new Error(`There is no stream ${name}.`);
  return found;
}

/** What a record is called and says, as text: equal only when every byte is. */
function told(name: string, item: Json): string {
  const stream = streamOf(name);
  const record = stream.record.parse(item) as never;
  return JSON.stringify([stream.externalId(record), stream.derive(record, settings).activities]);
}

/** A polled item as a webhook sends it: without what we add, with what only webhooks have. */
const events: Record<string, (item: { [key: string]: Json }) => [event: string, payload: object]> = {
  issues: (item) => ['issues', { action: 'labeled', issue: { ...item, performed_via_github_app: null }, label: { name: 'bug' } }],
  pulls: (item) => [
    'pull_request',
    { action: 'synchronize', number: item['number'], pull_request: { ...item, merged_by: { login: 'cy', id: 13 }, additions: 3 } },
  ],
  comments: (item) => ['issue_comment', { action: 'created', issue: { number: 1 }, comment: item }],
  'review-comments': (item) => ['pull_request_review_comment', { action: 'edited', pull_request: { number: 4 }, comment: item }],
  reviews({ pull_request: pull, ...item }) {
    const review = { ...item, state: wordOf(item['state']).toLowerCase(), commit_id: 'b'.repeat(40) };
    return ['pull_request_review', { action: 'submitted', pull_request: { ...(isObject(pull) ? pull : {}), title: 'Say hello' }, review }];
  },
  discussions({ item: kind, discussion, answer, ...item }) {
    if (kind === 'comment') return ['discussion_comment', { action: 'created', discussion, comment: item }];
    const chosen = typeof item['answer_chosen_at'] === 'string';
    return ['discussion', chosen ? { action: 'answered', discussion: item, answer } : { action: 'edited', discussion: item }];
  },
  stars: ({ starred_at: at, user }) => ['star', { action: 'created', starred_at: at, sender: user }],
  forks: (item) => ['fork', { forkee: item }],
  releases: (item) => ['release', { action: 'published', release: item }],
};

test.each(Object.keys(events))('a webhook of %s says what reading says, byte by byte', async (name) => {
  const source = await openOffline();
  closing.push(() => source.close());
  const { io, close } = await testIo(github, source.settings);
  closing.push(close);
  const items = (await readPages(streamOf(name), io)).flatMap((page) => page.items);
  const whole = items.filter((item) => !(isObject(item) && item['draft'] === true && name === 'releases'));
  expect(whole.length).toBeGreaterThan(0);
  for (const item of whole) {
    if (!isObject(item)) throw new Error('An item is an object.');
    const { repository: _, ...bare } = item;
    const [event, payload] = events[name]?.(bare) ?? ['', {}];
    const { pages, readNow } = news(event, payload);
    expect([readNow, pages?.length, pages?.[0]?.stream, pages?.[0]?.items.length]).toEqual([undefined, 1, name, 1]);
    expect(told(name, pages?.[0]?.items[0] ?? null)).toBe(told(name, item));
  }
});

describe('a webhook', () => {
  test('takes back what was deleted', () => {
    const gone = (event: string, payload: object) =>
      news(event, payload).pages?.map(({ stream, items, gone: ids }) => `${stream} ${items.length} ${ids?.join()}`);
    expect(
      [
        gone('issues', { action: 'deleted', issue: { id: 1001 } }),
        gone('issues', { action: 'transferred', issue: { id: 1001 } }),
        gone('issue_comment', { action: 'deleted', comment: { id: 3_000_000_001 } }),
        gone('pull_request_review_comment', { action: 'deleted', comment: { id: 4001 } }),
        gone('discussion', { action: 'deleted', discussion: { id: 8006 } }),
        gone('discussion_comment', { action: 'deleted', comment: { id: 9001 } }),
        gone('star', { action: 'deleted', starred_at: null }),
        gone('release', { action: 'unpublished', release: { id: 2 } }),
      ].flat(),
    ).toEqual([
      'issues 0 1001',
      'issues 0 1001',
      'comments 0 3000000001',
      'review-comments 0 4001',
      'discussions 0 discussion:8006',
      'discussions 0 comment:9001',
      'stars 0 900:12',
      'releases 0 2',
    ]);
  });

  test('has the lists read where it does not tell all', () => {
    expect(news('issues', { action: 'pinned', issue: { id: 1, number: 1, title: 'Half' } })).toEqual({ readNow: true });
    expect(news('discussion', { action: 'labeled', discussion: { id: 1, answer_chosen_at: '2024-03-01T10:00:00Z' } })).toEqual({
      readNow: true,
    });
  });

  test('of no concern is taken and left alone', () => {
    expect(news('ping', { zen: 'Keep it logically awesome.', hook_id: 1 })).toEqual({});
    expect(news('push', { commits: [] })).toEqual({});
    expect(news('constructor', {})).toEqual({});
    expect(news('release', { action: 'created', release: { id: 3, draft: true } })).toEqual({});
    expect(news('fork', { repository: { id: 5, full_name: 'octo/other' }, forkee: {} })).toEqual({});
    const all = githubSettings.parse({ owner: 'Octo' });
    const issue = { action: 'deleted', issue: { id: 1 } };
    expect(read(request('issues', { ...issue, repository: { id: 5, full_name: 'octo/other' } }), all).pages).toHaveLength(1);
    expect(read(request('issues', { ...issue, repository: { id: 6, full_name: 'octo/fork', fork: true } }), all)).toEqual({});
  });

  test('that GitHub did not send is refused', () => {
    expect(() => read(request(undefined, {}), settings)).toThrow('has no X-GitHub-Event header');
    expect(() => read(request('issues', 'not json'), settings)).toThrow('not JSON');
    expect(() => read(request('issues', '[]'), settings)).toThrow('not JSON');
    const form = new URLSearchParams({ payload: JSON.stringify({ action: 'deleted', repository, issue: { id: 7 } }) }).toString();
    expect(read(request('issues', form, { 'content-type': 'application/x-www-form-urlencoded' }), settings).pages?.[0]?.gone).toEqual([
      '7',
    ]);
  });

  test('is believed by its signature only', () => {
    const sign = (body: Uint8Array, secret: string) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const given = request('ping', { zen: 'Anything added dilutes everything else.' });
    const signed = (signature: string) => ({ ...given, headers: { ...given.headers, 'x-hub-signature-256': signature } });
    expect(() => verify(signed(sign(given.body, 'a secret for tests')), settings)).not.toThrow();
    expect(() => verify(signed(sign(given.body, 'another')), settings)).toThrow('not signed as agreed');
    expect(() => verify(given, settings)).toThrow('not signed as agreed');
    // The pair that GitHub's documentation gives to test with.
    const hello = {
      ...given,
      body: Buffer.from('Hello, World!'),
      headers: { 'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' },
    };
    expect(() => verify(hello, { ...settings, webhookSecret: "It's a Secret to Everybody" })).not.toThrow();
  });
});

describe('over there', () => {
  const thread = (rest: string) => ({
    thread: { externalId: '900#1', kind: 'issue' as const, url: `https://github.com/octo/hello/${rest}` },
  });

  test('it comments, labels, assigns, closes and opens again, and says what could not be done', async () => {
    const server = await replay(path.join(import.meta.dirname, 'fixtures', 'deliveries.json'));
    // The site is told by the API's address: the pages of this one lie beside it.
    const page = (rest: string) => ({ thread: { ...thread(rest).thread, url: `${server.url}/octo/hello/${rest}` } });
    const { io, close } = await testIo(github, { repositories: ['octo/hello'], token: 'ghp_synthetic', apiUrl: server.url });
    closing.push(close);
    const act = (name: string, target: string, input: object) => {
      const delivery = github.deliveries?.find((one) => one.name === name);
      if (delivery === undefined) throw new Error(`There is no delivery ${name}.`);
      return delivery.deliver(io, page(target), delivery.input.parse(input) as never);
    };
    expect(await act('comment', 'issues/1', { text: ' Welcome! ' })).toEqual({
      url: 'https://github.com/octo/hello/issues/1#issuecomment-1',
    });
    expect(await act('label', 'issues/1', { add: ['bug', 'help wanted'], remove: ['needs triage'] })).toEqual({
      url: `${server.url}/octo/hello/issues/1`,
    });
    expect((await act('assign', 'issues/1', { add: ['cy', 'stranger'], remove: ['bo'] })).detail).toBe(
      'Not assigned, for want of access to the repository: stranger.',
    );
    await expect(act('assign', 'issues/1', { add: ['stranger'] })).rejects.toThrow('GitHub assigned nobody: stranger');
    expect(await act('close', 'issues/1', { reason: 'not_planned' })).toEqual({ url: 'https://github.com/octo/hello/issues/1' });
    await act('reopen', 'issues/1', {});
    expect(await act('close', 'pull/4', {})).toEqual({ url: 'https://github.com/octo/hello/pull/4' });
    await expect(act('comment', 'issues/5', { text: 'x' })).rejects.toThrow('Resource not accessible by personal access token');
    expect(await act('comment', 'discussions/6', { text: 'Welcome!' })).toEqual({
      url: 'https://github.com/octo/hello/discussions/6#discussioncomment-7',
    });
    await expect(act('label', 'discussions/6', { add: ['bug'] })).rejects.toThrow('can only be changed at GitHub');
    await expect(act('comment', 'wiki/Home', { text: 'x' })).rejects.toThrow('not the page of an issue');
    expect(() => act('label', 'issues/1', {})).toThrow('name a label');
    await server.finish();
  });

  test('nothing is done elsewhere, nor without a token', async () => {
    const [comment] = github.deliveries ?? [];
    const deliver = async (token: string | undefined, url: string) => {
      const { io, close } = await testIo(github, { repositories: ['octo/hello'], ...(token === undefined ? {} : { token }) });
      closing.push(close);
      return comment?.deliver(io, { thread: { ...thread('issues/1').thread, url } }, { text: 'x' } as never);
    };
    await expect(deliver('t', 'https://github.com.evil.example/octo/hello/issues/1')).rejects.toThrow('not the page of an issue');
    await expect(deliver('t', 'https://github.com/octo/hello/issues/1/../../../x')).rejects.toThrow('not the page of an issue');
    await expect(deliver(undefined, 'https://github.com/octo/hello/issues/1')).rejects.toThrow('Without an access token');
  });
});
