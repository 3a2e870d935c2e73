import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import type { Person } from '../../connectors/contract.ts';
import { callAction } from '../../platform/action.ts';
import { addAffiliation } from './affiliations.ts';
import { mergeMembers, unmergeMembers } from './merges.ts';
import { acceptSuggestion, refuseSuggestion, reopenSuggestion, skipSuggestion, suggestions } from './review.ts';
import { searchForSuggestions } from './search-job.ts';
import { account, arrive, email, ingest, memberOf } from './testing.ts';

let t: TestProgram;
beforeAll(async () => {
  t = await createTestProgram();
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.program.database.pool.query(
    'truncate member, identity, merge, suggestion, suggestion_run, card_stale, identity_stat, member_card, affiliation, organization cascade',
  );
});

const forum = (value: string, more: Partial<Person> = {}): Person => ({
  platform: 'discourse',
  host: 'forum.example.org',
  type: 'account',
  value,
  ...more,
});

const letters = (n: number) => `${String.fromCharCode(97 + Math.floor(n / 8))}x${String.fromCharCode(97 + (n % 8))}`;

async function open(state: 'open' | 'skipped' | 'refused' = 'open') {
  return (await callAction(t.program, t.asAdministrator, suggestions, { state, limit: 500 })).suggestions;
}

/** What is suggested among these people, as reasons. */
async function reasonsAmong(...people: Person[]): Promise<string[][]> {
  await arrive(t.program, people);
  await searchForSuggestions(t.program, { asked: true });
  return (await open()).map((one) => one.reasons.map((reason) => reason.reason));
}

test('the same rare username elsewhere', async () => {
  expect(await reasonsAmong(account('quexalot'), forum('Quexalot'))).toEqual([['username']]);
  expect((await open())[0]?.reasons[0]?.text).toMatch(/^Same rare username: quexalot on .+ and quexalot on .+$/);
});

test('a username that is the first part of an address', async () => {
  expect(await reasonsAmong(account('quexalot'), email('quexalot@acme.com'))).toEqual([['username']]);
});

test('the same first part of an address needs a similar name beside it', async () => {
  expect(await reasonsAmong(email('quex@acme.com'), email('quex@globex.com'))).toEqual([]);
  expect(await reasonsAmong(email('quexalot@acme.com', 'Q. Alot'), email('quexalot@globex.com', 'Quentin Alot'))).toEqual([
    ['address', 'similar_name'],
  ]);
});

test('the same rare name, whatever its accents, order and case', async () => {
  expect(await reasonsAmong(email('a1@x.com', 'Žofie Nováková'), email('b2@y.com', 'NOVAKOVA, Zofie'))).toEqual([['name']]);
});

test('the same name in another script', async () => {
  expect(await reasonsAmong(email('a1@x.com', 'Владимир Кузнецов'), email('b2@y.com', 'Kuznetsov, Vladimir'))).toHaveLength(1);
});

test('names that only look alike in Latin letters are not the same', async () => {
  expect(await reasonsAmong(email('a1@x.com', '王 伟'), email('b2@y.com', '汪 炜'))).toEqual([]);
});

test('a name with an address that is written like it', async () => {
  expect(await reasonsAmong(account('zzzz9', { name: 'Ada Lovelace' }), email('ada.lovelace@acme.com'))).toEqual([['name_and_address']]);
  expect(await reasonsAmong(email('xk@y.com', 'Grace Hopper'), email('ghopper@navy.mil', 'G. Hopper'))).toContainEqual([
    'similar_name',
    'name_and_address',
  ]);
});

test('a profile that links to the other', async () => {
  expect(
    await reasonsAmong(account('xx1', { url: 'https://github.com/xx1' }), forum('yy2', { bio: 'I am https://github.com/xx1/ too.' })),
  ).toEqual([['link']]);
});

test('profiles that link to each other, and a page of a known platform that names an account', async () => {
  const one = account('xx1', { bio: 'Also https://forum.example.org/u/yy2/summary' });
  expect(await reasonsAmong(one, forum('yy2'))).toEqual([['link']]);
  const [alone] = await open();
  await arrive(t.program, [forum('yy2', { bio: 'Code: https://github.com/XX1' })]);
  await searchForSuggestions(t.program, { asked: true });
  const [both] = await open();
  expect(both?.id).toBe(alone?.id);
  expect(both?.score).toBeGreaterThan(alone?.score ?? 1);
  expect(both?.reasons[0]?.text).toContain('link to each other');
});

