import { performance } from 'node:perf_hooks';
import type { RunningProgram } from '../src/entry/program.ts';
import { activitiesActions } from '../src/modules/activities/index.ts';
import { membersActions } from '../src/modules/members/index.ts';
import { callAction } from '../src/platform/action.ts';
import type { Action } from '../src/platform/action.ts';
import { showId } from '../src/platform/ids.ts';
import { aside, atMost, quantile, show } from './figures.ts';
import type { Figure } from './figures.ts';
import { bench } from './instance.ts';
import { createRandom } from './random.ts';
import { createProse } from './words.ts';

type Question = Record<string, unknown>;

const rounds = 24;
const day = 86_400_000;

/** Pages of the timeline and of the members' list, by every filter, as the web app asks for them: through the actions. */
export async function benchPages(program: RunningProgram, part: string, note: (line: string) => void): Promise<Figure[]> {
  await program.database.pool.query('vacuum analyze');
  const known = await readKnown(program);
  const timeline = await measure(program, activitiesActions, 'activities.timeline', timelineQuestions(known), note);
  const words = await measure(program, activitiesActions, 'activities.timeline', wordQuestions(), note);
  const members = await measure(program, membersActions, 'members.list', memberQuestions(known), note);
  return [
    atMost(part, 'timeline page, p95 over all filters', timeline.p95, 50, ' ms'),
    aside(part, '  slowest filter', timeline.slowest),
    aside(part, 'timeline by full-text search, p95', `${show(words.p95)} ms; ${words.slowest}`),
    atMost(part, 'member search and list, p95', members.p95, 50, ' ms'),
    aside(part, '  slowest filter', members.slowest),
  ];
}

interface Known {
  sources: number[];
  busy: number[];
  quiet: number[];
  organizations: number[];
  from: number;
  to: number;
  cursors: string[];
}

export async function readKnown(program: RunningProgram): Promise<Known> {
  const ids = async (query: string): Promise<number[]> =>
    (await program.database.pool.query<{ id: number }>(query)).rows.map((row) => row.id);
  const { rows } = await program.database.pool.query<{ from: Date; to: Date }>('select min(at) as from, max(at) as to from activity');
  const cursors: string[] = [];
  const action = findAction(activitiesActions, 'activities.timeline');
  for (let page = 0; page < rounds; page++) {
    const cursor = cursors.at(-1);
    const { next } = (await callAction(program, bench, action, { limit: 200, ...(cursor === undefined ? {} : { cursor }) })) as {
      next: string | null;
    };
    if (next !== null) cursors.push(next);
  }
  return {
    sources: await ids(`select id from source where exists (select from activity where source_id = source.id) order by id`),
    busy: await ids(`select member_id as id from member_card order by activities desc limit ${rounds}`),
    quiet: await ids(
      `select member_id as id from member_card where activities between 1 and 5 order by md5(member_id::text) limit ${rounds}`,
    ),
    organizations: await ids(
      `select organization_id as id from (select organization_id, count(*) as n from member_card where organization_id is not null group by 1 order by n desc limit 400) t order by md5(organization_id::text) limit ${rounds}`,
    ),
    from: rows[0]?.from.getTime() ?? 0,
    to: rows[0]?.to.getTime() ?? 0,
    cursors,
  };
}

