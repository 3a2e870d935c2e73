import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectConsistent } from '../../../test/invariants.ts';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import { activityKinds } from '../../connectors/contract.ts';
import type { ActivityKind, ThreadDraft } from '../../connectors/contract.ts';
import { findAction } from '../../entry/actions.ts';
import { callAction } from '../../platform/action.ts';
import type { Input, Output } from '../../platform/action.ts';
import { transaction } from '../../platform/db.ts';
import { readId, showId } from '../../platform/ids.ts';
import { openTaker, responseKinds } from '../activities/index.ts';
import { report } from './actions.ts';
import { periodsOf, readDay, showDay } from './calendar.ts';
import { reportRows } from './drill.ts';
import type { threadList } from './threads.ts';

/*
 * What reports say of threads, beside plain loops over all activities as SQL gives them. People are merged, parted, marked as
 * bots and become team members in between: nothing of a thread is written again for that.
 */
let running: TestProgram;
let source: number;
let seed = 41;
function random(limit: number): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % limit;
}
function pick<T>(from: readonly T[]): T {
  return from[random(from.length)] as T;
}

const now = new Date('2024-06-20T12:00:00Z');
const zone = 'America/New_York';
let records = 0;

interface Said {
  who: string;
  at: number;
  kind: ActivityKind;
  thread: ThreadDraft;
  bot?: true;
}

async function take(all: readonly Said[]): Promise<void> {
  const taker = openTaker(running.program, source);
  for (let i = 0; i < all.length; i += 40) {
    const page = all.slice(i, i + 40).map(({ who, at, kind, thread, bot }) => {
      records += 1;
      const person = { platform: 'forum', type: 'account', value: who, ...(bot === true ? { bot } : {}) } as const;
      return { recordId: records, isNew: true, derived: { activities: [{ kind, at, person, thread }] } };
    });
    await transaction(running.program.database, (tx) => taker.take(tx, page));
    taker.committed();
  }
}

async function call<T>(name: string, input: unknown): Promise<T> {
  const action = findAction(name);
  if (action === undefined) throw new Error(`no action ${name}`);
  return (await callAction(running.program, running.asAdministrator, action, input)) as T;
}

async function memberOf(account: string): Promise<number> {
  const { rows } = await running.program.database.pool.query<{ member_id: number }>(
    "select member_id from identity where platform = 'forum' and value_key = $1",
    [account],
  );
  return rows[0]?.member_id ?? 0;
}

async function joinTeam(account: string, from: string, to: string | null = null): Promise<void> {
  await running.program.database.pool.query(
    `with o as (insert into organization (name, name_key, kind) values ('Ours', 'ours', 'ours') on conflict (name_key) do update set kind = 'ours' returning id)
     insert into affiliation (member_id, organization_id, from_day, to_day, origin) select $1, id, $2, $3, 'hand' from o`,
    [await memberOf(account), from, to],
  );
}

const ask = (question: Input<typeof report>): Promise<Output<typeof report>> =>
  callAction(running.program, running.asAdministrator, report, question);
const at = (text: string): number => Date.parse(text);

beforeAll(async () => {
  running = await createTestProgram({ clock: { now: () => now } });
  await running.program.database.pool.query('update workspace set time_zone = $1', [zone]);
  const row = await running.program.database.db
    .insertInto('source')
    .values({ connector: 'file', name: 'forum', settings: '{}', every_minutes: 60, state: 'paused' })
    .returning('id')
    .executeTakeFirstOrThrow();
  source = row.id;
});
afterAll(() => running.close());

const window = { from: '2021-03-01', to: '2021-03-31', granularity: 'month' } as const;

