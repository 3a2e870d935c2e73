import { createSign, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callAction } from '../../platform/action.ts';
import type { Caller } from '../../platform/action.ts';
import { createTestProgram } from '../../../test/program.ts';
import { browser } from './browser.testing.ts';
import { createAuth } from './index.ts';
import type { Auth } from './index.ts';
import { invitations, invite } from './invitations.ts';
import { createUser, disableUser, people } from './people.ts';
import { session } from './session.ts';

const address = 'http://localhost:4600';
const system: Caller = { actor: { type: 'system', name: 'test' }, origin: 'cli' };
let test: Awaited<ReturnType<typeof createTestProgram>>;
let provider: Awaited<ReturnType<typeof startProvider>>;
let auth: Auth;

beforeAll(async () => {
  test = await createTestProgram();
  provider = await startProvider();
  test.program.config.oidc = { issuer: provider.issuer, clientId: 'rapport', clientSecret: 'hush', name: 'Company account' };
  auth = createAuth(test.program, address);
});
afterAll(async () => {
  provider.server.close();
  await test.close();
});

/** Goes to the provider and comes back as whoever it says; answers where the browser lands, and as whom. */
async function comeBackAs(claims: Record<string, unknown>, from: string, key?: KeyObject) {
  const web = browser(auth, address, from);
  const answer = (await (await web.post('/sign-in/social', { provider: 'oidc', callbackURL: '/', disableRedirect: true })).json()) as {
    url: string;
  };
  const sent = new URL(answer.url);
  expect(sent.origin).toBe(provider.issuer);
  expect(sent.searchParams.get('code_challenge_method')).toBe('S256');
  provider.next({ nonce: sent.searchParams.get('nonce') ?? '', ...claims }, key);
  const state = encodeURIComponent(sent.searchParams.get('state') ?? '');
  const landed = await web.get(`${address}/api/auth/callback/oidc?code=abc&state=${state}`);
  return { location: landed.headers.get('location') ?? '', actor: await web.actor() };
}

const verified = (name: string) => ({ sub: `sub-${name}`, name, email: `${name}@example.com`, email_verified: true });

it('lets nobody in who was not invited', async () => {
  expect((await callAction(test.program, { actor: { type: 'anonymous' }, origin: 'web' }, session, {})).signIn.oidc).toBe(
    'Company account',
  );
  const { location, actor } = await comeBackAs(verified('stranger'), '192.0.2.1');
  expect(location).toMatch(/^http:\/\/localhost:4600\/sign-in\?error=not_invited/);
  expect(actor).toEqual({ type: 'anonymous' });
  expect((await callAction(test.program, system, people, {})).people).toEqual([]);
});

it('creates the account of an invited and verified address, with the role of the invitation', async () => {
  await callAction(test.program, system, invite, { email: 'mona@example.com', role: 'manager' });
  const unverified = await comeBackAs({ ...verified('mona'), email_verified: false }, '192.0.2.2');
  expect(unverified.actor).toEqual({ type: 'anonymous' });
  const { location, actor } = await comeBackAs(verified('mona'), '192.0.2.3');
  expect(location).toBe('/');
  expect(actor).toMatchObject({ type: 'user', name: 'mona', role: 'manager' });
  expect((await callAction(test.program, system, invitations, {})).invitations).toEqual([]);
  // The invitation is used; the account stays.
  expect((await comeBackAs(verified('mona'), '192.0.2.4')).actor).toEqual(actor);
  const trail = await test.program.database.db
    .selectFrom('audit_entry')
    .select('action')
    .where('actor_type', '=', 'user')
    .orderBy('id')
    .execute();
  expect(trail.map((row) => row.action)).toEqual(['access.accept-invitation', 'access.sign-in', 'access.sign-in']);
});

it('links an existing account by its verified address only', async () => {
  const { id } = await callAction(test.program, system, createUser, {
    name: 'noor',
    email: 'noor@example.com',
    role: 'agent',
    password: 'correct horse battery',
  });
  expect((await comeBackAs({ ...verified('noor'), email_verified: false }, '192.0.2.5')).actor).toEqual({ type: 'anonymous' });
  expect((await comeBackAs(verified('noor'), '192.0.2.6')).actor).toMatchObject({ id });
  await callAction(test.program, system, disableUser, { userId: id });
  const refused = await comeBackAs(verified('noor'), '192.0.2.7');
  expect(refused.location).toContain('error=account_disabled');
  expect(refused.actor).toEqual({ type: 'anonymous' });
});

it('believes no token that the provider did not sign for this sign-in', async () => {
  await callAction(test.program, system, invite, { email: 'olga@example.com', role: 'agent' });
  const forged = await comeBackAs(verified('olga'), '192.0.2.8', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  const replayed = await comeBackAs({ ...verified('olga'), nonce: 'of another sign-in' }, '192.0.2.9');
  const foreign = await comeBackAs({ ...verified('olga'), aud: 'another-client' }, '192.0.2.10');
  for (const { actor } of [forged, replayed, foreign]) expect(actor).toEqual({ type: 'anonymous' });
});

/** An identity provider on loopback that signs what the test tells it to. */
async function startProvider(): Promise<{ issuer: string; server: Server; next(claims: Record<string, unknown>, key?: KeyObject): void }> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let token = '';
  let issuer = '';
  const server = createServer((request, response) => {
    const pages: Record<string, unknown> = {
      '/.well-known/openid-configuration': {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        id_token_signing_alg_values_supported: ['RS256'],
      },
      '/keys': { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] },
      '/token': { access_token: 'opaque', token_type: 'Bearer', expires_in: 300, id_token: token },
    };
    const page = pages[new URL(request.url ?? '/', issuer).pathname];
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(page ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    issuer,
    server,
    next(claims, key = privateKey) {
      const now = Math.floor(Date.now() / 1000);
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const head = `${part({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${part({ iss: issuer, aud: 'rapport', iat: now, exp: now + 300, ...claims })}`;
      token = `${head}.${createSign('RSA-SHA256').update(head).sign(key).toString('base64url')}`;
    },
  };
}
