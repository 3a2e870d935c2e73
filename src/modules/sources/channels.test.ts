import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { contentOf, expectConsistent } from '../../../test/invariants.ts';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import type { Connector, Json } from '../../connectors/contract.ts';
import { defineConnector, defineDelivery, defineStream } from '../../connectors/kit/define.ts';
import { sourceRefused } from '../../connectors/kit/failures.ts';
import { verifySignature } from '../../connectors/kit/webhook.ts';
import { createHttp } from '../../entry/http.ts';
import { findAction } from '../../entry/actions.ts';
import { callAction } from '../../platform/action.ts';
import { readId } from '../../platform/ids.ts';
import { activityTarget, countOlder, dropOlder, dropSource, openTaker, threadTarget } from '../activities/index.ts';
import { deliverWaiting } from './deliveries.ts';
import { provideToSources, runSource } from './index.ts';

// A forum of the test's own: what it holds is read, sent by webhook, and written to.
const post = z.object({ id: z.string(), who: z.string(), at: z.number(), text: z.string(), version: z.number() });
type Post = z.infer<typeof post>;
let forum: Post[] = [];
let missing: string | undefined;
let server: Server;
let address = '';
/** What the other side was asked, and how it answers. */
const asked: { path: string; body: string }[] = [];
let answer: { status: number; headers?: Record<string, string>; hangUp?: boolean } = { status: 200 };

const forumConnector = defineConnector({
  name: 'forum',
  title: 'Forum',
  summary: 'Reads a forum of the test.',
  settings: z.object({ url: z.string(), secret: z.string().optional().meta({ secret: true }) }),
  nameOf: (settings) => settings.url,
  everyMinutes: 60,
  check: async () => [],
  streams: [
    defineStream({
      name: 'posts',
      title: 'Posts',
      order: 'snapshot',
      record: post,
      externalId: (record) => record.id,
      version: (record) => record.version,
      async *pages(io) {
        if (missing !== undefined) io.warn(missing);
        yield { items: forum, cursor: forum.length };
      },
      derive: (record) => ({
        activities: [
          {
            kind: 'post',
            at: record.at,
            person: { platform: 'forum', type: 'account', value: record.who },
            text: record.text,
            url: `https://forum.example/${record.id}`,
            thread: { externalId: 'topic-1', kind: 'topic', title: 'A topic' },
          },
        ],
      }),
    }),
  ],
  webhook: {
    secret: 'secret',
    setUp: ['Enter {address} and {secret}.'],
    verify: (request, settings) => verifySignature(request, { secret: settings.secret ?? '', header: 'x-signature' }),
    read(request) {
      const news = JSON.parse(Buffer.from(request.body).toString('utf8')) as {
        items?: Json[];
        gone?: string[];
        read?: boolean;
        ping?: string;
      };
      if (news.ping !== undefined) return { answer: { json: { pong: news.ping } } };
      return {
        pages: [{ stream: 'posts', items: news.items ?? [], ...(news.gone === undefined ? {} : { gone: news.gone }) }],
        ...(news.read === true ? { readNow: true } : {}),
      };
    },
  },
  deliveries: [
    defineDelivery({
      name: 'reply',
      title: 'Reply',
      summary: 'Replies in the topic.',
      on: 'thread',
      input: z.object({ text: z.string().min(1).meta({ title: 'Text' }) }),
      async deliver(io, target, input) {
        const sent = await io.http.send('POST', `${address}/topics/${target.thread?.externalId ?? ''}`, { json: { text: input.text } });
        if (sent.status === 403) throw sourceRefused('forum.refused', 'The key may not write. Give it the right to reply.');
        return { url: `${address}/replies/1` };
      },
    }),
    defineDelivery({
      name: 'hide',
      title: 'Hide',
      summary: 'Hides a post.',
      on: 'activity',
      input: z.object({}),
      async deliver(io, target) {
        await io.http.send('PUT', `${address}/posts/${target.activity?.externalId ?? ''}/hide`, { json: target.activity?.record ?? null });
        return {};
      },
    }),
  ],
});

let running: TestProgram;
let app: FastifyInstance;

