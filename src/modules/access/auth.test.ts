import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callAction } from '../../platform/action.ts';
import type { Caller } from '../../platform/action.ts';
import { createTestProgram } from '../../../test/program.ts';
import { accessJobs, createAuth } from './index.ts';
import type { Auth } from './index.ts';
import { openMail, outbox } from './outbox.ts';
import { createUser, disableUser, enableUser, people, resetTwoFactor, setRole } from './people.ts';
import { browser } from './browser.testing.ts';

const address = 'https://rapport.example.com';
const system: Caller = { actor: { type: 'system', name: 'test' }, origin: 'cli' };
const password = 'correct horse battery';
let test: Awaited<ReturnType<typeof createTestProgram>>;
let auth: Auth;

beforeAll(async () => {
  test = await createTestProgram();
  auth = createAuth(test.program, address);
});
afterAll(() => test.close());

async function account(name: string): Promise<{ id: string; email: string }> {
  return callAction(test.program, system, createUser, { name, email: `${name}@example.com`, role: 'agent', password });
}

function open(from: string) {
  return browser(auth, address, from);
}

async function trailOf(id: string): Promise<string[]> {
  const rows = await test.program.database.db.selectFrom('audit_entry').select('action').where('actor_id', '=', id).orderBy('id').execute();
  return rows.map((row) => row.action);
}

it('signs in with a password, and out', async () => {
  const ada = await account('ada');
  const web = open('192.0.2.1');
  expect(await web.actor()).toEqual({ type: 'anonymous' });
  const answer = await web.post('/sign-in/email', { email: 'Ada@example.com', password });
  expect(answer.status).toBe(200);
  const [cookie] = answer.headers.getSetCookie();
  expect(cookie).toMatch(/^__Secure-rapport\.session_token=.*; HttpOnly; Secure; SameSite=Lax$/);
  expect(await web.actor()).toEqual({ type: 'user', id: ada.id, name: 'ada', role: 'agent' });
  // A new role counts at once.
  await callAction(test.program, system, setRole, { userId: ada.id, role: 'manager' });
  expect(await web.actor()).toMatchObject({ role: 'manager' });
  const listed = (await callAction(test.program, system, people, {})).people.find((person) => person.id === ada.id);
  expect(listed?.lastSeenAt).not.toBeNull();
  expect((await web.post('/sign-out', {})).status).toBe(200);
  expect(await web.actor()).toEqual({ type: 'anonymous' });
  expect(await trailOf(ada.id)).toEqual(['access.sign-in']);
});

it('refuses a wrong password, an unknown address and a forged cookie alike', async () => {
  await account('grace');
  const web = open('192.0.2.2');
  const wrong = await web.post('/sign-in/email', { email: 'grace@example.com', password: 'not the password' });
  const unknown = await web.post('/sign-in/email', { email: 'nobody@example.com', password: 'not the password' });
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  expect(await wrong.text()).toBe(await unknown.text());
  const forged = new Headers({ cookie: `__Secure-rapport.session_token=${'a'.repeat(32)}.${'b'.repeat(43)}%3D` });
  expect(await auth.actorOf(forged)).toEqual({ type: 'anonymous' });
});

it('slows down who guesses, by address', async () => {
  await account('target');
  const guesser = open('192.0.2.3');
  const statuses: number[] = [];
  for (let guess = 0; guess < 12; guess++)
    statuses.push(
      (await guesser.post('/sign-in/email', { email: 'target@example.com', password: `guess ${String(guess)} of many` })).status,
    );
  expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
  // The right password does not help any more, from there; from elsewhere it does.
  expect((await guesser.post('/sign-in/email', { email: 'target@example.com', password })).status).toBe(429);
  expect((await open('192.0.2.4').post('/sign-in/email', { email: 'target@example.com', password })).status).toBe(200);
});

