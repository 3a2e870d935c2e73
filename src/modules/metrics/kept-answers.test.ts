import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import type { ActivityDraft } from '../../connectors/contract.ts';
import { findAction } from '../../entry/actions.ts';
import { callAction } from '../../platform/action.ts';
import { transaction } from '../../platform/db.ts';
import { showId } from '../../platform/ids.ts';
import { matchAgain, openTaker, readNewTexts } from '../activities/index.ts';
import { refreshStaleCards } from '../members/index.ts';

/*
 * Answers are kept. Whatever a report reads is changed in each way that it can be, and the same question is asked before and
 * after: twice each time, so that the second answer is a kept one.
 */
let running: TestProgram;
let source: number;
let now = '2024-06-15T12:00:00Z';
let records = 0;

async function call<T>(name: string, input: unknown = {}): Promise<T> {
  const action = findAction(name);
  if (action === undefined) throw new Error(`no action ${name}`);
  return (await callAction(running.program, running.asAdministrator, action, input)) as T;
}

type Cells = Record<string, string | number | null>;

/** The rows of June. */
async function rows(report: string, more: object = {}): Promise<Cells[]> {
  const question = { report, from: '2024-06-01', to: '2024-06-15', ...more };
  const answer = await call<{ rows: { cells: Cells }[] }>('metrics.report', question);
  expect(await call('metrics.report', question)).toEqual(answer);
  return answer.rows.map(({ cells }) => cells);
}

/** One column by the first one. */
async function byName(report: string, column: string): Promise<Cells> {
  return Object.fromEntries((await rows(report)).map((cells) => [String(Object.values(cells)[0]), cells[column] ?? null]));
}

type Said = Omit<ActivityDraft, 'person' | 'at'> & { who: string; day: string };

/** Something is said, and all that follows from it is done. */
async function say(...all: Said[]): Promise<void> {
  const taker = openTaker(running.program, source);
  const page = all.map(({ who, day, ...more }) => {
    records += 1;
    const activity = { ...more, at: Date.parse(`2024-06-${day}:00Z`), person: { platform: 'forum', type: 'account' as const, value: who } };
    return { recordId: records, isNew: true, derived: { activities: [activity] } };
  });
  await transaction(running.program.database, (tx) => taker.take(tx, page));
  taker.committed();
  await refreshStaleCards(running.program);
  await readNewTexts(running.program);
}

async function memberOf(account: string): Promise<string> {
  const { rows: found } = await running.program.database.pool.query<{ member_id: number }>(
    'select member_id from identity where value_key = $1',
    [account],
  );
  return showId('member', found[0]?.member_id ?? 0);
}

async function activityCalled(title: string): Promise<string> {
  const { rows: found } = await running.program.database.pool.query<{ id: number }>('select id from activity where title = $1', [title]);
  return showId('activity', found[0]?.id ?? 0);
}

beforeAll(async () => {
  running = await createTestProgram({ clock: { now: () => new Date(now) } });
  const row = await running.program.database.db
    .insertInto('source')
    .values({ connector: 'file', name: 'forum', settings: '{}', every_minutes: 60, state: 'paused' })
    .returning('id')
    .executeTakeFirstOrThrow();
  source = row.id;
  await say(
    { who: 'ada', day: '03T10:00', kind: 'post', title: 'I love rust, this is awesome and great' },
    { who: 'bob', day: '04T10:00', kind: 'post', title: 'How do I install the helm chart on my server?' },
  );
});
afterAll(() => running.close());

test('languages and sentiment follow what is said, what is corrected, and who is one person', async () => {
  expect(await byName('languages', 'activities')).toEqual({ English: 2 });
  await say({ who: 'bob', day: '05T10:00', kind: 'post', title: 'Wie kann ich das auf dem Server installieren?' });
  expect(await byName('languages', 'activities')).toEqual({ English: 2, German: 1 });
  const activity = await activityCalled('I love rust, this is awesome and great');
  await call('activities.correct', { id: activity, language: 'de' });
  expect(await byName('languages', 'activities')).toEqual({ English: 1, German: 2 });
  expect(await byName('languages', 'people')).toEqual({ English: 1, German: 2 });

  expect(await rows('sentiment-over-time')).toMatchObject([{ positive: 1, negative: 0 }]);
  await call('activities.correct', { id: activity, sentiment: 'negative' });
  expect(await rows('sentiment-over-time')).toMatchObject([{ positive: 0, negative: 1 }]);

  const { merges } = await call<{ merges: string[] }>('members.merge', { members: [await memberOf('ada'), await memberOf('bob')] });
  expect(await byName('languages', 'people')).toEqual({ English: 1, German: 1 });
  await call('members.unmerge', { merge: merges[0] });
  expect(await byName('languages', 'people')).toEqual({ English: 1, German: 2 });
});

