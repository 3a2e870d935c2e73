import { performance } from 'node:perf_hooks';
import type { RunningProgram } from '../src/entry/program.ts';
import { membersActions } from '../src/modules/members/index.ts';
import { callAction } from '../src/platform/action.ts';
import type { Action } from '../src/platform/action.ts';
import { showId } from '../src/platform/ids.ts';
import { aside, atMost, quantile, show } from './figures.ts';
import type { Figure } from './figures.ts';
import { bench } from './instance.ts';
import { createRandom } from './random.ts';

const merges = 1000;

/** Merges a thousand times, a fifth of them onto people who were merged before, and takes all apart in another order. */
export async function benchMerges(program: RunningProgram, part: string): Promise<Figure[]> {
  const { pool } = program.database;
  const { rows } = await pool.query<{ id: number }>('select member_id as id from member_card order by md5(member_id::text) limit $1', [
    merges * 2,
  ]);
  if (rows.length < merges * 2) return [];
  const before = await fingerprint(program);
  const random = createRandom(5);
  const made: string[] = [];
  const merging: number[] = [];
  for (let n = 0; n < merges; n++) {
    const into = random.next() < 0.2 ? random.below(Math.max(1, n)) : n;
    const pair = [rows[into]?.id ?? 0, rows[merges + n]?.id ?? 0].map((id) => showId('member', id));
    const began = performance.now();
    const result = (await callAction(program, bench, find('members.merge'), { members: pair })) as { merges: string[] };
    merging.push(performance.now() - began);
    made.push(...result.merges);
  }
  const order = made.map((id) => ({ id, at: random.next() })).toSorted((a, b) => a.at - b.at);
  const unmerging: number[] = [];
  for (const { id } of order) {
    const began = performance.now();
    await callAction(program, bench, find('members.unmerge'), { merge: id });
    unmerging.push(performance.now() - began);
  }
  const exact = before === (await fingerprint(program));
  return [
    atMost(part, 'un-merge after 1,000 merges, slowest', exact ? Math.max(...unmerging) : Number.NaN, 100, ' ms'),
    aside(part, '  exact, row by row', exact ? 'yes' : 'NO'),
    aside(
      part,
      '  un-merge p50 and p95; merge p95',
      `${show(quantile(unmerging, 0.5))} and ${show(quantile(unmerging, 0.95))} ms; ${show(quantile(merging, 0.95))} ms`,
    ),
  ];
}

/** Everything that a merge may touch, but for the record of it. */
async function fingerprint(program: RunningProgram): Promise<string> {
  const parts = [
    'select id, member_id, origin_member_id from identity order by id',
    'select id, merged_into, root_id, name, avatar_url, location, bio, own_bot, bot from member order by id',
    'select id, member_id, organization_id, from_day, to_day, origin, identity_id from affiliation order by id',
    'select member_id, tag from member_tag order by 1, 2',
    'select member_id, name, handles, platforms, organization_id, bot, first_at, last_at, activities, identities from member_card order by member_id',
  ];
  const found: string[] = [];
  for (const part of parts) {
    const { rows } = await program.database.pool.query<{ print: string | null }>(
      `select md5(string_agg(md5(t::text), '')) as print from (${part}) t`,
    );
    found.push(rows[0]?.print ?? '');
  }
  return found.join(' ');
}

function find(name: string): Action {
  const action = membersActions.find((candidate) => candidate.name === name);
  if (action === undefined) throw new Error(`There is no action ${name}.`);
  return action;
}
