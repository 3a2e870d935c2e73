import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../platform/access.ts';
import { callAction } from '../../platform/action.ts';
import type { Action, Caller, Input } from '../../platform/action.ts';
import { createTestProgram } from '../../../test/program.ts';
import { audit } from './audit.ts';
import { accessActions, readWorkspace } from './index.ts';
import { acceptInvitation, findInvitation, invitations, invite, revokeInvitation } from './invitations.ts';
import { createUser, disableUser, enableUser, people, setRole } from './people.ts';
import { session, updateProfile } from './session.ts';
import { setLogo, updateWorkspace } from './workspace.ts';

const stranger: Caller = { actor: { type: 'anonymous' }, origin: 'web' };
const system: Caller = { actor: { type: 'system', name: 'test' }, origin: 'cli' };
const password = 'correct horse battery';
let test: Awaited<ReturnType<typeof createTestProgram>>;

beforeAll(async () => {
  test = await createTestProgram();
});
afterAll(() => test.close());

function call<A extends Action>(caller: Caller, action: A, input: Input<A>) {
  return callAction(test.program, caller, action, input);
}

/** A real account, and its owner as a caller. */
async function person(name: string, role: Role): Promise<Caller & { id: string }> {
  const { id } = await call(system, createUser, { name, email: `${name}@example.com`, role, password });
  return { id, actor: { type: 'user', id, name, role }, origin: 'web' };
}

/** What each role at least must have: written down here a second time, so that a slip in a definition shows. */
const needs: Record<string, Role | 'anyone'> = {
  'access.session': 'anyone',
  'access.set-up': 'anyone',
  'access.find-invitation': 'anyone',
  'access.accept-invitation': 'anyone',
  'access.workspace': 'light_agent',
  'access.directory': 'light_agent',
  'access.update-profile': 'light_agent',
  'access.keys': 'agent',
  'access.create-key': 'agent',
  'access.revoke-key': 'agent',
  'access.people': 'manager',
  'access.audit': 'manager',
  'access.update-workspace': 'administrator',
  'access.set-logo': 'administrator',
  'access.create-user': 'administrator',
  'access.set-role': 'administrator',
  'access.disable-user': 'administrator',
  'access.enable-user': 'administrator',
  'access.reset-two-factor': 'administrator',
  'access.invite': 'administrator',
  'access.invitations': 'administrator',
  'access.revoke-invitation': 'administrator',
  'access.outbox': 'administrator',
  'access.open-mail': 'administrator',
  'access.retry-mail': 'administrator',
};
const order: readonly Role[] = ['light_agent', 'agent', 'manager', 'administrator'];

describe('each action', () => {
  it('is in the table', () => {
    expect(accessActions.map((action) => action.name).sort()).toEqual(Object.keys(needs).sort());
  });

  it.each(accessActions.map((action: Action) => ({ name: action.name, action })))(
    '$name refuses whoever lacks its role',
    async ({ name, action }) => {
      const needed = needs[name] ?? 'administrator';
      // An input that no action accepts: who is let in fails on it, after the check of access.
      const attempt = (caller: Caller) =>
        callAction(test.program, caller, action, 'nonsense').then(
          () => 'done',
          (error: { kind: string }) => error.kind,
        );
      expect(await attempt(stranger)).toBe(needed === 'anyone' ? 'invalid_input' : 'unauthenticated');
      for (const role of order) {
        const allowed = needed === 'anyone' || order.indexOf(role) >= order.indexOf(needed);
        expect([role, await attempt(test.asRole(role))]).toEqual([role, allowed ? 'invalid_input' : 'forbidden']);
      }
    },
  );
});

