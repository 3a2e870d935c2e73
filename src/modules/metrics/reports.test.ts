import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activityKinds } from '../../connectors/contract.ts';
import type { ActivityKind } from '../../connectors/contract.ts';
import { callAction } from '../../platform/action.ts';
import type { Input, Output } from '../../platform/action.ts';
import { showId } from '../../platform/ids.ts';
import { membersActions } from '../members/index.ts';
import { report } from './actions.ts';
import { granularities, periodsOf, readDay, showDay } from './calendar.ts';
import type { Period } from './calendar.ts';
import { activeKinds, contributionKinds } from './contribution-kinds.ts';
import { populations } from './counting.ts';
import { reports } from './definitions.ts';
import { reportRows } from './drill.ts';
import { makeActivities, makePerson, makeSource, openTestProgram } from './testing.ts';
import type { Did, TestProgram } from './testing.ts';

/*
 * Random communities, random questions. What a report says is compared with code that knows nothing of presence: plain
 * loops over all activities as SQL gives them; and each number with the rows that it opens to.
 */
let it: TestProgram;
const sources: number[] = [];
const people: { member: number; identity: number }[] = [];
const organizations: number[] = [];

let seed = 20260320;
/** A number from 0 to below `limit`; the same ones in each run (mulberry32). */
function random(limit: number): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % limit;
}

