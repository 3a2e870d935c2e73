import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { contentOf, expectConsistent } from '../../../test/invariants.ts';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import type { ActivityDraft, Connector, Json, Page, Stream } from '../../connectors/contract.ts';
import { callAction } from '../../platform/action.ts';
import { AppError } from '../../platform/errors.ts';
import { readId } from '../../platform/ids.ts';
import { countOlder, dropOlder, dropSource, openTaker } from '../activities/index.ts';
import { addSource, finishRemoval, provideToSources, rederiveSource, runSource, sourcesActions } from './index.ts';
import { retryQuarantined } from './again.ts';
import { isSilent } from './health.ts';

// A connector whose answers a test decides: what the runner promises must hold for any connector.
interface Post {
  id: string;
  who: string;
  at: number;
  text: string;
}
type Script = (cursor: Json | undefined, signal: AbortSignal) => AsyncIterable<Page>;
const scripts = new Map<string, Script>();
const mapping = { shout: false, broken: false };

function scripted(order: Stream['order']): Connector<never> {
  const connector: Connector<{ script: string }> = {
    name: `scripted-${order}`,
    title: 'Scripted',
    summary: 'Reads what a test says.',
    settings: z.object({ script: z.string(), token: z.string().optional().meta({ secret: true }) }),
    nameOf: (settings) => settings.script,
    everyMinutes: 30,
    check: async () => [{ ok: true, what: 'Nothing', detail: 'Nothing to check.' }],
    streams: [
      {
        name: 'posts',
        title: 'Posts',
        order,
        record: z.object({ id: z.string(), who: z.string(), at: z.number(), text: z.string() }),
        externalId: (record: Post) => record.id,
        pages: (io, cursor) => (scripts.get(io.settings.script) ?? nothing)(cursor, io.signal),
        derive(record: Post) {
          if (mapping.broken && record.text === 'odd') throw new Error('An odd text.');
          const activity: ActivityDraft = {
            kind: 'post',
            at: record.at,
            person: { platform: 'scripted', type: 'account', value: record.who },
            title: mapping.shout ? record.text.toUpperCase() : record.text,
            thread: { externalId: 'all', kind: 'topic', title: 'All' },
          };
          return { activities: [activity] };
        },
      },
    ],
  };
  return connector;
}

async function* nothing(): AsyncIterable<Page> {}

/** How often a source's records were written. */
const takes = new Map<number, number>();

let test_: TestProgram;
beforeAll(async () => {
  test_ = await createTestProgram();
  provideToSources({
    connectors: [scripted('oldest-first'), scripted('newest-first'), scripted('snapshot')],
    openTaker(program, sourceId) {
      const taker = openTaker(program, sourceId);
      return {
        ...taker,
        take(tx, records) {
          takes.set(sourceId, (takes.get(sourceId) ?? 0) + 1);
          if (records.some(({ derived }) => derived.activities.some(({ title }) => title === 'unwritable'))) throw new Error('No.');
          return taker.take(tx, records);
        },
      };
    },
    dropSource,
    dropOlder,
    countOlder,
    findTarget: () => Promise.reject(new Error('Nothing is delivered here.')),
    whileReading: async () => undefined,
    afterReading: async () => undefined,
  });
});
afterAll(() => test_.close());

let sources = 0;
async function connect(script: Script, order: Stream['order'] = 'oldest-first'): Promise<number> {
  const name = `script ${++sources}`;
  scripts.set(name, script);
  const { id } = await callAction(test_.program, test_.asAdministrator, addSource, {
    connector: `scripted-${order}`,
    settings: { script: name },
    read: false,
  });
  return readId('source', id);
}