test('the first response is by somebody else who is no bot, to the second, and by the team as of that day', async () => {
  const thread: ThreadDraft = { externalId: 'worked', kind: 'question', title: 'How?' };
  const say = (who: string, when: string, kind: ActivityKind, more: object = {}): Said => ({ who, at: at(when), kind, thread, ...more });
  await take([
    // What answers comes before what it answers.
    say('asker-elsewhere', '2021-03-02T10:00:20Z', 'comment'),
    say('triage', '2021-03-02T10:00:05Z', 'reply', { bot: true }),
    say('carer', '2021-03-02T10:01:00Z', 'label'),
    say('fan', '2021-03-02T10:01:30Z', 'reaction'),
    say('asker', '2021-03-02T10:02:00Z', 'comment'),
    say('carer', '2021-03-02T10:07:31Z', 'answer'),
    say('carer', '2021-03-05T09:00:00Z', 'answer'),
    say('asker', '2021-03-02T10:00:00Z', 'question', { thread: { ...thread, opens: true } }),
  ]);
  const figures = async () => (await ask({ report: 'time-to-first-response', ...window })).rows[0]?.cells;
  // The other account is somebody else as long as nobody says otherwise.
  expect(await figures()).toMatchObject({ threads: 1, answered: 1, median: 20, p90: 20, teamAnswered: 0, teamMedian: null });
  const [a, b] = [await memberOf('asker'), await memberOf('asker-elsewhere')];
  const { merges } = await call<{ merges: { id: string }[] }>('members.merge', {
    members: [showId('member', a), showId('member', b)],
    reason: 'the same person',
  }).then(async () => ({
    merges: (
      await running.program.database.pool.query<{ id: number }>('select id from merge where undone_at is null order by id desc limit 1')
    ).rows.map((row) => ({ id: showId('merge', row.id) })),
  }));
  expect(await figures()).toMatchObject({ answered: 1, median: 451 });
  // Ours from the third on: the second answer is the team's, the first was not.
  await joinTeam('carer', '2021-03-03');
  expect(await figures()).toMatchObject({ median: 451, teamAnswered: 1, teamMedian: 255_600 });
  const whole = await call<Output<NonNullable<ReturnType<typeof findAction>>>>('activities.thread', {
    id: showId('thread', await threadCalled('worked')),
  });
  expect(whole).toMatchObject({
    kind: 'question',
    peopleInAll: 4,
    activitiesInAll: 8,
    firstResponse: { after: 451, kind: 'answer', person: { name: 'carer' } },
    firstTeamResponse: { after: 255_600 },
  });
  await call('members.unmerge', { merge: merges[0]?.id });
  expect(await figures()).toMatchObject({ median: 20 });
  await running.program.database.pool.query('delete from affiliation');
  expect(await figures()).toMatchObject({ teamAnswered: 0 });
  // A human wrongly marked: the triage answered after five seconds.
  await running.program.database.pool.query(
    "update member set bot = 'human', own_bot = 'human', revision = pg_current_xact_id()::text::bigint where id = $1",
    [await memberOf('triage')],
  );
  expect(await figures()).toMatchObject({ median: 5 });
});

async function threadCalled(externalId: string): Promise<number> {
  const { rows } = await running.program.database.pool.query<{ id: number }>('select id from thread where external_id = $1', [externalId]);
  return rows[0]?.id ?? 0;
}

