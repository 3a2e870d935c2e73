import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Json, Page } from '../contract.ts';
import type { ReplayServer } from '../kit/replay.ts';
import { replay } from '../kit/replay.ts';
import { readPages, testIo } from '../kit/testing.ts';
import { stackexchange } from './index.ts';
import { questions } from './questions.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function play(name: string, partly = false): Promise<ReplayServer> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', `${name}.json`));
  closing.push(() => server.finish({ partly }));
  return server;
}

async function open(server: ReplayServer, settings: Record<string, unknown> = {}) {
  const made = await testIo(stackexchange, { tags: ['rapport', 'devrel'], apiUrl: server.url, ...settings });
  closing.push(() => made.close());
  return made.io;
}

type Io = Awaited<ReturnType<typeof open>>;

function derivedOf(items: readonly Json[], io: Io) {
  return items.map((item) => questions.derive(questions.record.parse(item) as never, io.settings));
}

test('reads questions with answers, comments and what was accepted', async () => {
  const io = await open(await play('questions', true));
  const pages = await readPages(questions, io);
  expect(pages.map(({ items }) => items.length)).toEqual([2, 1]);
  const derived = derivedOf(
    pages.flatMap(({ items }) => items),
    io,
  );
  const activities = derived.flatMap((one) => one.activities);
  expect(activities.map(({ kind, person, value }) => [kind, person.value, person.name, value])).toEqual([
    ['question', 'Bob (question 69)', 'Bob', -2],
    ['question', '1001', 'Ada & Co', 3],
    ['answer', '1002', 'Grace Hopper', 5],
    ['accepted_answer', '1002', 'Grace Hopper', 5],
    ['answer', 'user1234', 'user1234', -1],
    ['comment', '1002', 'Grace Hopper', 0],
    ['comment', '1001', 'Ada & Co', 0],
    ['question', '1002', 'Grace Hopper', 0],
  ]);
  expect(activities[1]).toMatchObject({
    title: 'How to run "Rapport" behind a proxy? It\'s 502',
    text: 'It says 502',
    person: { platform: 'stackexchange', host: 'stackoverflow.com', type: 'account', platformUserId: '1001' },
    thread: { externalId: '70', kind: 'question', state: 'solved', labels: ['rapport', 'docker'], opens: true },
  });
  expect(activities[6]).toMatchObject({ text: 'Works, thanks 😀', url: 'https://stackoverflow.com/q/70#comment91_71' });
  expect(derived[0]?.activities[0]?.thread).toMatchObject({ state: 'closed', closedAt: 1706790000000 });
  expect(derived[0]?.links).toBeUndefined();
  expect(derived[1]?.links?.map(({ a, b, proof }) => [a.value, b.host, b.value, proof])).toEqual([
    ['1001', 'stackexchange.com', '501', 'platform'],
    ['1002', 'stackexchange.com', '502', 'platform'],
  ]);
});

test('looks at young questions again, once a day', async () => {
  const io = await open(await play('young'), { tags: ['rapport'], key: 'k' });
  const cursor = { min: 1709287200, ids: [80], page: 1 };
  const soon = { ...io, now: () => new Date((1708819200 + 14 * 86_400) * 1000) };
  const pages = await readPages(questions, soon, cursor);
  expect(derivedOf(pages[0]?.items ?? [], io)[0]?.activities.map(({ kind }) => kind)).toEqual([
    'question',
    'answer',
    'accepted_answer',
    'comment',
  ]);
  expect(pages[0]?.cursor).toEqual({ ...cursor, step: 1, looked: soon.now().getTime() });
});

test('turns pages only where one second holds more than one page', async () => {
  const io = await open(await play('same-second'));
  const pages = await readPages(questions, io);
  expect(pages.flatMap(({ items }) => items.map((item) => (item as { question_id: number }).question_id))).toEqual([1, 2, 3]);
});

test('obeys what the API says about waiting, and keeps what was read', async () => {
  const io = await open(await play('limits', true));
  const kept: Page[] = [];
  async function read(): Promise<void> {
    for await (const page of questions.pages(io, undefined)) kept.push(page);
  }
  await expect(read()).rejects.toMatchObject({ code: 'http.rate_limited', retryAfter: 11 });
  expect(kept).toHaveLength(1);
  await expect(read()).rejects.toMatchObject({ code: 'http.rate_limited' });
  await expect(read()).rejects.toMatchObject({ code: 'http.rate_limited', retryAfter: 35_346 });
  await expect(read()).rejects.toThrow(/refused: bad_parameter, No site found/);
  const lines = await stackexchange.check(io);
  expect(lines.map(({ ok, detail }) => [ok, detail])).toEqual([
    [false, expect.stringMatching(/No site found/)],
    [false, 'stackoverflow.com has no tag rapport. Check the spelling.'],
  ]);
});