const day = Date.UTC(2024, 4, 1);
function post(n: number, more: Partial<Post> = {}): Json {
  return { id: `p${n}`, who: `user${n % 7}`, at: day + n * 3_600_000, text: `post ${n}`, ...more };
}
/** Pages of two posts, oldest first; a cursor is the number of the next. */
function book(count: number): Script {
  return async function* (cursor) {
    for (let n = typeof cursor === 'number' ? cursor : 0; n < count; n += 2) {
      yield { items: [post(n), post(n + 1)].slice(0, count - n), cursor: n + 2, total: count };
    }
  };
}
const run = (id: number, more: { signal?: AbortSignal } = {}) => runSource(test_.program, id, { cause: 'request', ...more });
const count = async (table: string, id: number): Promise<number> =>
  Number(
    (await test_.program.database.pool.query<{ n: number }>(`select count(*) as n from ${table} where source_id = $1`, [id])).rows[0]?.n,
  );
const sourceOf = async (id: number) =>
  test_.program.database.db.selectFrom('source').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

test('reads everything once, and a second reading adds nothing', async () => {
  const id = await connect(book(9));
  expect(await run(id)).toMatchObject({ state: 'done', items: 9, fresh: 9, activities: 9, quarantined: 0 });
  expect(await run(id)).toMatchObject({ state: 'done', fresh: 0, activities: 0 });
  expect(await count('activity', id)).toBe(9);
  expect((await sourceOf(id)).last_success_at).not.toBeNull();
  await expectConsistent(test_.program);
});

test('the same items again, in any paging, are harmless; a changed one replaces what it said', async () => {
  let text = 'first words';
  const id = await connect(async function* () {
    yield { items: [post(1, { text }), post(2)], cursor: 'a' };
    yield { items: [post(2), post(1, { text }), post(3), post(3)], cursor: 'b' };
  }, 'snapshot');
  expect(await run(id)).toMatchObject({ fresh: 3, changed: 0, activities: 3 });
  text = 'other words';
  expect(await run(id)).toMatchObject({ fresh: 0, changed: 1, activities: 1 });
  const { rows } = await test_.program.database.pool.query<{ title: string }>(
    'select title from activity where source_id = $1 order by at',
    [id],
  );
  expect(rows.map((row) => row.title)).toEqual(['other words', 'post 2', 'post 3']);
  await expectConsistent(test_.program);
});

test('a bad record is quarantined with its reason, the others go on, and it can be retried after a fix', async () => {
  mapping.broken = true;
  const id = await connect(async function* () {
    yield {
      items: [post(1), { id: 'bad', who: 7 }, post(2, { text: 'odd' }), 'not even an object', post(3, { at: Number.NaN })],
      cursor: 1,
      unreadable: [{ externalId: 'line 9', raw: 'garb\u0000age', reason: 'Not a row.' }],
    };
  });
  expect(await run(id)).toMatchObject({ state: 'done', fresh: 1, quarantined: 5 });
  const { rows } = await test_.program.database.pool.query<{ external_id: string; reason: string }>(
    'select external_id, reason from quarantine where source_id = $1 order by external_id',
    [id],
  );
  expect(rows.find((row) => row.external_id === 'bad')?.reason).toContain('who');
  expect(rows.find((row) => row.external_id === 'p2')?.reason).toBe('An odd text.');
  mapping.broken = false;
  await retryQuarantined(test_.program, id);
  expect(await count('quarantine', id)).toBe(4);
  expect(await count('activity', id)).toBe(2);
  await expectConsistent(test_.program);
});

test('an oldest-first reading that dies goes on after its last page', async () => {
  let failing = true;
  const asked: (Json | undefined)[] = [];
  const id = await connect(async function* (cursor, signal) {
    asked.push(cursor);
    for await (const page of book(8)(cursor, signal)) {
      if (failing && page.cursor === 6) throw new Error('The line was cut.');
      yield page;
    }
  });
  expect(await run(id)).toMatchObject({ state: 'failed', fresh: 4, error: 'The line was cut.' });
  expect(await sourceOf(id)).toMatchObject({ failures: 1, last_error: 'The line was cut.' });
  failing = false;
  expect(await run(id)).toMatchObject({ state: 'done', fresh: 4 });
  expect(asked).toEqual([undefined, 4]);
  expect(await sourceOf(id)).toMatchObject({ failures: 0, failing_since: null });
});