beforeAll(async () => {
  running = await createTestProgram();
  provideToSources({
    connectors: [forumConnector as Connector<never>],
    openTaker,
    dropSource,
    dropOlder,
    countOlder,
    findTarget: async (db, about) => {
      if ('thread' in about) return threadTarget(db, about.thread);
      if ('activity' in about) return activityTarget(db, about.activity);
      throw new Error('not asked for here');
    },
    whileReading: async () => undefined,
    afterReading: async () => undefined,
  });
  app = await createHttp(running.program, 'http://127.0.0.1:4600');
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ path: request.url ?? '', body });
      if (answer.hangUp === true) request.socket.destroy();
      else response.writeHead(answer.status, answer.headers).end('{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((done) => server.close(done));
  await app.close();
  await running.close();
});

async function call<T>(name: string, input: unknown): Promise<T> {
  const action = findAction(name);
  if (action === undefined) throw new Error(`no action ${name}`);
  return (await callAction(running.program, running.asAdministrator, action, input)) as T;
}

let forums = 0;
async function connect(secret: string | undefined = 'agreed'): Promise<string> {
  const settings = { url: `https://forum-${++forums}.example`, ...(secret === undefined ? {} : { secret }) };
  return (await call<{ id: string }>('sources.add', { connector: 'forum', settings, read: false })).id;
}

function send(source: string, body: unknown, secret = 'agreed') {
  const payload = JSON.stringify(body);
  const signature = createHmac('sha256', secret).update(payload).digest('hex');
  return app.inject({
    method: 'POST',
    url: `/webhooks/${source}`,
    headers: { 'content-type': 'application/json', 'x-signature': signature },
    payload,
  });
}

const at = Date.UTC(2024, 4, 1);
const made = (id: string, more: Partial<Post> = {}): Post => ({ id, who: 'ada', at, text: `post ${id}`, version: 1, ...more });
const texts = async (source: string): Promise<(string | null)[]> =>
  (await call<{ activities: { excerpt: string | null }[] }>('activities.timeline', { sources: [source] })).activities.map(
    ({ excerpt }) => excerpt,
  );
const read = (source: string) => runSource(running.program, readId('source', source), { cause: 'request' });

test('what is sent by webhook is stored as if it had been read, once', async () => {
  const [sent, fetched] = [await connect(), await connect()];
  forum = [made('1'), made('2', { at: at + 1000 })];
  expect((await send(sent, { items: forum })).statusCode).toBe(200);
  await read(fetched);
  const rows = async (source: string) => {
    const { rows: found } = await running.program.database.pool.query(
      `select r.external_id, r.hash, a.kind, a.at, a.body, t.external_id as thread, a.identity_id
       from record r join activity a on a.source_id = r.source_id and a.id / 1024 = r.id
       join thread t on t.source_id = a.source_id and t.id = a.thread_id where r.source_id = $1 order by 1`,
      [readId('source', source)],
    );
    return found as unknown[];
  };
  expect(await rows(sent)).toHaveLength(2);
  expect(await rows(sent)).toEqual(await rows(fetched));
  // The schedule reads the same again, and the request is sent again: nothing changes.
  const before = await contentOf(running.program);
  expect(await read(sent)).toMatchObject({ fresh: 0, changed: 0 });
  expect((await send(sent, { items: forum })).statusCode).toBe(200);
  expect(await contentOf(running.program)).toEqual(before);
  expect(await call('sources.get', { id: sent })).toMatchObject({ webhook: { requests: 1, items: 2, error: null, secretSet: true } });
  await expectConsistent(running.program);
});

test('an old copy never replaces what is newer; what is gone is taken back; what cannot be read is kept aside', async () => {
  const source = await connect();
  await send(source, { items: [made('1', { text: 'second', version: 2 })] });
  await send(source, { items: [made('1', { text: 'first', version: 1 })] });
  expect(await texts(source)).toEqual(['second']);
  await send(source, { items: [made('1', { text: 'third', version: 3 }), { id: 'odd', who: 7 }] });
  expect(await texts(source)).toEqual(['third']);
  expect(await call('sources.quarantine', { source })).toMatchObject({ records: [{ externalId: 'odd' }] });
  await send(source, { items: [], gone: ['1'] });
  expect(await texts(source)).toEqual([]);
  await expectConsistent(running.program);
});

