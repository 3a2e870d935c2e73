import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readPages, testIo } from '../kit/testing.ts';
import type { ReplayServer } from '../kit/replay.ts';
import { replay } from '../kit/replay.ts';
import { readFeed } from './entries.ts';
import { feed } from './index.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const [posts] = feed.streams;
if (posts === undefined) throw new Error('The feed connector has no stream.');
const stream = posts;

async function play(name: string): Promise<ReplayServer> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', `${name}.json`));
  closing.push(() => server.finish());
  return server;
}

async function open(url: string, more: Parameters<typeof testIo>[2] = {}, settings: Record<string, unknown> = {}) {
  const made = await testIo(feed, { url, ...settings }, more);
  closing.push(() => made.close());
  return made.io;
}

test('reads posts with their authors, as text, with whole links', async () => {
  const server = await play('blog');
  const io = await open(`${server.url}/feed.xml`);
  const [page] = await readPages(stream, io);
  const derived = (page?.items ?? []).map((item) => stream.derive(stream.record.parse(item) as never, io.settings).activities[0]);
  expect(derived).toEqual([
    {
      kind: 'post',
      at: Date.UTC(2024, 2, 1, 8),
      offset: 120,
      person: { platform: 'email', type: 'name', value: 'Grace Hopper', host: new URL(server.url).host, name: 'Grace Hopper' },
      title: 'Release 2 is out',
      text: 'New\n\nFaster & smaller.\n\n- one\n- two',
      url: `${server.url}/blog/release-2`,
    },
    {
      kind: 'post',
      at: Date.UTC(2024, 1, 1, 10),
      person: { platform: 'email', type: 'email', value: 'ada@example.org', name: 'Ada Lovelace' },
      title: 'Release 1 is out',
      text: 'The first one.',
      url: `${server.url}/blog/release-1`,
    },
  ]);
});

test('quarantines what has no possible date, disarms the rest, and asks again only for what changed', async () => {
  const server = await play('conditional');
  const io = await open(`${server.url}/feed.xml`);
  const [page] = await readPages(stream, io);
  const results = (page?.items ?? []).map((item) => stream.record.safeParse(item));
  expect(results.map((result) => (result.success ? 'ok' : result.error.issues[0]?.message))).toEqual([
    'ok',
    'ok',
    'the date cannot be read ("the other day")',
    'the post has no date',
    'the date 2999-01-01 is more than two days in the future ("2999-01-01T00:00:00Z")',
  ]);
  const derived = results.flatMap((result) => (result.success ? stream.derive(result.data as never, io.settings).activities : []));
  expect(derived[0]).toMatchObject({
    title: 'Good & well',
    text: 'Text',
    url: `${server.url}/blog/posts/1`,
    person: { value: 'ann@example.org', name: 'Ann' },
  });
  expect(derived[0]?.person.url).toBeUndefined();
  expect(derived[1]?.url).toBeUndefined();
  expect(JSON.stringify(derived)).not.toMatch(/root:|alert|onclick|iframe/);
  expect(await readPages(stream, io, page?.cursor)).toEqual([]);
});

test('reads a JSON Feed, from a date on, under the author that the settings name', async () => {
  const server = await play('jsonfeed');
  const io = await open(`${server.url}/feed.json`, { since: new Date('2024-01-01') }, { author: 'The Team' });
  const [page] = await readPages(stream, io);
  const derived = (page?.items ?? []).map((item) => stream.derive(stream.record.parse(item) as never, io.settings).activities[0]);
  expect(derived).toMatchObject([{ text: 'a < b\nnext', url: `${server.url}/notes/1`, person: { value: 'The Team' } }]);
});

test('says plainly what is wrong', async () => {
  const server = await play('refusals');
  const detail = async (name: string) => (await feed.check(await open(`${server.url}${name}`)))[0]?.detail;
  expect(await detail('/page')).toMatch(/not a feed but a web page/);
  expect(await detail('/gone')).toMatch(/There is no the feed|There is no/);
  expect(await detail('/private')).toMatch(/needs a permission/);
  expect(await detail('/old')).toMatch(/"Grüße" has 0 posts/);
});

test('refuses a document that asks for a file of this machine', () => {
  const document =
    '<!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><title>&file;</title></channel></rss>';
  expect(() => readFeed(Buffer.from(document), 'application/xml', 'https://example.org/')).toThrow('is not a feed');
});

test('believes what a document says about its encoding', () => {
  const document = '<?xml version="1.0" encoding="ISO-8859-1"?><rss version="2.0"><channel><title>Grüße</title></channel></rss>';
  expect(readFeed(Buffer.from(document, 'latin1'), 'application/xml', 'https://example.org/').title).toBe('Grüße');
  expect(readFeed(Buffer.from(document), 'application/xml; charset=utf-8', 'https://example.org/').title).toBe('Grüße');
  expect(readFeed(Buffer.from(document), 'application/xml; charset=nonsense', 'https://example.org/').title).toBe('Grüße');
});
