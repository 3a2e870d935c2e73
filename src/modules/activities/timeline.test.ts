import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectConsistent } from '../../../test/invariants.ts';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import { findAction } from '../../entry/actions.ts';
import { callAction } from '../../platform/action.ts';
import { readId } from '../../platform/ids.ts';
import { runSource } from '../sources/index.ts';
import { recountDays } from './index.ts';

// Through the front door: a file is imported, and the timeline is asked.
let running: TestProgram;
let folder: string;
const sources: string[] = [];

interface Answer {
  activities: { id: string; title: string | null; at: string; kind: string; thread: string | null; person: { id: string; name: string } }[];
  next: string | null;
}

async function call<T>(name: string, input: unknown): Promise<T> {
  const action = findAction(name);
  if (action === undefined) throw new Error(`no action ${name}`);
  return (await callAction(running.program, running.asAdministrator, action, input)) as T;
}
const timeline = (input: unknown = {}): Promise<Answer> => call('activities.timeline', input);
const titles = async (input: unknown = {}): Promise<(string | null)[]> =>
  (await timeline(input)).activities.map((activity) => activity.title);

async function importRows(name: string, rows: object[]): Promise<void> {
  const file = path.join(folder, `${name}.jsonl`);
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
  const { id } = await call<{ id: string }>('sources.add', { connector: 'file', settings: { path: file }, name, read: false });
  sources.push(id);
  const done = await runSource(running.program, readId('source', id), { cause: 'first' });
  expect(done).toMatchObject({ state: 'done', quarantined: 0 });
}

