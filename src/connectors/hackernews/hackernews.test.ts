import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Json, Stream } from '../contract.ts';
import type { ReplayServer } from '../kit/replay.ts';
import { replay } from '../kit/replay.ts';
import { readPages, testIo } from '../kit/testing.ts';
import { frontPage } from './front-page.ts';
import { hackernews } from './index.ts';
import { items } from './items.ts';
import type { HackernewsSettings } from './settings.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function play(name: string, partly = false): Promise<ReplayServer> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', `${name}.json`));
  closing.push(() => server.finish({ partly }));
  return server;
}

async function open(server: ReplayServer, settings: Record<string, unknown> = {}, more: Parameters<typeof testIo>[2] = {}) {
  const made = await testIo(hackernews, { queries: ['"rapport"'], apiUrl: server.url, ...settings }, more);
  closing.push(() => made.close());
  return made.io;
}

async function read(stream: Stream<HackernewsSettings>, io: Awaited<ReturnType<typeof open>>, cursor?: Json) {
  const pages = await readPages(stream, io, cursor);
  const records = pages.flatMap((page) => page.items).map((item) => stream.record.parse(item) as never);
  const activities = records.flatMap((record) => stream.derive(record, io.settings).activities);
  return { ids: records.map((record) => stream.externalId(record)), activities, cursor: pages.at(-1)?.cursor };
}

test('reads stories and comments, exactly what was meant', async () => {
  const io = await open(await play('search', true), { domains: ['example.org'] });
  const { activities } = await read(items, io);
  expect(
    activities.map(({ kind, platformType, person, thread, value }) => [kind, platformType, person.value, thread?.externalId, value]),
  ).toEqual([
    ['reply', 'comment', 'ada', '39000000', undefined],
    ['comment', 'comment', 'grace', '39000000', undefined],
    ['post', 'story', 'ada', '39000000', 120],
    ['post', 'story', 'linus', '38000000', 3],
  ]);
  expect(activities[1]).toMatchObject({
    text: 'Rapport looks good & calm.\n\nDoes it import?',
    url: 'https://news.ycombinator.com/item?id=39000100',
  });
  expect(activities[2]).toMatchObject({
    title: 'Show HN: A workbench for DevRel – self-hosted',
    text: 'Hi HN, I made this.',
    person: { platform: 'hackernews', type: 'account', url: 'https://news.ycombinator.com/user?id=ada' },
    thread: { kind: 'story', opens: true, labels: ['Show HN'] },
  });
});

test('narrows the time instead of turning pages, and loses nothing that shares a second', async () => {
  const { ids } = await read(items, await open(await play('many')));
  expect(ids).toHaveLength(101);
  expect(new Set(ids).size).toBe(101);
  expect(ids.at(-1)).toBe('39009999');
});

test('looks at points again for three days, and tells an arrival on the front page once', async () => {
  const first = await open(await play('search', true), { queries: [], domains: ['example.org'] });
  const arrivals = await read(frontPage, first);
  expect(arrivals.activities).toMatchObject([
    {
      kind: 'mention',
      platformType: 'front_page',
      at: 1706790000_000,
      value: 120,
      thread: { externalId: '39000000' },
      person: { value: 'ada' },
    },
  ]);
  const later = { ...(await open(await play('later'))), now: () => new Date(1706900000_000) };
  const known = { tops: { 'query "rapport"': { rank: 1706782000_000, ids: ['39000200'] } } };
  const { activities } = await read(items, later, known);
  expect(activities.map(({ value }) => value)).toEqual([1, 300]);
  expect((await read(frontPage, later, arrivals.cursor)).ids).toEqual(['39020000']);
});

test('reads from a day on, and says what went wrong', async () => {
  const io = await open(await play('since'), {}, { since: new Date(1706781500_000) });
  expect((await read(items, io)).ids).toEqual(['39000200']);
  expect(await hackernews.check(io)).toEqual([{ ok: false, what: 'Find "rapport"', detail: expect.stringMatching(/status 400/) }]);
  expect(hackernews.settings.safeParse({}).error?.issues[0]?.message).toBe('enter a search or a site');
});
