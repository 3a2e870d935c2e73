import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Json, WebhookRequest } from '../contract.ts';
import type { ReplayServer } from '../kit/replay.ts';
import { replay } from '../kit/replay.ts';
import { readPages, testIo } from '../kit/testing.ts';
import { discourse } from './index.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const fixtures = path.join(import.meta.dirname, 'fixtures');

async function play(name: string, partly = false): Promise<ReplayServer> {
  const server = await replay(path.join(fixtures, `${name}.json`));
  closing.push(() => server.finish({ partly }));
  return server;
}

async function open(server: ReplayServer, settings: Record<string, unknown> = {}, more: Parameters<typeof testIo>[2] = {}) {
  const made = await testIo(discourse, { address: server.url, questionCategories: ['4'], ...settings }, more);
  closing.push(() => made.close());
  return made.io;
}

function streamOf(name: string) {
  const stream = discourse.streams.find((one) => one.name === name);
  if (stream === undefined) throw new Error(`no stream ${name}`);
  return stream;
}

async function read(name: string, io: Awaited<ReturnType<typeof open>>, cursor?: Json) {
  const stream = streamOf(name);
  const pages = await readPages(stream, io, cursor);
  const items = pages.flatMap((page) => page.items);
  const results = items.map((item) => stream.record.safeParse(item));
  const derived = results.flatMap((one) => (one.success ? [stream.derive(one.data as never, io.settings)] : []));
  const refused = results.flatMap((one) => (one.success ? [] : [one.error.issues[0]?.message]));
  const ids = results.flatMap((one) => (one.success ? [stream.externalId(one.data as never)] : []));
  return { items, ids, refused, derived, activities: derived.flatMap((one) => one.activities), cursor: pages.at(-1)?.cursor };
}

test('reads posts as topics and replies, questions and answers, and goes on with what is new', async () => {
  const server = await play('forum', true);
  const io = await open(server);
  const first = await read('posts', io);
  expect(first.activities.map(({ kind, person, thread }) => [kind, person.value, thread?.externalId, thread?.opens ?? false])).toEqual([
    ['reply', 'ada', '9', false],
    ['post', 'linus', '9', true],
    ['answer', 'grace', '8', false],
    ['question', 'ada', '8', true],
    ['post', 'system', '5', true],
  ]);
  expect(first.activities[0]).toEqual({
    kind: 'reply',
    at: Date.UTC(2024, 2, 2, 9),
    person: {
      platform: 'discourse',
      host: new URL(server.url).host,
      type: 'account',
      value: 'ada',
      platformUserId: '2',
      name: 'Ada Lovelace',
      url: `${server.url}/u/ada`,
      avatarUrl: `${server.url}/letter_avatar_proxy/v4/letter/a/8797f3/120.png`,
    },
    thread: { externalId: '9', kind: 'topic', url: `${server.url}/t/show-a-dashboard/9`, title: 'Show: a dashboard' },
    url: `${server.url}/t/show-a-dashboard/9/2`,
    title: 'Show: a dashboard',
    text: 'Nice\n\n- fast',
  });
  expect(first.activities.at(-1)?.person.bot).toBe(true);

  const later = await open(await play('later'));
  const second = await read('posts', later, first.cursor);
  expect(second.ids).toEqual(['13']);
  expect(second.refused).toEqual([
    expect.stringMatching(/expected number/),
    'the date 2999-01-01 is more than two days in the future ("2999-01-01T00:00:00Z")',
  ]);
});

test('reads from a day on, and the windows of fifty of older forums', async () => {
  const io = await open(await play('forum', true), {}, { since: new Date('2024-02-01T11:00:00Z') });
  expect((await read('posts', io)).ids).toEqual(['12', '11', '8']);
  expect((await read('likes', io)).ids).toEqual(['2:11', '2:8', '60:8']);
  const old = await open(await play('old-forum'));
  expect((await read('posts', old)).ids).toEqual(['180', '40', '1']);
});

