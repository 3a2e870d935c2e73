import { sql } from 'kysely';
import type { SqlBool } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import { callAction } from '../../platform/action.ts';
import { createMember, tagMembers } from './edit.ts';
import { exportMembers } from './export.ts';
import { segmentMembers } from './filter.ts';
import { readCardPage, sorts } from './card-page.ts';
import { listMembers } from './list.ts';
import { mergeMembers } from './merges.ts';
import { refreshStaleCards } from './jobs.ts';
import { consentPurposes, setConsent } from './privacy/consent.ts';
import { createSegment, getSegment } from './segments.ts';
import { account, arrive, email, memberOf } from './testing.ts';

let t: TestProgram;
beforeAll(async () => {
  t = await createTestProgram({ clock: { now: () => new Date('2026-06-01T12:00:00Z') } });
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.program.database.pool.query(
    'truncate member, identity, merge, suggestion, card_stale, identity_stat, member_card, affiliation, organization, segment cascade',
  );
});

const list = (input: Record<string, unknown>) => callAction(t.program, t.asAdministrator, listMembers, input);
const names = async (input: Record<string, unknown>): Promise<string[]> => (await list(input)).members.map((member) => member.name);

test('search finds names, handles and addresses by any part, whatever the accents and the script', async () => {
  await arrive(t.program, [
    email('zofie@nova.cz', 'Žofie Nováková'),
    account('quexalot'),
    email('w@x.com', 'Łukasz Żółć'),
    email('i@x.com', 'Иван Кузнецов'),
    email('v@x.com', '王伟'),
    email('p@x.com', '100%_real'),
  ]);
  expect(await names({ search: 'novak' })).toEqual(['Žofie Nováková']);
  expect(await names({ search: 'ŽOFIE nova' })).toEqual(['Žofie Nováková']);
  expect(await names({ search: 'qu' })).toEqual(['quexalot']);
  expect(await names({ search: 'ue' })).toEqual([]);
  expect(await names({ search: 'xalo' })).toEqual(['quexalot']);
  expect(await names({ search: 'zolc' })).toEqual(['Łukasz Żółć']);
  expect(await names({ search: 'кузнец' })).toEqual(['Иван Кузнецов']);
  expect(await names({ search: 'ivan' })).toEqual(['Иван Кузнецов']);
  expect(await names({ search: '王' })).toEqual(['王伟']);
  expect(await names({ search: '100%_' })).toEqual(['100%_real']);
  expect(await names({ search: '%' })).toEqual([]);
  expect(await names({ search: "'; drop table member; --" })).toEqual([]);
  expect(await names({ search: '\u0000' })).toHaveLength(6);
});

test('filters hold together, and a segment is one that is kept', async () => {
  const { ids } = await arrive(t.program, [account('old')], { at: '2025-01-01T00:00:00Z' });
  await arrive(t.program, [account('new', { name: 'New' }), email('x@y.com'), account('robo', { bot: true }), account('my-bot')], {
    at: '2026-05-20T00:00:00Z',
  });
  await callAction(t.program, t.asAdministrator, tagMembers, { members: [await memberOf(t.program, ids[0] ?? 0)], tags: ['VIP', 'vip '] });
  expect(await names({ sort: 'name' })).toEqual(['my-bot', 'New', 'old', 'x']);
  expect(await names({ bots: 'only' })).toEqual(['robo']);
  expect(await names({ bots: 'suspected' })).toEqual(['my-bot']);
  expect(await names({ platforms: 'github', firstWithinDays: 30, sort: 'name' })).toEqual(['my-bot', 'New']);
  expect(await names({ quietForDays: 90 })).toEqual(['old']);
  expect(await names({ tags: ['vip'] })).toEqual(['old']);
  expect(await names({ member: await memberOf(t.program, ids[0] ?? 0) })).toEqual(['old']);
  expect(await names({ lastFrom: '2026-05-20', lastTo: '2026-05-20', platforms: ['email'] })).toEqual(['x']);
  expect(await names({ minActivities: 2 })).toEqual([]);
  await expect(list({ lastFrom: '2026-02-31' })).rejects.toMatchObject({ kind: 'invalid_input' });
  const { id } = await callAction(t.program, t.asAdministrator, createSegment, { name: 'Recent', filter: { firstWithinDays: 30 } });
  expect(await callAction(t.program, t.asAdministrator, getSegment, { id })).toMatchObject({
    members: 3,
    more: false,
    filter: { firstWithinDays: 30 },
  });
  expect(await names({ segment: id, platforms: ['email'] })).toEqual(['x']);
  await arrive(t.program, [account('newest')], { at: '2026-05-31T00:00:00Z' });
  expect(await segmentMembers({ ...t.program, db: t.program.database.db }, Number.parseInt(id.slice(4), 36))).toHaveLength(4);
});