it('keeps every door shut that is not needed', async () => {
  const web = open('192.0.2.5');
  const mallory = { name: 'Mallory', email: 'mallory@example.com', password };
  for (const path of [
    '/sign-up/email',
    '/update-user',
    '/change-email',
    '/delete-user',
    '/link-social',
    '/unlink-account',
    '/get-access-token',
    '/verify-email',
  ]) {
    expect([path, (await web.post(path, mallory)).status]).toEqual([path, 404]);
  }
  expect((await callAction(test.program, system, people, {})).people.some((person) => person.email === mallory.email)).toBe(false);
});

it('refuses requests that come from another site', async () => {
  const ivy = await account('ivy');
  const web = open('192.0.2.6');
  const evil = { origin: 'https://evil.example' };
  const refused = await web.post('/sign-in/email', { email: ivy.email, password }, evil);
  expect([refused.status, ((await refused.json()) as { message: string }).message]).toEqual([
    403,
    expect.stringContaining('set PUBLIC_URL'),
  ]);
  await web.post('/sign-in/email', { email: ivy.email, password });
  expect((await web.post('/change-password', { currentPassword: password, newPassword: 'another long one' }, evil)).status).toBe(403);
  expect((await web.post('/request-password-reset', { email: ivy.email, redirectTo: 'https://evil.example/' })).status).toBe(403);
});

it('takes any name of this machine when it serves this machine only', async () => {
  const jo = await account('jo');
  const here = createAuth(test.program, 'http://127.0.0.1:4600');
  const signIn = async (origin: string, host: string, by = here, at = 'http://127.0.0.1:4600') =>
    (await browser(by, at, '192.0.2.20').post('/sign-in/email', { email: jo.email, password }, { origin, host })).status;
  expect(await signIn('http://localhost:4600', 'localhost:4600')).toBe(200);
  expect(await signIn('http://127.0.0.1:39211', '127.0.0.1:39211')).toBe(200);
  expect(await signIn('http://localhost:9999', 'localhost:4600')).toBe(403);
  expect(await signIn('http://evil.example:4600', 'evil.example:4600')).toBe(403);
  expect(await signIn('http://localhost:4600', 'localhost:4600', auth, address)).toBe(403);
});

it('asks for the second factor once it is on, and takes each backup code once', async () => {
  const lin = await account('lin');
  const web = open('192.0.2.7');
  await web.post('/sign-in/email', { email: lin.email, password });
  expect((await web.post('/two-factor/enable', { password: 'not the password' })).status).toBe(400);
  const enabled = (await (await web.post('/two-factor/enable', { password })).json()) as { totpURI: string; backupCodes: string[] };
  const secret = new URL(enabled.totpURI).searchParams.get('secret') ?? '';
  expect((await web.post('/two-factor/verify-totp', { code: totp(secret) })).status).toBe(200);
  expect((await callAction(test.program, system, people, {})).people.find((person) => person.id === lin.id)?.twoFactor).toBe(true);
  const { secret: kept, backup_codes } = await test.program.database.db.selectFrom('user_two_factor').selectAll().executeTakeFirstOrThrow();
  expect(`${kept}${backup_codes}`).not.toContain(enabled.backupCodes[0]);

  const other = open('192.0.2.8');
  const first = await other.post('/sign-in/email', { email: lin.email, password });
  expect(await first.json()).toMatchObject({ twoFactorRedirect: true });
  expect(await other.actor()).toEqual({ type: 'anonymous' });
  expect((await other.post('/two-factor/verify-totp', { code: '000000' })).status).toBe(401);
  expect((await other.post('/two-factor/verify-totp', { code: totp(secret) })).status).toBe(200);
  expect(await other.actor()).toMatchObject({ id: lin.id });

  const [code] = enabled.backupCodes;
  const third = open('192.0.2.9');
  await third.post('/sign-in/email', { email: lin.email, password });
  expect((await third.post('/two-factor/verify-backup-code', { code })).status).toBe(200);
  const fourth = open('192.0.2.10');
  await fourth.post('/sign-in/email', { email: lin.email, password });
  expect((await fourth.post('/two-factor/verify-backup-code', { code })).status).toBe(401);
  expect(await trailOf(lin.id)).toEqual(['access.sign-in', 'access.enable-two-factor', 'access.sign-in', 'access.sign-in']);

  // The way out for one who lost phone and codes.
  await callAction(test.program, system, resetTwoFactor, { userId: lin.id });
  expect(await other.actor()).toEqual({ type: 'anonymous' });
  expect((await open('192.0.2.11').post('/sign-in/email', { email: lin.email, password })).status).toBe(200);
});