test('evidence that follows from other evidence does not count twice', async () => {
  const crowd = Array.from({ length: 60 }, (_, i) => [
    email(`j${i}@x.com`, `John A${letters(i)}son`),
    email(`s${i}@x.com`, `Jane${letters(i)} Smith`),
  ]).flat();
  await arrive(t.program, [email('john.smith@x.com', 'John Smith'), email('john.smith@y.com', 'John Smith'), ...crowd]);
  await searchForSuggestions(t.program, { asked: true });
  // An address made of a common name says hardly more than the name.
  expect((await open()).every((one) => one.score < 0.5)).toBe(true);
});

test('the same name and the same organization count even when the name is common', async () => {
  const crowd = Array.from({ length: 60 }, (_, i) => [
    email(`j${i}@x.com`, `John A${letters(i)}son`),
    email(`s${i}@x.com`, `Jane${letters(i)} Smith`),
  ]).flat();
  const { ids } = await arrive(t.program, [email('one@x.com', 'John Smith'), email('two@y.com', 'John Smith'), ...crowd]);
  await searchForSuggestions(t.program, { asked: true });
  expect(await open()).toEqual([]);
  for (const id of ids.slice(0, 2))
    await callAction(t.program, t.asAdministrator, addAffiliation, { member: await memberOf(t.program, id), organizationName: 'Acme' });
  await searchForSuggestions(t.program, { asked: true });
  expect((await open()).map((one) => one.reasons.map((reason) => reason.reason))).toEqual([['name_and_organization']]);
});

test('role addresses, machines and common usernames weigh nothing', async () => {
  expect(
    await reasonsAmong(
      email('info@acme.com'),
      email('info@globex.com'),
      email('root@localhost', 'root'),
      email('root@localhost.localdomain', 'root'),
      email('admin@acme.com'),
      account('admin'),
      email('noreply@acme.com'),
      email('noreply@globex.com'),
      ...Array.from({ length: 8 }, (_, i) => ({
        platform: 'forge',
        host: `git${i}.example.org`,
        type: 'account' as const,
        value: 'johnny',
      })),
    ),
  ).toEqual([]);
});

test('different names speak against the same username', async () => {
  expect(await reasonsAmong(account('quexalot', { name: 'Ada Lovelace' }), forum('quexalot', { name: 'Bob Stone' }))).toEqual([]);
});

test('vetoes: two usernames on one platform, a bot, and what was refused or taken apart', async () => {
  expect(await reasonsAmong(account('adalove', { name: 'Ada Lovelace' }), account('lovelace-ada', { name: 'Ada Lovelace' }))).toEqual([]);
  expect(await reasonsAmong(account('helperx', { bot: true, name: 'Helper Xavier' }), forum('helperx', { name: 'Helper Xavier' }))).toEqual(
    [],
  );
});

test('a refusal is remembered, also when both have grown since', async () => {
  const { ids } = await arrive(t.program, [
    email('a@x.com', 'Ada Lovelace'),
    email('b@y.com', 'Ada Lovelace'),
    email('c@z.com', 'Countess'),
    forum('ada-lovelace'),
  ]);
  await searchForSuggestions(t.program, { asked: true });
  const pairs = await open();
  expect(pairs.length).toBeGreaterThanOrEqual(1);
  const [a = '', b = '', c = ''] = await Promise.all(ids.map((id) => memberOf(t.program, id)));
  const ab = pairs.find((one) => [one.a.id, one.b.id].includes(a) && [one.a.id, one.b.id].includes(b));
  await callAction(t.program, t.asAdministrator, refuseSuggestion, { suggestion: ab?.id });
  await expect(callAction(t.program, t.asAdministrator, acceptSuggestion, { suggestion: ab?.id })).rejects.toMatchObject({
    kind: 'conflict',
  });
  const { merges } = await callAction(t.program, t.asAdministrator, mergeMembers, { members: [c, b] });
  await searchForSuggestions(t.program, { asked: true });
  expect((await open()).every((one) => !([one.a.id, one.b.id].includes(a) && [one.a.id, one.b.id].includes(c)))).toBe(true);
  // Taken apart again, c is free of b's refusal, and b still has its own.
  await callAction(t.program, t.asAdministrator, unmergeMembers, { merge: merges[0] });
  await searchForSuggestions(t.program, { asked: true });
  expect((await open()).every((one) => !([one.a.id, one.b.id].includes(a) && [one.a.id, one.b.id].includes(b)))).toBe(true);
  await callAction(t.program, t.asAdministrator, reopenSuggestion, { suggestion: ab?.id });
  expect((await open()).some((one) => one.id === ab?.id)).toBe(true);
});

