import { afterAll, beforeAll, expect, it } from 'vitest';
import { callAction } from '../../platform/action.ts';
import type { Caller } from '../../platform/action.ts';
import { createTestProgram } from '../../../test/program.ts';
import { accessActions, ensureSetupToken, readWorkspace } from './index.ts';
import { people } from './people.ts';
import { session } from './session.ts';
import { setUp } from './set-up.ts';

const stranger: Caller = { actor: { type: 'anonymous' }, origin: 'web' };
const system: Caller = { actor: { type: 'system', name: 'test' }, origin: 'cli' };
let test: Awaited<ReturnType<typeof createTestProgram>>;

beforeAll(async () => {
  test = await createTestProgram();
});
afterAll(() => test.close());

function form(token: string, who: string) {
  return {
    token,
    name: who,
    email: `${who}@Example.com`,
    password: 'twelve and more',
    workspace: { name: `The team of ${who}`, timeZone: 'Europe/Berlin', ourDomains: ['@Example.com', 'example.org', 'example.com'] },
  };
}

it('has one front door for every action', () => {
  const names = accessActions.map((action) => action.name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.every((name) => name.startsWith('access.'))).toBe(true);
});

it('is won once, by the one who has the link, however many try at once', async () => {
  const { program } = test;
  const link = await ensureSetupToken(program, 'https://rapport.example.com');
  expect(link).toMatch(/^https:\/\/rapport\.example\.com\/set-up#[\w-]{43}$/);
  // The same at the next start, and in another process.
  expect(await ensureSetupToken(program, 'https://rapport.example.com')).toBe(link);
  const token = link?.split('#')[1] ?? '';
  expect((await callAction(program, stranger, session, {})).setUpNeeded).toBe(true);

  await expect(callAction(program, stranger, setUp, form('x'.repeat(43), 'mallory'))).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(callAction(program, stranger, setUp, { ...form(token, 'ada'), password: 'too short' })).rejects.toMatchObject({
    code: 'input.invalid',
  });
  await expect(
    callAction(program, stranger, setUp, { ...form(token, 'ada'), workspace: { name: 'x', timeZone: 'Mars/Olympus' } }),
  ).rejects.toMatchObject({ code: 'input.invalid' });

  const racers = ['ada', 'grace', 'linus', 'margaret'];
  const results = await Promise.allSettled(racers.map((who) => callAction(program, stranger, setUp, form(token, who))));
  const won = results.filter((result) => result.status === 'fulfilled');
  expect(won).toHaveLength(1);
  for (const lost of results.filter((result) => result.status === 'rejected'))
    expect(lost.reason).toMatchObject({ code: 'access.set_up_done' });

  const all = (await callAction(program, system, people, {})).people;
  expect(all.map((person) => [person.email, person.role])).toEqual([[won[0]?.value.email, 'administrator']]);
  const workspace = await readWorkspace(program.database.db);
  expect(workspace.name).toBe(`The team of ${all[0]?.name ?? ''}`);
  expect(workspace).toMatchObject({ timeZone: 'Europe/Berlin', ourDomains: ['example.com', 'example.org'] });
  expect(workspace.setUpAt).not.toBeNull();

  expect(await ensureSetupToken(program)).toBeUndefined();
  expect((await callAction(program, stranger, session, {})).setUpNeeded).toBe(false);
  await expect(callAction(program, stranger, setUp, form(token, 'mallory'))).rejects.toMatchObject({ code: 'access.set_up_done' });

  const facts = await program.database.db.selectFrom('fact').select(['name', 'payload']).orderBy('id').execute();
  expect(facts.map((fact) => fact.name)).toEqual(['workspace.updated', 'workspace.set-up']);
  expect(facts[0]?.payload).toEqual({ changed: ['name', 'timeZone', 'ourDomains'] });
});

it('leaves neither the token nor the password anywhere in the audit trail', async () => {
  const rows = await test.program.database.db.selectFrom('audit_entry').selectAll().where('action', '=', 'access.set-up').execute();
  expect(rows).toHaveLength(1);
  const written = JSON.stringify(rows);
  expect(written).not.toContain('twelve and more');
  expect(written).not.toMatch(/"token":"(?!•)/);
});
