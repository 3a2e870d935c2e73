import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestProgram } from '../../../../test/program.ts';
import type { TestProgram } from '../../../../test/program.ts';
import { createHttp } from '../../../entry/http.ts';
import { callAction } from '../../../platform/action.ts';
import { showId } from '../../../platform/ids.ts';
import { refreshStaleCards } from '../../members/index.ts';
import { report } from '../actions.ts';
import { reportPicture } from '../picture.ts';
import { makeActivities, makePerson, makeSource } from '../testing.ts';
import type { Did } from '../testing.ts';
import {
  createDashboard,
  deleteDashboard,
  duplicateDashboard,
  getDashboard,
  listDashboards,
  restoreDashboard,
  updateDashboard,
} from './actions.ts';
import { publishDashboard, unpublishDashboard } from './links.ts';

let running: TestProgram;
let app: FastifyInstance;
let now = new Date('2026-03-20T12:00:00Z');
const names: string[] = [];
const manager = { actor: { type: 'user', id: 'm', name: 'Mia', role: 'manager' }, origin: 'web' } as const;
const agent = { actor: { type: 'user', id: 'a', name: 'Ann', role: 'agent' }, origin: 'web' } as const;
const reader = { actor: { type: 'user', id: 'r', name: 'Ray', role: 'light_agent' }, origin: 'web' } as const;

beforeAll(async () => {
  running = await createTestProgram({ clock: { now: () => now } });
  app = await createHttp(running.program, 'http://127.0.0.1:4600');
  await running.program.database.pool.query(
    "update workspace set name = 'Test <workspace>', accent = '#123456', fiscal_year_start_month = 2",
  );
  const source = await makeSource(running.program, 'forum & more');
  const did: Did[] = [];
  const { rows } = await running.program.database.pool.query<{ id: number }>(
    `insert into organization (name, name_key, kind) values ('Large Ltd', 'large', 'company'), ('Lonely Ltd', 'lonely', 'company') returning id`,
  );
  for (let n = 0; n < 12; n++) {
    const name = `Secretname${n}`;
    names.push(name);
    const person = await makePerson(running.program, name);
    await running.program.database.pool.query("insert into affiliation (member_id, organization_id, origin) values ($1, $2, 'hand')", [
      person.member,
      rows[n === 11 ? 1 : 0]?.id,
    ]);
    // Everybody in February; three of them in January, too.
    did.push({ source, identity: person.identity, kind: 'post', at: '2026-02-10T10:00:00Z' });
    if (n < 3) did.push({ source, identity: person.identity, kind: 'post', at: '2026-01-10T10:00:00Z' });
  }
  await makeActivities(running.program, did);
});
afterAll(async () => {
  await app.close();
  await running.close();
});

const run: typeof callAction = (program, caller, action, input) => callAction(program, caller, action, input);
const at = () => running.program;

test('cards inherit the window and the filters of their dashboard, whole or not at all', async () => {
  const { id } = await run(at(), agent, createDashboard, {
    title: 'Mine',
    filters: { period: 'last-quarter', population: 'wider_community' },
    cards: [
      { id: 'a', type: 'report', report: 'growth' },
      { id: 'b', type: 'report', report: 'growth', ask: { from: '2026-01-01', to: '2026-01-31', population: 'team', granularity: 'day' } },
      { id: 't', type: 'text', text: 'What this is for', width: 'full' },
    ],
  });
  const found = await run(at(), agent, getDashboard, { id });
  expect(found.asks).toEqual({
    a: { report: 'growth', period: 'last-quarter', population: 'wider_community' },
    b: { report: 'growth', from: '2026-01-01', to: '2026-01-31', population: 'team', granularity: 'day' },
  });
  expect(found.window).toBe('Last quarter (FY26 Q4)');
  const answer = await run(at(), agent, report, found.asks['a']);
  expect(answer.window).toEqual({ from: '2025-11-01', to: '2026-01-31' });
  expect(answer.headline[0]).toMatchObject({ key: 'active', value: 3 });
  const other = await run(at(), agent, getDashboard, { id, filters: { period: '30d' } });
  expect(other.asks['a']).toEqual({ report: 'growth', period: '30d' });
  expect(other.asks['b']).toMatchObject({ from: '2026-01-01' });
});