it('shuts a disabled person out at once', async () => {
  const max = await account('max');
  const web = open('192.0.2.12');
  await web.post('/sign-in/email', { email: max.email, password });
  await callAction(test.program, system, disableUser, { userId: max.id });
  expect(await web.actor()).toEqual({ type: 'anonymous' });
  const refused = await web.post('/sign-in/email', { email: max.email, password });
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([403, 'account_disabled']);
  await callAction(test.program, system, enableUser, { userId: max.id });
  expect((await web.post('/sign-in/email', { email: max.email, password })).status).toBe(200);
});

it('resets a password by a mail that only its reader can use, once', async () => {
  const eve = await account('eve');
  const old = open('192.0.2.13');
  await old.post('/sign-in/email', { email: eve.email, password });
  const web = open('192.0.2.14');
  const known = await web.post('/request-password-reset', { email: eve.email });
  const unknown = await web.post('/request-password-reset', { email: 'nobody@example.com' });
  expect([known.status, await known.text()]).toEqual([unknown.status, await unknown.text()]);

  const { mails } = await callAction(test.program, system, outbox, { state: 'waiting' });
  const [mail] = mails.filter((one) => one.to === eve.email);
  const { body } = await callAction(test.program, system, openMail, { mailId: mail?.id ?? '' });
  const token = /\/reset-password#(\S+)/.exec(body)?.[1] ?? '';
  expect(token.length).toBeGreaterThan(20);
  const kept = JSON.stringify([
    await test.program.database.db.selectFrom('user_verification').selectAll().execute(),
    await test.program.database.db.selectFrom('mail').selectAll().execute(),
    await test.program.database.db.selectFrom('audit_entry').selectAll().execute(),
  ]);
  expect(kept).not.toContain(token);

  expect((await web.post('/reset-password', { token, newPassword: 'short' })).status).toBe(400);
  expect((await web.post('/reset-password', { token, newPassword: 'a whole new password' })).status).toBe(200);
  expect((await web.post('/reset-password', { token, newPassword: 'and another password' })).status).toBe(400);
  expect(await old.actor()).toEqual({ type: 'anonymous' });
  expect((await web.post('/sign-in/email', { email: eve.email, password })).status).toBe(401);
  expect((await web.post('/sign-in/email', { email: eve.email, password: 'a whole new password' })).status).toBe(200);
  expect(await trailOf(eve.id)).toEqual(['access.sign-in', 'access.reset-password', 'access.sign-in']);
});

it('forgets sessions and links that have run out, and only those', async () => {
  const kim = await account('kim');
  const web = open('192.0.2.15');
  await web.post('/sign-in/email', { email: kim.email, password });
  await web.post('/request-password-reset', { email: kim.email });
  const { db } = test.program.database;
  const tidyAt = (now: Date) =>
    Promise.all(accessJobs.map((job) => job.work({ ...test.program, clock: { now: () => now } }, {}, new AbortController().signal)));
  await tidyAt(new Date());
  expect(await web.actor()).toMatchObject({ id: kim.id });
  await tidyAt(new Date(Date.now() + 15 * 86_400_000));
  expect(await web.actor()).toEqual({ type: 'anonymous' });
  for (const table of ['user_session', 'user_verification', 'user_rate_limit'] as const)
    expect(await db.selectFrom(table).select('id').execute()).toEqual([]);
});

/** RFC 6238: six digits, thirty seconds, SHA-1. */
function totp(base32: string): string {
  const bits = [...base32.replace(/=+$/, '')]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