export function timelineQuestions(known: Known): Map<string, Question[]> {
  const random = createRandom(21);
  const times = <T>(make: (n: number) => T): T[] => Array.from({ length: rounds }, (_, n) => make(n));
  const source = (n: number): string => showId('source', known.sources[n % known.sources.length] ?? 0);
  const member = (list: number[], n: number): string => showId('member', list[n % list.length] ?? 0);
  const moment = (): number => known.from + random.next() * (known.to - known.from);
  const kinds = ['fork', 'join', 'question', 'merge_request_merged', 'reaction', 'message', 'release', 'accepted_answer'];
  return new Map<string, Question[]>([
    ['newest', times(() => ({}))],
    ['further pages', known.cursors.map((cursor) => ({ cursor }))],
    ['from a day back', times(() => ({ to: new Date(moment()).toISOString() }))],
    [
      'one day',
      times(() => {
        const at = moment();
        return { from: new Date(at).toISOString(), to: new Date(at + day).toISOString() };
      }),
    ],
    ['one source', times((n) => ({ sources: [source(n)] }))],
    ['three sources', times((n) => ({ sources: [source(n), source(n + 1), source(n + 3)] }))],
    ['one kind', times((n) => ({ kinds: [kinds[n % kinds.length]] }))],
    ['source and kind', times((n) => ({ sources: [source(n)], kinds: [kinds[(n * 3) % kinds.length], 'issue'] }))],
    ['busy member', times((n) => ({ member: member(known.busy, n) }))],
    ['quiet member', times((n) => ({ member: member(known.quiet, n) }))],
    ['busy member, one kind', times((n) => ({ member: member(known.busy, n), kinds: [kinds[n % kinds.length]] }))],
    ['without bots', times((n) => ({ bots: 'without', sources: [source(n)] }))],
    ['organization', times((n) => ({ organization: showId('organization', known.organizations[n % known.organizations.length] ?? 0) }))],
  ]);
}

export function wordQuestions(): Map<string, Question[]> {
  const prose = createProse(7);
  const ranks = (from: number, step: number): Question[] =>
    Array.from({ length: rounds }, (_, n) => ({ text: prose.word(from + n * step) }));
  return new Map<string, Question[]>([
    ['frequent word', ranks(0, 3)],
    ['usual word', ranks(200, 20)],
    ['rare word', ranks(9000, 300)],
    ['two words', Array.from({ length: rounds }, (_, n) => ({ text: `${prose.word(n)} ${prose.word(40 + n * 7)}` }))],
  ]);
}

export function memberQuestions(known: Known): Map<string, Question[]> {
  const random = createRandom(22);
  const names = ['ada', 'kater', 'joao', 'soren', 'tuan', 'zoe', 'hiro pra', 'grac', 'yus', 'wanj'];
  const prose = createProse(7);
  const times = (make: (n: number) => Question): Question[] => Array.from({ length: rounds }, (_, n) => make(n));
  return new Map<string, Question[]>([
    ['newest', times((n) => ({ sort: (['last', 'first', 'activities', 'name'] as const)[n % 4] }))],
    ['first name', times((n) => ({ search: names[n % names.length] }))],
    ['part of a handle', times((n) => ({ search: prose.word(random.below(3000)).slice(0, 5 + (n % 3)) }))],
    ['two parts', times((n) => ({ search: `${names[n % names.length]} ${prose.word(random.below(500)).slice(0, 4)}` }))],
    ['nobody', times((n) => ({ search: `qqxz${n}` }))],
    ['organization', times((n) => ({ organization: showId('organization', known.organizations[n % known.organizations.length] ?? 0) }))],
    ['quiet for 90 days', times((n) => ({ quietForDays: 90 + n, sort: 'activities' }))],
    ['at least 100 activities', times((n) => ({ minActivities: 100 + n, sort: 'first' }))],
  ]);
}

/** Each question once to warm, once to measure: what is asked for is a warm server. */
export async function measure(
  program: RunningProgram,
  actions: readonly Action[],
  name: string,
  questions: Map<string, Question[]>,
  note: (line: string) => void,
): Promise<{ p95: number; slowest: string }> {
  const action = findAction(actions, name);
  const all: number[] = [];
  let worst = { p95: 0, said: '' };
  for (const [filter, inputs] of questions) {
    const own: number[] = [];
    for (const input of inputs) await callAction(program, bench, action, input);
    for (const input of inputs) {
      const began = performance.now();
      await callAction(program, bench, action, input);
      own.push(performance.now() - began);
    }
    all.push(...own);
    const p95 = quantile(own, 0.95);
    if (p95 > worst.p95) worst = { p95, said: `${filter}: ${show(p95)} ms` };
    note(`${name.padEnd(20)} ${filter.padEnd(24)} p50 ${show(quantile(own, 0.5)).padStart(6)} ms   p95 ${show(p95).padStart(6)} ms`);
  }
  return { p95: quantile(all, 0.95), slowest: worst.said };
}

export function findAction(actions: readonly Action[], name: string): Action {
  const action = actions.find((candidate) => candidate.name === name);
  if (action === undefined) throw new Error(`There is no action ${name}.`);
  return action;
}