test('is private until it is shared; who does not own it copies it; two edits at once do not overwrite each other', async () => {
  const { id } = await run(at(), agent, createDashboard, { template: 'community' });
  await expect(run(at(), reader, getDashboard, { id })).rejects.toThrow('no dashboard');
  const { version } = await run(at(), agent, updateDashboard, { id, version: 1, shared: true });
  await expect(run(at(), agent, updateDashboard, { id, version: 1, title: 'Late' })).rejects.toThrow('Load it again');
  expect((await run(at(), reader, getDashboard, { id })).mayChange).toBe(false);
  const other = { ...agent, actor: { ...agent.actor, id: 'b' } };
  await expect(run(at(), other, updateDashboard, { id, title: 'Taken' })).rejects.toThrow('Duplicate it');
  const copy = await run(at(), other, duplicateDashboard, { id });
  expect(await run(at(), other, getDashboard, copy)).toMatchObject({ title: 'Copy of Community at a glance', mine: true, shared: false });
  expect(version).toBe(2);

  await run(at(), agent, deleteDashboard, { id });
  expect((await run(at(), agent, listDashboards, {})).dashboards.map((one) => one.id)).not.toContain(id);
  await run(at(), agent, restoreDashboard, { id });
  expect((await run(at(), reader, listDashboards, {})).dashboards.map((one) => one.title)).toEqual(['Community at a glance']);
});

test('bad cards are refused in words', async () => {
  const make = (cards: unknown) => run(at(), agent, createDashboard, { title: 'Bad', cards });
  await expect(make([{ id: 'a', type: 'report', report: 'nothing' }])).rejects.toThrow('metrics.reports lists them');
  await expect(make([{ id: 'a', type: 'report', report: 'growth', ask: { period: 'yesterday' } }])).rejects.toThrow('cards.0.ask.period');
  await expect(make([{ id: 'a', type: 'report', report: 'growth', ask: { segment: 'mem_1' } }])).rejects.toThrow('cards.0.ask.segment');
  await expect(make([1, 2].map(() => ({ id: 'a', type: 'text', text: 'x' })))).rejects.toThrow('share an id');
});