test('a newest-first cursor is kept only at the end; until then the reading resumes', async () => {
  let failing = true;
  const asked: (Json | undefined)[] = [];
  const id = await connect(async function* (cursor) {
    asked.push(cursor);
    const from = typeof cursor === 'object' && cursor !== null && 'at' in cursor ? Number(cursor['at']) : 6;
    for (let n = from; n > 0; n -= 2) {
      if (failing && n === 2) throw new Error('The line was cut.');
      yield { items: [post(n), post(n - 1)], cursor: n === 2 ? { newest: 6 } : { at: n - 2 } };
    }
  }, 'newest-first');
  await run(id);
  const stream = () =>
    test_.program.database.db.selectFrom('source_stream').selectAll().where('source_id', '=', id).executeTakeFirstOrThrow();
  expect(await stream()).toMatchObject({ cursor: null, resume: { at: 2 } });
  failing = false;
  await run(id);
  expect(await stream()).toMatchObject({ cursor: { newest: 6 }, resume: null });
  expect(asked).toEqual([undefined, { at: 2 }]);
  expect(await count('activity', id)).toBe(6);
});

test('pages that go round in circles end with an error, and so do endless empty ones', async () => {
  const circle = await connect(async function* () {
    for (;;) yield { items: [post(1)], cursor: 'same' };
  });
  expect(await run(circle)).toMatchObject({ state: 'failed', error: expect.stringContaining('circles') });
  const empty = await connect(async function* () {
    for (let n = 0; ; n++) yield { items: [], cursor: n };
  });
  expect(await run(empty)).toMatchObject({ state: 'failed', error: expect.stringContaining('circles') });
});

test('a limit that the other side names moves the next reading there, and is no failure', async () => {
  const id = await connect(async function* () {
    yield { items: [post(1)], cursor: 1 };
    throw new AppError('rate_limited', 'http.rate_limited', 'Come back later.', { retryAfter: 1800 });
  });
  expect(await run(id)).toMatchObject({ state: 'failed', fresh: 1 });
  const source = await sourceOf(id);
  expect(source.failures).toBe(0);
  expect((source.next_run_at?.getTime() ?? 0) - Date.now()).toBeGreaterThan(1_700_000);
});

test('a source that fails again and again is paused, and says so as a fact', async () => {
  const id = await connect(async function* () {
    throw new Error('Permission denied: the token lacks read_api.');
  });
  for (let i = 0; i < 8; i++) await run(id);
  expect(await sourceOf(id)).toMatchObject({ state: 'paused', paused_reason: expect.stringContaining('read_api') });
  const facts = await test_.program.database.pool.query<{ name: string }>(
    `select name from fact where payload ->> 'name' = (select name from source where id = $1)`,
    [id],
  );
  expect(facts.rows.map((row) => row.name)).toContain('source.paused');
});

test('abort is obeyed while a page hangs, and two readers of one source never meet', async () => {
  let entered: () => void = () => undefined;
  const inside = new Promise<void>((resolve) => (entered = resolve));
  const id = await connect(async function* () {
    yield { items: [post(1)], cursor: 1 };
    entered();
    await new Promise(() => undefined);
  });
  const stop = new AbortController();
  const running = run(id, { signal: stop.signal });
  await inside;
  await expect(run(id)).rejects.toMatchObject({ code: 'source.busy' });
  stop.abort(new Error('Enough.'));
  expect(await running).toMatchObject({ state: 'interrupted', fresh: 1, error: 'Enough.' });
});

