import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import { callAction } from '../../platform/action.ts';
import { transaction } from '../../platform/db.ts';
import { createResolver } from './index.ts';
import { confirmBot, markHuman } from './bot-queue.ts';
import { updateMember, unlockField } from './edit.ts';
import { getMember } from './get.ts';
import { mergeMembers, unmergeMembers } from './merges.ts';
import { account, arrive, email, ingest, memberOf } from './testing.ts';

let t: TestProgram;
beforeAll(async () => {
  t = await createTestProgram();
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.program.database.pool.query(
    'truncate member, identity, merge, suggestion, card_stale, identity_stat, member_card, affiliation, organization cascade',
  );
});

async function identities(): Promise<Record<string, unknown>[]> {
  return (
    await t.program.database.pool.query(
      'select id, platform, type, value, value_key, platform_user_id, former_values, name from identity order by id',
    )
  ).rows;
}

test('an e-mail address is one identity wherever it is met, in whatever case and form', async () => {
  const { ids } = await ingest(t.program, [
    email('Ada@Example.org', 'Ada'),
    email(' ada@example.org '),
    email('<ada@example.ORG>'),
    { platform: 'csv', type: 'email', value: 'mailto:ada@example.org' },
  ]);
  expect(new Set(ids).size).toBe(1);
  expect(await identities()).toMatchObject([{ platform: 'email', value: 'ada@example.org', name: 'Ada' }]);
});

test('a noreply address of a forge is the account that it names', async () => {
  const { ids } = await ingest(t.program, [
    account('Ada-L', { platformUserId: '77' }),
    email('77+ada-l@users.noreply.github.com'),
    email('Ada-L@users.noreply.github.com'),
    { platform: 'gitlab', host: 'gitlab.com', type: 'account', value: 'ada', platformUserId: '5' },
    email('5-ada@users.noreply.gitlab.com'),
  ]);
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).toBe(ids[0]);
  expect(ids[4]).toBe(ids[3]);
  expect(new Set(ids).size).toBe(2);
});

test('accounts compare without case; the same name on another host is another account', async () => {
  const { ids } = await ingest(t.program, [
    { platform: 'gitlab', host: 'gitlab.com', type: 'account', value: 'Ada' },
    { platform: 'gitlab', host: 'GitLab.com', type: 'account', value: '@ada' },
    { platform: 'gitlab', host: 'git.example.org', type: 'account', value: 'ada' },
    { platform: 'youtube', type: 'account', value: 'UCx' },
    { platform: 'youtube', type: 'account', value: 'ucX' },
  ]);
  expect(ids[1]).toBe(ids[0]);
  expect(new Set(ids).size).toBe(4);
});

test('a rename is followed by the account id, and the name before is kept', async () => {
  const { ids } = await ingest(t.program, [account('bob', { platformUserId: '1' })]);
  const after = await ingest(t.program, [account('bobby', { platformUserId: '1' }), account('bobby')]);
  expect(after.ids).toEqual([ids[0], ids[0]]);
  expect(await identities()).toMatchObject([{ value: 'bobby', former_values: ['bob'] }]);
});

test('an old record under an old name changes nothing', async () => {
  const { ids } = await ingest(t.program, [account('bob', { platformUserId: '1' })]);
  await ingest(t.program, [account('bobby', { platformUserId: '1' })]);
  expect((await ingest(t.program, [account('bob', { platformUserId: '1' })])).ids).toEqual(ids);
  expect(await identities()).toMatchObject([{ value: 'bobby', former_values: ['bob'] }]);
});

test('a freed name that another account takes does not glue the two', async () => {
  const { ids } = await ingest(t.program, [account('bob', { platformUserId: '1' })]);
  const later = await ingest(t.program, [account('bob', { platformUserId: '2' }), account('bob')]);
  expect(later.ids[0]).not.toBe(ids[0]);
  expect(later.ids[1]).toBe(later.ids[0]);
  // The first one turns up under its new name, and then takes the other's new name in one page with it.
  const last = await ingest(t.program, [
    account('bobby', { platformUserId: '1' }),
    account('robert', { platformUserId: '2' }),
    account('bob', { platformUserId: '1' }),
  ]);
  expect(last.ids).toEqual([ids[0], later.ids[0], ids[0]]);
});

test('in one page too: renames, exchanged names, and a name known before its id', async () => {
  const first = await ingest(t.program, [account('a', { platformUserId: '1' }), account('b', { platformUserId: '2' }), account('c')]);
  const [one, two, three] = first.ids;
  const second = await ingest(t.program, [
    account('b', { platformUserId: '1' }),
    account('a', { platformUserId: '2' }),
    account('C', { platformUserId: '3' }),
  ]);
  expect(second.ids).toEqual([one, two, three]);
  expect((await ingest(t.program, [account('a'), account('b'), account('c')])).ids).toEqual([two, one, three]);
});