test('topics follow their keywords, their names, and their end', async () => {
  const overTime = async () =>
    (await call<{ columns: { title: string }[] }>('metrics.report', { report: 'topics-over-time', from: '2024-06-01' })).columns.map(
      ({ title }) => title,
    );
  expect(await rows('topics')).toEqual([]);
  const { id } = await call<{ id: string }>('topics.save', { name: 'Rust', keywords: ['rust'] });
  expect(await byName('topics', 'activities')).toEqual({ Rust: 0 });
  await matchAgain(running.program);
  expect(await byName('topics', 'activities')).toEqual({ Rust: 1 });
  expect(await overTime()).toEqual(['Period', 'Rust']);
  await call('topics.save', { id, name: 'Oxide', keywords: ['rust', 'helm'] });
  expect(await byName('topics', 'activities')).toEqual({ Oxide: 1 });
  expect(await overTime()).toEqual(['Period', 'Oxide']);
  await matchAgain(running.program);
  expect(await byName('topics', 'activities')).toEqual({ Oxide: 2 });
  await call('topics.remove', { id });
  expect(await rows('topics')).toEqual([]);
  expect(await overTime()).toEqual(['Period']);
});

test('geography follows where people say that they are', async () => {
  expect(await byName('geography', 'people')).toEqual({ Unknown: 2 });
  const ada = await memberOf('ada');
  await call('members.update', { id: ada, location: 'Berlin, Germany' });
  await refreshStaleCards(running.program);
  expect(await byName('geography', 'people')).toEqual({ Unknown: 1, Germany: 1 });
  await call('members.update', { id: ada, location: 'Portland, OR' });
  await refreshStaleCards(running.program);
  expect(await byName('geography', 'people')).toEqual({ Unknown: 1, 'United States': 1 });
  await call('members.update', { id: await memberOf('bob'), location: 'Tokyo' });
  await call('members.update', { id: ada, location: '' });
  await refreshStaleCards(running.program);
  expect(await byName('geography', 'people')).toEqual({ Unknown: 1, Japan: 1 });
});

test('threads follow answers, ends and merges, and grow older by the minute', async () => {
  const thread = { externalId: 't1', kind: 'issue' } as const;
  const issues = () => rows('unanswered-threads', { threads: ['issue'] });
  expect(await issues()).toMatchObject([{ threads: 0 }]);
  await say({ who: 'ada', day: '10T12:00', kind: 'issue', title: 'It breaks', thread: { ...thread, opens: true } });
  expect(await issues()).toMatchObject([{ threads: 1, unanswered: 1, waiting: 1 }]);
  expect(await rows('time-to-first-response', { threads: ['issue'] })).toMatchObject([{ threads: 1, answered: 0 }]);
  expect(await rows('issue-age')).toMatchObject([{ open: 1, median: 5 * 86_400 }]);
  now = '2024-06-15T12:05:00Z';
  expect(await rows('issue-age')).toMatchObject([{ open: 1, median: 5 * 86_400 + 300 }]);

  await say({ who: 'bob', day: '10T13:00', kind: 'comment', text: 'For me too', thread });
  expect(await issues()).toMatchObject([{ threads: 1, unanswered: 0 }]);
  expect(await rows('time-to-first-response', { threads: ['issue'] })).toMatchObject([{ answered: 1, median: 3600 }]);
  // An older thread, outside of what is kept in memory for June.
  expect(await rows('time-to-first-response', { threads: ['issue'], from: '2023-01-01', granularity: 'year' })).toMatchObject([
    { answered: 0 },
    { answered: 1, median: 3600 },
  ]);
  const { merges } = await call<{ merges: string[] }>('members.merge', { members: [await memberOf('ada'), await memberOf('bob')] });
  expect(await issues()).toMatchObject([{ threads: 1, unanswered: 1 }]);
  await call('members.unmerge', { merge: merges[0] });
  expect(await issues()).toMatchObject([{ threads: 1, unanswered: 0 }]);

  expect(await rows('issue-resolution')).toMatchObject([{ opened: 1, closed: 0 }]);
  await say({
    who: 'bob',
    day: '14T12:00',
    kind: 'label',
    thread: { ...thread, state: 'closed', closedAt: Date.parse('2024-06-14T12:00:00Z') },
  });
  expect(await rows('issue-resolution')).toMatchObject([{ opened: 1, closed: 1, median: 4 * 86_400 }]);
  expect(await rows('issue-age')).toMatchObject([{ open: 0 }]);
});
