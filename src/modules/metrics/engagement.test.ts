import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import { actions } from '../../entry/actions.ts';
import { activityKinds } from '../../connectors/contract.ts';
import type { ActivityKind } from '../../connectors/contract.ts';
import { callAction } from '../../platform/action.ts';
import type { Output } from '../../platform/action.ts';
import { sendSegmentDigests, watchSegments } from '../members/index.ts';
import { scoreEngagement } from './engagement-job.ts';
import { makeActivities, makePerson, makeSource } from './testing.ts';
import type { Did } from './testing.ts';

let now = '2026-06-15T12:00:00Z';
let t: TestProgram;
let source: number;
beforeAll(async () => {
  t = await createTestProgram({ clock: { now: () => new Date(now) } });
  await t.program.database.pool.query("update workspace set time_zone = 'Europe/Prague'");
});
afterAll(() => t.close());
beforeEach(async () => {
  now = '2026-06-15T12:00:00Z';
  await t.program.database.pool.query(
    'truncate member, identity, merge, card_stale, identity_stat, member_card, member_engagement, affiliation, organization, presence, activity, source, segment_membership, segment_change, segment_subscriber, fact, mail, engagement_weight cascade',
  );
  await t.program.database.pool.query('delete from segment where ready is null; update segment set alerts = false');
  source = await makeSource(t.program, 'Forum');
});

type Known = (typeof actions)[number];
type Named<N extends string> = Extract<Known, { name: N }>;

async function call<N extends Known['name']>(name: N, input: Record<string, unknown> = {}): Promise<Output<Named<N>>> {
  const action = actions.find((one): one is Named<N> => one.name === name);
  if (action === undefined) throw new Error(`no action ${name}`);
  return callAction(t.program, t.asAdministrator, action, input);
}

const memberId = (id: number) => `mem_${id.toString(36)}`;

/** The cards of everybody, as a reading leaves them. */
async function settle(): Promise<void> {
  const { pool } = t.program.database;
  await pool.query(
    `insert into member_card (member_id, name, name_key, handles, platforms, bot, first_at, last_at, activities, identities, search)
     select m.id, m.name, lower(m.name), '{}', '{email}', m.bot, min(a.at), max(a.at), count(a.id), 1, ' ' || lower(m.name)
     from member m join identity i on i.member_id = m.id left join activity a on a.identity_id = i.id where m.merged_into is null group by m.id
     on conflict (member_id) do update set first_at = excluded.first_at, last_at = excluded.last_at, activities = excluded.activities, bot = excluded.bot`,
  );
  await scoreEngagement(t.program);
}

const listed = async (input: Record<string, unknown>): Promise<string[]> =>
  (await call('members.list', input)).members.map((member) => member.name).toSorted();
const fitting = (rules: unknown) => listed({ rules, limit: 100 });

async function ready(name: string): Promise<string> {
  const { segments } = await call('segments.list');
  return segments.find((one) => one.name === name)?.id ?? '';
}

function did(identity: number, kind: ActivityKind, at: string, times = 1): Did[] {
  return Array.from({ length: times }, (_, i) => ({ source, identity, kind, at: `${at}T0${i % 10}:00:00Z` }));
}