function pick<T>(from: readonly T[]): T {
  const found = from[random(from.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

const kindsMade: readonly ActivityKind[] = [
  'post',
  'reply',
  'commit',
  'commit_committed',
  'reaction',
  'leave',
  'star',
  'issue',
  'merge_request_merged',
  'review',
];

beforeAll(async () => {
  it = await openTestProgram('2024-06-20T12:00:00Z');
  const { pool } = it.program.database;
  await pool.query("update workspace set time_zone = 'America/New_York', fiscal_year_start_month = 2");
  for (const name of ['forum', 'code', 'chat']) sources.push(await makeSource(it.program, name));
  for (let i = 0; i < 24; i++)
    people.push(await makePerson(it.program, `Person ${i}`, i === 0 || i === 1 ? 'bot' : i === 2 ? 'suspected' : 'human'));
  for (const [name, kind] of [
    ['Ours', 'ours'],
    ['Acme', 'company'],
    ['Uni', 'university'],
  ] as const) {
    const { rows } = await pool.query<{ id: number }>(
      'insert into organization (name, name_key, kind) values ($1, lower($1), $2) returning id',
      [name, kind],
    );
    organizations.push(rows[0]?.id ?? 0);
  }
  const days = [null, '2023-03-12', '2023-11-05', '2024-02-29'] as const;
  const belong = (person: number, organization: number, from: string | null, to: string | null) =>
    pool.query("insert into affiliation (member_id, organization_id, from_day, to_day, origin) values ($1, $2, $3, $4, 'hand')", [
      people[person]?.member,
      organization,
      from,
      to,
    ]);
  for (let i = 0; i < 40; i++) {
    const [from = null, to = null] = [pick(days), pick(days)].toSorted((a, b) => (a ?? '').localeCompare(b ?? ''));
    const open = from === null || random(2) === 0;
    await belong(random(22), pick(organizations), from, open ? null : to);
  }
  // One organization twice: with time between, and without.
  const [, acme = 0] = organizations;
  await belong(22, acme, '2023-02-01', '2023-04-30');
  await belong(22, acme, '2023-09-01', '2023-12-31');
  await belong(23, acme, '2023-07-01', '2024-01-31');
  await belong(23, acme, '2023-03-01', '2023-06-30');
  await belong(23, acme, '2023-05-01', '2023-08-31');
  const did: Did[] = [];
  // Around the changes of the clock, the leap day, and both ends of the day.
  const around = ['2023-03-12', '2023-11-05', '2024-02-29', '2024-03-10', '2023-12-31', '2024-01-31', '2024-05-15'].map((day) =>
    Date.parse(`${day}T05:00:00Z`),
  );
  for (let i = 0; i < 700; i++) {
    const at = random(3) === 0 ? pick(around) + (random(72) - 36) * 3_600_000 : Date.UTC(2023, 0, 1) + random(530 * 24 * 60) * 60_000;
    did.push({
      source: pick(sources),
      identity: pick(people.slice(random(people.length))).identity,
      kind: pick(kindsMade),
      at: new Date(at).toISOString(),
      value: random(50),
      ...(random(3) === 0 ? {} : { offset: pick([0, 60, -300, 330, 840]) }),
    });
  }
  await makeActivities(it.program, did);
});
afterAll(() => it.close());

interface Fact {
  member: number;
  bot: boolean;
  team: boolean;
  day: number;
  kind: ActivityKind;
  source: number;
  organizations: number[];
}

/** Every activity with what was true of its person on that day, by plain SQL. */
async function readFacts(): Promise<Fact[]> {
  const { rows } = await it.program.database.pool.query<{
    member: number;
    bot: boolean;
    team: boolean;
    day: string;
    kind: number;
    source: number;
    organizations: number[];
  }>(
    `select i.member_id as member, m.bot = 'bot' as bot, a.kind, a.source_id as source, d.day::text as day,
       exists (select from affiliation f join member own on own.id = f.member_id join organization o on o.id = f.organization_id
         where own.root_id = i.member_id and o.kind = 'ours' and d.day between coalesce(f.from_day, '-infinity') and coalesce(f.to_day, 'infinity')) as team,
       array(select distinct f.organization_id from affiliation f join member own on own.id = f.member_id
         where own.root_id = i.member_id and d.day between coalesce(f.from_day, '-infinity') and coalesce(f.to_day, 'infinity')) as organizations
     from activity a join identity i on i.id = a.identity_id join member m on m.id = i.member_id
       cross join lateral (select (a.at at time zone (select time_zone from workspace))::date as day) d`,
  );
  return rows.map((row) => ({ ...row, day: readDay(row.day), kind: activityKinds[row.kind] ?? 'post' }));
}

type Question = Input<typeof report> & { from: string; to: string };

function randomQuestion(id: string): Question {
  const from = readDay('2023-01-01') + random(400);
  const to = Math.min(from + 1 + random(300), readDay('2024-06-20'));
  const definition = reports.find((candidate) => candidate.id === id);
  return {
    report: id,
    from: showDay(from),
    to: showDay(to),
    population: pick(populations),
    // Weeks and days of a year make long tables that say nothing new.
    granularity: to - from > 60 ? pick(granularities.slice(2)) : pick(granularities),
    ...(random(2) === 0 ? { sources: [showId('source', pick(sources)), showId('source', pick(sources))] } : {}),
    ...(random(3) === 0 && definition?.id !== 'commits' ? { kinds: [pick(kindsMade), pick(kindsMade)] } : {}),
    ...(random(4) === 0 ? { organization: showId('organization', pick(organizations)) } : {}),
    clock: pick(['utc', 'own'] as const),
    afterDays: pick([7, 30, 90]),
    threshold: pick([0.3, 0.5, 0.8]),
  };
}

/** Those that a question is about, at any time. */
function asked(facts: Fact[], question: Question, kinds: readonly ActivityKind[]): Fact[] {
  return facts.filter(
    (fact) =>
      (question.kinds ?? kinds).includes(fact.kind) &&
      (question.sources === undefined || question.sources.includes(showId('source', fact.source))) &&
      !fact.bot &&
      (question.population !== 'wider_community' || !fact.team) &&
      (question.population !== 'team' || fact.team) &&
      (question.organization === undefined || fact.organizations.some((id) => showId('organization', id) === question.organization)),
  );
}

/** First day of each member in the sources and kinds of a question, whoever the member was then. */
function firsts(facts: Fact[], question: Question, kinds: readonly ActivityKind[]): Map<number, number> {
  const first = new Map<number, number>();
  for (const fact of facts) {
    if (!(question.kinds ?? kinds).includes(fact.kind)) continue;
    if (question.sources !== undefined && !question.sources.includes(showId('source', fact.source))) continue;
    first.set(fact.member, Math.min(first.get(fact.member) ?? fact.day, fact.day));
  }
  return first;
}

function within(facts: Fact[], { from, to }: { from: number; to: number }): Fact[] {
  return facts.filter((fact) => from <= fact.day && fact.day <= to);
}

function peopleOf(facts: Fact[]): Set<number> {
  return new Set(facts.map((fact) => fact.member));
}

const fiscalStart = 2;

function periodsOfQuestion(question: Question): Period[] {
  return periodsOf(readDay(question.from), readDay(question.to), question.granularity ?? 'month', fiscalStart);
}

function run(question: Question): Promise<Output<typeof report>> {
  return callAction(it.program, it.caller, report, question);
}

/** Plain loops know no names. */
function withoutName(cells: Cells): Cells {
  return Object.fromEntries(Object.entries(cells).filter(([key]) => key !== 'member'));
}

type Cells = Output<typeof report>['rows'][number]['cells'];

/** What each row should say, by loops that a child could follow. */
const naive: Record<string, (facts: Fact[], question: Question) => Cells[]> = {
  growth(facts, question) {
    const all = asked(facts, question, activeKinds);
    const first = firsts(facts, question, activeKinds);
    return periodsOfQuestion(question).map((period) => {
      const here = within(all, period);
      return {
        period: period.title,
        active: peopleOf(here).size,
        new: [...peopleOf(here)].filter((id) => (first.get(id) ?? 0) >= period.from).length,
        contributors: peopleOf(here.filter((fact) => question.kinds !== undefined || contributionKinds.includes(fact.kind))).size,
        activities: here.length,
      };
    });
  },
  'new-and-returning'(facts, question) {
    const first = firsts(facts, question, contributionKinds);
    return periodsOfQuestion(question).map((period) => {
      const here = [...peopleOf(within(asked(facts, question, contributionKinds), period))];
      const fresh = here.filter((id) => (first.get(id) ?? 0) >= period.from).length;
      return { period: period.title, new: fresh, returning: here.length - fresh, contributors: here.length };
    });
  },
  'retention-cohorts'(facts, question) {
    const all = asked(facts, question, contributionKinds);
    const first = firsts(facts, question, contributionKinds);
    const periods = periodsOfQuestion(question);
    return periods.map((cohort, c) => {
      const cells: Cells = { period: cohort.title };
      periods.forEach((_, later) => {
        const then = periods[c + later];
        const back =
          then === undefined
            ? null
            : [...peopleOf(within(all, then))].filter((id) => cohort.from <= (first.get(id) ?? 0) && (first.get(id) ?? 0) <= cohort.to)
                .length;
        cells[`p${later}`] = back;
        if (later === 0) cells['size'] = back;
      });
      return cells;
    });
  },
  'inactive-contributors'(facts, question) {
    const all = asked(facts, question, contributionKinds);
    return periodsOfQuestion(question).map((period) => {
      const so = all.filter((fact) => fact.day <= period.to);
      const last = new Map<number, number>();
      for (const fact of so) last.set(fact.member, Math.max(last.get(fact.member) ?? fact.day, fact.day));
      const inactive = [...last.values()].filter((day) => day <= period.to - Number(question.afterDays)).length;
      return { period: period.title, inactive, ever: last.size, share: last.size === 0 ? null : inactive / last.size };
    });
  },
  'contributor-absence-factor'(facts, question) {
    const here = within(asked(facts, question, contributionKinds), { from: readDay(question.from), to: readDay(question.to) });
    const counts = [...peopleOf(here)]
      .map((id) => ({ id, n: here.filter((fact) => fact.member === id).length }))
      .toSorted((a, b) => b.n - a.n || a.id - b.id);
    let sum = 0;
    return counts.map(({ n }, i) => {
      const needed = sum < here.length * Number(question.threshold) - 1e-9 ? 'yes' : 'no';
      sum += n;
      return { rank: i + 1, contributions: n, share: n / here.length, cumulative: sum / here.length, needed };
    });
  },
};

describe.each(Object.keys(naive))('%s', (id) => {
  test('says what plain loops over all activities say', async () => {
    const facts = await readFacts();
    for (let round = 0; round < 25; round++) {
      const question = randomQuestion(id);
      const answer = await run(question);
      const shown = answer.rows.map(({ cells }) => withoutName(cells));
      expect({ question, rows: shown }).toEqual({ question, rows: naive[id]?.(facts, question) });
    }
  });
});

async function open(question: Question, row: string, column: string, as: 'members' | 'activities' | 'organizations') {
  const found = { people: 0, activities: 0, members: 0, sum: 0, rows: 0, organizations: 0, timeline: null as unknown };
  let cursor: string | undefined;
  const seen = new Set<string>();
  do {
    const page = await callAction(it.program, it.caller, reportRows, {
      ...question,
      row,
      column,
      as,
      limit: 37,
      ...(cursor === undefined ? {} : { cursor }),
    });
    Object.assign(found, { people: page.people, activities: page.activities, timeline: page.timeline });
    for (const { id } of [...page.members, ...page.rows, ...page.organizations]) {
      expect(seen.has(id)).toBe(false);
      seen.add(id);
    }
    found.members += page.members.length;
    found.sum += page.members.reduce((sum, member) => sum + member.count, 0);
    found.rows += page.rows.length;
    found.organizations += page.organizations.length;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

describe.each(reports.map((definition) => definition.id))('every number of %s', (id) => {
  test('opens to as many rows', async () => {
    let opened = 0;
    for (let round = 0; round < 4; round++) {
      const question = randomQuestion(id);
      const answer = await run(question);
      const numbers = [
        ...answer.headline.map((line) => ({ row: '*', column: line.key, counts: line.counts, value: line.value })),
        ...answer.rows.flatMap((row) =>
          answer.columns.map((column) => ({ row: row.key, column: column.key, counts: column.counts, value: row.cells[column.key] })),
        ),
      ].filter((number) => number.counts !== undefined && typeof number.value === 'number');
      // Some of the many, and all of the headline.
      for (const { row, column, counts, value } of numbers.filter((number) => number.row === '*' || random(numbers.length) < 12)) {
        const where = { question, row, column };
        if (counts === 'organizations') {
          expect({ where, value: (await open(question, row, column, 'organizations')).organizations }).toEqual({ where, value });
          continue;
        }
        const members = await open(question, row, column, 'members');
        expect({ where, value: members.members }).toEqual({ where, value: members.people });
        expect(members.sum).toBeCloseTo(members.activities, 6);
        if (counts === 'people') expect({ where, value: members.people }).toEqual({ where, value });
        else expect(members.activities, JSON.stringify(where)).toBeCloseTo(Number(value), 6);
        // Split activities are whole in their own list.
        if (Number.isInteger(members.activities) && !/organization|elephant/.test(id)) {
          expect({ where, rows: (await open(question, row, column, 'activities')).rows }).toEqual({ where, rows: members.activities });
        }
        opened += 1;
      }
    }
    expect(opened).toBeGreaterThan(0);
  });
});

test('a merge and its undoing change the reports, though presence stays as it is', async () => {
  const merge = membersActions.find((action) => action.name === 'members.merge');
  const unmerge = membersActions.find((action) => action.name === 'members.unmerge');
  if (merge === undefined || unmerge === undefined) throw new Error('members cannot be merged');
  const question: Question = { report: 'growth', from: '2023-01-01', to: '2024-06-20', granularity: 'year' };
  const presence = async () => (await it.program.database.pool.query('select * from presence order by 1, 2, 3')).rows;
  const before = await run(question);
  const sheets = await presence();
  const made: string[] = [];
  for (let i = 0; i < 10; i++) {
    const { rows } = await it.program.database.pool.query<{ id: number }>('select id from member where merged_into is null order by id');
    const [a, b] = [rows[3 + random(rows.length - 3)]?.id ?? 0, rows[3 + random(rows.length - 3)]?.id ?? 0];
    if (a === b) continue;
    await callAction(it.program, it.caller, merge, { members: [showId('member', a), showId('member', b)], reason: 'test' });
    for (const id of ['growth', 'new-and-returning', 'contributor-absence-factor']) {
      const random = { ...randomQuestion(id), from: question.from, to: question.to };
      const answer = await run(random);
      expect(answer.rows.map(({ cells }) => withoutName(cells))).toEqual(naive[id]?.(await readFacts(), random));
    }
  }
  const merged = await run(question);
  expect(Number(merged.headline[0]?.value)).toBeLessThan(Number(before.headline[0]?.value));
  const { rows: merges } = await it.program.database.pool.query<{ id: number }>('select id from merge where undone_at is null order by id');
  made.push(...merges.map((row) => showId('merge', row.id)));
  for (const id of made) await callAction(it.program, it.caller, unmerge, { merge: id });
  expect((await run(question)).rows).toEqual(before.rows);
  expect(await presence()).toEqual(sheets);
});