test('pausing stops a reading in the middle, resuming goes on', async () => {
  const [pause, resume] = ['sources.pause', 'sources.resume'].map((name) => sourcesActions.find((action) => action.name === name));
  let entered: () => void = () => undefined;
  const inside = new Promise<void>((resolve) => (entered = resolve));
  let hang = true;
  const id = await connect(async function* (cursor, signal) {
    for await (const page of book(6)(cursor, signal)) {
      if (hang && page.cursor === 4) {
        entered();
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      }
      yield page;
    }
  });
  const running = run(id);
  await inside;
  const publicId = `src_${id.toString(36)}`;
  if (pause === undefined || resume === undefined) throw new Error('no such action');
  await callAction(test_.program, test_.asAdministrator, pause, { id: publicId });
  expect(await running).toMatchObject({ state: 'interrupted', fresh: 2 });
  hang = false;
  await callAction(test_.program, test_.asAdministrator, resume, { id: publicId });
  expect(await run(id)).toMatchObject({ state: 'done', fresh: 4 });
});

test('pages that wait are written together; one that cannot be written holds back none before it', async () => {
  const quick = await connect(book(400));
  expect(await run(quick)).toMatchObject({ state: 'done', items: 400, fresh: 400, activities: 400 });
  expect(takes.get(quick)).toBeLessThan(20);
  const one = await connect(book(40));
  await runSource(test_.program, one, { cause: 'request', together: 1 });
  expect(takes.get(one)).toBe(20);

  let text = 'unwritable';
  const asked: (Json | undefined)[] = [];
  const stuck = await connect(async function* (cursor, signal) {
    asked.push(cursor);
    for await (const page of book(20)(cursor, signal)) yield page.cursor === 14 ? { ...page, items: [post(12, { text }), post(13)] } : page;
  });
  expect(await run(stuck)).toMatchObject({ state: 'failed', fresh: 12, error: expect.stringContaining('Writing a page of "Posts"') });
  text = 'well';
  expect(await run(stuck)).toMatchObject({ state: 'done', fresh: 8 });
  expect(asked).toEqual([undefined, 12]);

  const gone = await connect(async function* () {
    yield { items: [post(1)], cursor: 1 };
    yield { items: [post(2), post(3)], cursor: 2 };
    yield { items: [post(4)], gone: ['p2'], cursor: 3 };
    yield { items: [post(5)], cursor: 4 };
  });
  expect(await run(gone)).toMatchObject({ state: 'done', fresh: 5, changed: 1 });
  expect(await count('activity', gone)).toBe(4);
  await expectConsistent(test_.program);
});

test('what the system no longer has takes back what it gave', async () => {
  const id = await connect(async function* (cursor) {
    if (cursor === undefined) yield { items: [post(1), post(2), post(3)], cursor: 1 };
    else yield { items: [post(4)], gone: ['p2', 'never seen'], cursor: 2 };
  });
  await run(id);
  expect(await run(id)).toMatchObject({ fresh: 1, changed: 1 });
  expect(await count('activity', id)).toBe(3);
  expect(await count('record', id)).toBe(3);
  await expectConsistent(test_.program);
});

test('deriving again replaces what now says something else, without fetching', async () => {
  const id = await connect(book(5));
  await run(id);
  scripts.clear();
  mapping.shout = true;
  await rederiveSource(test_.program, id);
  mapping.shout = false;
  const { rows } = await test_.program.database.pool.query<{ title: string }>(
    'select title from activity where source_id = $1 order by at limit 2',
    [id],
  );
  expect(rows.map((row) => row.title)).toEqual(['POST 0', 'POST 1']);
  const last = await test_.program.database.db
    .selectFrom('source_run')
    .selectAll()
    .where('source_id', '=', id)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  expect(last).toMatchObject({ cause: 'rederive', state: 'done', changed: 5, items: 5 });
  await expectConsistent(test_.program);
});

test('removing a source with its data leaves no trace of it, and the others alone', async () => {
  const kept = await connect(book(4));
  await run(kept);
  const before = await contentOf(test_.program);
  const id = await connect(async function* () {
    yield { items: [post(1, { who: 'only-here' }), post(2)], cursor: 1 };
  });
  await run(id);
  await test_.program.database.db.updateTable('source').set({ state: 'removing' }).where('id', '=', id).execute();
  await finishRemoval(test_.program, id);
  for (const table of ['record', 'activity', 'thread', 'presence', 'quarantine', 'source_stream', 'source_run'])
    expect(await count(table, id), table).toBe(0);
  expect(await contentOf(test_.program)).toEqual(before);
  await expectConsistent(test_.program);
});

