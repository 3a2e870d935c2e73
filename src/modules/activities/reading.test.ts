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
import { dropSource, matchAgain, readNewTexts, recountDays } from './index.ts';
import { labelled } from './reading.labelled.testing.ts';
import { expectReadingsCounted } from './reading.testing.ts';

// Through the front door: files are imported, read in the background, and asked.
let running: TestProgram;
let folder: string;

interface Row {
  id: string;
  kind: string;
  at: string;
  platform: string;
  account: string;
  title?: string;
  text?: string;
}
interface Shown {
  id: string;
  title: string | null;
  language: string | null;
  sentiment: string | null;
  topics: { id: string; name: string }[];
}

async function call<T>(name: string, input: unknown = {}): Promise<T> {
  const action = findAction(name);
  if (action === undefined) throw new Error(`no action ${name}`);
  return (await callAction(running.program, running.asAdministrator, action, input)) as T;
}
async function timeline(input: unknown): Promise<Shown[]> {
  return (await call<{ activities: Shown[] }>('activities.timeline', { limit: 500, ...(input as object) })).activities;
}
const titles = async (input: unknown): Promise<(string | null)[]> => (await timeline(input)).map((row) => row.title);

function write(name: string, rows: readonly Row[]): string {
  const file = path.join(folder, `${name}.jsonl`);
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
  return file;
}
async function addSource(name: string, rows: readonly Row[]): Promise<string> {
  const { id } = await call<{ id: string }>('sources.add', {
    connector: 'file',
    settings: { path: write(name, rows) },
    name,
    read: false,
  });
  await readSource(id);
  return id;
}
async function readSource(id: string): Promise<void> {
  expect(await runSource(running.program, readId('source', id), { cause: 'request' })).toMatchObject({ state: 'done', quarantined: 0 });
}
async function work(): Promise<void> {
  await readNewTexts(running.program);
  await matchAgain(running.program);
}
function post(id: string, title: string, more: Partial<Row> = {}): Row {
  return { id, kind: 'post', at: '2024-03-01T10:00:00Z', platform: 'forum', account: 'ada', title, ...more };
}

