import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { DeliveryTarget, Derived, Json, Page, Picture, Stream } from '../contract.ts';
import { replay } from '../kit/replay.ts';
import { readPages, testIo } from '../kit/testing.ts';
import { discord } from './index.ts';
import type { DiscordSettings } from './settings.ts';
import { discordSettings } from './settings.ts';
import { openOffline } from './testing.ts';
import { contentToText } from './text.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type DiscordStream = Stream<DiscordSettings>;
const [threads, messages, members] = discord.streams as [DiscordStream, DiscordStream, DiscordStream];
const base = { server: '100000000000000001', token: 'test.token.of-a-bot_0001' };

async function open(apiUrl: string, settings: Record<string, unknown> = {}, more: Parameters<typeof testIo>[2] = {}) {
  const made = await testIo(discord, { ...base, apiUrl, ...settings }, more);
  closing.push(() => made.close());
  return made.io;
}

async function play(fixture: string, settings: Record<string, unknown> = {}, more: Parameters<typeof testIo>[2] = {}) {
  const server = await replay(fixture.includes('/') ? fixture : path.join(import.meta.dirname, 'fixtures', `${fixture}.json`));
  closing.push(() => server.finish());
  return open(server.url, settings, more);
}

async function openSmall(settings: Record<string, unknown> = {}) {
  const source = await openOffline();
  closing.push(() => source.close());
  return open(String(source.settings['apiUrl']), settings);
}

const itemsOf = (pages: Page[]) => pages.flatMap((page) => page.items);
const deriveAll = (stream: DiscordStream, items: Json[], settings: DiscordSettings): Derived[] =>
  items.map((item) => stream.derive(stream.record.parse(item) as never, settings));

test('reads what was said in channels, threads, forum posts and archives', async () => {
  const io = await openSmall();
  const derived = deriveAll(messages, itemsOf(await readPages(messages, io)), io.settings);
  const activities = derived.flatMap((each) => each.activities);
  expect(
    activities.map(({ kind, person, text, thread, room }) => [
      kind,
      person.value,
      text,
      thread?.title ?? room?.name,
      thread?.opens ?? false,
    ]),
  ).toEqual([
    ['message', 'ann', 'Release 2 is out', 'About the release', true],
    ['reply', 'bob', 'Thanks @Ann Lee, great :tada:', '#general', false],
    ['message', 'webhook:600000000000000001', 'New post', '#general', false],
    ['message', 'Helper#4242', 'Build 7\nis green', '#general', false],
    ['post', 'ann', 'It fails', 'Cannot install', true],
    ['reply', 'bob', 'Which version?', 'Cannot install', false],
    ['reply', 'bob', 'At last', 'About the release', false],
    ['post', 'bob', 'How?', 'Old question', true],
    ['post', 'bob', 'Why?', 'Older question', true],
  ]);
  expect(activities[0]).toMatchObject({
    at: Date.UTC(2024, 2, 1, 10, 1),
    url: 'https://discord.com/channels/100000000000000001/200000000000000001/1213063200000000001',
    thread: { externalId: '1213063200000000001', kind: 'conversation' },
    person: {
      platform: 'discord',
      platformUserId: '300000000000000001',
      name: 'Ann Lee',
      avatarUrl: 'https://cdn.discordapp.com/avatars/300000000000000001/a1b2c3.png',
    },
  });
  expect(activities[2]?.person).toMatchObject({ bot: true, name: 'Feed' });
  expect(activities[3]?.person.bot).toBe(true);
  expect(activities[4]).toMatchObject({ title: 'Cannot install', thread: { kind: 'topic', externalId: '1213063100000000001' } });
});

test('says how threads stand: open, solved by a tag, closed', async () => {
  const io = await openSmall();
  const found = deriveAll(threads, itemsOf(await readPages(threads, io)), io.settings).flatMap((each) => each.threads ?? []);
  expect(found.map(({ title, kind, state, labels, closedAt }) => [title, kind, state, labels, closedAt])).toEqual([
    ['Old question', 'topic', 'solved', ['Done'], Date.UTC(2024, 1, 20, 9)],
    ['Older question', 'topic', 'closed', [], Date.UTC(2024, 1, 10, 9)],
    ['Cannot install', 'topic', 'open', ['Install'], undefined],
    ['About the release', 'conversation', 'open', ['#general'], undefined],
  ]);
});