test('refuses what is not signed, not agreed, not ours, or meant for a paused source, and says so', async () => {
  const source = await connect();
  const refused = await send(source, { items: [made('1')] }, 'guessed');
  expect(refused.statusCode).toBe(401);
  expect(refused.json()).toMatchObject({ error: { code: 'webhook.signature' } });
  expect(await call('sources.get', { id: source })).toMatchObject({
    webhook: { requests: 0, error: expect.stringContaining('signed') as string },
  });
  expect((await send(await connect(''), {})).statusCode).toBe(403);
  expect((await send('src_zzzz', {})).statusCode).toBe(404);
  expect((await send('mem_1', {})).statusCode).toBe(404);
  expect((await app.inject({ method: 'POST', url: `/webhooks/${source}`, payload: Buffer.alloc(0) })).statusCode).toBe(401);
  await call('sources.pause', { id: source });
  expect((await send(source, { items: [made('1')] })).statusCode).toBe(409);
  expect(await texts(source)).toEqual([]);
  await call('sources.resume', { id: source });
  expect((await send(source, { items: [made('1')] })).statusCode).toBe(200);
  expect(await texts(source)).toEqual(['post 1']);
});

test('says what a reading could not get, until one gets it', async () => {
  const source = await connect();
  forum = [made('1')];
  missing = 'The category "staff" is closed to this key. Give it the right to read it.';
  expect(await read(source)).toMatchObject({ state: 'done', fresh: 1 });
  expect(await call('sources.get', { id: source })).toMatchObject({ warnings: [missing] });
  missing = undefined;
  await read(source);
  expect(await call('sources.get', { id: source })).toMatchObject({ warnings: [] });
});

test('answers a challenge, and a secret can be made here', async () => {
  const source = await connect('');
  const { secret } = await call<{ secret: string }>('sources.make-webhook-secret', { id: source });
  const answered = await send(source, { ping: 'hello' }, secret);
  expect(answered.json()).toEqual({ pong: 'hello' });
  const shown = await call<{ webhook: { setUp: string[]; ours: boolean } }>('sources.get', { id: source });
  expect(shown.webhook.setUp.join()).toContain(`/webhooks/${source}`);
  expect(JSON.stringify(shown)).not.toContain(secret);
});

async function topicOf(source: string): Promise<{ thread: string; activity: string }> {
  await send(source, { items: [made('1')] });
  const { activities } = await call<{ activities: { id: string; thread: string }[] }>('activities.timeline', { sources: [source] });
  return { thread: activities[0]?.thread ?? '', activity: activities[0]?.id ?? '' };
}
const deliveriesOf = async (source: string) =>
  (await call<{ deliveries: Record<string, unknown>[] }>('sources.deliveries', { source })).deliveries;
const work = (source: string) => deliverWaiting(running.program, readId('source', source), new AbortController().signal);

test('a reply is sent once, in order, with its outcome; a refusal says what to do and can be sent again', async () => {
  const source = await connect();
  const { thread, activity } = await topicOf(source);
  asked.length = 0;
  answer = { status: 200 };
  await call('sources.deliver', { delivery: 'reply', thread, input: { text: 'Welcome!' } });
  await call('sources.deliver', { delivery: 'hide', activity });
  await Promise.all([work(source), work(source)]);
  await work(source);
  expect(asked.map(({ path, body }) => ({ path, body: JSON.parse(body) as unknown }))).toEqual([
    { path: '/topics/topic-1', body: { text: 'Welcome!' } },
    { path: '/posts/1/hide', body: made('1') },
  ]);
  expect(await deliveriesOf(source)).toMatchObject([
    { name: 'hide', state: 'done', subject: activity },
    { name: 'reply', state: 'done', subject: thread, url: `${address}/replies/1`, askedBy: 'Test administrator' },
  ]);
  answer = { status: 403 };
  const { id } = await call<{ id: string }>('sources.deliver', { delivery: 'reply', thread, input: { text: 'Again' } });
  await work(source);
  expect((await deliveriesOf(source))[0]).toMatchObject({
    id,
    state: 'failed',
    detail: expect.stringContaining('right to reply') as string,
  });
  answer = { status: 200 };
  await call('sources.deliver-again', { id });
  await work(source);
  expect((await deliveriesOf(source))[0]).toMatchObject({ id, state: 'done', attempts: 2 });
});