test('the points in the list are the sum that the profile shows, line by line, whatever was done when', async () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
  };
  const other = await makeSource(t.program, 'Chat');
  const people = [];
  for (let n = 0; n < 12; n += 1) people.push(await makePerson(t.program, `Person ${n}`, n === 3 ? 'bot' : 'human'));
  const all: Did[] = [];
  for (let n = 0; n < 400; n += 1) {
    all.push({
      source: random(2) === 0 ? source : other,
      identity: people[random(people.length - 1)]?.identity ?? 0,
      kind: activityKinds[random(activityKinds.length)] ?? 'post',
      at: new Date(Date.parse('2024-01-01T00:00:00Z') + random(900) * 86_400_000 + random(86_400) * 1000).toISOString(),
    });
  }
  await makeActivities(t.program, all);
  await call('engagement.update', { weights: { answer: 7, star: 0, label: 2 }, halfLifeDays: 45 });
  await settle();
  const { members } = await call('members.list', { sort: 'engagement', bots: 'with', limit: 100 });
  expect(members).toHaveLength(12);
  for (const member of members) {
    const sum = await call('engagement.of', { member: member.id });
    const tenths = sum.lines.reduce((total, line) => total + Math.round(line.points * 10), 0);
    expect(tenths / 10).toBe(sum.points);
    for (const line of sum.lines) expect(Math.round(line.points * 10)).toBe(Math.round(line.left * 10) * line.weight);
    expect(member.engagement, member.name).toBe(sum.points);
    expect(member.level?.id ?? null).toBe(sum.level?.id ?? null);
    if (member.bot === 'bot') expect(sum).toMatchObject({ points: 0, lines: [], isBot: true });
  }
  const points = members.map((member) => member.engagement);
  expect(points).toEqual(points.toSorted((a, b) => b - a));
  expect(points[0]).toBeGreaterThan(0);
  // Pages by points show everybody once, those without points last.
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await call('members.list', { sort: 'engagement', bots: 'with', limit: 5, cursor });
    seen.push(...page.members.map((member) => member.id));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(members.map((member) => member.id));
});

test('points fade by half in a half-life, follow merges, and levels follow their thresholds', async () => {
  const ada = await makePerson(t.program, 'Ada');
  const twin = await makePerson(t.program, 'Ada L');
  await makeActivities(t.program, [...did(ada.identity, 'answer', '2026-06-15', 10), ...did(twin.identity, 'answer', '2026-06-15', 10)]);
  await call('engagement.update', { weights: { answer: 10 }, halfLifeDays: 30 });
  await settle();
  const points = async (id: number) => (await call('members.list', { bots: 'with' })).members.find((one) => one.id === memberId(id));
  expect(await points(ada.member)).toMatchObject({ engagement: 100, level: { name: 'Regular' } });
  now = '2026-07-15T12:00:00Z';
  await scoreEngagement(t.program);
  expect(await points(ada.member)).toMatchObject({ engagement: 50, level: { name: 'Participant' } });
  const merged = await call('members.merge', { members: [memberId(ada.member), memberId(twin.member)] });
  await scoreEngagement(t.program);
  expect(await points(ada.member)).toMatchObject({ engagement: 100 });
  expect((await t.program.database.pool.query('select * from member_engagement')).rows).toHaveLength(1);
  await call('members.unmerge', { merge: merged.merges[0] });
  await scoreEngagement(t.program);
  expect(await points(twin.member)).toMatchObject({ engagement: 50 });
  const { levels } = await call('engagement.settings');
  const [visitor, , regular] = levels;
  await call('engagement.update', {
    levels: [
      { id: visitor?.id, name: 'Reader', fromPoints: 50 },
      { id: regular?.id, name: 'Core', fromPoints: 51 },
    ],
  });
  await scoreEngagement(t.program);
  expect(await points(ada.member)).toMatchObject({ level: { name: 'Reader' } });
  expect(await listed({ levels: [visitor?.id] })).toEqual(['Ada', 'Ada L']);
  expect(await listed({ minEngagement: 50.1 })).toEqual([]);
  await expect(
    call('engagement.update', {
      levels: [
        { name: 'A', fromPoints: 1 },
        { name: 'B', fromPoints: 1 },
      ],
    }),
  ).rejects.toMatchObject({
    kind: 'invalid_input',
  });
  await expect(call('engagement.update', { weights: { answer: 1.5 } })).rejects.toMatchObject({ kind: 'invalid_input' });
  // Back as they came, for the tests after this one.
  await call('engagement.update', {
    halfLifeDays: 90,
    levels: [
      { name: 'Visitor', fromPoints: 1 },
      { name: 'Participant', fromPoints: 20 },
      { name: 'Regular', fromPoints: 100 },
      { name: 'Champion', fromPoints: 500 },
    ],
  });
});

