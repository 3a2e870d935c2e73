import { Resvg } from '@resvg/resvg-js';
import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestProgram } from '../../../../test/program.ts';
import type { TestProgram } from '../../../../test/program.ts';
import { createHttp } from '../../../entry/http.ts';
import { callAction } from '../../../platform/action.ts';
import type { Program } from '../../../platform/context.ts';
import { mailJob } from '../../../platform/mail.ts';
import { readId } from '../../../platform/ids.ts';
import { addSource } from '../../sources/index.ts';
import { createDashboard, deleteDashboard, restoreDashboard } from '../dashboards/actions.ts';
import { makeActivities, makePerson, makeSource } from '../testing.ts';
import { createSchedule, deleteSchedule, listSchedules, testSchedule, updateSchedule } from './actions.ts';
import { sendReportsJob } from './send.ts';

let running: TestProgram;
let program: Program;
let app: FastifyInstance;
let server: SMTPServer;
let now = new Date('2026-03-20T12:00:00Z');
const taken: string[] = [];
const signal = new AbortController().signal;
const ada = { actor: { type: 'user', id: 'u1', name: 'Ada', role: 'agent' }, origin: 'web' } as const;
const manager = { actor: { type: 'user', id: 'u2', name: 'Mia', role: 'manager' }, origin: 'web' } as const;

beforeAll(async () => {
  running = await createTestProgram({ clock: { now: () => now }, settings: { PUBLIC_URL: 'https://rapport.example.com' } });
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        taken.push(Buffer.concat(parts).toString('utf8'));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  program = { ...running.program, config: { ...running.program.config, smtpUrl: `smtp://127.0.0.1:${String(port)}` } };
  app = await createHttp(program, 'https://rapport.example.com');
  const { pool } = program.database;
  await pool.query("update workspace set time_zone = 'Europe/Berlin', name = 'The <team>'");
  await pool.query(
    `insert into user_account (id, name, email, role) values ('u1', 'Ada', 'ada@example.org', 'agent'), ('u2', 'Mia', 'mia@example.org', 'manager')`,
  );
  const source = await makeSource(program, 'forum');
  for (let n = 0; n < 7; n++) {
    const person = await makePerson(program, `Person${n}`);
    await makeActivities(program, [{ source, identity: person.identity, kind: 'post', at: `2026-03-0${n + 1}T10:00:00Z` }]);
  }
});
afterAll(async () => {
  await app.close();
  await new Promise<void>((resolve) => server.close(resolve));
  await running.close();
});

const outbox = async () =>
  (await program.database.pool.query<{ recipient: string; subject: string; body: string; parts: string }>('select * from mail order by id'))
    .rows;
const tick = () => sendReportsJob.work(program, {}, signal);

