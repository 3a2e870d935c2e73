import { createHmac } from 'node:crypto';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Derived, Json, Page, Picture, Stream } from '../contract.ts';
import type { ReplayServer } from '../kit/replay.ts';
import { replay } from '../kit/replay.ts';
import { readPages, testIo } from '../kit/testing.ts';
import { slack } from './index.ts';
import type { SlackSettings } from './settings.ts';
import { slackSettings } from './settings.ts';
import { openOffline } from './testing.ts';
import { mrkdwnToText } from './text.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const [messages, people] = slack.streams as [Stream<SlackSettings>, Stream<SlackSettings>];

async function open(url: string, settings: Record<string, unknown> = {}, more: Parameters<typeof testIo>[2] = {}) {
  const made = await testIo(
    slack,
    { workspace: 'example.slack.com', token: 'xoxb-test', signingSecret: '8f742231b10e8888', apiUrl: url, ...settings },
    more,
  );
  closing.push(() => made.close());
  return made.io;
}

async function play(name: string): Promise<ReplayServer> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', `${name}.json`));
  closing.push(() => server.finish());
  return server;
}

async function openSmall(settings: Record<string, unknown> = {}) {
  const source = await openOffline();
  closing.push(() => source.close());
  return open(String(source.settings['apiUrl']), settings);
}

const itemsOf = (pages: Page[]) => pages.flatMap((page) => page.items);
const deriveAll = (stream: Stream<SlackSettings>, items: Json[], settings: SlackSettings): Derived[] =>
  items.map((item) => stream.derive(stream.record.parse(item) as never, settings));
const place = { platform: 'slack', host: 'example.slack.com', type: 'account' };

test('reads messages as one speaks: rooms, threads with their answers, reactions, joins', async () => {
  const io = await openSmall();
  const derived = deriveAll(messages, itemsOf(await readPages(messages, io)), io.settings);
  const activities = derived.flatMap((each) => each.activities);
  expect(
    activities.map(({ kind, person, text, thread, room }) => [kind, person.value, text, thread?.externalId ?? room?.externalId]),
  ).toEqual([
    ['message', 'B0NEWS', 'Build 7 is green', 'C0GENERAL'],
    ['message', 'U0ANN', 'How do I install it? See the docs (https://example.org/docs) & tell @U0BOB', 'C0GENERAL/1709289500.000300'],
    ['reaction', 'U0BOB', undefined, 'C0GENERAL/1709289500.000300'],
    ['reaction', 'U0CAT', undefined, 'C0GENERAL/1709289500.000300'],
    ['reply', 'U0BOB', 'With npm_i *x*', 'C0GENERAL/1709289500.000300'],
    ['reply', 'U0CAT', 'It works', 'C0GENERAL/1709289500.000300'],
    ['reply', 'U0ANN', 'Thanks!', 'C0GENERAL/1709289500.000300'],
    ['join', 'U0BOB', undefined, undefined],
    ['message', 'U0ANN', 'hello world', 'C0GENERAL'],
    ['message', 'U0CAT', 'Is anybody here?', 'C0HELP'],
  ]);
  expect(activities[0]).toMatchObject({ person: { ...place, bot: true, name: 'News' }, room: { name: '#general' } });
  expect(activities[1]).toMatchObject({
    at: 1_709_289_500_000,
    person: { ...place, platformUserId: 'U0ANN' },
    url: 'https://example.slack.com/archives/C0GENERAL/p1709289500000300?thread_ts=1709289500.000300&cid=C0GENERAL'.split('?')[0],
    thread: { opens: true, labels: ['#general'], title: 'How do I install it? See the docs (https://example.org/docs) & tell @U0BOB' },
  });
  expect(activities[4]?.url).toBe(
    'https://example.slack.com/archives/C0GENERAL/p1709289520000310?thread_ts=1709289500.000300&cid=C0GENERAL',
  );
});

test('reads people with what the workspace says of them', async () => {
  const io = await openSmall();
  const [ann, bob, bot] = deriveAll(people, itemsOf(await readPages(people, io)), io.settings);
  expect(ann?.people).toEqual([
    {
      ...place,
      value: 'U0ANN',
      platformUserId: 'U0ANN',
      url: 'https://example.slack.com/team/U0ANN',
      name: 'Ann Lee',
      bio: 'Engineer',
      avatarUrl: 'https://avatars.example.org/ann_192.png',
    },
    { platform: 'email', type: 'email', value: 'ann@example.org', name: 'Ann Lee' },
  ]);
  expect(ann?.links).toMatchObject([{ a: { value: 'U0ANN' }, b: { value: 'ann@example.org' }, proof: 'verified_email' }]);
  // An address that nobody confirmed is nobody's.
  expect([bob?.people?.length, bob?.links]).toEqual([1, undefined]);
  expect(bot?.people?.[0]?.bot).toBe(true);
});