test('rules ask what people did, how often, where and when, in groups of all, any and not', async () => {
  const chat = await makeSource(t.program, 'Chat');
  const [ada, bo, cy] = [await makePerson(t.program, 'Ada'), await makePerson(t.program, 'Bo'), await makePerson(t.program, 'Cy')];
  await makeActivities(t.program, [
    ...did(ada.identity, 'answer', '2026-06-10', 3),
    ...did(ada.identity, 'star', '2025-01-01'),
    ...did(bo.identity, 'answer', '2026-05-01', 2),
    { source: chat, identity: bo.identity, kind: 'message', at: '2026-06-14T23:30:00Z' },
    ...did(cy.identity, 'issue', '2026-05-16'),
  ]);
  await settle();
  const answered = { field: 'did', kinds: ['answer'] };
  expect(await fitting({ all: [{ ...answered, times: 3, window: { type: 'last', days: 30 } }] })).toEqual(['Ada']);
  expect(await fitting({ all: [{ ...answered, times: 2 }] })).toEqual(['Ada', 'Bo']);
  expect(await fitting({ not: answered })).toEqual(['Cy']);
  expect(await fitting({ any: [{ ...answered, times: 3 }, { all: [{ field: 'did', sources: [`src_${chat.toString(36)}`] }] }] })).toEqual([
    'Ada',
    'Bo',
  ]);
  // 23:30 UTC is the next day in Prague.
  expect(await fitting({ field: 'did', kinds: ['message'], window: { type: 'between', from: '2026-06-15', to: '2026-06-15' } })).toEqual([
    'Bo',
  ]);
  // 16 May is the 31st day back: not among the last 30, and the latest of those before.
  expect(await fitting({ field: 'did', kinds: ['issue'], window: { type: 'last', days: 30 } })).toEqual([]);
  expect(await fitting({ field: 'did', kinds: ['issue'], window: { type: 'ago', from: 30, to: 30 } })).toEqual(['Cy']);
  expect(await fitting({ field: 'firstDid', kinds: 'contributions', window: { type: 'period', period: 'this_month' } })).toEqual(['Ada']);
  expect(await fitting({ field: 'firstDid', kinds: 'any', window: { type: 'period', period: 'last_year' } })).toEqual(['Ada']);
  expect(await fitting({ all: [] })).toEqual(['Ada', 'Bo', 'Cy']);
  // Also in an address, where it is text.
  expect(await fitting(JSON.stringify({ not: answered }))).toEqual(['Cy']);
  const { id } = await call('segments.create', { name: 'Answerers', filter: { rules: { all: [answered] } } });
  expect(await call('segments.get', { id })).toMatchObject({
    members: 2,
    filter: { rules: { all: [{ field: 'did', kinds: ['answer'] }] } },
  });
  const report = await call('metrics.report', { report: 'activity-by-kind', segment: id, from: '2026-05-01', to: '2026-06-15' });
  expect(JSON.stringify(report)).not.toContain('Issues opened');
  await expect(fitting({ all: [{ field: 'did', kinds: ['dancing'] }, { maybe: 1 }] })).rejects.toMatchObject({ kind: 'invalid_input' });
});

