import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { AppError } from './errors.ts';
import { isPublicAddress } from './http-address.ts';
import type { HttpClient, HttpClientOptions } from './http-client.ts';
import { createHttpClient } from './http-client.ts';
import { secondsToWait } from './http-limits.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

type Answerer = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(answer: Answerer): Promise<{ url: string; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  const made = createHttpClient({ allowPrivateHosts: ['127.0.0.1'], backoffMs: 1, ...options });
  open.push(() => made.close());
  return made;
}

async function failure(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => new Error('it went through'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw error;
  return error;
}

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'fc00::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'not an address',
])('%s is not a public address', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(['93.184.216.34', '1.1.1.1', '2606:4700::1111', '::ffff:1.1.1.1'])('%s is a public address', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  'http://127.0.0.1:1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://[::1]/',
  'http://[::ffff:7f00:1]/',
  'http://localhost/',
  'http://169.254.169.254/latest',
  'ftp://example.org/',
  'file:///etc/passwd',
  'http://user:secret@example.org/',
  'nonsense',
])('refuses %s', async (url) => {
  const error = await failure(client({ allowPrivateHosts: [] }).get(url));
  expect(error.code).toBe('http.address_refused');
  expect(error.message).not.toContain('secret');
});

test('reaches an inner host that the administrator allowed, by name and by address', async () => {
  const { url } = await serve((_, response) => response.end('hello'));
  expect((await client().get(url)).text()).toBe('hello');
  const named = url.replace('127.0.0.1', 'localhost');
  expect((await client({ allowPrivateHosts: ['localhost'] }).get(named)).text()).toBe('hello');
  expect(await client().resolve(url)).toEqual(['127.0.0.1']);
});