test('reads on with what is new, and looks again at what was answered or liked since', async () => {
  const server = await play('again');
  const io = await open(server.url, { channels: ['C0GENERAL'] });
  const first = await readPages(messages, io);
  expect(itemsOf(first)).toHaveLength(3);
  const second = await readPages(messages, io, first.at(-1)?.cursor);
  expect(itemsOf(second).map((item) => messages.externalId(messages.record.parse(item) as never))).toEqual([
    'C0GENERAL/1709289700.000500',
    'C0GENERAL/1709289500.000300',
    'C0GENERAL/1709289710.000340',
  ]);
  expect(itemsOf(await readPages(messages, io, second.at(-1)?.cursor))).toEqual([]);
});

test('obeys "since", and a limit in the middle of the channels', async () => {
  const server = await play('limits');
  const io = await open(server.url, {}, { since: new Date('2024-03-01T10:00:00Z') });
  const pages: Page[] = [];
  const reading = (async () => {
    for await (const page of messages.pages(io, undefined)) pages.push(page);
  })();
  await expect(reading).rejects.toMatchObject({ code: 'http.rate_limited', retryAfter: 30 });
  expect(itemsOf(pages)).toHaveLength(1);
  // The first channel is not asked again before the second was.
  expect(itemsOf(await readPages(messages, io, pages.at(-1)?.cursor))).toHaveLength(1);
});

test('says what is missing, and reads the other channels when one is closed', async () => {
  const server = await play('refusals');
  const warnings: string[] = [];
  const io = await open(server.url, { channels: ['C0CLOSED', 'C0OPEN'] }, { warn: (message) => warnings.push(message) });
  expect((await slack.check(io)).map(({ ok, detail }) => [ok, detail])).toEqual([
    [true, expect.stringContaining('rapport in Example')],
    [true, expect.stringContaining('2 channels')],
    [false, expect.stringMatching(/not_in_channel.*invite the app there/)],
    [false, expect.stringMatching(/lacks the scope users:read for users.list/)],
  ]);
  expect(itemsOf(await readPages(messages, io))).toHaveLength(1);
  expect(await readPages(people, io)).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(/^C0CLOSED: .*not_in_channel/), expect.stringContaining('lacks the scope users:read')]);
  const bad = await open(server.url, { token: 'xoxb-bad' });
  expect(await slack.check(bad)).toMatchObject([{ ok: false, detail: expect.stringContaining('does not accept the token') as string }]);
  const elsewhere = await open(server.url, { token: 'xoxb-other', workspace: 'https://other.slack.com/' });
  expect(await slack.check(elsewhere)).toMatchObject([
    { ok: false, detail: expect.stringContaining('belongs to example.slack.com') as string },
  ]);
});

const now = new Date('2024-03-01T10:40:10Z');
const seconds = String(now.getTime() / 1000);
const settings = slackSettings.parse({ workspace: 'example.slack.com', token: 'xoxb-test', signingSecret: '8f742231b10e8888' });

function signed(body: string, headers: Record<string, string> = {}, time = seconds) {
  const signature = `v0=${createHmac('sha256', '8f742231b10e8888').update(`v0:${time}:${body}`).digest('hex')}`;
  return {
    headers: { 'content-type': 'application/json', 'x-slack-signature': signature, 'x-slack-request-timestamp': time, ...headers },
    body: Buffer.from(body),
    receivedAt: now,
  };
}

function event(inner: Record<string, unknown>, headers: Record<string, string> = {}) {
  const request = signed(JSON.stringify({ type: 'event_callback', team_id: 'T0EXAMPLE', event: inner }), headers);
  slack.webhook?.verify(request, settings);
  return slack.webhook?.read(request, settings);
}

test('an event gives the record that reading gives', async () => {
  const io = await openSmall();
  const polled = itemsOf(await readPages(messages, io)).at(-1) as { [key: string]: Json };
  const news = event({ ...(polled['message'] as object), channel: 'C0HELP', channel_type: 'channel', event_ts: '1709290000.000500' });
  const [item] = news?.pages?.[0]?.items ?? [];
  const { channelName: _, ...nameless } = polled;
  expect([news?.pages?.[0]?.stream, item]).toEqual(['messages', nameless]);
  const ann = itemsOf(await readPages(people, io))[0] as { [key: string]: Json };
  expect(event({ type: 'team_join', user: ann })).toEqual({ pages: [{ stream: 'people', items: [ann] }] });
});

test('events: challenge, changes, removals, what is not for us', () => {
  const message = { type: 'message', channel: 'C1', user: 'U1', text: 'x', ts: '1709290000.000500', channel_type: 'channel' };
  expect(slack.webhook?.read(signed('{"type":"url_verification","challenge":"3eZbrw1a","token":"x"}'), settings)).toEqual({
    answer: { json: { challenge: '3eZbrw1a' } },
  });
  expect(event({ ...message, subtype: 'message_deleted', deleted_ts: '1709280000.000100' })).toEqual({
    pages: [{ stream: 'messages', items: [], gone: ['C1/1709280000.000100'] }],
  });
  expect(event({ ...message, subtype: 'message_changed', message: {} })).toEqual({ readNow: true });
  expect(event({ type: 'reaction_added', item: { type: 'message', channel: 'C1', ts: '1' } })).toEqual({ readNow: true });
  expect(event({ ...message, channel_type: 'im' })).toEqual({});
  expect(event({ type: 'app_mention', channel: 'C1', ts: '1' })).toEqual({});
  // Sent again after the first try failed: it may be older than what was read since.
  expect(event(message, { 'x-slack-retry-num': '1' })).toEqual({ readNow: true });
  const limited = { ...settings, channels: ['C2'] };
  expect(slack.webhook?.read(signed(JSON.stringify({ type: 'event_callback', event: message })), limited)).toEqual({});
  expect(() => slack.webhook?.read(signed('[1]'), settings)).toThrow('no event of Slack');
  expect(slack.webhook?.read(signed('payload=%7B%7D', { 'content-type': 'application/x-www-form-urlencoded' }), settings)).toEqual({});
});

