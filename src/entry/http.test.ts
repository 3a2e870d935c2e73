import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestProgram } from '../../test/program.ts';
import type { TestProgram } from '../../test/program.ts';
import { ensureSetupToken } from '../modules/access/index.ts';
import { actions } from './actions.ts';
import { createHttp } from './http.ts';

let running: TestProgram;
let app: FastifyInstance;
let address: string;
let cookie: string;

beforeAll(async () => {
  running = await createTestProgram();
  app = await createHttp(running.program, 'http://127.0.0.1:4600');
  address = await app.listen({ host: '127.0.0.1', port: 0 });
  const link = (await ensureSetupToken(running.program, 'http://127.0.0.1:4600')) ?? '';
  const made = await app.inject({
    method: 'POST',
    url: '/api/access.set-up',
    payload: {
      token: link.split('#')[1] ?? '',
      name: 'Ada',
      email: 'ada@example.org',
      password: 'a long enough password',
      workspace: { name: 'Test workspace', timeZone: 'Europe/Berlin', fiscalYearStartMonth: 2, ourDomains: ['example.org'] },
    },
  });
  expect(made.statusCode, made.body).toBe(200);
  const signedIn = await app.inject({
    method: 'POST',
    url: '/api/auth/sign-in/email',
    headers: { origin: 'http://127.0.0.1:4600' },
    payload: { email: 'ada@example.org', password: 'a long enough password' },
  });
  expect(signedIn.statusCode, signedIn.body).toBe(200);
  cookie = signedIn.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
});
afterAll(async () => {
  await app.close();
  await running.close();
});

const call = (name: string, payload: object = {}, headers: Record<string, string> = { cookie, origin: 'http://127.0.0.1:4600' }) =>
  app.inject({ method: 'POST', url: `/api/${name}`, payload, headers });

async function makeKey(role: string, scopes: string[]): Promise<string> {
  const made = await call('access.create-key', { name: `${role} ${scopes.join(' ')}`, role, scopes });
  expect(made.statusCode, made.body).toBe(200);
  return made.json<{ key: string }>().key;
}

test('every action answers at its address, refuses strangers in words, and stands in the OpenAPI document', async () => {
  const document = (await app.inject('/api/openapi.json')).json<{ paths: Record<string, { post: { summary: string } }> }>();
  expect(Object.keys(document.paths).sort()).toEqual(actions.map((action) => `/api/${action.name}`).sort());
  for (const action of actions.filter((candidate) => candidate.access !== 'anyone')) {
    const answer = await call(action.name, {}, {});
    expect(answer.statusCode, action.name).toBe(401);
    expect(answer.json()).toMatchObject({ error: { kind: 'unauthenticated', message: expect.stringContaining('Sign in') } });
    expect(document.paths[`/api/${action.name}`]?.post.summary.length).toBeGreaterThan(10);
  }
});

test('a query answers GET too, with its input as JSON', async () => {
  const answer = await app.inject({ url: `/api/sources.runs?input=${encodeURIComponent('{"limit":1}')}`, headers: { cookie } });
  expect(answer.json()).toEqual({ runs: [], next: null });
  expect((await app.inject({ url: '/api/sources.runs?input={oops', headers: { cookie } })).json()).toMatchObject({
    error: { code: 'input.not_json' },
  });
  expect((await app.inject({ url: '/api/sources.remove', headers: { cookie } })).statusCode).toBe(404);
});