test('sends a dashboard once when it is due, with a picture that can be read, and late if nothing ran', async () => {
  const { id: dashboard } = await callAction(program, ada, createDashboard, {
    title: 'Our <week>',
    filters: { period: '30d' },
    cards: [
      { id: 'a', type: 'report', report: 'growth' },
      { id: 't', type: 'text', text: 'A word between' },
    ],
  });
  const made = await callAction(program, ada, createSchedule, {
    dashboard,
    every: 'week',
    day: 1,
    hour: 9,
    targets: [
      { kind: 'user', user: 'u1' },
      { kind: 'user', user: 'u2' },
    ],
  });
  expect(made.nextAt.toISOString()).toBe('2026-03-23T08:00:00.000Z');
  now = new Date('2026-03-23T07:59:00Z');
  await tick();
  expect(await outbox()).toHaveLength(0);

  now = new Date('2026-03-23T08:01:00Z');
  await Promise.all([tick(), tick(), tick()]);
  await tick();
  const mails = await outbox();
  expect(mails.map((mail) => mail.recipient)).toEqual(['ada@example.org', 'mia@example.org']);
  // Sealed until it is sent: there are names of members in some.
  expect(mails[0]?.parts).not.toContain('week');
  await mailJob.work(program, {}, signal);
  expect(taken).toHaveLength(2);
  const first = await PostalMime.parse(taken[0] ?? '');
  expect(first.headers.find((header) => header.key === 'list-unsubscribe')?.value).toMatch(
    /^<https:\/\/rapport\.example\.com\/public\/unsubscribe\//,
  );
  expect(first.subject).toBe('Our <week> · The <team>');
  expect(first.html).toContain('Our &lt;week&gt;');
  expect(first.html).toContain('A word between');
  expect(first.text).toMatch(/New members: 7/);
  const [picture] = first.attachments;
  expect(picture).toMatchObject({ mimeType: 'image/png', related: true });
  expect(first.html).toContain(`cid:${picture?.contentId?.slice(1, -1) ?? 'none'}`);
  const png = Buffer.from(picture?.content as ArrayBuffer);
  const read = new Resvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="68"><image width="120" height="68" href="data:image/png;base64,${png.toString('base64')}"/></svg>`,
  );
  expect(png.readUInt32BE(16)).toBe(1200);
  // White ground, and something on it.
  expect(new Set(read.render().pixels).size).toBeGreaterThan(10);
  expect((await outbox()).every((mail) => mail.body === '' && mail.parts === null)).toBe(true);

  // Three weeks without a worker: one mail each, not three.
  now = new Date('2026-04-15T06:00:00Z');
  await tick();
  await tick();
  expect(await outbox()).toHaveLength(4);
  const { schedules } = await callAction(program, ada, listSchedules, { dashboard });
  expect(schedules[0]?.nextAt?.toISOString()).toBe('2026-04-20T07:00:00.000Z');

  await callAction(program, ada, deleteDashboard, { id: dashboard });
  now = new Date('2026-04-20T08:00:00Z');
  await tick();
  expect(await outbox()).toHaveLength(4);
  await callAction(program, ada, restoreDashboard, { id: dashboard });
  await tick();
  expect(await outbox()).toHaveLength(6);
  await callAction(program, ada, updateSchedule, { id: made.id, paused: true });
  now = new Date('2026-05-20T08:00:00Z');
  await tick();
  expect(await outbox()).toHaveLength(6);
  await callAction(program, ada, deleteSchedule, { id: made.id });
});

test('whoever has enough of it ends it for themselves by the link, without an account', async () => {
  const { id } = await callAction(program, manager, createSchedule, {
    report: 'growth',
    every: 'month',
    day: 31,
    hour: 8,
    targets: [
      { kind: 'address', address: 'Board@Example.com' },
      { kind: 'user', user: 'u2' },
    ],
  });
  const before = (await outbox()).length;
  now = new Date('2026-05-31T08:00:00Z');
  await tick();
  const sent = (await outbox()).slice(before);
  expect(sent.map((mail) => mail.recipient)).toEqual(['board@example.com', 'mia@example.org']);
  const path = /\/public\/unsubscribe\/\S+/.exec(program.secrets.open(sent[0]?.body ?? ''))?.[0] ?? '';
  const asked = await app.inject(path);
  expect(asked.body).toContain('Stop sending it to me');
  expect(asked.headers['content-security-policy']).toContain("form-action 'self'");
  expect(
    (
      await app.inject({
        method: 'POST',
        url: path,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'List-Unsubscribe=One-Click',
      })
    ).statusCode,
  ).toBe(200);
  expect(
    (await app.inject({ method: 'POST', url: `${path}x`, headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: '' }))
      .statusCode,
  ).toBe(404);
  now = new Date('2026-06-30T08:00:00Z');
  await tick();
  expect((await outbox()).slice(before).map((mail) => mail.recipient)).toEqual(['board@example.com', 'mia@example.org', 'mia@example.org']);
  // Changing the others does not bring it back.
  await callAction(program, manager, updateSchedule, { id, targets: [{ kind: 'address', address: 'board@example.com' }] });
  const { schedules } = await callAction(program, manager, listSchedules, { report: 'growth' });
  expect(schedules[0]?.targets).toMatchObject([{ name: 'board@example.com', unsubscribed: true }]);
});

test('a test goes to the one who asks; strangers and bad days are refused in words', async () => {
  await expect(
    callAction(program, ada, createSchedule, {
      report: 'growth',
      every: 'week',
      day: 1,
      hour: 9,
      targets: [{ kind: 'address', address: 'x@example.com' }],
    }),
  ).rejects.toThrow('Only a manager');
  await expect(
    callAction(program, ada, createSchedule, { report: 'growth', every: 'week', day: 8, hour: 9, targets: [{ kind: 'user', user: 'u1' }] }),
  ).rejects.toThrow('seven days');
  const { id } = await callAction(program, ada, createSchedule, {
    report: 'top-members',
    every: 'week',
    day: 5,
    hour: 9,
    targets: [{ kind: 'user', user: 'u2' }],
  });
  const before = (await outbox()).length;
  expect(await callAction(program, ada, testSchedule, { id })).toEqual({ to: 'ada@example.org' });
  const [mail] = (await outbox()).slice(before);
  expect(mail?.recipient).toBe('ada@example.org');
  expect(program.secrets.open(mail?.body ?? '')).toContain('This is a test');
});

test('posts a report to a channel of a chat, once, in words with its link and its picture', async () => {
  const { id: source } = await callAction(program, running.asAdministrator, addSource, {
    connector: 'slack',
    settings: { workspace: 'acme.slack.com', token: 'xoxb-test' },
    read: false,
  });
  await callAction(program, ada, createSchedule, {
    report: 'growth',
    ask: {},
    every: 'week',
    day: 1,
    hour: 9,
    targets: [{ kind: 'delivery', source, delivery: 'post', input: { channel: 'C0GENERAL' } }],
  });
  now = new Date(now.getTime() + 8 * 86_400_000);
  await Promise.all([tick(), tick()]);
  const [row] = await deliveries(source);
  expect(row).toMatchObject({ name: 'post', state: 'waiting', input: { channel: 'C0GENERAL' } });
  expect(row?.input.text).toMatch(/New members/);
  expect(row?.input.text).toContain('https://rapport.example.com/reports/growth');
  const pictures = z
    .array(z.object({ name: z.string(), alt: z.string(), content: z.string() }))
    .parse(JSON.parse(program.secrets.open(row?.pictures ?? '')));
  expect(pictures).toMatchObject([{ name: expect.stringMatching(/^growth-.*\.png$/) as string, alt: 'Chart: Growth.' }]);
  expect(
    Buffer.from(pictures[0]?.content ?? '', 'base64')
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
});

test('what is longer than a message may be ends with the last line that fits, and the link', async () => {
  const { id: source } = await callAction(program, running.asAdministrator, addSource, {
    connector: 'discord',
    settings: { server: '100000000000000001', token: 'test.token.of-a-bot_0001' },
    read: false,
  });
  const { id: dashboard } = await callAction(program, ada, createDashboard, {
    title: 'Long',
    cards: [
      { id: 'a', type: 'report', report: 'growth' },
      ...['t', 'u'].map((id) => ({
        id,
        type: 'text' as const,
        text: Array.from({ length: 100 }, (_, n) => `line ${n} of ${id}`).join('\n'),
      })),
      { id: 'b', type: 'report', report: 'top-members' },
    ],
  });
  const input = { channel: '200000000000000001' };
  await callAction(program, ada, createSchedule, {
    dashboard,
    every: 'week',
    day: 1,
    hour: 9,
    targets: [
      { kind: 'delivery', source, delivery: 'post', input },
      { kind: 'delivery', source, delivery: 'post', input: { ...input, text: 'Hello {report} bye' } },
    ],
  });
  now = new Date(now.getTime() + 8 * 86_400_000);
  await tick();
  const [whole, within] = await deliveries(source);
  const link = `See it in Rapport: https://rapport.example.com/dashboards/${dashboard}`;
  expect(whole?.input.text.length).toBeLessThanOrEqual(2000);
  expect(whole?.input.text).toMatch(/^Long\n\n/);
  expect(whole?.input.text.split('\n').slice(-4)).toEqual([expect.stringMatching(/^line \d+ of u$/) as string, '…', '', link]);
  expect(within?.input.text.length).toBeLessThanOrEqual(2000);
  expect(within?.input.text).toMatch(/^Hello Long\n/);
  expect(within?.input.text.endsWith(`${link} bye`)).toBe(true);
});

async function deliveries(source: string): Promise<{ name: string; state: string; input: { text: string }; pictures: string | null }[]> {
  const { rows } = await program.database.pool.query<Awaited<ReturnType<typeof deliveries>>[number]>(
    'select name, state, input, pictures from delivery where source_id = $1 order by id',
    [readId('source', source)],
  );
  return rows;
}