test('merge requests and issues: flows, ratios without a divisor, durations, cycles, ages', async () => {
  const request = (externalId: string, more: Partial<ThreadDraft> = {}): ThreadDraft => ({ externalId, kind: 'merge_request', ...more });
  const opened = (externalId: string, when: string, more: Partial<ThreadDraft> = {}): Said => ({
    who: 'author',
    at: at(when),
    kind: 'merge_request_opened',
    thread: request(externalId, { opens: true, ...more }),
  });
  const said = (who: string, when: string, kind: ActivityKind, externalId: string): Said => ({
    who,
    at: at(when),
    kind,
    thread: request(externalId),
  });
  await take([
    // Opened in April, merged in May after two rounds of review: 3 h, and 21 h until the merge.
    opened('mr1', '2021-04-29T10:00:00Z', { state: 'merged', closedAt: at('2021-05-01T14:00:00Z') }),
    said('reviewer', '2021-04-29T12:00:00Z', 'review', 'mr1'),
    said('author', '2021-04-29T13:00:00Z', 'comment', 'mr1'),
    said('author', '2021-04-29T14:00:00Z', 'comment', 'mr1'),
    said('reviewer', '2021-04-30T10:00:00Z', 'review_comment', 'mr1'),
    // Its end is known by its activity alone.
    opened('mr2', '2021-05-03T10:00:00Z'),
    said('reviewer', '2021-05-03T10:30:00Z', 'merge_request_merged', 'mr2'),
    opened('mr3', '2021-05-04T10:00:00Z', { state: 'open', closedAt: at('2021-05-04T11:00:00Z') }),
  ]);
  const may = { from: '2021-05-01', to: '2021-05-31', granularity: 'month' } as const;
  const cells = async (id: string, when: object = may) => (await ask({ report: id, ...may, ...when })).rows.map((row) => row.cells);
  expect(await cells('change-request-closure-ratio')).toMatchObject([{ opened: 2, closed: 2, ratio: 1 }]);
  expect(await cells('change-request-acceptance-ratio')).toMatchObject([{ merged: 2, declined: 0, ratio: 'none declined', share: 1 }]);
  const april = { from: '2021-04-01', to: '2021-05-31' };
  expect(await cells('change-request-duration', april)).toMatchObject([
    { opened: 1, merged: 1, median: 52 * 3600, p90: 52 * 3600 },
    { opened: 2, merged: 1, median: 1800 },
  ]);
  expect(await cells('review-duration', april)).toMatchObject([
    { opened: 1, reviewed: 1, median: 7200, cycles: 2, cycleMedian: (3 * 3600 + 49 * 3600) / 2 },
    { opened: 2, reviewed: 0, median: null, cycles: null },
  ]);
  const issue = (externalId: string, when: string, closed?: string): Said => ({
    who: 'author',
    at: at(when),
    kind: 'issue',
    thread: {
      externalId,
      kind: 'issue',
      opens: true,
      ...(closed === undefined ? { state: 'open' } : { state: 'closed', closedAt: at(closed) }),
    },
  });
  await take([
    issue('i1', '2021-01-10T12:00:00Z', '2021-05-10T12:00:00Z'),
    issue('i2', '2021-05-05T12:00:00Z'),
    issue('i3', '2021-05-20T12:00:00Z'),
  ]);
  expect(await cells('issue-resolution')).toMatchObject([{ opened: 2, closed: 1, median: 120 * 86_400 }]);
  // At the end of the month in New York, at 04:00 UTC; one half of a second is cut.
  const end = at('2021-06-01T03:59:59Z') / 1000;
  const ages = ['2021-05-05T12:00:00Z', '2021-05-20T12:00:00Z'].map((one) => end - at(one) / 1000);
  expect(await cells('issue-age')).toMatchObject([{ open: 2, median: ((ages[0] ?? 0) + (ages[1] ?? 0)) / 2, p90: ages[0] }]);
  expect((await cells('issue-age', { from: '2021-01-01', to: '2021-04-30' })).map((row) => row['open'])).toEqual([1, 1, 1, 1]);
});

interface Fact {
  thread: string;
  member: number;
  bot: boolean;
  team: boolean;
  day: number;
  at: number;
  kind: ActivityKind;
}

async function readFacts(): Promise<Fact[]> {
  const { rows } = await running.program.database.pool.query<Omit<Fact, 'kind' | 'day'> & { kind: number; day: string }>(
    `select t.external_id as thread, i.member_id as member, m.bot = 'bot' as bot, a.kind, d.day::text as day, (extract(epoch from a.at) * 1000)::bigint as at,
       exists (select from affiliation f join member own on own.id = f.member_id join organization o on o.id = f.organization_id
         where own.root_id = i.member_id and o.kind = 'ours' and d.day between coalesce(f.from_day, '-infinity') and coalesce(f.to_day, 'infinity')) as team
     from activity a join thread t on t.id = a.thread_id join identity i on i.id = a.identity_id join member m on m.id = i.member_id
       cross join lateral (select (a.at at time zone '${zone}')::date as day) d`,
  );
  return rows.map((row) => ({ ...row, day: readDay(row.day), kind: activityKinds[row.kind] ?? 'post' }));
}

const middle = (values: number[]): number | null => {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
};

function without(row: object, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([key]) => !keys.includes(key)));
}