test('knows how topics stand, and who solved them', async () => {
  const io = await open(await play('forum', true));
  const { derived, cursor } = await read('topics', io);
  expect(
    derived.flatMap(({ threads = [] }) => threads.map(({ externalId, kind, state, labels }) => [externalId, kind, state, labels])),
  ).toEqual([
    ['5', 'topic', 'closed', ['General']],
    ['9', 'topic', 'open', ['Show', 'charts']],
    ['8', 'question', 'solved', ['Support', 'deploy', 'proxy']],
  ]);
  const soon = { ...io, now: () => new Date('2024-03-03') };
  expect((await read('topics', soon, cursor)).ids).toEqual(['9']);
  const { activities } = await read('solutions', io);
  expect(activities).toMatchObject([{ kind: 'accepted_answer', person: { value: 'grace' }, thread: { externalId: '8', state: 'solved' } }]);
});

test('reads members, what they like, and their badges', async () => {
  const io = await open(await play('forum', true));
  expect((await read('users', io)).activities.map(({ kind, person }) => [kind, person.value, person.location, person.bio])).toEqual([
    ['join', 'ada', 'London', 'Writes programs\nhttps://ada.example.org'],
    ['join', 'grace', 'New York', undefined],
    ['join', 'linus', undefined, undefined],
  ]);
  const { activities: likes, cursor } = await read('likes', io);
  expect(likes.map(({ kind, platformType, person, url }) => [kind, platformType, person.value, url?.replace(/.*\/t\//, '')])).toEqual([
    ['reaction', 'like', 'ada', 'show-a-dashboard/9/1'],
    ['reaction', 'like', 'ada', 'how-do-i-deploy-it/8/2'],
    ['reaction', 'like', 'linus', 'how-do-i-deploy-it/8/2'],
  ]);
  expect((await read('likes', io, cursor)).items).toEqual([]);
  const { activities: badges } = await read('badges', io);
  expect(badges.map(({ kind, title, person }) => [kind, title, person.value])).toEqual([
    ['badge', 'First Like', 'linus'],
    ['badge', 'First Like', 'ada'],
    ['badge', 'Great answer', 'ada'],
  ]);
  const without = await open(await play('forum', true), { members: false });
  for (const name of ['users', 'likes', 'badges']) expect((await read(name, without)).items).toEqual([]);
});

const secret = 'a long secret';

function requestOf(type: string, event: string, body: unknown, key = secret): WebhookRequest {
  const bytes = Buffer.from(JSON.stringify(body));
  const signature = createHmac('sha256', key).update(bytes).digest('hex');
  const headers = { 'x-discourse-event-type': type, 'x-discourse-event': event, 'x-discourse-event-signature': `sha256=${signature}` };
  return { headers, body: bytes, receivedAt: new Date() };
}

test('takes from webhooks the very records that reading gives, and nothing private', async () => {
  const io = await open(await play('forum', true), { webhookSecret: secret });
  const { webhook } = discourse;
  if (webhook === undefined) throw new Error('no webhook');
  const sent = JSON.parse(await readFile(path.join(fixtures, 'webhooks.json'), 'utf8')) as Record<string, Record<string, Json>>;
  const news = (type: string, event: string, body: unknown) => webhook.read(requestOf(type, event, body), io.settings);
  const polled = async (name: string, id: string) => {
    const { items, ids } = await read(name, io);
    return items[ids.indexOf(id)];
  };
  expect(news('post', 'post_edited', { post: sent['post'] })).toEqual({
    pages: [{ stream: 'posts', items: [await polled('posts', '12')] }],
  });
  expect(news('solved', 'accepted_solution', { solved: sent['solved'] })).toEqual({
    pages: [{ stream: 'solutions', items: [await polled('solutions', '8')] }],
  });
  expect(news('user', 'user_updated', { user: sent['user'] })).toEqual({
    pages: [{ stream: 'users', items: [await polled('users', '2')] }],
  });
  expect(JSON.stringify(news('user', 'user_updated', { user: sent['user'] }))).not.toContain('@');
  expect(news('post', 'post_destroyed', { post: sent['post'] })).toEqual({ pages: [{ stream: 'posts', items: [], gone: ['12'] }] });
  expect(news('solved', 'unaccepted_solution', { solved: sent['solved'] }).pages).toEqual([
    { stream: 'solutions', items: [], gone: ['8'] },
  ]);
  expect(news('post', 'post_edited', { post: { ...sent['post'], deleted_at: '2024-03-03T09:00:00Z' } }).pages?.[0]?.gone).toEqual(['12']);
  expect(news('topic', 'topic_edited', { topic: { id: 9, archetype: 'regular' } })).toEqual({ readNow: true });
  expect(news('topic', 'topic_destroyed', { topic: { id: 9 } }).pages).toEqual([{ stream: 'topics', items: [], gone: ['9'] }]);
  expect(news('like', 'post_liked', { like: {} })).toEqual({ readNow: true });
  expect(news('post', 'post_created', { post: { ...sent['post'], topic_archetype: 'private_message' } })).toEqual({});
  expect(news('post', 'post_created', { post: { ...sent['post'], post_type: 4 } })).toEqual({});
  expect(news('user', 'user_logged_in', { user: sent['user'] })).toEqual({});
  expect(news('ping', 'ping', { ping: 'OK' })).toEqual({});
  expect(() => webhook.verify(requestOf('ping', 'ping', {}), io.settings)).not.toThrow();
  expect(() => webhook.verify(requestOf('ping', 'ping', {}, 'another'), io.settings)).toThrow('not signed as agreed');
});

test('answers, opens, tags, moves and hides over there, and tells why it may not', async () => {
  const server = await play('deliveries');
  const io = await open(server, { apiKey: 'key', apiUsername: 'robin' });
  const deliver = (name: string, target: object, input: object) => {
    const delivery = discourse.deliveries?.find((one) => one.name === name);
    if (delivery === undefined) throw new Error(`no delivery ${name}`);
    return delivery.deliver(io, target, delivery.input.parse(input) as never);
  };
  const thread = (externalId: string) => ({ thread: { externalId, kind: 'topic' as const } });
  expect(await deliver('reply', thread('8'), { text: 'Did it work?', replyTo: 2 })).toEqual({
    url: `${server.url}/t/how-do-i-deploy-it/8/3`,
  });
  expect(await deliver('topic', {}, { title: 'Our next meeting', text: 'On Friday.', category: 6, tags: ['events'] })).toEqual({
    url: `${server.url}/t/our-next-meeting/10`,
  });
  expect(await deliver('tag', thread('9'), { add: ['featured'], remove: ['Old'] })).toEqual({
    detail: 'Its tags are now: charts, featured.',
  });
  expect(await deliver('move', thread('9'), { category: 4 })).toEqual({});
  const activity = { stream: 'posts', externalId: '12', record: { id: 12 } };
  expect(await deliver('hide-revisions', { activity }, {})).toEqual({ detail: '2 earlier versions are hidden.' });
  const unchanged = { stream: 'posts', externalId: '11', record: { id: 11 } };
  expect(await deliver('hide-revisions', { activity: unchanged }, {})).toEqual({ detail: 'There was no earlier version to hide.' });
  await expect(deliver('reply', thread('8'), { text: 'ok' })).rejects.toThrow(/refused \(status 422\): Body is too short/);
  await expect(deliver('reply', thread('x'), { text: 'ok' })).rejects.toThrow(/no topic of the forum/);
});

test('says plainly which permission is missing', async () => {
  const io = await open(await play('refusals'), { apiKey: 'key' });
  const lines = await discourse.check(io);
  expect(lines.map(({ ok }) => ok)).toEqual([false, false, false, false]);
  expect(lines[2]?.detail).toMatch(/refuses to show its members; enter an API key/);
});
