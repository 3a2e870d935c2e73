import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ActivityDraft, Page, Stream } from '../contract.ts';
import { replay } from '../kit/replay.ts';
import { readPages, testIo } from '../kit/testing.ts';
import { secondsToMidnight } from './api.ts';
import { youtube } from './index.ts';
import type { YoutubeIo, YoutubeSettings } from './settings.ts';
import { youtubeSettings } from './settings.ts';
import { openOffline } from './testing.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type YoutubeStream = Stream<YoutubeSettings>;
const [videos, comments] = youtube.streams as [YoutubeStream, YoutubeStream];
const key = 'test-key-of-twenty-characters';

async function open(apiUrl: string, settings: Record<string, unknown> = {}, more: Parameters<typeof testIo>[2] = {}) {
  const made = await testIo(youtube, { channel: '@example', key, apiUrl, ...settings }, more);
  closing.push(() => made.close());
  return made.io;
}

async function play(name: string): Promise<string> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', `${name}.json`));
  closing.push(() => server.finish());
  return server.url;
}

async function openSmall(settings: Record<string, unknown> = {}, more: Parameters<typeof testIo>[2] = {}) {
  const source = await openOffline();
  closing.push(() => source.close());
  return open(String(source.settings['apiUrl']), settings, more);
}

const itemsOf = (pages: Page[]) => pages.flatMap((page) => page.items);

async function activitiesOf(stream: YoutubeStream, io: YoutubeIo, cursor?: Page['cursor']): Promise<ActivityDraft[]> {
  const items = itemsOf(await readPages(stream, io, cursor));
  return items.flatMap((item) => stream.derive(stream.record.parse(item) as never, io.settings).activities);
}

test('reads videos with their views', async () => {
  const found = await activitiesOf(videos, await openSmall());
  expect(found.map(({ title, value }) => [title, value])).toEqual([
    ['Release 2 is out', 1234],
    ['No comments here', 99],
    ['Turned off since', 5],
  ]);
  expect(found[0]).toEqual({
    kind: 'post',
    platformType: 'video',
    at: Date.UTC(2024, 2, 1, 10),
    person: {
      platform: 'youtube',
      type: 'account',
      value: 'UCaaaaaaaaaaaaaaaaaaaaaa',
      platformUserId: 'UCaaaaaaaaaaaaaaaaaaaaaa',
      url: 'https://www.youtube.com/channel/UCaaaaaaaaaaaaaaaaaaaaaa',
      name: 'Example',
    },
    thread: {
      externalId: 'video000001',
      kind: 'topic',
      url: 'https://www.youtube.com/watch?v=video000001',
      opens: true,
      labels: ['release'],
      title: 'Release 2 is out',
    },
    url: 'https://www.youtube.com/watch?v=video000001',
    title: 'Release 2 is out',
    text: 'What is new.',
    value: 1234,
  });
});

test('reads comments with all their replies; where they are turned off there are none', async () => {
  const found = await activitiesOf(comments, await openSmall());
  expect(found.map(({ kind, text, thread, person }) => [kind, text, thread?.externalId, person.name ?? person.value])).toEqual([
    ['comment', 'Nice', 'Ugx000000002', 'cat'],
    ['comment', 'How do I start?', 'Ugx000000001', 'ann'],
    ['reply', 'Read\nthe docs', 'Ugx000000001', 'bob'],
    ['reply', 'Reply 0', 'Ugx000000002', 'ann'],
    ['reply', 'Reply 1', 'Ugx000000002', 'ann'],
    ['comment', 'Old', 'Ugx000000003', '@dan'],
  ]);
  expect(found[1]).toMatchObject({
    at: Date.UTC(2024, 2, 1, 11),
    value: 2,
    url: 'https://www.youtube.com/watch?v=video000001&lc=Ugx000000001',
    person: { type: 'account', value: `UC${'ann'.repeat(8).slice(0, 22)}`, avatarUrl: 'https://yt3.example.org/ann.jpg' },
    thread: { kind: 'conversation', opens: true, title: 'How do I start?', labels: ['Release 2 is out'] },
  });
  expect(found[5]?.person).toEqual({ platform: 'youtube', type: 'name', value: '@dan' });
  expect(await readPages(comments, await openSmall({ comments: false }))).toEqual([]);
});

test('reads views again, and the comments of a video only where their number changed', async () => {
  const io = await open(await play('again'));
  const first = await readPages(videos, io);
  const said = await readPages(comments, io);
  expect([itemsOf(first).length, itemsOf(said).length]).toEqual([1, 1]);
  expect((await activitiesOf(videos, io, first.at(-1)?.cursor)).map(({ value }) => value)).toEqual([20]);
  const more = await readPages(comments, io, said.at(-1)?.cursor);
  expect(itemsOf(more).map((item) => comments.externalId(comments.record.parse(item) as never))).toEqual([
    'Ugx000000001',
    'Ugx000000001.aaa',
  ]);
  expect(await readPages(comments, io, more.at(-1)?.cursor)).toEqual([]);
  expect(itemsOf(await readPages(videos, io))).toHaveLength(1);
});

test('obeys "since"', async () => {
  const since = { since: new Date('2024-03-01T10:45:00Z') };
  expect(await activitiesOf(videos, await openSmall({}, since))).toEqual([]);
  expect((await activitiesOf(comments, await openSmall({}, since))).map(({ text }) => text)).not.toContain('Old');
});

test('says what is wrong, and waits for the next day when the quota is used up', async () => {
  const url = await play('refusals');
  const detail = async (channel: string) => (await youtube.check(await open(url, { channel })))[0]?.detail;
  expect(await detail('@nobody')).toMatch(/no channel @nobody/);
  expect(await detail('@badkey')).toMatch(/does not accept the API key/);
  expect(await detail('https://www.youtube.com/@disabled/videos')).toMatch(/not enabled/);
  const gone = await open(url, { channel: undefined, playlists: ['PLgone000001'] });
  await expect(readPages(videos, gone)).rejects.toThrow('shows nothing there (playlistNotFound)');
  const warnings: string[] = [];
  const both = await open(
    url,
    { channel: undefined, playlists: ['PLgone000001', 'PLempty00001'] },
    { warn: (message) => warnings.push(message) },
  );
  expect([itemsOf(await readPages(videos, both)), warnings]).toEqual([[], [expect.stringContaining('Playlist PLgone000001') as string]]);
  const limited = {
    ...(await open(url, { channel: undefined, playlists: ['PLquota00001'] })),
    now: () => new Date('2024-03-01T20:00:00Z'),
  };
  await expect(readPages(videos, limited)).rejects.toMatchObject({ code: 'http.rate_limited', retryAfter: 12 * 3600 + 60 });
  expect(youtubeSettings.safeParse({ key }).error?.issues[0]?.message).toBe('name a channel or a playlist');
});

test.each([
  ['2024-03-01T07:59:00Z', 120],
  ['2024-03-01T08:00:00Z', 86_460],
  ['2024-07-01T06:00:00Z', 3660],
])('at %s it is %i seconds to a minute past midnight in California', (now, seconds) => {
  expect(secondsToMidnight(new Date(now))).toBe(seconds);
});