it('cannot lose the last administrator', async () => {
  const ada = await person('ada', 'administrator');
  const grace = await person('grace', 'administrator');
  // Both step down, and shut each other out, in the same moment: one stays.
  const results = await Promise.allSettled([
    call(ada, setRole, { userId: ada.id, role: 'agent' }),
    call(grace, setRole, { userId: grace.id, role: 'agent' }),
  ]);
  expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  const left = (await call(system, people, {})).people.find((one) => one.role === 'administrator' && ['ada', 'grace'].includes(one.name));
  const last = left?.id ?? '';
  await expect(call(system, setRole, { userId: last, role: 'manager' })).rejects.toMatchObject({ code: 'access.last_administrator' });
  await expect(call(system, disableUser, { userId: last })).rejects.toMatchObject({ code: 'access.last_administrator' });
  await expect(call(system, disableUser, { userId: 'usr_nobody' })).rejects.toMatchObject({ kind: 'not_found' });

  const second = await person('second', 'administrator');
  await expect(call(second, disableUser, { userId: second.id })).rejects.toMatchObject({ code: 'access.own_account' });
  await call(second, disableUser, { userId: last });
  // A disabled administrator does not count as one who could administer.
  await expect(call(system, setRole, { userId: second.id, role: 'agent' })).rejects.toMatchObject({ code: 'access.last_administrator' });
  await call(second, enableUser, { userId: last });
  await call(second, setRole, { userId: last, role: 'administrator' });
  expect(await call(system, setRole, { userId: second.id, role: 'agent' })).toEqual({ id: second.id, role: 'agent' });
});

it('invites one address once, and lets it in once', async () => {
  const boss = await person('boss', 'administrator');
  const first = await call(boss, invite, { email: 'New@Example.com', role: 'agent' });
  const again = await call(boss, invite, { email: 'new@example.com', role: 'manager' });
  const tokenOf = (link: string) => link.split('#')[1] ?? '';
  const join = { token: tokenOf(again.link), name: 'New Person', password };

  await expect(call(stranger, findInvitation, { token: tokenOf(first.link) })).rejects.toMatchObject({
    code: 'access.invitation_not_open',
  });
  expect(await call(stranger, findInvitation, { token: join.token })).toMatchObject({ email: 'new@example.com', role: 'manager' });
  expect((await call(boss, invitations, {})).invitations.map((one) => [one.email, one.invitedBy])).toEqual([['new@example.com', 'boss']]);

  const results = await Promise.allSettled([call(stranger, acceptInvitation, join), call(stranger, acceptInvitation, join)]);
  expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(call(stranger, acceptInvitation, join)).rejects.toMatchObject({ code: 'access.invitation_not_open' });
  expect((await call(boss, people, {})).people.find((one) => one.email === 'new@example.com')).toMatchObject({
    role: 'manager',
    name: 'New Person',
  });
  await expect(call(boss, invite, { email: 'new@example.com', role: 'agent' })).rejects.toMatchObject({ code: 'access.email_taken' });

  const taken = await call(boss, invite, { email: 'other@example.com', role: 'agent' });
  await call(boss, revokeInvitation, { invitationId: taken.id });
  await expect(call(boss, revokeInvitation, { invitationId: taken.id })).rejects.toMatchObject({ kind: 'not_found' });
  await expect(call(stranger, acceptInvitation, { ...join, token: tokenOf(taken.link) })).rejects.toMatchObject({
    code: 'access.invitation_not_open',
  });

  const late = await call(boss, invite, { email: 'late@example.com', role: 'agent' });
  const later = { ...test.program, clock: { now: () => new Date(Date.now() + 8 * 86_400_000) } };
  await expect(callAction(later, stranger, acceptInvitation, { ...join, token: tokenOf(late.link) })).rejects.toMatchObject({
    code: 'access.invitation_not_open',
  });

  // The link of an invitation and the chosen password are nowhere in the trail.
  const trail = JSON.stringify(await test.program.database.db.selectFrom('audit_entry').selectAll().execute());
  for (const secret of [join.token, tokenOf(late.link), password]) expect(trail).not.toContain(secret);
});