describe('random threads', () => {
  const openings = new Map<string, { at: number; who: string; kind: ThreadDraft['kind'] }>();
  beforeAll(async () => {
    const start = Date.UTC(2024, 0, 1);
    const said: Said[] = [];
    let tick = 0;
    const moment = (from: number, span: number): number => from + random(span) * 1000 + (tick++ % 1000);
    for (let n = 0; n < 160; n++) {
      const kind = pick(['question', 'topic', 'issue', 'merge_request', 'conversation'] as const);
      const opened = moment(start, 150 * 86_400);
      const who = `user${random(14)}`;
      const externalId = `r${n}`;
      openings.set(externalId, { at: opened, who, kind });
      said.push({ who, at: opened, kind: 'question', thread: { externalId, kind, opens: true } });
      for (let i = 0; i < random(7); i++) {
        said.push({
          who: `user${random(14)}`,
          // Some come in streams, some weeks later.
          at: moment(opened - (random(9) === 0 ? 3_600_000 : 0), pick([600, 86_400, 40 * 86_400])),
          kind: pick(['reply', 'message', 'comment', 'answer', 'review', 'reaction', 'label', 'accepted_answer']),
          thread: { externalId, kind },
        });
      }
    }
    await take(
      said
        .map((one) => ({ one, key: random(1e6) }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ one }) => one),
    );
    await running.program.database.pool.query(
      "update member set bot = 'bot', own_bot = 'bot', revision = pg_current_xact_id()::text::bigint where id = any ($1)",
      [[await memberOf('user0'), await memberOf('user1')]],
    );
    await joinTeam('user2', '2023-01-01');
    await joinTeam('user3', '2024-02-10');
    await joinTeam('user4', '2023-05-05', '2024-03-10');
  });

  async function naive(question: { from: string; to: string; population: string; kinds?: ActivityKind[]; granularity: 'week' | 'month' }) {
    const facts = (await readFacts()).toSorted((a, b) => a.at - b.at);
    const kinds = question.kinds ?? responseKinds;
    const threads = [...openings].flatMap(([externalId, { at: opened, who }]) => {
      const own = facts.filter((fact) => fact.thread === externalId);
      const opening = own.find((fact) => fact.at === opened && fact.kind === 'question');
      if (opening === undefined) throw new Error(`${externalId} by ${who} is not there`);
      const others = own.filter((fact) => fact.at >= opened && kinds.includes(fact.kind) && fact.member !== opening.member && !fact.bot);
      const seconds = (fact: Fact | undefined): number | undefined =>
        fact === undefined ? undefined : Math.floor((fact.at - opened) / 1000);
      if (opening.bot || (question.population === 'team' && !opening.team) || (question.population === 'wider_community' && opening.team))
        return [];
      return [{ externalId, day: opening.day, anyone: seconds(others[0]), team: seconds(others.find((fact) => fact.team)) }];
    });
    return periodsOf(readDay(question.from), readDay(question.to), question.granularity, 1).map((period) => {
      const own = threads.filter(({ day }) => period.from <= day && day <= period.to);
      const anyone = own.flatMap((thread) => thread.anyone ?? []);
      const team = own.flatMap((thread) => thread.team ?? []);
      return {
        period: period.title,
        threads: own.length,
        answered: anyone.length,
        median: middle(anyone),
        teamAnswered: team.length,
        teamMedian: middle(team),
        unanswered: own
          .filter((thread) => thread.anyone === undefined)
          .map((thread) => thread.externalId)
          .toSorted(),
      };
    });
  }

  async function compare(): Promise<void> {
    for (let round = 0; round < 6; round++) {
      const from = readDay('2024-01-01') + random(60);
      const question = {
        from: showDay(from),
        to: showDay(from + 20 + random(90)),
        population: pick(['everyone', 'wider_community', 'team'] as const),
        granularity: pick(['week', 'month'] as const),
        ...(random(3) === 0 ? { kinds: [pick(responseKinds), 'label' as const] } : {}),
      };
      const answer = await ask({ report: 'time-to-first-response', ...question });
      const wanted = await naive(question);
      expect({ question, rows: answer.rows.map(({ cells }) => without(cells, ['p90', 'teamP90'])) }).toEqual({
        question,
        rows: wanted.map((row) => without(row, ['unanswered'])),
      });
      const waiting = await ask({ report: 'unanswered-threads', ...question });
      expect(waiting.rows.map((row) => row.cells['unanswered'])).toEqual(wanted.map((row) => row.unanswered.length));
      const row = waiting.rows[random(waiting.rows.length)];
      const behind = await callAction(running.program, running.asAdministrator, reportRows, {
        report: 'unanswered-threads',
        ...question,
        row: row?.key ?? '',
        column: 'unanswered',
        as: 'threads',
        limit: 500,
      });
      const ids = behind.threads.map((thread) => readId('thread', thread.id));
      const { rows } = await running.program.database.pool.query<{ external_id: string }>(
        'select external_id from thread where id = any ($1)',
        [ids],
      );
      expect(rows.map((one) => one.external_id).toSorted()).toEqual(wanted[waiting.rows.indexOf(row as never)]?.unanswered);
    }
  }

  test('say what plain loops say, also after people were merged and parted', async () => {
    expect.hasAssertions();
    await compare();
    const merges: string[] = [];
    for (let i = 0; i < 4; i++) {
      const [a, b] = [await memberOf(`user${random(7)}`), await memberOf(`user${7 + random(7)}`)];
      if (a === b) continue;
      await call('members.merge', { members: [showId('member', a), showId('member', b)], reason: 'test' });
      await compare();
    }
    const { rows } = await running.program.database.pool.query<{ id: number }>('select id from merge where undone_at is null');
    merges.push(...rows.map((row) => showId('merge', row.id)));
    for (const merge of merges) await call('members.unmerge', { merge });
    await compare();
  });

  test('every number opens to as many threads, page by page', async () => {
    for (const id of [
      'time-to-first-response',
      'unanswered-threads',
      'issue-age',
      'issue-resolution',
      'change-request-closure-ratio',
      'review-duration',
    ]) {
      const question = { report: id, from: '2024-01-01', to: '2024-06-30', granularity: 'quarter' } as const;
      const answer = await ask(question);
      const numbers = [
        ...answer.headline.map((line) => ({ row: '*', column: line.key, counts: line.counts, value: line.value })),
        ...answer.rows.flatMap((row) =>
          answer.columns.map((column) => ({ row: row.key, column: column.key, counts: column.counts, value: row.cells[column.key] })),
        ),
      ].filter((number) => number.counts === 'threads');
      expect(numbers.length).toBeGreaterThan(0);
      for (const { row, column, value } of numbers) {
        const seen = new Set<string>();
        let cursor: string | null = null;
        do {
          const page: Output<typeof reportRows> = await callAction(running.program, running.asAdministrator, reportRows, {
            ...question,
            row,
            column,
            as: 'threads',
            limit: 29,
            ...(cursor === null ? {} : { cursor }),
          });
          for (const thread of page.threads) seen.add(thread.id);
          cursor = page.next;
        } while (cursor !== null);
        expect({ id, row, column, value: seen.size }).toEqual({ id, row, column, value });
      }
    }
  });

  test('the list shows who has waited longest first, filters, and pages', async () => {
    const seen: Output<typeof threadList>['threads'] = [];
    let cursor: string | null = null;
    do {
      const page: Output<typeof threadList> = await call('metrics.threads', {
        waiting: 'anyone',
        from: '2024-01-01',
        limit: 7,
        ...(cursor === null ? {} : { cursor }),
      });
      seen.push(...page.threads);
      cursor = page.next;
    } while (cursor !== null);
    const opened = seen.map((thread) => thread.openedAt ?? '');
    expect(opened).toEqual(opened.toSorted());
    const waiting = await ask({ report: 'unanswered-threads', from: '2024-01-01', to: '2024-06-20', granularity: 'year' });
    expect(new Set(seen.map((thread) => thread.id)).size).toBe(waiting.rows[0]?.cells['waiting']);
    const questions = await call<Output<typeof threadList>>('metrics.threads', {
      waiting: 'anyone',
      kinds: ['question'],
      from: '2024-01-01',
      limit: 500,
    });
    expect(questions.threads.map((thread) => thread.id)).toEqual(
      seen.filter((thread) => thread.kind === 'question').map((thread) => thread.id),
    );
  });

  test('the list passes over nothing and shows nothing twice where many were opened at one moment', async () => {
    const moment = at('2019-05-05T12:00:00Z');
    await take(
      Array.from({ length: 60 }, (_, n) => {
        const thread: ThreadDraft = { externalId: `tie${n}`, kind: 'topic', title: `Tie ${n}`, opens: true };
        // Twenty before, thirty at one moment, ten after, in no order.
        const place = (n * 37) % 60;
        const opened = place < 20 ? moment - (20 - place) * 7000 : place < 50 ? moment : moment + (place - 49) * 60_000;
        return { who: `tied${n % 3}`, at: opened, kind: 'post' as const, thread };
      }),
    );
    await take([{ who: 'helper', at: moment, kind: 'reply', thread: { externalId: 'tie0', kind: 'topic' } }]);
    const { rows } = await running.program.database.pool.query<{ id: number; opened: number }>(
      "select id, (extract(epoch from opened_at) * 1000)::bigint as opened from thread where external_id like 'tie%' order by opened_at, id",
    );
    const wanted = rows.map((row) => showId('thread', row.id));
    for (const order of ['waiting', 'newest'] as const) {
      for (const limit of [7, 20, 59, 60, 61]) {
        const seen: string[] = [];
        let cursor: string | null = null;
        let pages = 0;
        do {
          const page: Output<typeof threadList> = await call('metrics.threads', {
            order,
            limit,
            from: '2019-05-01',
            to: '2019-05-31',
            ...(cursor === null ? {} : { cursor }),
          });
          expect(page.total).toBe(60);
          // The very first was answered: the next one has waited longest.
          expect(page.longest).toBe(Math.floor((now.getTime() - (rows[1]?.opened ?? 0)) / 1000));
          seen.push(...page.threads.map((thread) => thread.id));
          cursor = page.next;
          pages += 1;
        } while (cursor !== null);
        expect({ order, limit, seen, pages }).toEqual({
          order,
          limit,
          seen: order === 'waiting' ? wanted : wanted.toReversed(),
          pages: Math.ceil(60 / limit),
        });
      }
    }
  });
});