test('secrets are sealed in the database, never shown, and kept when a form leaves them out', async () => {
  scripts.set('with token', book(1));
  const { id } = await callAction(test_.program, test_.asAdministrator, addSource, {
    connector: 'scripted-snapshot',
    settings: { script: 'with token', token: 'tok-123' },
    read: false,
  });
  const [get, update] = ['sources.get', 'sources.update'].map((name) => sourcesActions.find((action) => action.name === name));
  if (get === undefined || update === undefined) throw new Error('no such action');
  await callAction(test_.program, test_.asAdministrator, update, { id, settings: { script: 'with token' } });
  expect(JSON.stringify(await callAction(test_.program, test_.asAdministrator, get, { id }))).not.toContain('tok-123');
  expect(await callAction(test_.program, test_.asAdministrator, get, { id })).toMatchObject({ secrets: [{ name: 'token', set: true }] });
  const dump = await test_.program.database.pool.query<{ line: string }>(
    'select (select json_agg(s)::text from source s) || (select json_agg(a)::text from audit_entry a) as line',
  );
  expect(dump.rows[0]?.line).not.toContain('tok-123');
});

test('a source is silent when a week brings under a tenth of what is usual', () => {
  const usual = Array.from({ length: 23 }, () => 5);
  expect(isSilent([...usual, 0, 0, 0, 0, 0, 0, 0])).toBe(true);
  expect(isSilent([...usual, 1, 0, 2, 0, 1, 0, 0])).toBe(false);
  expect(isSilent([...Array.from({ length: 23 }, () => 0), 0, 0, 0, 0, 0, 0, 0])).toBe(false);
});

test('what no database can hold is kept aside or put right, and its page goes on', async () => {
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as Json;
  const id = await connect(async function* () {
    yield { items: [post(1), { ...(post(2) as object), deep } as Json, post(3)], cursor: { after: 'nul \0 and half \ud800' } };
  });
  const result = await run(id);
  expect(result, result.error).toMatchObject({ state: 'done', fresh: 2, quarantined: 1 });
  expect((await test_.program.database.pool.query('select external_id, reason from quarantine where source_id = $1', [id])).rows).toEqual([
    { external_id: 'p2', reason: 'The item is nested too deep to be kept.' },
  ]);
});

test('the same page under ever new names ends with an error', async () => {
  let pages = 0;
  const id = await connect(async function* () {
    for (;;) yield { items: [post(1), post(2)], cursor: ++pages };
  });
  const result = await run(id);
  expect(result.error).toMatch(/in circles/);
  expect(pages).toBeLessThan(30);
});

test('a secret that a server repeats in its refusal is blotted out, and none goes to another host unasked', async () => {
  const id = await connect(async function* () {
    yield { items: [], cursor: 0 };
    throw new AppError('upstream_failed', 'source.failed', 'It says: bad token s3cret-of-ours\0.');
  });
  const show = sourcesActions.find((action) => action.name === 'sources.update');
  if (show === undefined) throw new Error('no update');
  const name = (await sourceOf(id)).name;
  await callAction(test_.program, test_.asAdministrator, show, {
    id: `src_${id.toString(36)}`,
    settings: { script: name, token: 's3cret-of-ours' },
  });
  expect((await run(id)).state).toBe('failed');
  expect((await sourceOf(id)).last_error).toBe('It says: bad token •••.');

  const to = (script: string, more = {}) =>
    callAction(test_.program, test_.asAdministrator, show, { id: `src_${id.toString(36)}`, settings: { script, ...more } });
  await expect(to('https://elsewhere.example/')).rejects.toMatchObject({ code: 'source.secret_elsewhere' });
  await to('https://elsewhere.example/', { token: 'another-secret' });
  await to('https://elsewhere.example/path');
});