test('a renamed account does not swallow one that was known by the name only: people are asked', async () => {
  await ingest(t.program, [account('bob', { platformUserId: '1' }), account('bobby')]);
  const { ids } = await ingest(t.program, [account('bobby', { platformUserId: '1' })]);
  expect(ids).toHaveLength(1);
  const { rows } = await t.program.database.pool.query<{ reasons: { reason: string }[]; kept: boolean }>(
    'select reasons, kept from suggestion',
  );
  expect(rows).toMatchObject([{ kept: true, reasons: [{ reason: 'renamed' }] }]);
  expect((await t.program.database.pool.query('select distinct member_id from identity')).rows).toHaveLength(2);
});

test('hostile names lose what nobody sees, and keep what scripts need', async () => {
  await ingest(t.program, [
    email('evil\u0000\u202e@example.org', 'Eve\u202Egnp.exe\u0007\u200B'),
    email('zwj@example.org', 'می\u200Cخواهم'),
    email('lone@example.org', 'half \uD800 pair'),
    email('long@example.org', 'x'.repeat(100_000)),
    email(`${'y'.repeat(5000)}@example.org`),
    email('', 'No Address'),
    email('\u202e', '\u0000'),
  ]);
  const rows = await identities();
  const names = new Map(rows.map((row) => [row['value'], row['name']]));
  expect(names.get('evil@example.org')).toBe('Evegnp.exe');
  expect(names.get('zwj@example.org')).toBe('می\u200Cخواهم');
  expect(names.get('lone@example.org')).toBe('half \uFFFD pair');
  expect(String(names.get('long@example.org'))).toHaveLength(200);
  expect(rows.some((row) => row['type'] === 'name' && row['value'] === 'No Address')).toBe(true);
  expect(rows.some((row) => row['value'] === '(unknown)')).toBe(true);
  expect(rows).toHaveLength(7);
});

test('two runs that make the same identities at once agree on them', async () => {
  const people = Array.from({ length: 400 }, (_, i) => account(`user-${i}`, i % 2 === 0 ? { platformUserId: `${i}` } : {}));
  const results = await Promise.all(
    [people, people.toReversed(), [...people.slice(200), ...people.slice(0, 200)]].map((page) => ingest(t.program, page)),
  );
  const byName = results.map(
    ({ ids }, run) =>
      new Map(
        ([people, people.toReversed(), [...people.slice(200), ...people.slice(0, 200)]][run] ?? []).map((person, i) => [
          person.value,
          ids[i],
        ]),
      ),
  );
  for (const person of people) expect(new Set(byName.map((map) => map.get(person.value))).size).toBe(1);
  expect(await identities()).toHaveLength(400);
  expect((await t.program.database.pool.query('select id from member')).rows).toHaveLength(400);
});

test('runs that rename, link and update the same people at once neither fail nor wait in a circle', async () => {
  const people = Array.from({ length: 50 }, (_, i) => account(`p${i}`, { platformUserId: `${i}` }));
  await ingest(t.program, people);
  const turns = Array.from({ length: 6 }, (_, run) =>
    ingest(
      t.program,
      people.map((person, i) => ({
        ...person,
        value: run % 2 === 0 ? `q${i}` : person.value,
        name: `Name ${run} ${i}`,
        bot: run === 3 && i % 7 === 0,
      })),
      {
        links: people.map((person, i) => ({ a: person, b: email(`p${i}@example.org`), reason: 'The platform says so', proof: 'platform' })),
      },
    ),
  );
  await Promise.all(turns);
  expect((await t.program.database.pool.query('select distinct member_id from identity')).rows).toHaveLength(50);
});

test('what a rolled-back page made is forgotten', async () => {
  const resolver = createResolver();
  await expect(
    transaction(t.program.database, async (tx) => {
      await resolver.resolve(tx, [email('ada@example.org')], undefined, new Date());
      throw new Error('the page failed');
    }),
  ).rejects.toThrow('the page failed');
  resolver.discard();
  const { ids } = await ingest(t.program, [email('ada@example.org')], { resolver });
  expect(await identities()).toMatchObject([{ id: ids[0] }]);
});

