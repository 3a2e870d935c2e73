import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Actor, Role } from '../../platform/access.ts';
import { callAction } from '../../platform/action.ts';
import type { Action, Caller, Input } from '../../platform/action.ts';
import type { Program } from '../../platform/context.ts';
import { createTestProgram } from '../../../test/program.ts';
import { createAuth } from './index.ts';
import { createKey, keys, revokeKey } from './keys.ts';
import { createUser, disableUser, people, setRole } from './people.ts';
import { updateWorkspace, workspace } from './workspace.ts';

const system: Caller = { actor: { type: 'system', name: 'test' }, origin: 'cli' };
let test: Awaited<ReturnType<typeof createTestProgram>>;

beforeAll(async () => {
  test = await createTestProgram();
});
afterAll(() => test.close());

function call<A extends Action>(caller: Caller, action: A, input: Input<A>) {
  return callAction(test.program, caller, action, input);
}

async function person(name: string, role: Role): Promise<Caller & { id: string }> {
  const { id } = await call(system, createUser, { name, email: `${name}@example.com`, role, password: 'correct horse battery' });
  return { id, actor: { type: 'user', id, name, role }, origin: 'web' };
}

function actorOf(authorization: string, program: Program = test.program): Promise<Actor> {
  return createAuth(program, 'http://localhost:4600').actorOf(new Headers({ authorization }));
}

async function asKey(key: string): Promise<Caller> {
  return { actor: await actorOf(`Bearer ${key}`), origin: 'api' };
}

it('carries its role and scopes, and no more', async () => {
  const maker = await person('maker', 'administrator');
  const made = await call(maker, createKey, { name: 'Reader', role: 'administrator', scopes: ['access:read'] });
  expect(made.key).toMatch(/^rapport_[\w-]{43}$/);
  expect(made.key.startsWith(made.prefix)).toBe(true);
  const caller = await asKey(made.key);
  expect(caller.actor).toMatchObject({ type: 'key', name: 'Reader', role: 'administrator', scopes: ['access:read'] });
  expect(await call(caller, workspace, {})).toMatchObject({ timeZone: 'UTC' });
  await expect(call(caller, updateWorkspace, { name: 'x' })).rejects.toMatchObject({ kind: 'forbidden' });

  const elsewhere = await asKey(
    (await call(maker, createKey, { name: 'Members', role: 'administrator', scopes: ['members:read', 'members:write'] })).key,
  );
  await expect(call(elsewhere, workspace, {})).rejects.toMatchObject({ kind: 'forbidden' });

  const low = await asKey((await call(maker, createKey, { name: 'Low', role: 'light_agent', scopes: ['read', 'write'] })).key);
  expect(await call(low, workspace, {})).toMatchObject({ timeZone: 'UTC' });
  await expect(call(low, people, {})).rejects.toMatchObject({ kind: 'forbidden' });

  const full = await asKey((await call(maker, createKey, { name: 'Full', role: 'administrator', scopes: ['read', 'write'] })).key);
  expect(await call(full, updateWorkspace, { name: 'By key' })).toMatchObject({ name: 'By key' });
  await expect(call(full, createKey, { name: 'Child', role: 'agent', scopes: ['read'] })).rejects.toMatchObject({ kind: 'forbidden' });
});

it('never has a higher role than its owner, now or later', async () => {
  const agent = await person('agent', 'agent');
  const boss = await person('boss', 'administrator');
  await expect(call(agent, createKey, { name: 'Up', role: 'manager', scopes: ['read'] })).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(call(agent, createKey, { name: 'Odd', role: 'agent', scopes: ['everything'] })).rejects.toMatchObject({
    code: 'input.invalid',
  });
  const { key } = await call(agent, createKey, { name: 'Own', role: 'agent', scopes: ['read'] });
  await call(boss, setRole, { userId: agent.id, role: 'light_agent' });
  expect(await actorOf(`Bearer ${key}`)).toMatchObject({ role: 'light_agent' });
  await call(boss, setRole, { userId: agent.id, role: 'manager' });
  expect(await actorOf(`Bearer ${key}`)).toMatchObject({ role: 'agent' });
  await call(boss, disableUser, { userId: agent.id });
  expect(await actorOf(`Bearer ${key}`)).toEqual({ type: 'anonymous' });
});

it('stops when it is revoked or expires, and is nobody when unknown', async () => {
  const owner = await person('owner', 'manager');
  const other = await person('other', 'agent');
  const made = await call(owner, createKey, {
    name: 'Short',
    role: 'agent',
    scopes: ['read'],
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  expect(await actorOf(`Bearer ${made.key}`)).toMatchObject({ type: 'key' });
  const tomorrow = { ...test.program, clock: { now: () => new Date(Date.now() + 86_400_000) } };
  expect(await actorOf(`Bearer ${made.key}`, tomorrow)).toEqual({ type: 'anonymous' });
  await expect(call(owner, createKey, { name: 'Past', role: 'agent', scopes: ['read'], expiresAt: new Date(0) })).rejects.toMatchObject({
    code: 'access.key_expired',
  });

  await expect(call(other, revokeKey, { keyId: made.id })).rejects.toMatchObject({ kind: 'not_found' });
  expect((await call(other, keys, {})).keys).toEqual([]);
  expect((await call(owner, keys, {})).keys.map((one) => one.name)).toEqual(['Short']);
  expect((await call(system, keys, {})).keys.map((one) => one.name)).toContain('Short');
  await call(owner, revokeKey, { keyId: made.id });
  expect(await actorOf(`Bearer ${made.key}`)).toEqual({ type: 'anonymous' });
  expect(await actorOf(`Bearer rapport_${'x'.repeat(43)}`)).toEqual({ type: 'anonymous' });
  expect(await actorOf('Bearer something-else')).toEqual({ type: 'anonymous' });
});

it('notes at most once a minute when it was used', async () => {
  const { key, id } = await call(system, createKey, { name: 'Lazy', role: 'agent', scopes: ['read'] });
  const lastUsed = async () => (await call(system, keys, {})).keys.find((one) => one.id === id)?.lastUsedAt;
  const at = (ms: number): Program => ({ ...test.program, clock: { now: () => new Date(1_900_000_000_000 + ms) } });
  expect(await lastUsed()).toBeNull();
  await actorOf(`Bearer ${key}`, at(0));
  await actorOf(`Bearer ${key}`, at(59_000));
  expect(await lastUsed()).toBe(new Date(1_900_000_000_000).toISOString());
  await actorOf(`Bearer ${key}`, at(60_000));
  expect(await lastUsed()).toBe(new Date(1_900_000_060_000).toISOString());
});

it('is kept and audited only as a hash', async () => {
  const { key } = await call(system, createKey, { name: 'Hidden', role: 'agent', scopes: ['read'] });
  const { db } = test.program.database;
  const kept = JSON.stringify([
    await db.selectFrom('api_key').selectAll().execute(),
    await db.selectFrom('audit_entry').selectAll().execute(),
  ]);
  expect(kept).not.toContain(key);
  expect(kept).toContain(key.slice(0, 14));
});
