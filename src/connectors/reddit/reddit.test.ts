import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Json, Stream } from '../contract.ts';
import type { ReplayServer } from '../kit/replay.ts';
import { replay } from '../kit/replay.ts';
import { readPages, testIo } from '../kit/testing.ts';
import { reddit } from './index.ts';
import type { RedditSettings } from './settings.ts';
import { comments, mentions, posts } from './streams.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function play(name: string, partly = false): Promise<ReplayServer> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', `${name}.json`));
  closing.push(() => server.finish({ partly }));
  return server;
}

const app = { subreddits: ['r/Rapport'], searches: ['"rapport"'], clientId: 'app', clientSecret: 'secret', account: '/u/robin' };

async function open(server: ReplayServer, settings: Record<string, unknown> = {}, more: Parameters<typeof testIo>[2] = {}) {
  const made = await testIo(reddit, { ...app, apiUrl: server.url, authUrl: server.url, ...settings }, more);
  closing.push(() => made.close());
  return made.io;
}

async function read(stream: Stream<RedditSettings>, io: Awaited<ReturnType<typeof open>>, cursor?: Json) {
  const pages = await readPages(stream, io, cursor);
  const records = pages.flatMap((page) => page.items).map((item) => stream.record.parse(item) as never);
  const activities = records.flatMap((record) => stream.derive(record, io.settings).activities);
  return { ids: records.map((record) => stream.externalId(record)), activities, cursor: pages.at(-1)?.cursor };
}

test('reads posts and comments, without what was taken back', async () => {
  const io = await open(await play('subreddit', true));
  const found = await read(posts, io);
  expect(found.ids).toEqual(['t3_c3', 't3_c2', 't3_c1', 't3_c0']);
  expect(found.activities.map(({ person, thread, value }) => [person.value, thread?.labels, thread?.state, value])).toEqual([
    ['grace', ['Question'], 'open', 3],
    ['[deleted] t3_c2', [], 'open', 3],
    ['ada', [], 'closed', 10],
  ]);
  expect(found.activities[0]).toMatchObject({
    kind: 'post',
    at: 1706900000_000,
    title: 'Rapport with <b>Docker</b>',
    text: 'How do I run it?\n\n> quoted & fine',
    person: { platform: 'reddit', type: 'account', platformUserId: 't2_grac', url: 'https://www.reddit.com/user/grace' },
    thread: { externalId: 't3_c3', opens: true },
  });
  const said = await read(comments, io);
  expect(
    said.activities.map(({ kind, person, thread, text }) => [kind, person.value, person.bot ?? false, thread?.externalId, text]),
  ).toEqual([
    ['comment', 'AutoModerator', true, 't3_c3', 'Please read the rules.'],
    ['reply', 'ada', false, 't3_c3', 'docker run it'],
    ['comment', 'linus', false, 't3_c3', 'With what?'],
  ]);
});

test('finds mentions elsewhere, and from a day on', async () => {
  const io = await open(await play('subreddit', true), {}, { since: new Date(1706850000_000) });
  const { ids, activities } = await read(mentions, io);
  expect(ids).toEqual(['t3_e1', 't3_c3']);
  expect(activities.map(({ kind, url }) => [kind, url])).toEqual([
    ['mention', 'https://www.reddit.com/r/devrel/comments/e1/has_anyone_tried_rapport?/'],
  ]);
  expect((await read(posts, io)).ids).toEqual(['t3_c3']);
});

test('asks for another token when one was taken back, reads again what still changes, and stops at the end of the allowance', async () => {
  const now = 1707000100_000;
  const io = { ...(await open(await play('later'))), now: () => new Date(now) };
  const cursor = { tops: { rapport: { rank: 1706900000_000, ids: ['t3_c3'] } } };
  const { activities } = await read(posts, io, cursor);
  expect(activities.map(({ value, thread }) => [value, thread?.labels])).toEqual([
    [3, ['News']],
    [50, ['Solved']],
  ]);
  await expect(read(posts, io)).rejects.toMatchObject({ code: 'http.rate_limited', retryAfter: 120 });
});

test('replies and sets flair as who allowed it, and tells why it may not', async () => {
  const io = await open(await play('deliveries'), { refreshToken: 'r-1' });
  const target = { thread: { externalId: 't3_c3', kind: 'topic' as const, url: 'https://www.reddit.com/r/rapport/comments/c3/x/' } };
  const deliver = (name: string, input: object, on: object = target, as = io) => {
    const delivery = reddit.deliveries?.find((one) => one.name === name);
    if (delivery === undefined) throw new Error(`no delivery ${name}`);
    return delivery.deliver(as, on, delivery.input.parse(input) as never);
  };
  expect(await deliver('reply', { text: 'Hello there' })).toEqual({ url: 'https://www.reddit.com/r/rapport/comments/c3/x/d9/' });
  await expect(deliver('reply', { text: 'Hi', replyTo: 't1_d1' })).rejects.toMatchObject({ code: 'http.rate_limited', retryAfter: 541 });
  await expect(deliver('reply', { text: 'Hi' })).rejects.toThrow('Reddit refused: Comments are locked. (THREAD_LOCKED)');
  expect(await deliver('flair', { text: 'Answered', template: '11111111-2222-3333-4444-555555555555' })).toEqual({});
  await expect(deliver('flair', { text: 'x' }, { thread: { externalId: 'x', kind: 'topic' } })).rejects.toThrow(/no post of Reddit/);
  const readOnly = await open({ url: io.settings.apiUrl, finish: async () => undefined });
  await expect(deliver('reply', { text: 'Hi' }, target, readOnly)).rejects.toThrow(/only reads: enter a refresh token/);
});

test('says plainly when the app is not accepted', async () => {
  const lines = await reddit.check(await open(await play('refusals'), { password: 'pw' }));
  expect(lines.map(({ ok }) => ok)).toEqual([false, false, false]);
  expect(lines[0]?.detail).toMatch(/^Reddit does not accept the app/);
  expect(reddit.settings.safeParse({ ...app, subreddits: [], searches: [] }).error?.issues[0]?.message).toBe(
    'enter a subreddit or a search',
  );
});