beforeAll(async () => {
  running = await createTestProgram();
  folder = mkdtempSync(path.join(tmpdir(), 'rapport-timeline-'));
  await importRows('forum', [
    {
      id: '1',
      kind: 'question',
      at: '2024-03-01T10:00:00Z',
      platform: 'forum',
      account: 'ada',
      title: 'How to deploy on Kubernetes?',
      text: 'The helm chart fails.',
      thread: 't1',
    },
    {
      id: '2',
      kind: 'answer',
      at: '2024-03-01T11:00:00Z',
      platform: 'forum',
      account: 'bob',
      title: 'Use the new chart',
      text: 'It was mended yesterday.',
      thread: 't1',
    },
    {
      id: '3',
      kind: 'post',
      at: '2024-03-02T10:00:00Z',
      platform: 'forum',
      account: 'chie',
      title: '東京で会いましょう',
      text: '来月の勉強会について',
    },
    {
      id: '4',
      kind: 'post',
      at: '2024-03-03T10:00:00Z',
      platform: 'forum',
      account: 'dora',
      title: 'Éclair à la crème',
      text: 'off topic',
    },
  ]);
  await importRows(
    'chat',
    Array.from({ length: 60 }, (_, n) => ({
      id: `m${n}`,
      kind: 'message',
      at: '2024-03-04T10:00:00Z',
      platform: 'chat',
      account: n % 2 === 0 ? 'ada' : 'eve',
      title: `same second ${n}`,
    })),
  );
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

test('pages hold every activity once, also of the same second, and while more arrives', async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await timeline({ limit: 7, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...page.activities.map((activity) => activity.id));
    if (seen.length === 14)
      await importRows('late', [
        { id: 'l1', kind: 'post', at: '2024-06-01T00:00:00Z', platform: 'forum', account: 'late', title: 'newer than all' },
      ]);
    if (page.next === null) break;
    cursor = page.next;
  }
  expect(seen.length).toBe(64);
  expect(new Set(seen).size).toBe(64);
  expect((await titles({ limit: 1 }))[0]).toBe('newer than all');
});

test('filters by source, kind, time, person and organization on the day', async () => {
  expect(await titles({ sources: [sources[0]], kinds: ['question', 'answer'] })).toEqual([
    'Use the new chart',
    'How to deploy on Kubernetes?',
  ]);
  expect(await titles({ from: '2024-03-02', to: '2024-03-03' })).toEqual(['東京で会いましょう']);
  const [question] = (await timeline({ kinds: ['question'] })).activities;
  const mine = await timeline({ member: question?.person.id, limit: 100 });
  expect(mine.activities.every((activity) => activity.person.id === question?.person.id)).toBe(true);
  const { id: organization } = await call<{ id: string }>('organizations.create', { name: 'Initech' });
  const [answer] = (await timeline({ kinds: ['answer'] })).activities;
  await call('affiliations.add', { member: answer?.person.id, organization, from: '2024-01-01', to: '2024-03-01' });
  await call('affiliations.add', { member: question?.person.id, organization, from: '2024-03-02' });
  const theirs = await titles({ organization, limit: 100 });
  expect(theirs).toContain('Use the new chart');
  expect(theirs).not.toContain('How to deploy on Kubernetes?');
  // Said twice for some days, and going on where another ends: each activity once.
  await call('affiliations.add', { member: answer?.person.id, organization, from: '2024-02-01', to: '2024-03-01' });
  await call('affiliations.add', { member: question?.person.id, organization, from: '2024-01-01', to: '2024-03-01' });
  const both = await timeline({ organization, limit: 100 });
  expect(both.activities.map((activity) => activity.title)).toEqual(expect.arrayContaining([...theirs, 'How to deploy on Kubernetes?']));
  expect(new Set(both.activities.map((activity) => activity.id)).size).toBe(both.activities.length);
  // Of a large one each activity is asked whose it is, instead of each of its people what they did: with the same answers.
  const questions = [
    {},
    { kinds: ['question', 'answer'] },
    { sources },
    { text: 'chart' },
    { member: answer?.person.id },
    { bots: 'without' },
  ];
  const ask = (limit: number) => Promise.all(questions.map((question) => timeline({ organization, ...question, limit })));
  const few = [await ask(100), await ask(1)];
  expect(few[0]?.[1]?.activities.map((activity) => activity.title)).toEqual(['Use the new chart', 'How to deploy on Kubernetes?']);
  const { id: silent } = await call<{ id: string }>('members.create', { name: 'Silent' });
  await running.program.database.pool.query(
    `insert into affiliation (member_id, organization_id, from_day, to_day, origin)
     select $1, $2, '2020-01-01'::date + n, '2020-01-01'::date + n, 'hand' from generate_series(1, 2001) n`,
    [readId('member', silent), readId('organization', organization)],
  );
  expect([await ask(100), await ask(1)]).toEqual(few);
});

test('a day begins when it does in the time zone of the workspace', async () => {
  await call('access.update-workspace', { timeZone: 'Pacific/Auckland' });
  // 2024-03-01 11:00 UTC is midnight in Auckland.
  expect(await titles({ from: '2024-03-02', to: '2024-03-03' })).toEqual(['東京で会いましょう', 'Use the new chart']);
  expect(await titles({ from: '2024-03-03', to: '2024-03-04' })).toEqual(['Éclair à la crème']);
  expect(await titles({ from: '2024-03-02T11:00:00Z', to: '2024-03-03T11:00:00Z' })).toEqual(['Éclair à la crème']);
  // And presence is counted again by these days.
  await recountDays(running.program);
  await expectConsistent(running.program);
  const growth = await call<{ rows: unknown[] }>('metrics.report', {
    report: 'growth',
    from: '2024-03-02',
    to: '2024-03-02',
    granularity: 'day',
  });
  expect(JSON.stringify(growth.rows)).toContain('2024-03-02');
  await call('access.update-workspace', { timeZone: 'UTC' });
  await recountDays(running.program);
  await expectConsistent(running.program);
});

test('a segment is a filter too', async () => {
  await call('members.tag', { members: [(await timeline({ kinds: ['answer'] })).activities[0]?.person.id], tags: ['helper'] });
  const { id } = await call<{ id: string }>('segments.create', { name: 'Helpers', filter: { tags: ['helper'] } });
  expect(await titles({ segment: id })).toEqual(['Use the new chart']);
});

test('words are found in any script, as phrases and without what is excluded', async () => {
  expect(await titles({ text: 'kubernetes' })).toEqual(['How to deploy on Kubernetes?']);
  expect(await titles({ text: '"helm chart"' })).toEqual(['How to deploy on Kubernetes?']);
  expect(await titles({ text: 'chart -helm' })).toEqual(['Use the new chart']);
  expect(await titles({ text: '勉強会' })).toEqual(['東京で会いましょう']);
  expect(await titles({ text: 'nowhere' })).toEqual([]);
});

test('a thread shows its conversation, an activity its raw record', async () => {
  const [question] = (await timeline({ kinds: ['question'] })).activities;
  const thread = await call<{ activities: { title: string }[]; lastAt: string }>('activities.thread', { id: question?.thread });
  expect(thread.activities.map((activity) => activity.title)).toEqual(['How to deploy on Kubernetes?', 'Use the new chart']);
  expect(thread.lastAt).toBe('2024-03-01T11:00:00.000Z');
  const whole = await call<{ raw: string; body: string; stream: string }>('activities.get', { id: question?.id });
  expect(JSON.parse(whole.raw)).toMatchObject({ title: 'How to deploy on Kubernetes?' });
  expect(whole).toMatchObject({ body: 'The helm chart fails.', stream: 'rows' });
});
