import { performance } from 'node:perf_hooks';
import { createResolver, recordStats, refreshStaleCards, searchForSuggestions } from '../src/modules/members/index.ts';
import { callAction } from '../src/platform/action.ts';
import type { Caller } from '../src/platform/action.ts';
import { findAction } from '../src/entry/actions.ts';
import type { Person } from '../src/connectors/contract.ts';
import type { Program } from '../src/platform/context.ts';
import { transaction } from '../src/platform/db.ts';

export interface LinkingFigures {
  identities: number;
  /** Seconds. */
  resolving: number;
  cards: number;
  suggestions: number;
  pairs: number;
  found: number;
  peakMemoryMb: number;
}

const first =
  'ada alan anna boris carla chen daniel elena fatima george hana ivan jana kenji laura maria nadia omar priya quentin rosa samuel tariq uma viktor wei ximena yuki zoe'.split(
    ' ',
  );

/** The same people each time, from a counter: about one in ten has a second identity somewhere. */
export function* makePeople(identities: number): Generator<Person> {
  let seed = 42;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const syllables =
    'ba be bo da de do fa fi ga go ha he ka ki ko la le li ma mi mo na ne no pa po ra re ri sa se si ta te ti to va ve vo za'.split(' ');
  const surname = () =>
    Array.from({ length: 2 + Math.floor(random() * 3) }, () => syllables[Math.floor(random() ** 1.5 * syllables.length)]).join('');
  const domains = ['gmail.com', 'proton.me', 'acme.com', 'globex.org', 'initech.io', 'uni-example.edu'];
  let made = 0;
  for (let i = 0; made < identities; i += 1) {
    const given = first[Math.floor(random() ** 2 * first.length)] ?? 'ada';
    const family = surname();
    const name = `${given.charAt(0).toUpperCase()}${given.slice(1)} ${family.charAt(0).toUpperCase()}${family.slice(1)}`;
    const handle = random() < 0.5 ? `${given}${family}` : `${family}${Math.floor(random() * 1000)}`;
    yield {
      platform: 'email',
      type: 'email',
      value: `${random() < 0.5 ? `${given}.${family}` : handle}${i}@${domains[i % domains.length]}`,
      name,
    };
    made += 1;
    if (random() < 0.1 && made < identities) {
      yield { platform: 'github', type: 'account', value: `${handle}${i}`, platformUserId: String(i), ...(random() < 0.7 ? { name } : {}) };
      made += 1;
    }
  }
}

/** Resolves, makes cards, and searches for suggestions over so many identities, on an empty database. */
export async function benchLinking(program: Program, identities: number): Promise<LinkingFigures> {
  const now = program.clock.now();
  const resolver = createResolver();
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 100);
  let begun = performance.now();
  let page: Person[] = [];
  const flush = async (): Promise<void> => {
    const people = page;
    page = [];
    await transaction(program.database, async (tx) => {
      const ids = [...new Set(await resolver.resolve(tx, people, undefined, now))];
      await recordStats(
        tx,
        ids.map((identityId) => ({
          identityId,
          firstAt: 1.6e12 + identityId * 1000,
          lastAt: 1.7e12 + identityId * 1000,
          count: 1 + (identityId % 50),
        })),
      );
      await resolver.finish(tx);
    });
    resolver.commit();
  };
  for (const person of makePeople(identities)) {
    page.push(person);
    if (page.length === 5000) await flush();
  }
  if (page.length > 0) await flush();
  await program.database.pool.query('analyze');
  const resolving = seconds();
  await refreshStaleCards(program);
  await program.database.pool.query('analyze');
  const cards = seconds();
  const result = await searchForSuggestions(program, { asked: true });
  const suggestions = seconds();
  clearInterval(watch);
  return {
    identities,
    resolving,
    cards,
    suggestions,
    pairs: result?.pairs ?? 0,
    found: result?.found ?? 0,
    peakMemoryMb: Math.round(peak / 1e6),
  };

  function seconds(): number {
    const took = (performance.now() - begun) / 1000;
    begun = performance.now();
    return Math.round(took * 10) / 10;
  }
}

/** Milliseconds, sorted, of taking apart 1,000 random merges in another order than they were made, over the people that are there. */
export async function benchUnmerge(program: Program, caller: Caller, merges = 1000): Promise<number[]> {
  const merge = findAction('members.merge');
  const unmerge = findAction('members.unmerge');
  if (merge === undefined || unmerge === undefined) throw new Error('There is no action to merge.');
  const people = await program.database.pool.query<{ id: number }>(
    'select member_id as id from member_card order by md5(member_id::text) limit $1',
    [Math.ceil(merges * 1.2)],
  );
  const ids = people.rows.map((row) => `mem_${row.id.toString(36)}`);
  const made: string[] = [];
  // Trees of all sizes: each joins the one before it or one far back.
  for (let i = 1; made.length < merges && i < ids.length; i += 1) {
    const result: unknown = await callAction(program, caller, merge, { members: [ids[i % 3 === 0 ? 0 : i - 1], ids[i]] });
    made.push(...(result as { merges: string[] }).merges);
  }
  const times: number[] = [];
  for (const id of made.toSorted((a, b) => (a.split('').toReversed().join('') < b.split('').toReversed().join('') ? -1 : 1))) {
    const begun = performance.now();
    await callAction(program, caller, unmerge, { merge: id });
    times.push(performance.now() - begun);
  }
  return times.toSorted((a, b) => a - b);
}
