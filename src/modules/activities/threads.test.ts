import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectConsistent } from '../../../test/invariants.ts';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import type { ActivityDraft, ActivityKind, Derived, ThreadDraft } from '../../connectors/contract.ts';
import { transaction } from '../../platform/db.ts';
import { pause } from './conversations.ts';
import { openTaker } from './index.ts';
import { isSaid } from './participants.ts';
import { kindCode } from './kinds.ts';

/*
 * Records arrive, change, go and come back, in random order and pages, some of which are rolled back. What is left must be
 * what a reading of the last state from scratch gives; and what plain loops say that it should be.
 */
let running: TestProgram;
beforeAll(async () => {
  running = await createTestProgram();
});
afterAll(() => running.close());

let seed = 7;
function random(limit: number): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % limit;
}
function pick<T>(from: readonly T[]): T {
  return from[random(from.length)] as T;
}
function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((one) => ({ one, key: random(1_000_000) }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ one }) => one);
}

const start = Date.UTC(2024, 2, 9);
let clock = 0;
/** No two at the same millisecond, so that "first" has one answer. */
function moment(): number {
  clock += 1;
  return start + random(4 * 24 * 60) * 60_000 + clock;
}

const said: readonly ActivityKind[] = ['reply', 'answer', 'comment', 'reaction', 'accepted_answer', 'issue_closed', 'message'];

function draftOf(more: Partial<ActivityDraft>): ActivityDraft {
  return { kind: 'message', at: moment(), person: { platform: 'chat', type: 'account', value: `user${random(9)}` }, ...more };
}

function threadOf(more: Partial<ThreadDraft> = {}): ThreadDraft {
  const number = random(6);
  return { externalId: `t${number}`, kind: number < 3 ? 'question' : number < 5 ? 'issue' : 'conversation', ...more };
}

function knowledge(): Partial<ThreadDraft> {
  return {
    ...(random(2) === 0 ? { title: `Title ${random(4)}` } : {}),
    ...(random(2) === 0 ? { state: pick(['open', 'closed', 'solved'] as const), closedAt: start + random(1000) } : {}),
    ...(random(2) === 0 ? { labels: [pick(['bug', 'help']), pick(['a', 'b'])] } : {}),
  };
}

/** What a record says; a state of its own is only said by the records that own a thread, as the contract asks. */
function derive(record: number): Derived {
  const turn = record % 10;
  if (turn === 0) {
    const thread: ThreadDraft = { externalId: `t${Math.floor(record / 10) % 6}`, kind: 'issue', opens: true, ...knowledge() };
    return { activities: [draftOf({ kind: 'issue', thread })] };
  }
  if (turn === 1) return { activities: [], threads: [{ externalId: `t${Math.floor(record / 10) % 6}`, kind: 'question', ...knowledge() }] };
  if (turn < 5)
    return { activities: [draftOf({ kind: pick(said), thread: threadOf(random(2) === 0 ? { title: `Named ${random(3)}` } : {}) })] };
  return {
    activities: Array.from({ length: 1 + random(2) }, () =>
      draftOf({
        kind: random(8) === 0 ? 'reaction' : 'message',
        text: `words ${random(1000)}`,
        ...(random(9) === 0 ? {} : { room: { externalId: pick(['general', 'help']), name: 'A room' } }),
      }),
    ),
  };
}

