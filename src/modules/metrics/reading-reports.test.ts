import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import { findAction } from '../../entry/actions.ts';
import { callAction } from '../../platform/action.ts';
import { readId } from '../../platform/ids.ts';
import { matchAgain, readNewTexts } from '../activities/index.ts';
import { refreshStaleCards } from '../members/index.ts';
import { runSource } from '../sources/index.ts';

// People in three languages and places talk about two topics; what reports say is compared with what was written.
let running: TestProgram;
let folder: string;
let rust = '';
const clock = { now: () => new Date('2024-06-15T12:00:00Z') };

async function call<T>(name: string, input: unknown = {}): Promise<T> {
  const action = findAction(name);
  if (action === undefined) throw new Error(`no action ${name}`);
  return (await callAction(running.program, running.asAdministrator, action, input)) as T;
}

type Cells = Record<string, string | number | null>;
interface Answer {
  rows: { key: string; cells: Cells }[];
  columns: { key: string; counts?: string }[];
  headline: { key: string; value: number | null; previous: number | null }[];
}
const window = { from: '2024-04-01', to: '2024-06-15' };
const run = (report: string, more: object = {}): Promise<Answer> => call('metrics.report', { report, ...window, ...more });
/** Row by its first cell. */
function byName(answer: Answer): Record<string, Cells> {
  return Object.fromEntries(answer.rows.map(({ cells }) => [String(Object.values(cells)[0]), cells]));
}

const said: [string, string, string, string][] = [
  ['ada', '2024-05-01', 'post', 'I love rust, this is awesome and great'],
  ['ada', '2024-05-02', 'reply', 'The rust compiler is horrible and broken today'],
  ['bob', '2024-05-02', 'post', 'How do I install the helm chart?'],
  ['bob', '2024-06-01', 'issue', 'Wie kann ich Rust auf dem Server installieren?'],
  ['chie', '2024-06-02', 'post', '最新バージョンをインストールするにはどうすればいいですか？'],
  ['chie', '2024-06-02', 'star', 'rust'],
  ['eve', '2024-03-05', 'post', 'rust was here before, in the window before this one'],
  ['ours', '2024-05-20', 'post', 'We at the company write about rust every day'],
];

beforeAll(async () => {
  running = await createTestProgram({ clock });
  folder = mkdtempSync(path.join(tmpdir(), 'rapport-reports-'));
  const file = path.join(folder, 'said.jsonl');
  const location: Record<string, string> = { ada: 'Berlin, Germany', bob: 'Portland, OR', chie: '東京, 日本', eve: 'Earth' };
  writeFileSync(
    file,
    said
      .map(([account, day, kind, title], n) =>
        JSON.stringify({
          id: `${n}`,
          kind,
          at: `${day}T10:00:00Z`,
          platform: 'forum',
          account,
          title,
          text: kind === 'reply' ? title : '',
        }),
      )
      .join('\n'),
  );
  const { id } = await call<{ id: string }>('sources.add', { connector: 'file', settings: { path: file }, name: 'said', read: false });
  await runSource(running.program, readId('source', id), { cause: 'first' });
  const { members } = await call<{ members: { id: string; name: string }[] }>('members.list', {});
  for (const { id: member, name } of members) {
    if (location[name] !== undefined) await call('members.update', { id: member, location: location[name] });
    if (name === 'ours') {
      const { id: organization } = await call<{ id: string }>('organizations.create', { name: 'Us', kind: 'ours' });
      await call('affiliations.add', { member, organization });
    }
  }
  await refreshStaleCards(running.program);
  await readNewTexts(running.program);
  ({ id: rust } = await call<{ id: string }>('topics.save', { name: 'Rust', keywords: ['rust'] }));
  await call('topics.save', { name: 'Charts', keywords: ['helm'] });
  await matchAgain(running.program);
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

test('topics: who talks about what, in which tone, beside the window before', async () => {
  expect(byName(await run('topics'))).toMatchObject({
    Rust: { people: 3, activities: 4, before: 1, change: 3 },
    Charts: { people: 1, activities: 1, before: 0, change: null },
  });
  expect(byName(await run('topics', { population: 'wider_community' }))).toMatchObject({ Rust: { people: 2, activities: 3 } });
  expect(byName(await run('topics', { kinds: ['issue'] }))).toMatchObject({ Rust: { people: 1, activities: 1 } });
  const overview = await call<{
    topics: { topic: string; activities: number; people: number; course: number[] }[];
    people: { name: string }[];
  }>('metrics.topics', { ...window, topic: rust });
  expect(overview.topics).toMatchObject([{ topic: rust, activities: 4, people: 3, before: { activities: 1, people: 1 } }]);
  expect(overview.topics[0]?.course.reduce((sum, one) => sum + one, 0)).toBe(4);
  expect(overview.people[0]).toMatchObject({ name: 'ada', count: 2 });
});

test('sentiment, of everything and of a topic, with what is unknown', async () => {
  const all = (await run('sentiment-over-time')).headline;
  expect(Object.fromEntries(all.map(({ key, value }) => [key, value]))).toMatchObject({ negative: 1, positive: 1, unknown: 0 });
  const may = (await run('sentiment-over-time', { topic: rust })).rows.find(({ key }) => key === '2024-05')?.cells;
  expect(may).toMatchObject({ negative: 1, positive: 1, neutral: 1, unknown: 0, balance: 0 });
});

test('languages and countries, with the unknown', async () => {
  expect(byName(await run('languages'))).toMatchObject({
    English: { people: 3, activities: 4 },
    German: { people: 1, activities: 1 },
    Japanese: { people: 1, activities: 1 },
  });
  expect(byName(await run('geography'))).toMatchObject({
    Germany: { people: 1, activities: 2 },
    'United States': { people: 1, activities: 2 },
    Japan: { people: 1, activities: 2 },
    Unknown: { people: 1, activities: 1 },
  });
});

test.each(['topics', 'topics-over-time', 'sentiment-over-time', 'languages', 'geography'])(
  'every number of %s opens to its rows',
  async (report) => {
    for (const more of [{}, { population: 'wider_community' }, ...(report === 'sentiment-over-time' ? [{ topic: rust }] : [])]) {
      const answer = await run(report, more);
      const numbers = answer.rows.flatMap(({ key, cells }) =>
        answer.columns.flatMap((column) =>
          column.counts === undefined ? [] : [{ row: key, column: column.key, counts: column.counts, value: cells[column.key] }],
        ),
      );
      expect(numbers.length).toBeGreaterThan(1);
      for (const { row, column, counts, value } of numbers) {
        const behind = await call<{ people: number; activities: number }>('metrics.rows', { report, ...window, ...more, row, column });
        expect([row, column, counts === 'people' ? behind.people : behind.activities]).toEqual([row, column, value]);
      }
    }
  },
);

test('two people who are one are counted as one, and nothing is counted again', async () => {
  const { members } = await call<{ members: { id: string; name: string }[] }>('members.list', {});
  const idOf = (name: string): string => members.find((member) => member.name === name)?.id ?? '';
  await call('members.merge', { members: [idOf('ada'), idOf('bob')] });
  expect(byName(await run('topics'))).toMatchObject({ Rust: { people: 2, activities: 4 } });
});

test('a profile says which languages somebody writes', async () => {
  const { members } = await call<{ members: { id: string; name: string }[] }>('members.list', {});
  const ada = members.find((member) => member.name === 'ada');
  const { languages } = await call<{ languages: unknown }>('activities.summary', { member: ada?.id });
  expect(languages).toEqual([
    { language: 'en', count: 3 },
    { language: 'de', count: 1 },
  ]);
});