test('reads members as joins, or not at all', async () => {
  const io = await openSmall();
  const joins = deriveAll(members, itemsOf(await readPages(members, io)), io.settings).flatMap((each) => each.activities);
  expect(joins.map(({ kind, at, person }) => [kind, at, person.name, person.bot ?? false])).toEqual([
    ['join', Date.UTC(2023, 4, 1, 8), 'Ann Lee', false],
    ['join', Date.UTC(2023, 5, 1, 8), 'The helper', true],
  ]);
  expect(await readPages(members, await openSmall({ members: false }))).toEqual([]);
});

test('reads who reacted, looks again at what was reacted to since, and asks a quiet channel nothing', async () => {
  const io = await play('reactions', { reactions: true, members: false }, { since: new Date('2024-03-01T09:59:46.720Z') });
  const first = await readPages(messages, io);
  const kinds = (pages: Page[]) =>
    deriveAll(messages, itemsOf(pages), io.settings).flatMap(({ activities }) =>
      activities.map(({ kind, platformType, person }) => `${kind} ${platformType ?? ''} ${person.value}`),
    );
  expect(kinds(first)).toEqual(['message  ann', 'reaction 🎉 bob', 'reaction tada ann']);
  const second = await readPages(messages, io, first.at(-1)?.cursor);
  expect(kinds(second)).toEqual(['message  ann', 'reaction 🎉 bob', 'reaction 🎉 ann', 'message  bob']);
  // The last message that the channel names was deleted: that is no reason to ask for ever.
  expect(itemsOf(await readPages(messages, io, second.at(-1)?.cursor))).toEqual([]);
});

test('goes through a long channel page by page, oldest first', async () => {
  const id = (index: number) => String(1_213_063_200_000_000_000n + BigInt(index));
  const message = (index: number) => ({
    id: id(index),
    type: 0,
    author: { id: '300000000000000001', username: 'ann' },
    content: `Message ${index}`,
    timestamp: '2024-03-01T10:00:00+00:00',
  });
  const list = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => message(to - index));
  const channel = '200000000000000001';
  const page = (after: string, json: unknown) => ({
    request: { path: `/channels/${channel}/messages?limit=100&after=${after}` },
    response: { json },
  });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'rapport-discord-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const fixture = {
    synthetic: true,
    exchanges: [
      {
        request: { path: '/guilds/100000000000000001/channels' },
        response: { json: [{ id: channel, type: 0, name: 'a', last_message_id: id(130) }] },
      },
      { request: { path: '/guilds/100000000000000001/threads/active' }, response: { json: { threads: [] } } },
      { request: { path: `/channels/${channel}/threads/archived/public?limit=100` }, response: { json: { threads: [], has_more: false } } },
      page('0', list(1, 100)),
      page(id(100), list(101, 130)),
    ],
  };
  await writeFile(path.join(folder, 'long.json'), JSON.stringify(fixture));
  const io = await play(path.join(folder, 'long.json'));
  const pages = await readPages(messages, io);
  expect(pages.map(({ items }) => items.length)).toEqual([100, 30, 0]);
  expect(itemsOf(pages).map((item) => messages.externalId(messages.record.parse(item) as never))).toEqual(
    Array.from({ length: 130 }, (_, index) => id(index + 1)),
  );
});

test('says what is missing; leaves closed channels out unless they were named', async () => {
  const io = await play('refusals');
  expect((await discord.check(io)).map(({ ok, detail }) => [ok, detail])).toEqual([
    [true, 'It is Rapport.'],
    [false, expect.stringContaining('Unknown Guild (10004). Check the ids.')],
    [false, expect.stringContaining('Turn on the Message Content Intent')],
    [true, '2 channels, 0 of them forums.'],
    [false, expect.stringContaining('Missing Access (50001). Give the bot')],
    [false, expect.stringContaining('Server Members Intent')],
  ]);
  expect(itemsOf(await readPages(messages, io))).toHaveLength(1);
  const warnings: string[] = [];
  const channels = ['200000000000000001', '200000000000000002'];
  const named = await open(io.settings.apiUrl, { channels }, { warn: (message) => warnings.push(message) });
  expect(itemsOf(await readPages(messages, named))).toHaveLength(1);
  expect(warnings[0]).toMatch(/Missing Access/);
  await readPages(members, named);
  expect(warnings.at(-1)).toMatch(/Server Members Intent/);
  await expect(readPages(members, io)).rejects.toMatchObject({ code: 'http.rate_limited', retryAfter: 2 });
  expect(await discord.check(await open(io.settings.apiUrl, { token: 'bad.token.of-a-bot_00001' }))).toMatchObject([
    { ok: false, detail: expect.stringContaining('does not accept the token') as string },
  ]);
});

const keys = generateKeyPairSync('ed25519');
const publicKey = keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
const now = new Date('2024-03-01T10:30:00Z');