test('the ready segments are there, hold whom they say, and can be copied but not changed', async () => {
  const make = async (name: string, bot: 'human' | 'suspected' = 'human') => makePerson(t.program, name, bot);
  const [fresh, quiet, back, steady, robot] = [
    await make('Fresh'),
    await make('Quiet'),
    await make('Back'),
    await make('Steady'),
    await make('Robot', 'suspected'),
  ];
  await makeActivities(t.program, [
    ...did(fresh.identity, 'question', '2026-06-10', 3),
    ...did(quiet.identity, 'answer', '2026-04-20', 6),
    ...did(back.identity, 'answer', '2025-02-01', 2),
    ...did(back.identity, 'answer', '2026-06-12'),
    ...did(steady.identity, 'star', '2025-12-01'),
    ...did(steady.identity, 'reply', '2026-05-20', 9),
    ...did(steady.identity, 'reply', '2026-06-01', 9),
    ...did(robot.identity, 'comment', '2026-02-01'),
  ]);
  await settle();
  const inSegment = async (name: string) => listed({ segment: await ready(name), limit: 100 });
  expect(await inSegment('New this month')).toEqual(['Fresh']);
  expect(await inSegment('New and active')).toEqual(['Fresh']);
  expect(await inSegment('Going quiet')).toEqual(['Quiet']);
  expect(await inSegment('Came back')).toEqual(['Back']);
  expect(await inSegment('First contribution this month')).toEqual(['Fresh']);
  expect(await inSegment('Most engaged')).toContain('Steady');
  expect(await inSegment('Team members')).toEqual([]);
  expect(await inSegment('Bots to confirm')).toEqual(['Robot']);
  const id = await ready('Going quiet');
  await expect(call('segments.update', { id, name: 'Mine' })).rejects.toMatchObject({ code: 'segments.ready' });
  await expect(call('segments.delete', { id })).rejects.toMatchObject({ code: 'segments.ready' });
  const { filter } = await call('segments.get', { id });
  const copy = await call('segments.create', { name: 'Quieter', filter });
  expect(await listed({ segment: copy.id })).toEqual(['Quiet']);
});

test('who enters and leaves is told once, not at the first look, not after a new definition, and not twice after a stop', async () => {
  const people = [];
  for (let n = 0; n < 4; n += 1) people.push(await makePerson(t.program, `P${n}`));
  const [a, b, c] = people as [
    { member: number; identity: number },
    { member: number; identity: number },
    { member: number; identity: number },
  ];
  await makeActivities(t.program, did(a.identity, 'answer', '2026-06-14'));
  await settle();
  const rules = { all: [{ field: 'did', kinds: ['answer'], window: { type: 'last', days: 7 } }] };
  const { id } = await call('segments.create', { name: 'Answering now', filter: { rules } });
  const user = await call('access.create-user', { name: 'Grace', email: 'grace@example.com', role: 'agent' });
  await call('segments.set-alerts', { id, alerts: true, notify: [user.id] });
  const facts = async () =>
    (
      await t.program.database.pool.query<{ name: string; member: string }>(
        `select name, payload ->> 'member' as member from fact where name like 'segment.%' and payload ->> 'segment' = $1 order by id`,
        [id],
      )
    ).rows.map((row) => `${row.name} ${row.member}`);
  await watchSegments(t.program);
  expect(await facts()).toEqual([]);
  await makeActivities(t.program, [...did(b.identity, 'answer', '2026-06-15'), ...did(c.identity, 'answer', '2026-06-15')]);
  await settle();
  await Promise.all([watchSegments(t.program), watchSegments(t.program)]);
  expect(await facts()).toEqual([`segment.entered ${memberId(b.member)}`, `segment.entered ${memberId(c.member)}`]);
  // Merged: one person less, but nobody left.
  await call('members.merge', { members: [memberId(b.member), memberId(c.member)] });
  await watchSegments(t.program);
  expect(await facts()).toHaveLength(2);
  now = '2026-06-21T12:00:00Z';
  await watchSegments(t.program);
  expect(await facts()).toEqual([
    `segment.entered ${memberId(b.member)}`,
    `segment.entered ${memberId(c.member)}`,
    `segment.left ${memberId(a.member)}`,
  ]);
  expect(await call('segments.get', { id })).toMatchObject({ members: 1, entered: 2, left: 1 });
  const { changes } = await call('segments.changes', { id });
  expect(changes.map((one) => `${one.entered} ${one.member.name}`)).toEqual(['false P0', 'true P1', 'true P1']);
  // Another definition: who fits now is remembered without a word.
  await call('segments.update', { id, filter: { rules: { all: [{ field: 'did', kinds: ['answer'] }] } } });
  await watchSegments(t.program);
  expect(await facts()).toHaveLength(3);
  expect(await sendSegmentDigests(t.program)).toBe(1);
  expect(await sendSegmentDigests(t.program)).toBe(0);
  const { mails } = await call('access.outbox');
  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatchObject({ to: 'grace@example.com', subject: 'Your segments: 2 entered, 1 left' });
});