test('believes only what Slack signed, and only now', () => {
  const verify = slack.webhook?.verify.bind(slack.webhook);
  expect(() => verify?.(signed('{}'), settings)).not.toThrow();
  expect(() => verify?.({ ...signed('{}'), body: Buffer.from('{ }') }, settings)).toThrow('not signed as agreed');
  expect(() => verify?.(signed('{}', {}, '1709280000'), settings)).toThrow('more than five minutes ago');
  const { signingSecret: _, ...unset } = settings;
  expect(() => verify?.(signed('{}'), unset)).toThrow('signing secret');
});

test('posts, replies, changes, and sends buttons', async () => {
  const server = await play('deliveries');
  const io = await open(server.url);
  const deliver = (name: string, target: object, input: Record<string, unknown>, pictures?: Picture[]) => {
    const delivery = slack.deliveries?.find((each) => each.name === name);
    return delivery?.deliver(io, target, delivery.input.parse(input) as never, pictures);
  };
  expect(await deliver('post', {}, { channel: '#general', text: 'Hello *all*' })).toEqual({
    url: 'https://example.slack.com/archives/C0GENERAL/p1709290100000600',
  });
  const blocks =
    '{"blocks":[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Open"},"url":"https://example.org"}]}]}';
  expect(await deliver('post_blocks', {}, { channel: 'C0GENERAL', text: 'Open it', blocks })).toMatchObject({
    url: expect.any(String) as string,
  });
  const thread = { externalId: 'C0GENERAL/1709289500.000300', kind: 'conversation' };
  expect(await deliver('reply', { thread }, { text: 'Here' })).toMatchObject({
    url: expect.stringContaining('?thread_ts=1709289500.000300') as string,
  });
  const activity = { stream: 'messages', externalId: 'C0GENERAL/1709289300.000100', record: { message: {} } };
  await deliver('reply_to_message', { activity }, { text: 'There' });
  await deliver('update', {}, { message: 'https://example.slack.com/archives/C0GENERAL/p1709290100000600', text: 'Changed' });
  await expect(deliver('reply', { thread: { externalId: 'room/C0GENERAL/1', kind: 'conversation' } }, { text: 'x' })).rejects.toThrow(
    'no thread in Slack',
  );
  await expect(deliver('post', {}, { channel: 'C0GONE', text: 'x' })).rejects.toThrow('is_archived');
  const picture: Picture = { name: 'growth.png', mediaType: 'image/png', alt: 'Chart: Growth.', content: Buffer.from('drawn') };
  expect(await deliver('post', {}, { channel: '#general', text: 'This week' }, [picture])).toEqual({
    url: 'https://example.slack.com/archives/C0GENERAL/p1709290140000600',
  });
  // What is posted is not posted again for the sake of its picture.
  expect(await deliver('post', {}, { channel: '#general', text: 'Next week' }, [picture])).toEqual({
    url: 'https://example.slack.com/archives/C0GENERAL/p1709290150000600',
    detail: expect.stringMatching(/^Posted, but without its picture: .* files:write/) as string,
  });
  const input = slack.deliveries?.find(({ name }) => name === 'post_blocks')?.input;
  expect(input?.safeParse({ channel: 'C1', text: 'x', blocks: '[{"type":"actions","elements":[]}]' }).error?.issues[0]?.message).toMatch(
    /^block 0.elements/,
  );
  expect(input?.safeParse({ channel: 'C1', text: 'x', blocks: '[{' }).error?.issues[0]?.message).toMatch(/not JSON/);
});

test.each([
  ['*bold* _it_ ~no~ snake_case_name 2*3*4', 'bold it no snake_case_name 2*3*4'],
  ['<https://a.example|A> <https://b.example> <mailto:x@y.org|x@y.org>', 'A (https://a.example) https://b.example x@y.org'],
  ['<@U1|ann> <@U2> <#C1|general> <!here> <!subteam^S1|@team> <!date^1^{date}|1 March>', '@ann @U2 #general @here @team 1 March'],
  ['&lt;script&gt; &amp;lt;', '<script> &lt;'],
  ['```a *b* _c_```', 'a *b* _c_'],
  ['*'.repeat(50_000), '*'.repeat(19_999) + '…'],
])('makes text of %j', (given, expected) => {
  expect(mrkdwnToText(given)).toBe(expected);
});