function interaction(body: string, time = String(now.getTime() / 1000)) {
  const signature = sign(null, Buffer.from(time + body), keys.privateKey).toString('hex');
  return { headers: { 'x-signature-ed25519': signature, 'x-signature-timestamp': time }, body: Buffer.from(body), receivedAt: now };
}

test('answers interactions, and only those that Discord signed', () => {
  const settings = discordSettings.parse({ ...base, publicKey });
  const verify = (request: ReturnType<typeof interaction>, given = settings) => discord.webhook?.verify(request, given);
  expect(() => verify(interaction('{"type":1}'))).not.toThrow();
  expect(() => verify({ ...interaction('{"type":1}'), body: Buffer.from('{"type":2}') })).toThrow('not signed by this application');
  expect(() => verify({ ...interaction('{}'), headers: { 'x-signature-ed25519': 'zz', 'x-signature-timestamp': '' } })).toThrow(
    'not signed',
  );
  expect(() => verify(interaction('{}'), discordSettings.parse(base))).toThrow('not signed');
  expect(() => verify(interaction('{}', '1709280000'))).toThrow('more than five minutes ago');
  const read = (body: string) => discord.webhook?.read(interaction(body), settings);
  expect(read('{"type":1}')).toEqual({ answer: { json: { type: 1 } } });
  expect(read('{"type":3,"data":{"custom_id":"x"}}')).toEqual({ readNow: true, answer: { json: { type: 6 } } });
  expect(read('{"type":2}')).toMatchObject({ readNow: true, answer: { json: { type: 4 } } });
  expect(() => read('[]')).toThrow('no interaction');
});

test('posts, replies, times out, bans, gives and takes roles', async () => {
  const io = { ...(await play('deliveries')), now: () => now };
  const deliver = (name: string, target: DeliveryTarget, input: Record<string, unknown>, pictures?: Picture[]) => {
    const delivery = discord.deliveries?.find((each) => each.name === name);
    return delivery?.deliver(io, target, delivery.input.parse(input) as never, pictures);
  };
  expect(await deliver('post', {}, { channel: '200000000000000001', text: 'Hello @everyone' })).toEqual({
    url: 'https://discord.com/channels/100000000000000001/200000000000000001/1213063200000000030',
  });
  const picture: Picture = { name: 'growth.png', mediaType: 'image/png', alt: 'Chart: Growth.', content: Buffer.from('drawn') };
  expect(await deliver('post', {}, { channel: '200000000000000001', text: 'This week' }, [picture])).toEqual({
    url: 'https://discord.com/channels/100000000000000001/200000000000000001/1213063200000000090',
  });
  await deliver('reply', { thread: { externalId: '1213063100000000001', kind: 'topic' } }, { text: 'Here' });
  const record = { channel: { id: '200000000000000001' }, message: { id: '1213063200000000001' } };
  await deliver('reply_to_message', { activity: { stream: 'messages', externalId: '1213063200000000001', record } }, { text: 'There' });
  const person = { platform: 'discord', type: 'account', value: 'bob', platformUserId: '300000000000000002' } as const;
  expect(await deliver('timeout', { person }, { minutes: '60', reason: 'Spam – again' })).toEqual({
    detail: 'Until 2024-03-01 11:30 UTC.',
  });
  await deliver('ban', { person }, { deleteHours: 24 });
  expect(await deliver('give_role', { person }, { role: '@champion' })).toEqual({ detail: 'Champion' });
  await deliver('take_role', { person }, { role: '800000000000000001' });
  await expect(deliver('give_role', { person }, { role: 'nobody' })).rejects.toThrow('There are: Champion, Twin, twin.');
  await expect(deliver('give_role', { person }, { role: 'twin' })).rejects.toThrow('More than one role');
  await expect(deliver('give_role', { person }, { role: '800000000000000003' })).rejects.toThrow('Missing Permissions');
  await expect(deliver('ban', { person: { ...person, platform: 'slack' } }, {})).rejects.toThrow('id of this person is not known');
  await expect(deliver('reply', { thread: { externalId: 'room/1', kind: 'conversation' } }, { text: 'x' })).rejects.toThrow(
    'no thread in Discord',
  );
});

test.each([
  ['<@1> <@!2> <@&3> <#4> </ask:5> <a:wave:6> <t:1709287200:R>', '@Ann @2 @role #4 /ask :wave: 2024-03-01 10:00'],
  ['**bold** ~~gone~~ ||hidden|| 2 ** 3 ** 4', 'bold gone hidden 2 ** 3 ** 4'],
])('makes text of %j', (content, expected) => {
  expect(contentToText(content, new Map([['1', 'Ann']]))).toBe(expected);
});
