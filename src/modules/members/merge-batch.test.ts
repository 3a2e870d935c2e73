import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import { callAction } from '../../platform/action.ts';
import { idInput } from '../../platform/ids.ts';
import { accessActions } from '../access/index.ts';
import { listBatches, mergeMany, planMerges, undoBatch, workBatch } from './merge-batch.ts';
import { addNote, editNote } from './notes.ts';
import { account, arrive, email, memberOf } from './testing.ts';

let t: TestProgram;
beforeAll(async () => {
  t = await createTestProgram({ clock: { now: () => new Date('2026-06-01T12:00:00Z') } });
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.program.database.pool.query(
    'truncate member, identity, merge, merge_batch, suggestion, card_stale, identity_stat, member_card, mail cascade',
  );
});

/** Who is who, and what lists show. */
async function snapshot(): Promise<unknown[]> {
  const { pool } = t.program.database;
  const { rows } = await pool.query('select id, member_id from identity order by id');
  const cards = await pool.query("select to_jsonb(c) - 'place_revision' as card from member_card c order by member_id");
  return [...rows, ...cards.rows];
}

type Named<N extends string> = Extract<(typeof accessActions)[number], { name: N }>;
const createUser = accessActions.find((one): one is Named<'access.create-user'> => one.name === 'access.create-user');

test('a file of pairs says what it refuses, merges in the background, and is taken back as one', async () => {
  const { ids } = await arrive(t.program, [
    account('ada'),
    email('ada@x.com', 'Ada Lovelace'),
    account('grace'),
    email('grace@x.com'),
    account('robot', { bot: true }),
    { platform: 'discourse', host: 'forum.example.org', type: 'account', value: 'hopper' },
  ]);
  const [ada = '', , grace = ''] = await Promise.all(ids.map((id) => memberOf(t.program, id)));
  const content = [
    'one,other,why',
    'github:ada,ada@x.com,she said so',
    `${grace};grace@x.com`,
    'grace@x.com,discourse:forum.example.org:hopper',
    'github:ada,github:nobody',
    'ada@x.com,github:ada',
    'github:robot,ada@x.com',
    'lonely',
  ].join('\n');
  const before = await snapshot();
  const planned = await callAction(t.program, t.asAdministrator, planMerges, { content });
  expect(planned).toMatchObject({ count: 3, refusedCount: 4 });
  expect(planned.refused.map((one) => one.line)).toEqual([5, 6, 7, 8]);
  expect(planned.refused[0]?.reason).toContain('github:nobody');
  expect(await snapshot()).toEqual(before);
  const made = await callAction(t.program, t.asAdministrator, mergeMany, { content, name: 'people.csv' });
  const batch = idInput('batch').parse(made.id);
  await Promise.all([workBatch(t.program, batch), workBatch(t.program, batch)]);
  expect(await memberOf(t.program, ids[1] ?? 0)).toBe(ada);
  expect(await memberOf(t.program, ids[5] ?? 0)).toBe(grace);
  expect((await callAction(t.program, t.asAdministrator, listBatches, {})).batches[0]).toMatchObject({
    state: 'done',
    total: 3,
    done: 3,
    merged: 3,
    name: 'people.csv',
  });
  await callAction(t.program, t.asAdministrator, undoBatch, { batch: made.id });
  await workBatch(t.program, batch);
  expect(await snapshot()).toEqual(before);
  expect((await callAction(t.program, t.asAdministrator, listBatches, {})).batches[0]).toMatchObject({ state: 'undone', merged: 0 });
});

test('a note that mentions users tells them once', async () => {
  const { ids } = await arrive(t.program, [account('ada')]);
  const member = await memberOf(t.program, ids[0] ?? 0);
  const user = await callAction(t.program, t.asAdministrator, createUser as Named<'access.create-user'>, {
    name: 'Grace',
    email: 'grace@example.com',
    role: 'agent',
  });
  const { id } = await callAction(t.program, t.asAdministrator, addNote, { member, body: `Ask @[Grace](${user.id}) and @[Nobody](nope)` });
  await callAction(t.program, t.asAdministrator, editNote, { note: id, body: `Do ask @[Grace](${user.id})` });
  const { rows } = await t.program.database.pool.query('select recipient, subject from mail');
  expect(rows).toEqual([{ recipient: 'grace@example.com', subject: 'Test administrator mentioned you in a note about ada' }]);
});