test('a limit is waited for; a line that breaks leaves it open whether it arrived, and nothing is sent twice by itself', async () => {
  const source = await connect();
  const { thread } = await topicOf(source);
  const ask = () => call<{ id: string }>('sources.deliver', { delivery: 'reply', thread, input: { text: 'Hello' } });
  answer = { status: 429, headers: { 'retry-after': '3600' } };
  const { id } = await ask();
  await work(source);
  expect((await deliveriesOf(source))[0]).toMatchObject({ id, state: 'waiting', nextTryAt: expect.any(String) as string });
  asked.length = 0;
  await work(source);
  expect(asked).toEqual([]);
  await call('sources.deliver-drop', { id });
  answer = { status: 200, hangUp: true };
  await ask();
  await work(source);
  await work(source);
  expect(asked).toHaveLength(1);
  expect((await deliveriesOf(source))[0]).toMatchObject({ state: 'unknown', detail: expect.stringContaining('Look there') as string });
  // What a killed process left in the middle is not sent again either.
  answer = { status: 200 };
  const killed = await ask();
  await running.program.database.pool.query(`update delivery set state = 'sending' where id = $1`, [readId('delivery', killed.id)]);
  asked.length = 0;
  await work(source);
  expect(asked).toEqual([]);
  expect((await deliveriesOf(source))[0]).toMatchObject({ id: killed.id, state: 'unknown' });
});

test('many who ask at once wait for their turn, not for each other: a transaction needs one connection', async () => {
  const source = await connect();
  const { activity } = await topicOf(source);
  const asked30 = Array.from({ length: 30 }, () => call('sources.deliver', { delivery: 'hide', activity }));
  await Promise.all(asked30);
  expect(await deliveriesOf(source)).toHaveLength(30);
});

test('says what cannot be done: an unknown delivery, the wrong thing, a missing text, a light agent', async () => {
  const source = await connect();
  const { thread } = await topicOf(source);
  await expect(call('sources.deliver', { delivery: 'close', thread })).rejects.toThrow(/It can: reply, hide/);
  await expect(call('sources.deliver', { delivery: 'reply', source, input: { text: 'x' } })).rejects.toThrow(/done to a thread/);
  await expect(call('sources.deliver', { delivery: 'hide', thread })).rejects.toThrow(/done to an activity/);
  await expect(call('sources.deliver', { delivery: 'reply', thread, input: { text: '' } })).rejects.toThrow(/text/);
  const png = Buffer.from('89504e470d0a1a0a0000', 'hex').toString('base64');
  const picture = { name: 'a.png', alt: 'A chart', content: png };
  await expect(call('sources.deliver', { delivery: 'reply', thread, input: { text: 'x' }, pictures: [picture] })).rejects.toThrow(
    /carries no pictures/,
  );
  for (const wrong of [{ content: 'PHN2Zz4=' }, { name: '../a.png' }, { alt: '' }])
    await expect(
      call('sources.deliver', { delivery: 'reply', thread, input: { text: 'x' }, pictures: [{ ...picture, ...wrong }] }),
    ).rejects.toThrow(/pictures.0/);
  await expect(call('sources.deliver', { delivery: 'reply', source, thread: 'thr_zzzz', input: { text: 'x' } })).rejects.toThrow(
    /no thread/,
  );
  const action = findAction('sources.deliver');
  if (action === undefined) throw new Error('no action');
  await expect(callAction(running.program, running.asRole('light_agent'), action, { delivery: 'reply', thread })).rejects.toThrow(/role/);
});

test('removed with its data kept, a source is out of the list, and connecting it again reads on', async () => {
  const source = await connect();
  const { connector, settings } = await call<{ connector: string; settings: object }>('sources.get', { id: source });
  await send(source, { items: [made('1')] });
  await call('sources.remove', { id: source, data: 'keep' });
  const listed = async (kept: boolean) =>
    (await call<{ sources: { id: string }[] }>('sources.list', { kept })).sources.map(({ id }) => id).includes(source);
  expect([await listed(false), await listed(true)]).toEqual([false, true]);
  expect(await texts(source)).toEqual(['post 1']);
  await expect(call('sources.resume', { id: source })).rejects.toThrow(/Connect it again/);
  expect((await send(source, { items: [made('2')] })).statusCode).toBe(404);
  expect(await call('sources.add', { connector, settings, read: false })).toMatchObject({ id: source });
  forum = [made('1'), made('3')];
  expect(await read(source)).toMatchObject({ state: 'done', fresh: 1 });
});