test('a field that a person fixed survives imports, shows what they say, and can be let go', async () => {
  const { ids } = await arrive(t.program, [account('ada', { name: 'ada', location: 'London' })]);
  const id = await memberOf(t.program, ids[0] ?? 0);
  await callAction(t.program, t.asAdministrator, updateMember, { id, name: 'Ada Lovelace' });
  await arrive(t.program, [account('ada', { name: 'Ada K.', location: 'Paris' })]);
  const profile = await callAction(t.program, t.asAdministrator, getMember, { id });
  expect(profile.fields.name).toMatchObject({ value: 'Ada Lovelace', locked: true, by: 'Test administrator', imported: 'Ada K.' });
  expect(profile.fields.location).toMatchObject({ value: 'Paris', locked: false });
  expect(await callAction(t.program, t.asAdministrator, unlockField, { id, field: 'name' })).toMatchObject({ value: 'Ada K.' });
  await arrive(t.program, [account('ada', { name: 'Countess' })]);
  expect((await callAction(t.program, t.asAdministrator, getMember, { id })).name).toBe('Countess');
});

test('a platform flag makes a bot, a pattern a suspicion, and a decision stays', async () => {
  const { ids } = await arrive(t.program, [
    account('renovate[bot]', { bot: true }),
    account('acme-ci'),
    account('yann', { name: 'Yann Le Bot' }),
    account('abbot'),
    email('renovate@whitesourcesoftware.com'),
  ]);
  const state = async (): Promise<string[]> =>
    Promise.all(
      ids.map(async (id) => (await callAction(t.program, t.asAdministrator, getMember, { id: await memberOf(t.program, id) })).bot),
    );
  expect(await state()).toEqual(['bot', 'suspected', 'human', 'human', 'suspected']);
  await callAction(t.program, t.asAdministrator, markHuman, { id: await memberOf(t.program, ids[0] ?? 0) });
  await callAction(t.program, t.asAdministrator, confirmBot, { id: await memberOf(t.program, ids[1] ?? 0) });
  await arrive(t.program, [
    account('renovate[bot]', { bot: true, name: 'Renovate' }),
    account('acme-ci', { name: 'CI' }),
    account('abbot', { bot: true }),
  ]);
  expect(await state()).toEqual(['human', 'bot', 'human', 'bot', 'suspected']);
});

test('links are made on proof, once, and say why', async () => {
  const link = {
    a: account('ada', { platformUserId: '1' }),
    b: email('ada@example.org'),
    reason: 'GitHub says that the address is verified',
    proof: 'verified_email' as const,
  };
  const first = await arrive(t.program, [link.a, link.b], { links: [link] });
  expect(first.links).toEqual({ linked: 1, suggested: 0, refused: 0 });
  expect((await ingest(t.program, [], { links: [link, link] })).links).toEqual({ linked: 0, suggested: 0, refused: 0 });
  const profile = await callAction(t.program, t.asAdministrator, getMember, { id: await memberOf(t.program, first.ids[0] ?? 0) });
  expect(profile.identities).toHaveLength(2);
  expect(profile.identities.map((one) => one.merge?.reason ?? null)).toContain('GitHub says that the address is verified');
});

test('vetoes hold links back: bots, shared addresses, other accounts on the platform, and what people took apart', async () => {
  const bot = account('robo', { bot: true });
  const proof = { reason: 'The platform says so', proof: 'verified_email' as const };
  const { links } = await arrive(t.program, [bot, account('ada'), account('bea'), email('team@example.com')], {
    links: [
      { a: bot, b: email('robo@acme.com'), ...proof },
      { a: account('ada'), b: email('info@acme.com'), ...proof },
      { a: account('ada'), b: email('ada@acme.com'), ...proof },
      { a: account('bea'), b: email('ada@acme.com'), ...proof },
    ],
  });
  expect(links).toEqual({ linked: 1, suggested: 1, refused: 2 });
  const ada = (await ingest(t.program, [account('ada')])).ids[0] ?? 0;
  const id = await memberOf(t.program, ada);
  const profile = await callAction(t.program, t.asAdministrator, getMember, { id });
  await callAction(t.program, t.asAdministrator, unmergeMembers, { merge: profile.merges[0]?.id });
  const again = { a: account('ada'), b: email('ada@acme.com'), reason: 'The platform says so', proof: 'platform' as const };
  expect((await ingest(t.program, [], { links: [again] })).links).toEqual({ linked: 0, suggested: 1, refused: 0 });
  // Said again, nothing is piled up.
  expect((await ingest(t.program, [], { links: [again] })).links).toEqual({ linked: 0, suggested: 0, refused: 1 });
  // A person may say otherwise.
  const other = (await ingest(t.program, [email('ada@acme.com')])).ids[0] ?? 0;
  await arrive(t.program, []);
  await callAction(t.program, t.asAdministrator, mergeMembers, { members: [id, await memberOf(t.program, other)] });
  expect(await memberOf(t.program, other)).toBe(await memberOf(t.program, ada));
});