test('a rule asks for the latest word on a purpose, of all that is one person', async () => {
  const { ids } = await arrive(t.program, [account('yes'), account('no'), account('silent'), account('yes-elsewhere')]);
  const [yes = '', no = '', , elsewhere = ''] = await Promise.all(ids.map((id) => memberOf(t.program, id)));
  const { purposes } = await callAction(t.program, t.asAdministrator, consentPurposes, {});
  const purpose = purposes[0]?.id ?? '';
  const say = (id: string, state: 'given' | 'refused' | 'withdrawn', at: string) =>
    callAction(t.program, t.asAdministrator, setConsent, { id, purpose, state, source: 'Form', at: new Date(at) });
  const said = (value: string) => names({ rules: { field: 'consent', purpose, value }, sort: 'name' });
  await say(yes, 'given', '2026-01-05');
  await say(no, 'given', '2026-01-05');
  await say(no, 'withdrawn', '2026-02-05');
  await say(elsewhere, 'refused', '2026-03-05');
  expect(await said('given')).toEqual(['yes']);
  expect(await said('withdrawn')).toEqual(['no']);
  expect(await said('unasked')).toEqual(['silent']);
  await callAction(t.program, t.asAdministrator, mergeMembers, { members: [yes, elsewhere] });
  await refreshStaleCards(t.program);
  expect(await said('given')).toEqual([]);
  expect(await said('refused')).toHaveLength(1);
  expect(await names({ rules: { not: { field: 'consent', purpose: purposes[1]?.id, value: 'given' } } })).toHaveLength(3);
});

test.each(sorts)('pages by %s show everybody once, also while rows are added', async (sort) => {
  const people = Array.from({ length: 60 }, (_, i) => account(`user${i}`, { name: `Name ${i % 7}` }));
  for (let i = 0; i < 6; i += 1) await arrive(t.program, people.slice(i * 10, i * 10 + 10), { at: `2026-01-0${1 + (i % 3)}T00:00:00Z` });
  for (let i = 0; i < 5; i += 1) await callAction(t.program, t.asAdministrator, createMember, { name: `Unseen ${i}` });
  const seen: string[] = [];
  let cursor: string | null | undefined;
  let added = 0;
  do {
    const page = await list({ sort, limit: 7, ...(typeof cursor === 'string' ? { cursor } : {}) });
    expect(page.count).toBe(cursor === undefined ? 65 : null);
    seen.push(...page.members.map((member) => member.id));
    cursor = page.next;
    added += 1;
    await arrive(t.program, [account(`late${added}`, { name: 'A first name' })], { at: '2026-05-01T00:00:00Z' });
  } while (cursor !== null);
  expect(new Set(seen).size).toBe(seen.length);
  const { rows } = await t.program.database.pool.query<{ id: number }>(
    "select member_id as id from member_card where name not like 'A first%'",
  );
  for (const row of rows) expect(seen).toContain(`mem_${row.id.toString(36)}`);
});

test('more than are counted come in the same order, page after page', async () => {
  for (let day = 1; day <= 11; day += 1) {
    const people = Array.from({ length: 950 }, (_, i) => account(`user${day}x${i}`, { name: `Name ${(i * 7) % 900}` }));
    await arrive(t.program, people, { at: `2026-01-${String(day).padStart(2, '0')}T00:00:00Z` });
  }
  for (let i = 0; i < 5; i += 1) await callAction(t.program, t.asAdministrator, createMember, { name: `Unseen ${i}` });
  const orders = {
    last: 'last_at desc nulls last',
    first: 'first_at desc nulls last',
    activities: 'activities desc',
    engagement: 'score desc nulls last',
    name: 'name_key',
  };
  for (const sort of sorts) {
    const { rows } = await t.program.database.pool.query<{ id: number; odd: boolean }>(
      `select c.member_id as id, c.name_key like '%7' as odd from member_card c left join member_engagement e using (member_id)
       order by ${orders[sort]}, c.member_id ${sort === 'name' ? '' : 'desc'}`,
    );
    const first = await list({ sort, limit: 200 });
    expect(first).toMatchObject({ count: 10_000, more: true });
    const second = await list({ sort, limit: 200, cursor: first.next });
    const seen = [...first.members, ...second.members].map((member) => member.id);
    expect(seen).toEqual(rows.slice(0, 400).map((row) => `mem_${row.id.toString(36)}`));
    // However the page is found: near by, among few, or by a walk through all.
    const odd = sql<SqlBool>`member_card.name_key like '%7'`;
    const wanted = rows.filter((row) => row.odd).map((row) => row.id);
    for (const budget of [
      { nearby: 10_000, gathered: 0 },
      { nearby: 1, gathered: 10_000 },
      { nearby: 1, gathered: 0 },
    ]) {
      const page = await readCardPage(t.program.database.db, [odd], sort, 150, undefined, budget);
      const next = await readCardPage(t.program.database.db, [odd], sort, 2000, page.next, budget);
      expect([...page.rows, ...next.rows].map((row) => row.member_id)).toEqual(wanted);
      expect(next.next).toBeUndefined();
    }
  }
  expect(await list({ firstTo: '2026-01-01', sort: 'first', limit: 1 })).toMatchObject({ count: 950, more: false });
});

test('an export is whole, and no cell is a formula', async () => {
  await arrive(t.program, [email('a@x.com', '=cmd|"/c calc"'), email('b@x.com', 'Line, "quoted"')]);
  const csv = await callAction(t.program, t.asAdministrator, exportMembers, { format: 'csv' });
  expect(csv).toMatchObject({ rows: 2, complete: true });
  expect(csv.content).toContain(`"'=cmd|""/c calc"""`);
  expect(csv.content).toContain('"Line, ""quoted"""');
  const lines = (await callAction(t.program, t.asAdministrator, exportMembers, { format: 'jsonl' })).content.trim().split('\n');
  expect(lines.map((line) => z(line))).toEqual(expect.arrayContaining(['Line, "quoted"']));
});

function z(line: string): string {
  const parsed: unknown = JSON.parse(line);
  return typeof parsed === 'object' && parsed !== null && 'name' in parsed ? String(parsed.name) : '';
}