test('a public page holds sums and no person, small groups are hidden, and it is gone when revoked or expired', async () => {
  const cards = [
    { id: 'a', type: 'report', report: 'growth', width: 'full', ask: { from: '2026-01-01', to: '2026-02-28', granularity: 'month' } },
    { id: 'b', type: 'report', report: 'top-organizations', view: 'table' },
    { id: 'c', type: 'report', report: 'activity-by-source', title: 'Where <it> happens' },
    { id: 'd', type: 'report', report: 'activity-by-kind', ask: { from: '2026-01-01', to: '2026-01-31' } },
    { id: 'e', type: 'report', report: 'retention-cohorts', ask: { from: '2026-01-01', to: '2026-02-28', granularity: 'month' } },
    { id: 'f', type: 'text', text: 'Hello <b>there</b>' },
  ];
  const { id } = await run(at(), manager, createDashboard, { title: 'Open', cards });
  await expect(
    run(at(), manager, updateDashboard, { id, cards: [...cards, { id: 'p', type: 'report', report: 'top-members' }] }),
  ).resolves.toBeDefined();
  await expect(run(at(), manager, publishDashboard, { id })).rejects.toThrow('Top members names members');
  await run(at(), manager, updateDashboard, { id, cards });
  const link = await run(at(), manager, publishDashboard, { id, expiresInDays: 2 });
  const path = new URL(link.url).pathname;
  await expect(
    run(at(), manager, updateDashboard, { id, cards: [...cards, { id: 'p', type: 'report', report: 'top-members' }] }),
  ).rejects.toThrow('never people');

  const page = await app.inject(path);
  expect(page.statusCode, page.body).toBe(200);
  expect(page.headers).toMatchObject({ 'x-robots-tag': 'noindex, nofollow', 'cache-control': 'public, max-age=60' });
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect(page.body).not.toMatch(/<script|style=|javascript:| on\w+=/i);
  for (const name of names) expect(page.body).not.toContain(name);
  expect(page.body).not.toMatch(/example\.org|(mem|idn|src|org)_[0-9a-z]/);
  expect(page.body).not.toContain('Lonely Ltd');
  expect(page.body).toContain('Large Ltd');
  expect(page.body).toContain('Test &lt;workspace&gt;');
  expect(page.body).toContain('Where &lt;it&gt; happens');
  expect(page.body).toContain('Hello &lt;b&gt;there&lt;/b&gt;');
  expect(page.body).toContain('/public/style.css?accent=123456');
  // January had three people: their number is hidden, what it could be reckoned from is rounded.
  expect(page.body).toMatch(/<td>Jan 2026<\/td><td class="figure">&lt;5<\/td>/);
  expect(page.body).toMatch(/<td>Feb 2026<\/td><td class="figure">10<\/td>/);
  expect(page.body).toContain('Fewer than 5 people: not shown.');
  expect((await app.inject({ url: path, headers: { 'if-none-match': String(page.headers.etag) } })).statusCode).toBe(304);
  expect((await app.inject(`${path}x`)).statusCode).toBe(404);
  expect((await app.inject('/public/style.css?accent=123456')).body).toContain('--accent:#123456');
  expect((await app.inject('/public/style.css?accent=%7Dbody')).body).not.toContain('}body');

  const indexed = await run(at(), manager, publishDashboard, { id, expiresInDays: 2, indexed: true });
  expect(indexed.url).toBe(link.url);
  expect((await app.inject(path)).headers['x-robots-tag']).toBeUndefined();

  now = new Date(now.getTime() + 3 * 86_400_000);
  expect((await app.inject(path)).statusCode).toBe(404);
  await run(at(), manager, publishDashboard, { id });
  expect((await app.inject(path)).statusCode).toBe(200);
  await run(at(), manager, unpublishDashboard, { id });
  expect((await app.inject(path)).statusCode).toBe(404);
  expect((await run(at(), manager, publishDashboard, { id })).url).not.toBe(link.url);
});

test('a segment of few people is not shown on a public page, whatever is asked of it', async () => {
  const { pool } = at().database;
  await pool.query('insert into card_stale (identity_ids) select array_agg(id) from identity');
  await refreshStaleCards(at());
  const { rows } = await pool.query<{ id: number }>(
    `insert into segment (name, filter) values ('Tiny', '{"search": "Secretname1"}') returning id`,
  );
  const { id } = await run(at(), manager, createDashboard, {
    title: 'Tiny',
    filters: { segment: showId('segment', rows[0]?.id ?? 0) },
    cards: [
      { id: 'a', type: 'report', report: 'activity-by-kind' },
      { id: 'b', type: 'report', report: 'activity-hours' },
    ],
  });
  const link = await run(at(), manager, publishDashboard, { id });
  const { body } = await app.inject(new URL(link.url).pathname);
  expect(body.match(/Fewer than 5 people/g)).toHaveLength(2);
  expect(body).not.toContain('<svg');
  expect(body).not.toContain('<table');
});

test.each(['growth', 'activity-by-source', 'top-members', 'activity-hours', 'retention-cohorts', 'commits'])(
  'draws %s as PNG and SVG',
  async (id) => {
    const svg = await run(at(), reader, reportPicture, { report: id, ask: { period: '90d' }, as: 'svg' });
    expect(svg.content).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg.content).not.toMatch(/NaN|undefined|Infinity/);
    const png = Buffer.from((await run(at(), reader, reportPicture, { report: id, ask: { period: '90d' } })).content, 'base64');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(2400);
  },
);