async function makeSource(name: string): Promise<number> {
  const row = await running.program.database.db
    .insertInto('source')
    .values({ connector: 'file', name, settings: '{}', every_minutes: 60, state: 'paused' })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

interface Change {
  record: number;
  derived: Derived | undefined;
}

/** Takes changes page by page, as the runner does; a page of three is tried, rolled back, and taken again. */
async function take(source: number, changes: readonly Change[], known: Set<number>): Promise<void> {
  let taker = openTaker(running.program, source);
  for (let i = 0; i < changes.length;) {
    const page = new Map(changes.slice(i, i + 1 + random(12)).map((change) => [change.record, change]));
    i += page.size;
    const records = [...page.values()].map(({ record, derived }) => ({
      // Ids of different sources do not meet: activities are found by id alone.
      recordId: source * 100_000 + record,
      isNew: !known.has(record),
      derived: derived ?? { activities: [] },
    }));
    if (random(3) === 0) {
      const killed = transaction(running.program.database, async (tx) => {
        await taker.take(tx, records);
        throw new Error('killed');
      });
      await expect(killed).rejects.toThrow('killed');
      taker = openTaker(running.program, source);
    }
    await transaction(running.program.database, (tx) => taker.take(tx, records));
    taker.committed();
    for (const record of page.keys()) known.add(record);
  }
}

interface Seen {
  external: string;
  activities: string[];
}

async function dump(source: number): Promise<unknown[]> {
  const { rows } = await running.program.database.pool.query<Record<string, unknown>>(
    `select t.external_id, t.kind, t.title, t.url, t.state, t.solved, t.solved_at, t.closed_at, t.labels, t.opened_at, t.last_at, t.activities, t.room,
       encode(t.people, 'hex') as people, i.value as opener,
       (select jsonb_agg(s - 'record' - 'opener' order by s->>'id') from jsonb_array_elements(t.statements) s) as statements,
       array(select (a.id % 100000000)::text || ' ' || a.kind || ' ' || a.at::text from activity a where a.source_id = t.source_id and a.thread_id = t.id order by a.at) as own
     from thread t left join identity i on i.id = t.opener_identity_id where t.source_id = $1 order by 1`,
    [source],
  );
  // Ids of records differ from source to source; times do not.
  return rows.map((row) => ({ ...row, own: (row['own'] as string[]).map((one) => one.split(' ').slice(1).join(' ')) }));
}

/** Rooms by a loop: sorted by time, a pause begins a new one. */
function conversations(drafts: readonly ActivityDraft[]): Seen[] {
  const found: Seen[] = [];
  for (const room of ['general', 'help']) {
    let last = Number.NEGATIVE_INFINITY;
    const own = drafts.filter((draft) => draft.room?.externalId === room && isSaid(kindCode(draft.kind))).toSorted((a, b) => a.at - b.at);
    for (const { at } of own) {
      if (at - last >= pause) found.push({ external: `room ${room} ${new Date(at).toISOString()}`, activities: [] });
      found.at(-1)?.activities.push(new Date(at).toISOString());
      last = at;
    }
  }
  return found.toSorted((a, b) => (a.external < b.external ? -1 : 1));
}

test('threads and conversations end as if they were read afresh, whatever came, changed and went in which order', async () => {
  for (let round = 0; round < 3; round++) {
    const source = await makeSource(`round ${round}`);
    const known = new Set<number>();
    const state = new Map<number, Derived>();
    for (let wave = 0; wave < 4; wave++) {
      const touched = shuffled(Array.from({ length: 120 }, (_, n) => n)).slice(0, wave === 0 ? 120 : 40);
      const changes = touched.map((record): Change => {
        const derived = wave > 0 && random(3) === 0 ? undefined : random(5) === 0 && state.has(record) ? state.get(record) : derive(record);
        return { record, derived };
      });
      for (const { record, derived } of changes) {
        if (derived === undefined) state.delete(record);
        else state.set(record, derived);
      }
      await take(source, changes, known);
    }
    const rows = await dump(source);
    const afresh = await makeSource(`round ${round} afresh`);
    await take(
      afresh,
      shuffled([...state]).map(([record, derived]) => ({ record, derived })),
      new Set(),
    );
    expect(rows).toEqual(await dump(afresh));

    const drafts = [...state.values()].flatMap((derived) => derived.activities);
    const rooms = (rows as { external_id: string; room: string | null; own: string[] }[]).filter((row) => row.room !== null);
    expect(rooms.map((row) => ({ external: row.external_id, activities: row.own.length }))).toEqual(
      conversations(drafts).map((one) => ({ external: one.external, activities: one.activities.length })),
    );
    // Deriving again what is known changes nothing, not even a revision.
    const revisions = async () =>
      (await running.program.database.pool.query('select id, revision from thread where source_id = $1 order by 1', [source])).rows;
    const before = await revisions();
    await take(
      source,
      shuffled([...state]).map(([record, derived]) => ({ record, derived })),
      known,
    );
    expect(await revisions()).toEqual(before);
  }
  await expectConsistent(running.program);
}, 60_000);