test('hostile requests get a clear refusal, and nothing of the inside', async () => {
  const large = await call('activities.timeline', { text: 'x'.repeat(11 * 1024 * 1024) });
  expect(large.json()).toMatchObject({ error: { code: 'body.too_large' } });
  const notJson = await app.inject({
    method: 'POST',
    url: '/api/activities.timeline',
    payload: '{"a":',
    headers: { cookie, 'content-type': 'application/json' },
  });
  expect(notJson.statusCode).toBe(400);
  const wrong = await call('activities.timeline', { limit: 9999, kinds: ['nonsense'], member: "mem_1'; drop table member" });
  expect(wrong.statusCode).toBe(400);
  expect(wrong.json<{ error: { complaints: { path: string }[] } }>().error.complaints.map((complaint) => complaint.path)).toEqual([
    'kinds.0',
    'member',
    'limit',
  ]);
  const search = await call('activities.timeline', { text: `") or 'a':* & !!! <-> \\ \u0000 'x` });
  expect(search.statusCode, search.body).toBe(200);
  const cursor = await call('activities.timeline', { cursor: 'bm90IGpzb24' });
  expect(cursor.json()).toMatchObject({ error: { code: 'cursor.invalid' } });
  const madeUp = await call('activities.timeline', { cursor: Buffer.from('["99999999999999999999","x"]').toString('base64url') });
  expect(madeUp.json()).toMatchObject({ error: { code: 'cursor.invalid' } });
  const noSuchId = await call('members.get', { id: 'mem_zzzzzzzz' });
  expect(noSuchId.json()).toMatchObject({ error: { code: 'id.invalid' } });
  const deep = await app.inject({
    method: 'POST',
    url: '/api/members.list',
    payload: `{"rules":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    headers: { cookie, 'content-type': 'application/json' },
  });
  expect(deep.json()).toMatchObject({ error: { code: 'input.too_deep' } });
  const long = await app.inject({ method: 'POST', url: `/webhooks/src_${'z'.repeat(3000)}`, payload: {} });
  expect(long.json()).toMatchObject({ error: { code: 'request.invalid' } });
  for (const answer of [large, notJson, wrong, search, cursor, madeUp, noSuchId, deep, long])
    expect(answer.body).not.toMatch(/at .*\.ts:|node_modules|select /i);
  expect((await call('no.such')).statusCode).toBe(404);
  expect((await app.inject('/../../etc/passwd')).body).not.toContain('root:');
});

test("another site's page cannot act with a visitor's cookie", async () => {
  const fromElsewhere = await call('access.update-workspace', { name: 'Stolen' }, { cookie, origin: 'https://evil.example' });
  expect(fromElsewhere.json()).toMatchObject({ error: { code: 'cross_site' } });
  const fetched = await call('access.update-workspace', { name: 'Stolen' }, { cookie, 'sec-fetch-site': 'cross-site' });
  expect(fetched.statusCode).toBe(403);
  expect((await call('access.workspace')).json()).toMatchObject({ name: 'Test workspace' });
});

test('no inline script may run, and nobody may frame the pages', async () => {
  const { headers } = await app.inject('/healthz');
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('says that it lives, that it is ready, and how it does', async () => {
  expect((await app.inject('/healthz')).json()).toEqual({ ok: true });
  expect((await app.inject('/readyz')).json()).toEqual({ ok: true });
  const metrics = (await app.inject('/metrics')).body;
  expect(metrics).toContain('rapport_http_request_seconds_count');
  expect(metrics).toContain('rapport_sources_failing');
  expect((await app.inject({ url: '/metrics', remoteAddress: '203.0.113.9' })).statusCode).toBe(403);
});

test('an assistant sees the tools that its key allows, and uses them with the same checks', async () => {
  const key = await makeKey('agent', ['sources:read']);
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(`${address}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${key}` } },
  });
  await client.connect(transport as Transport);
  const { tools } = await client.listTools();
  expect(tools.map((tool) => tool.name)).toContain('sources__list');
  expect(tools.map((tool) => tool.name)).not.toContain('sources__remove');
  const answer = await client.callTool({ name: 'sources__list', arguments: {} });
  expect(answer.content).toEqual([{ type: 'text', text: '{"sources":[]}' }]);
  const refused = await client.callTool({ name: 'sources__remove', arguments: { id: 'src_1', data: 'delete' } });
  expect(refused.isError).toBe(true);
  await client.close();
  expect((await app.inject({ method: 'POST', url: '/mcp', payload: {} })).statusCode).toBe(401);
});

test('running work is told to the browser as it happens', async () => {
  const response = await fetch(`${address}/api/events`, { headers: { cookie } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = response.body?.getReader();
  const source = await call('sources.add', { connector: 'git', settings: { repository: '/nowhere/at/all' }, read: false });
  const id = Number.parseInt(source.json<{ id: string }>().id.split('_')[1] ?? '', 36);
  await running.program.database.pool.query(`insert into source_run (source_id, cause, items, total) values ($1, 'first', 50, 100)`, [id]);
  let text = '';
  while (!text.includes('"items":50')) text += new TextDecoder().decode((await reader?.read())?.value);
  expect(text).toContain('"total":100');
  await reader?.cancel();
  expect((await fetch(`${address}/api/events`)).status).toBe(401);
});
