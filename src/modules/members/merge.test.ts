import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import type { Identity, IdentityLink, Person } from '../../connectors/contract.ts';
import { callAction } from '../../platform/action.ts';
import type { Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import { showId } from '../../platform/ids.ts';
import { addAffiliation } from './affiliations.ts';
import { confirmBot } from './bot-queue.ts';
import { refreshPeople } from './cards.ts';
import { tagMembers, updateMember } from './edit.ts';
import { getMember } from './get.ts';
import { listMembers } from './list.ts';
import { refreshStaleCards } from './jobs.ts';
import { mergeMembers, unmergeMembers } from './merges.ts';
import { addNote } from './notes.ts';
import { createOrganization } from './organization-actions.ts';
import { acceptSuggestion } from './review.ts';
import { account, arrive, email, memberOf } from './testing.ts';
import { cutTree, joinTrees, lockTrees } from './trees.ts';

let t: TestProgram;
/** The same people, never merged. */
let twin: TestProgram;
beforeAll(async () => {
  const clock = { now: () => new Date('2026-06-01T12:00:00Z') };
  [t, twin] = await Promise.all([createTestProgram({ clock }), createTestProgram({ clock })]);
});
afterAll(() => Promise.all([t.close(), twin.close()]));

/** The same sequence each time. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * Every table of people, whole, with all ids and times. Left out: `merge` itself and decided suggestions (the history is
 * kept on purpose), the numbers of the transactions that wrote a row last (`revision`), and the waiting list of cards.
 */
async function dump(program: Program): Promise<Record<string, unknown[]>> {
  const tables: Record<string, string> = {
    member: 'id',
    identity: 'id',
    identity_stat: 'identity_id',
    affiliation: 'id',
    member_tag: 'member_id, tag',
    member_note: 'id',
    member_card: 'member_id',
    organization: 'id',
    organization_domain: 'domain',
    organization_alias: 'alias_key',
    segment: 'id',
  };
  const whole: Record<string, unknown[]> = {};
  for (const [table, order] of Object.entries(tables)) {
    const { rows } = await program.database.pool.query<{ row: string }>(
      `select (to_jsonb(t) - 'revision' - 'place_revision')::text as row from ${table} t order by ${order}`,
    );
    whole[table] = rows.map((row) => row.row);
  }
  return whole;
}

const people: Person[] = Array.from({ length: 500 }, (_, i) =>
  i % 3 === 0
    ? email(`person${i}@${i % 2 === 0 ? 'acme.com' : 'eng.globex.org'}`, `Person ${i}`)
    : account(`user${i}`, { platformUserId: `${i}`, name: `User ${i}`, location: i % 5 === 0 ? 'Berlin' : 'Oslo', bot: i % 50 === 1 }),
);

function bare(place: number): Identity {
  const { platform, type, value, platformUserId } = people[place] ?? account('nobody');
  return { platform, type, value, ...(platformUserId === undefined ? {} : { platformUserId }) };
}

/** People with all that can hang on them. */
async function settleDown({ program, asAdministrator: call }: TestProgram): Promise<{ ids: number[]; members: string[] }> {
  const roll = dice(11);
  await callAction(program, call, createOrganization, { name: 'Acme', domains: ['acme.com'] });
  await callAction(program, call, createOrganization, { name: 'Globex', domains: ['globex.org'], kind: 'ours' });
  const { ids } = await arrive(program, people, { at: '2024-05-01T10:00:00Z' });
  await arrive(
    program,
    people.filter((_, i) => i % 4 === 0),
    { at: '2025-05-01T10:00:00Z' },
  );
  const members = await Promise.all(ids.map((id) => memberOf(program, id)));
  for (let i = 0; i < 40; i += 1) {
    const member = members[roll(members.length)] ?? '';
    if (i % 4 === 0) await callAction(program, call, addNote, { member, body: `Note ${i}` });
    if (i % 4 === 1) await callAction(program, call, tagMembers, { members: [member], tags: [`tag${roll(5)}`] });
    if (i % 4 === 2) await callAction(program, call, updateMember, { id: member, name: `Edited ${i}` });
    if (i % 4 === 3)
      await callAction(program, call, addAffiliation, { member, organizationName: `Company ${roll(6)}`, from: '2020-01-01' });
  }
  await callAction(program, call, confirmBot, { id: members[3] ?? '' });
  return { ids, members };
}

/** What goes on coming in: the same people do more, under other names and handles, and new ones appear. */
async function goOn(program: Program): Promise<void> {
  const later = people
    .filter((_, i) => i % 7 === 0)
    .map((person, i) => ({
      ...person,
      name: `Later ${i}`,
      ...(person.platformUserId === undefined ? {} : { value: `${person.value}-renamed` }),
      bot: i === 4,
    }));
  await arrive(program, [...later, email('newcomer@gmail.com', 'New Comer')], { at: '2025-11-01T10:00:00Z' });
}

test(
  '1,000 merges of every kind, with imports between, un-merged in any order, leave every table as without them',
  { timeout: 90_000 },
  async () => {
    const { program, asAdministrator: call } = t;
    const { pool } = program.database;
    const roll = dice(7);
    const [{ ids, members }] = await Promise.all([settleDown(t), settleDown(twin)]);
    const pick = (): number => roll(ids.length);
    expect(await dump(program)).toEqual(await dump(twin.program));
    const live: number[] = [];
    let undone = 0;
    let wentOn = false;
    const watch = async (work: () => Promise<unknown>): Promise<void> => {
      const { rows } = await pool.query<{ last: number }>('select coalesce(max(id), 0) as last from merge');
      await work();
      const made = await pool.query<{ id: number }>('select id from merge where id > $1 order by id', [rows[0]?.last ?? 0]);
      live.push(...made.rows.map((row) => row.id));
    };
    const undoSome = async (count: number): Promise<void> => {
      const some = Array.from({ length: Math.min(count, live.length) }, () => live.splice(roll(live.length), 1)[0] ?? 0);
      for (const merge of some.splice(0, 15)) {
        await callAction(program, call, unmergeMembers, { merge: showId('merge', merge) });
        undone += 1;
      }
      // The rest as the action does it, in one transaction.
      await transaction(program.database, async (tx) => {
        await lockTrees(tx);
        const roots = new Set<number>();
        for (const merge of some) {
          const cut = await cutTree(tx, merge, 'Test', program.clock.now());
          if (cut === undefined) throw new Error('was undone already');
          roots.add(cut.kept).add(cut.freed);
          undone += 1;
        }
        await refreshPeople(tx, [...roots], program.clock.now());
      });
    };
    for (let turn = 0; live.length + undone < 1000; turn += 1) {
      const [a, b] = [pick(), pick()];
      const [x, y] = [await memberOf(program, ids[a] ?? 0), await memberOf(program, ids[b] ?? 0)];
      if (x === y) continue;
      if (turn % 4 === 0) {
        // Proofs, as an import brings them. Held back where two were taken apart before.
        const links = Array.from({ length: 20 }, (): IdentityLink => ({
          a: bare(pick()),
          b: bare(pick()),
          reason: 'The .mailmap says so',
          proof: 'mailmap',
        }));
        await watch(() => arrive(program, [], { links, at: '2024-05-01T10:00:00Z' }));
      } else if (turn % 4 === 1) {
        const { rows } = await pool.query<{ id: number }>(
          `insert into suggestion (a_id, b_id, score, reasons, kept) select least(i.origin_member_id, j.origin_member_id), greatest(i.origin_member_id, j.origin_member_id), 0.9,
           '[{"reason":"name","weight":0.9,"text":"Same rare name"}]', true
         from identity i, identity j where i.id = $1 and j.id = $2 on conflict (a_id, b_id) do update set state = 'open' returning id`,
          [ids[a], ids[b]],
        );
        await watch(() => callAction(program, call, acceptSuggestion, { suggestion: showId('suggestion', rows[0]?.id ?? 0) }));
      } else {
        const some = [...new Set([x, y, ...Array.from({ length: 12 }, () => members[pick()] ?? '')])];
        await watch(() => callAction(program, call, mergeMembers, { members: some, ...(roll(2) === 0 ? { into: y } : {}) }));
      }
      if (!wentOn && live.length > 150) {
        wentOn = true;
        await goOn(program);
      }
      // Taking apart and joining again go on side by side.
      if (live.length > 200) await undoSome(60 + roll(80));
    }
    expect((await pool.query('select 1 from member where merged_into is not null')).rowCount).toBeGreaterThan(20);
    while (live.length > 0) await undoSome(150);
    await refreshStaleCards(program);
    await goOn(twin.program);
    const [after, expected] = await Promise.all([dump(program), dump(twin.program)]);
    for (const table of Object.keys(expected)) expect({ table, rows: after[table] }).toEqual({ table, rows: expected[table] });
    expect(undone).toBeGreaterThanOrEqual(1000);
  },
);

test('what is written and imported while merged stays with the row that it was written on', async () => {
  const { program, asAdministrator: call } = t;
  const { ids } = await arrive(program, [account('ann', { name: 'Ann' }), email('ann@initech.io', 'Ann of Initech'), account('third')], {
    at: '2025-01-01T00:00:00Z',
  });
  const [ann = '', address = '', third = ''] = await Promise.all(ids.map((id) => memberOf(program, id)));
  const one = await callAction(program, call, mergeMembers, { members: [ann, address] });
  const two = await callAction(program, call, mergeMembers, { members: [third, ann] });
  await callAction(program, call, addNote, { member: ann, body: 'On the tree' });
  await callAction(program, call, createOrganization, { name: 'Initech', domains: ['initech.io'] });
  await arrive(program, [email('ann@initech.io', 'Annette')], { at: '2025-03-01T00:00:00Z' });
  const whole = await callAction(program, call, getMember, { id: address });
  expect(whole).toMatchObject({ id: third, askedFor: address, activities: 4 });
  expect(whole.affiliations).toMatchObject([{ organization: { name: 'Initech' }, from: '2025-01-01', to: null, origin: 'domain' }]);
  expect(whole.identities.find((identity) => identity.value === 'ann@initech.io')?.merge?.cause).toBe('hand');

  // The first merge is undone after the second: the address leaves, the rest stays together.
  expect(await callAction(program, call, unmergeMembers, { merge: one.merges[0] })).toEqual({ kept: third, freed: address });
  expect(await callAction(program, call, getMember, { id: address })).toMatchObject({
    id: address,
    askedFor: null,
    name: 'Annette',
    activities: 2,
    notes: [],
  });
  expect(await callAction(program, call, getMember, { id: ann })).toMatchObject({
    id: third,
    activities: 2,
    affiliations: [],
    notes: [{ body: 'On the tree' }],
  });
  await expect(callAction(program, call, unmergeMembers, { merge: one.merges[0] })).rejects.toMatchObject({ kind: 'conflict' });
  await callAction(program, call, unmergeMembers, { merge: two.merges[0] });
  expect(await callAction(program, call, getMember, { id: ann })).toMatchObject({ id: ann, name: 'Ann' });
  const { members } = await callAction(program, call, listMembers, { search: 'annette' });
  expect(members.map((member) => member.id)).toEqual([address]);
});

test('a bot among the merged decides as a person decided, and both are as before when taken apart', async () => {
  const { program, asAdministrator: call } = t;
  const { ids } = await arrive(program, [account('helper-bot'), account('hugo')]);
  const [robot = '', hugo = ''] = await Promise.all(ids.map((id) => memberOf(program, id)));
  const bots = async (): Promise<string[]> =>
    (await Promise.all([robot, hugo].map((id) => callAction(program, call, getMember, { id })))).map((profile) => profile.bot);
  const { merges } = await callAction(program, call, mergeMembers, { members: [hugo, robot] });
  expect(await bots()).toEqual(['suspected', 'suspected']);
  await callAction(program, call, unmergeMembers, { merge: merges[0] });
  expect(await bots()).toEqual(['suspected', 'human']);
});

test('two people who merge the same members at once end with one tree', async () => {
  const { program, asAdministrator: call } = t;
  const { ids } = await arrive(program, [account('m1'), account('m2'), account('m3')]);
  const members = await Promise.all(ids.map((id) => memberOf(program, id)));
  const results = await Promise.allSettled([
    callAction(program, call, mergeMembers, { members }),
    callAction(program, call, mergeMembers, { members: members.toReversed() }),
  ]);
  expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(new Set(await Promise.all(ids.map((id) => memberOf(program, id)))).size).toBe(1);
});

test('edges of one call may build on each other', async () => {
  const { program } = t;
  const { ids } = await arrive(program, [account('c1'), account('c2'), account('c3'), account('c4')]);
  const { rows } = await program.database.pool.query<{ id: number }>('select member_id as id from identity where id = any($1) order by 1', [
    ids,
  ]);
  const [a = 0, b = 0, c = 0, d = 0] = rows.map((row) => row.id);
  const edge = (absorbed: number, survivor: number) => ({ absorbed, survivor, cause: 'proof' as const, reason: 'test' });
  await transaction(program.database, async (tx) => {
    await lockTrees(tx);
    await joinTrees(tx, [edge(d, c), edge(c, b), edge(b, a)], undefined, new Date());
  });
  const roots = await program.database.pool.query(
    'select distinct root_id, (select count(distinct member_id) from identity where id = any($2)) as people from member where id = any($1)',
    [[a, b, c, d], ids],
  );
  expect(roots.rows).toEqual([{ root_id: a, people: 1 }]);
});