it('changes the workspace and says what changed', async () => {
  const owner = await person('owner', 'administrator');
  await call(owner, updateWorkspace, { name: 'DevRel', accent: '#E4572E', fiscalYearStartMonth: 2 });
  const same = await call(owner, updateWorkspace, { name: 'DevRel', ourDomains: ['Example.COM'] });
  expect(same).toMatchObject({ name: 'DevRel', accent: '#e4572e', fiscalYearStartMonth: 2, ourDomains: ['example.com'] });
  const facts = await test.program.database.db
    .selectFrom('fact')
    .select('payload')
    .where('name', '=', 'workspace.updated')
    .orderBy('id')
    .execute();
  expect(facts.map((fact) => fact.payload)).toEqual([{ changed: ['name', 'fiscalYearStartMonth', 'accent'] }, { changed: ['ourDomains'] }]);
  for (const timeZone of ['+02:00', 'Europe/Nowhere', ''])
    await expect(call(owner, updateWorkspace, { timeZone })).rejects.toMatchObject({ code: 'input.invalid' });
  for (const domain of ['localhost', 'exa mple.com', 'http://example.com/'])
    await expect(call(owner, updateWorkspace, { ourDomains: [domain] })).rejects.toMatchObject({ code: 'input.invalid' });

  const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  const { logo } = await call(owner, setLogo, { content: pixel.toString('base64') });
  expect(logo).toMatch(/^\/files\/fil_/);
  await expect(call(owner, setLogo, { content: Buffer.from('<svg onload="alert(1)"/>').toString('base64') })).rejects.toMatchObject({
    code: 'file.not_a_picture',
  });
  expect((await call(owner, setLogo, { content: null })).logo).toBeNull();
  expect(await test.program.database.db.selectFrom('file').select('id').execute()).toEqual([]);
  expect((await readWorkspace(test.program.database.db)).logo).toBeNull();
});

it('tells everyone who they are, and strangers no more than the sign-in page needs', async () => {
  const mia = await person('mia', 'light_agent');
  await call(mia, updateProfile, { name: 'Mia Mayer' });
  expect(await call(mia, session, {})).toMatchObject({
    actor: { type: 'user', role: 'light_agent', email: 'mia@example.com' },
    workspace: { timeZone: 'UTC' },
  });
  expect(await call(stranger, session, {})).toMatchObject({
    actor: { type: 'anonymous', id: null, role: null, email: null },
    workspace: { timeZone: null },
  });
  expect((await call(system, people, {})).people.find((one) => one.id === mia.id)?.name).toBe('Mia Mayer');
});

it('pages and filters the audit trail', async () => {
  const keeper = await person('keeper', 'administrator');
  for (const name of ['One', 'Two 100%', 'Three', 'Four', 'Five']) await call(keeper, updateWorkspace, { name });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page: { entries: { id: string }[]; next: string | null } = await call(keeper, audit, {
      actorId: keeper.id,
      limit: 2,
      ...(cursor === undefined ? {} : { cursor }),
    });
    seen.push(...page.entries.map((entry) => entry.id));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toHaveLength(5);
  expect(new Set(seen).size).toBe(5);

  const [newest] = (await call(keeper, audit, { subject: 'workspace', action: 'access', limit: 1 })).entries;
  expect(newest).toMatchObject({
    actorName: 'keeper',
    before: { name: 'Four' },
    after: { name: 'Five' },
    summary: 'Changed name of the workspace',
  });
  expect((await call(keeper, audit, { text: 'KEEPER', action: 'access.update-workspace' })).entries).toHaveLength(5);
  expect((await call(keeper, audit, { text: '%' })).entries).toEqual([]);
  expect((await call(keeper, audit, { from: new Date(Date.now() + 60_000) })).entries).toEqual([]);
  expect((await call(keeper, audit, { actorId: keeper.id, to: new Date(Date.now() + 60_000) })).entries).toHaveLength(5);
  await expect(call(keeper, audit, { cursor: 'nonsense' })).rejects.toMatchObject({ code: 'cursor.invalid' });
});