beforeAll(async () => {
  running = await createTestProgram();
  folder = mkdtempSync(path.join(tmpdir(), 'rapport-reading-'));
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

test('short texts in twenty-six languages and eleven scripts are told apart, and the rest is unknown', async () => {
  const source = await addSource(
    'labelled',
    labelled.map(([, , text], n) => post(`l${n}`, text, { account: `p${n % 7}` })),
  );
  await work();
  const found = new Map((await timeline({ sources: [source] })).map((row) => [row.title, row]));
  const wrong = labelled.flatMap(([language, sentiment, text]) => {
    const row = found.get(text) ?? found.get(text.split('\n')[0] ?? '');
    return row?.language === language && row.sentiment === sentiment ? [] : [[text, row?.language, row?.sentiment]];
  });
  expect(wrong).toEqual([]);
  expect(await titles({ sources: [source], languages: ['el', 'ka'] })).toHaveLength(2);
  expect((await timeline({ sources: [source], sentiments: ['negative'] })).every((row) => row.sentiment === 'negative')).toBe(true);
  expect(await titles({ sources: [source], languages: ['de'], sentiments: ['negative'] })).toEqual([
    'Das Update ist schrecklich und alles ist kaputt',
  ]);
  await expectReadingsCounted(running.program);
});

test('only words of the person are read: no stars, no quotes, no code, no title of a conversation', async () => {
  const source = await addSource('own', [
    post('1', 'A repository', { kind: 'star' }),
    post('2', 'Wie installiere ich das auf dem Server?', { kind: 'reply', text: 'You can use the installer for this, it is easy' }),
    post('3', 'Quoted', { text: '> Ich verstehe das alles leider gar nicht\n\nPlease look at the second page of the guide' }),
    post('4', 'Ignored', { kind: 'message', text: '```\nconst a = 1\n```' }),
  ]);
  await work();
  const rows = await timeline({ sources: [source] });
  expect(Object.fromEntries(rows.map((row) => [row.title, row.language]))).toEqual({
    'A repository': null,
    'Wie installiere ich das auf dem Server?': 'en',
    Quoted: 'en',
    Ignored: 'und',
  });
  await expect(call('activities.correct', { id: rows.find((row) => row.title === 'A repository')?.id, language: 'en' })).rejects.toThrow(
    'Nobody wrote words',
  );
});

test('a correction is kept with who made it, survives changes and re-deriving, and can be taken back', async () => {
  const rows = [post('c1', 'Hello to all of you from this place'), post('c2', 'Another text in plain English words')];
  const source = await addSource('corrected', rows);
  await work();
  const [first] = (await timeline({ sources: [source] })).filter((row) => row.title?.startsWith('Hello'));
  const after = await call<{ corrected: { by: string } }>('activities.correct', { id: first?.id, language: 'fr', sentiment: 'negative' });
  expect(after).toMatchObject({ language: 'fr', sentiment: 'negative', score: null, corrected: { language: true, sentiment: true } });
  expect(after.corrected.by).toBe('Test administrator');
  await expectReadingsCounted(running.program);
  // The author edits the text; then the mapping runs again.
  write('corrected', [
    { ...post('c1', 'Hello to everybody of you from another place') },
    post('c2', 'Another text in plain English words'),
  ]);
  await readSource(source);
  await expectReadingsCounted(running.program);
  await work();
  await call('sources.rederive', { id: source });
  await runSource(running.program, readId('source', source), { cause: 'rederive' });
  await work();
  expect((await timeline({ sources: [source], languages: ['fr'] })).map((row) => row.id)).toEqual([first?.id]);
  const whole = await call<{ reading: unknown }>('activities.get', { id: first?.id });
  expect(whole.reading).toMatchObject({ language: 'fr', sentiment: 'negative' });
  expect(await call('activities.correct', { id: first?.id, language: null, sentiment: null })).toMatchObject({
    language: 'en',
    corrected: null,
  });
  await expectReadingsCounted(running.program);
  const audit = await running.program.database.pool.query("select from audit_entry where action = 'activities.correct'");
  expect(audit.rowCount).toBe(2);
  // Who only reads may not.
  const action = findAction('activities.correct');
  if (action === undefined) throw new Error('no action');
  await expect(callAction(running.program, running.asRole('light_agent'), action, { id: first?.id, language: 'de' })).rejects.toThrow(
    'role',
  );
});

test('a topic is matched on arrival, over history, after an edit, with exclusions and limits', async () => {
  const source = await addSource('talk', [
    post('t1', 'Kubernetes upgrade'),
    post('t2', 'The helm chart of the ship', { account: 'bob' }),
    post('t3', 'A ship at the helm', { account: 'bob' }),
    post('t4', 'unrelated words', { kind: 'issue' }),
  ]);
  await work();
  const { id } = await call<{ id: string }>('topics.save', {
    name: 'Kubernetes',
    keywords: ['kubernetes', 'helm*'],
    exclusions: ['at the helm'],
  });
  await matchAgain(running.program);
  const about = async (): Promise<(string | null)[]> =>
    (await titles({ topics: [id], sources: [source] })).toSorted((a, b) => String(a).localeCompare(String(b)));
  expect(await about()).toEqual(['Kubernetes upgrade', 'The helm chart of the ship']);
  write('talk', [
    post('t1', 'Nothing of the kind'),
    post('t2', 'The helm chart of the ship', { account: 'bob' }),
    post('t3', 'A ship at the helm', { account: 'bob' }),
    post('t4', 'unrelated words', { kind: 'issue' }),
    post('t5', 'Helmfile is new', { kind: 'issue' }),
  ]);
  await readSource(source);
  await work();
  expect(await about()).toEqual(['Helmfile is new', 'The helm chart of the ship']);
  await call('topics.save', { id, name: 'Kubernetes', keywords: ['kubernetes', 'helm*', 'unrelated'], exclusions: [], kinds: ['issue'] });
  await matchAgain(running.program);
  expect(await about()).toEqual(['Helmfile is new', 'unrelated words']);
  expect((await timeline({ topics: [id] }))[0]?.topics).toMatchObject([{ id, name: 'Kubernetes' }]);
  await expectReadingsCounted(running.program);
  await expect(call('topics.save', { name: 'kubernetes', keywords: ['x'] })).rejects.toThrow('already');
  await call('topics.remove', { id });
  expect((await call<{ topics: unknown[] }>('topics.list')).topics).toEqual([]);
  await matchAgain(running.program);
  expect((await running.program.database.pool.query('select from activity_topic')).rowCount).toBe(0);
  expect((await running.program.database.pool.query('select from topic')).rowCount).toBe(0);
  await expectReadingsCounted(running.program);
});

test('a preview says how many would fit, with examples', async () => {
  await addSource('preview', [post('p1', 'Our zebrafish pipeline'), post('p2', 'zebrafish zoo', { account: 'eve' })]);
  const preview = await call<{ matches: number; people: number; examples: { text: string; keyword: string }[] }>('topics.preview', {
    keywords: ['zebra*'],
    exclusions: ['zoo'],
  });
  expect(preview).toMatchObject({ matches: 1, people: 1, examples: [{ text: 'Our zebrafish pipeline', keyword: 'zebra*' }] });
});

test('words that are new and that several people say are suggested', async () => {
  const ago = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
  await addSource(
    'buzz',
    Array.from({ length: 60 }, (_, n) =>
      post(`b${n}`, n % 2 === 0 ? 'flux capacitor is what people build' : 'the usual talk over dinner', {
        at: ago(n % 2 === 0 ? 5 : 5 + n * 4),
        account: `buzz${n % 6}`,
      }),
    ),
  );
  const { words } = await call<{ words: { word: string; people: number }[] }>('topics.suggest');
  expect(words[0]).toMatchObject({ word: 'flux capacitor', people: 3 });
  expect(words.map(({ word }) => word)).not.toContain('dinner');
});

test('roll-ups equal a recount through random changes, edits, corrections, another time zone and removal', async () => {
  let seed = 20260401;
  const random = (limit: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >>> 8) % limit;
  };
  const texts = [
    'Thanks, this is really awesome work',
    'The release is broken and horrible',
    'How do I install rust here?',
    'Wie geht das mit Rust und go?',
    'ok',
    'go',
  ];
  const row = (n: number): Row =>
    post(`r${n}`, texts[random(texts.length)] ?? '', {
      kind: ['post', 'reply', 'star', 'issue'][random(4)] ?? 'post',
      account: `r${random(9)}`,
      at: new Date(Date.UTC(2024, 0, 1) + random(40 * 24) * 3_600_000).toISOString(),
    });
  let rows = Array.from({ length: 120 }, (_, n) => row(n));
  const source = await addSource('random', rows);
  await work();
  const { id: topic } = await call<{ id: string }>('topics.save', { name: 'Rust', keywords: ['rust'] });
  for (let round = 0; round < 4; round++) {
    rows = rows.map((old, n) => (random(4) === 0 ? row(n) : old));
    write('random', rows);
    await readSource(source);
    await expectReadingsCounted(running.program);
    // Half of the rounds go on before everything is read again.
    if (random(2) === 0) await work();
    const all = (await timeline({ sources: [source] })).filter((one) => one.language !== null);
    const chosen = all[random(Math.max(1, all.length))];
    if (chosen !== undefined) await call('activities.correct', { id: chosen.id, sentiment: 'negative' });
    await call('topics.save', { id: topic, name: 'Rust', keywords: random(2) === 0 ? ['rust', 'go'] : ['rust', 'release'] });
    await work();
    await expectReadingsCounted(running.program);
  }
  await expectReadingsCounted(running.program, true);
  await call('access.update-workspace', { timeZone: 'Pacific/Auckland' });
  await recountDays(running.program);
  await expectReadingsCounted(running.program, true);
  await expectConsistent(running.program);
  await dropSource(running.program, readId('source', source));
  const left = await running.program.database.pool.query(
    `select from reading_sheet where source_id = $1 union all select from activity_reading where source_id = $1
     union all select from activity_topic where source_id = $1 union all select from reading_correction where source_id = $1`,
    [readId('source', source)],
  );
  expect(left.rowCount).toBe(0);
});