test('accepting merges with the reasons; what no longer holds goes; skipping puts aside', async () => {
  const { ids } = await arrive(t.program, [
    email('a@x.com', 'Ada Lovelace'),
    email('b@y.com', 'Ada Lovelace'),
    email('c@x.com', 'Grace Hopper'),
    email('d@y.com', 'Grace Hopper'),
    email('e@x.com', 'Hedy Lamarr'),
    email('f@y.com', 'Hedy Lamarr'),
  ]);
  await searchForSuggestions(t.program, { asked: true });
  const named = async (name: string) => (await open()).find((one) => one.a.name === name);
  const accepted = await callAction(t.program, t.asAdministrator, acceptSuggestion, { suggestion: (await named('Ada Lovelace'))?.id });
  expect(await memberOf(t.program, ids[0] ?? 0)).toBe(accepted.id);
  expect(await memberOf(t.program, ids[1] ?? 0)).toBe(accepted.id);
  await callAction(t.program, t.asAdministrator, skipSuggestion, { suggestion: (await named('Hedy Lamarr'))?.id });
  expect((await open()).map((one) => one.a.name)).toEqual(['Grace Hopper']);
  expect((await open('skipped')).map((one) => one.a.name)).toEqual(['Hedy Lamarr']);
  await arrive(t.program, [email('d@y.com', 'Somebody Else')]);
  await searchForSuggestions(t.program, { asked: true });
  expect(await open()).toEqual([]);
  // What was taken apart is not suggested again.
  await callAction(t.program, t.asAdministrator, unmergeMembers, { merge: accepted.merge });
  await searchForSuggestions(t.program, { asked: true });
  expect(await open()).toEqual([]);
});

test('nothing is searched when nothing changed, and nothing is ever merged by searching', async () => {
  await arrive(t.program, [email('a@x.com', 'Ada Lovelace'), email('b@y.com', 'Ada Lovelace')]);
  expect(await searchForSuggestions(t.program)).toMatchObject({ identities: 2, found: 1 });
  expect(await searchForSuggestions(t.program)).toBeUndefined();
  await ingest(t.program, [email('c@z.com', 'Someone New')]);
  expect(await searchForSuggestions(t.program)).toMatchObject({ identities: 3 });
  expect((await t.program.database.pool.query('select 1 from merge')).rowCount).toBe(0);
  const { search, open: count } = await callAction(t.program, t.asAdministrator, suggestions, {});
  expect(search).toMatchObject({ phase: 'done', found: 1, error: null });
  expect(count).toBe(1);
});

test('an acceptance can be taken back: undo its merge, open the pair again, decide anew', async () => {
  const { ids } = await arrive(t.program, [email('a@x.com', 'Ada Lovelace'), email('b@y.com', 'Ada Lovelace')]);
  await searchForSuggestions(t.program, { asked: true });
  const suggestion = (await open())[0]?.id;
  const { merge } = await callAction(t.program, t.asAdministrator, acceptSuggestion, { suggestion });
  await expect(callAction(t.program, t.asAdministrator, reopenSuggestion, { suggestion })).rejects.toMatchObject({ kind: 'conflict' });
  await callAction(t.program, t.asAdministrator, unmergeMembers, { merge });
  await callAction(t.program, t.asAdministrator, reopenSuggestion, { suggestion });
  expect((await open()).map((one) => one.id)).toEqual([suggestion]);
  const again = await callAction(t.program, t.asAdministrator, acceptSuggestion, { suggestion });
  expect(await memberOf(t.program, ids[0] ?? 0)).toBe(again.id);
});