describe('words of titles', () => {
  const opened = at('2018-03-03T12:00:00Z');
  const titles = {
    auth: 'Authentication fails after login',
    kept: 'Well-known kept secrets',
    quoted: `It's a "back\\slash" & more: see <b>`,
    spaceless: '日本語の認証 error',
    signs: 'C++ or C?',
    accents: 'Ünïcode Straße',
    none: '++',
  };
  const opening = (name: string, title: string): Said => ({
    who: 'titler',
    at: opened,
    kind: 'post',
    thread: { externalId: `title ${name}`, kind: 'topic', title, opens: true, labels: [name.slice(0, 1)] },
  });
  const find = async (more: object): Promise<string[]> => {
    const { threads } = await call<Output<typeof threadList>>('metrics.threads', { from: '2018-03-01', to: '2018-03-31', ...more });
    return threads.map((thread) => thread.title ?? '').toSorted();
  };
  const titled = (text: string): Promise<string[]> => find({ text });
  beforeAll(() => take(Object.entries(titles).map(([name, title]) => opening(name, title))));

  test('are found by how they begin, in any order; scripts without spaces as they are written', async () => {
    for (const text of ['auth', 'AUTHENTICATION', 'log auth', 'fails   after', 'authentication authentication'])
      expect(await titled(text), text).toEqual([titles.auth]);
    for (const text of ['well', 'well-known', 'known', 'secr well-kn']) expect(await titled(text), text).toEqual([titles.kept]);
    for (const text of ['認証', '日本', '日本語の認証', 'err 認']) expect(await titled(text), text).toEqual([titles.spaceless]);
    for (const text of ["it's", '"back', 'slash', 'more:']) expect(await titled(text), text).toEqual([titles.quoted]);
    expect(await titled('ünï')).toEqual([titles.accents]);
    for (const text of ['uthentication', 'auth elsewhere', '証認', '本日', '++', '""']) expect(await titled(text), text).toEqual([]);
    expect(await find({ text: 'c', labels: ['s'] })).toEqual([titles.signs]);
    expect(await find({ text: 'auth', labels: ['s'] })).toEqual([]);
    expect(await find({ text: 'auth', sources: [showId('source', source + 1)] })).toEqual([]);
  });

  test('whatever is typed is no error', async () => {
    const hostile = [
      "'",
      "''",
      '\\',
      "\\'",
      ':*',
      "a':*",
      '& | !',
      '<->',
      "' & '",
      '( a',
      'a\u0000b',

      '\ud800',
      '%_',
      '\u200b',
      '*',
      '-',
      '"',
    ];
    for (const text of [...hostile, hostile.join(' '), hostile.join(''), 'x'.repeat(200), `'\\`.repeat(100), 'a '.repeat(100)])
      await expect(titled(text), JSON.stringify(text)).resolves.toBeDefined();
  });

  test('go with their title, and with their thread', async () => {
    const gone = records + 1;
    await take([opening('passing', 'Passing thought')]);
    expect(await titled('passing')).toEqual(['Passing thought']);
    await take([{ ...opening('passing', 'Renamed idea'), at: opened + 1, kind: 'reply' }]);
    const renamed = await titled('renamed');
    expect([await titled('passing'), renamed].flat()).toHaveLength(1);
    await expectConsistent(running.program);
    const taker = openTaker(running.program, source);
    await transaction(running.program.database, (tx) =>
      taker.take(
        tx,
        [gone, gone + 1].map((recordId) => ({ recordId, isNew: false, derived: { activities: [] } })),
      ),
    );
    expect([...(await titled('passing')), ...(await titled('renamed'))]).toEqual([]);
    await expectConsistent(running.program);
  });
});