test('checks the address of a redirect too', async () => {
  const { url } = await serve((_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end());
  expect((await failure(client().get(url))).code).toBe('http.address_refused');
});

test('follows a few redirects, not for ever', async () => {
  const { url, seen } = await serve((request, response) => {
    if (request.url === '/a') response.writeHead(301, { location: '/b' }).end();
    else if (request.url === '/b') response.end('there');
    else response.writeHead(302, { location: request.url }).end();
  });
  const answer = await client().get(`${url}/a`);
  expect([answer.text(), answer.url]).toEqual(['there', `${url}/b`]);
  expect((await failure(client().get(`${url}/loop`))).code).toBe('http.redirects');
  expect(seen).toHaveLength(2 + 6);
});

test('does not send what it was given to another host that a redirect names', async () => {
  const asked: string[] = [];
  const other = await serve((request, response) => {
    asked.push(request.method ?? '');
    response.end('{}');
  });
  const { url } = await serve((_, response) => response.writeHead(307, { location: `${other.url}/token` }).end());
  const error = await failure(client().send('POST', `${url}/token`, { form: { password: 'secret' } }));
  expect(error.code).toBe('http.redirects');
  expect(asked).toEqual([]);
});

test('sends credentials to the first origin only, never after a redirect away', async () => {
  const other = await serve((_, response) => response.end('other'));
  const { url, seen } = await serve((request, response) => {
    if (request.url?.startsWith('/away') === true) response.writeHead(302, { location: other.url }).end();
    else response.end('first');
  });
  const signed = client({ credentials: { headers: { authorization: 'Bearer t' }, query: { key: 'k' } } });
  await signed.get(`${url}/here`);
  await signed.get(`${url}/away`);
  await signed.get(other.url);
  await client().get(`${url}/away`, { headers: { authorization: 'Bearer u', accept: 'text/plain' } });
  expect(seen.map((request) => request.headers.authorization)).toEqual(['Bearer t', 'Bearer t', 'Bearer u']);
  expect(other.seen.at(-1)?.headers.accept).toBe('text/plain');
  expect(seen[0]?.url).toBe('/here?key=k');
  expect(other.seen.map((request) => [request.headers.authorization, request.url])).toEqual([
    [undefined, '/'],
    [undefined, '/'],
    [undefined, '/'],
  ]);
});

test('answers 304 and 4xx as they are, with the text of a compressed body', async () => {
  const { url } = await serve((request, response) => {
    if (request.url === '/304') response.writeHead(304, { 'content-encoding': 'gzip' }).end();
    else response.writeHead(404, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}'));
  });
  expect((await client().get(`${url}/304`)).status).toBe(304);
  const answer = await client().get(`${url}/404`);
  expect([answer.status, answer.json()]).toEqual([404, { a: 1 }]);
});

test('tries again after a server error and after a broken connection, for what may be repeated', async () => {
  let count = 0;
  const { url } = await serve((request, response) => {
    count++;
    if (count === 1) response.writeHead(502).end();
    else if (count === 2) request.socket.destroy();
    else response.end('at last');
  });
  expect((await client().get(url)).text()).toBe('at last');
  expect(count).toBe(3);
});

test('gives up after its tries, and never repeats a POST', async () => {
  const { url, seen } = await serve((_, response) => response.writeHead(500).end());
  expect((await failure(client({ attempts: 3 }).get(url))).code).toBe('http.failed');
  expect(seen).toHaveLength(3);
  expect((await failure(client().request(url, { method: 'POST', body: 'x' }))).code).toBe('http.failed');
  expect(seen).toHaveLength(4);
});

test('says until when a limit lasts, without knocking again', async () => {
  const { url, seen } = await serve((_, response) => response.writeHead(429, { 'retry-after': '17' }).end());
  const error = await failure(client().get(url));
  expect([error.kind, error.retryAfter, seen.length]).toEqual(['rate_limited', 17, 1]);
});

test.each<[string, number, Record<string, string>, number | undefined]>([
  ['seconds', 503, { 'retry-after': '5' }, 5],
  ['a date', 429, { 'retry-after': 'Thu, 01 Jan 2026 00:02:00 GMT' }, 120],
  ['a date gone by', 429, { 'retry-after': 'Thu, 01 Jan 2020 00:00:00 GMT' }, 1],
  ['a reset since 1970', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1767225690' }, 90],
  ['a reset from now', 429, { 'ratelimit-reset': '30' }, 30],
  ['nothing', 429, {}, 60],
  ['a wait of years', 429, { 'retry-after': '99999999' }, 86_400],
  ['a number with a point', 403, { 'x-ratelimit-remaining': '0.0', 'x-ratelimit-reset': '12' }, 12],
  ['a refusal that is no limit', 403, { 'x-ratelimit-remaining': '12' }, undefined],
  ['a failure that names no time', 503, {}, undefined],
])('reads the limit of an answer: %s', (_, status, headers, seconds) => {
  expect(secondsToWait(status, headers, new Date('2026-01-01T00:00:00Z'))).toBe(seconds);
});

test('cuts off a body that is too large, announced, not announced, or unpacking to more', async () => {
  const { url } = await serve((request, response) => {
    if (request.url === '/announced') response.end(Buffer.alloc(2000));
    else if (request.url === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000)));
    else {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(100)));
      };
      response.on('drain', more);
      more();
    }
  });
  for (const path of ['/announced', '/bomb', '/endless']) {
    expect((await failure(client().get(url + path, { maxBytes: 1000 }))).code).toBe('http.too_large');
  }
});

test('ends a request that takes too long', async () => {
  const { url } = await serve(() => undefined);
  const error = await failure(client({ totalTimeoutMs: 30, attempts: 1 }).get(url));
  expect(error.message).toContain('did not answer in time');
});

test('obeys an abort in the middle of a request, of a pause and of a turn', async () => {
  const stop = new Error('paused');
  const silent = await serve(() => undefined);
  const broken = await serve((_, response) => response.writeHead(500).end());
  for (const [url, options] of [
    [silent.url, {}],
    [broken.url, { backoffMs: 60_000 }],
    [broken.url, { requestsPerSecond: 0.001, attempts: 9 }],
  ] as const) {
    const abort = new AbortController();
    const waiting = client({ ...options, signal: abort.signal }).get(url);
    setTimeout(() => abort.abort(stop), 30);
    await expect(waiting).rejects.toBe(stop);
  }
});
