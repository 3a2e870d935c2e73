import { performance } from 'node:perf_hooks';
import type { Program } from '../src/platform/context.ts';
import { transaction } from '../src/platform/db.ts';
import { createResolver, importOrganizations, recordStats, refreshStaleCards, searchForSuggestions } from '../src/modules/members/index.ts';
import { makeLabelled } from './identity-data.ts';
import type { Labelled } from './identity-data.ts';

export interface IdentityFigures {
  identities: number;
  people: number;
  /** Pairs of identities that are one person's. */
  pairs: number;
  automatic: Share;
  /** From the highest score down. */
  curve: Point[];
  /** Suggestions by the reasons that speak for them, the most frequent first. */
  reasons: { reasons: string; right: number; wrong: number }[];
  wrong: { score: number; text: string }[];
  missed: { a: string; b: string }[];
  seconds: { resolving: number; suggesting: number };
}

/** Pairs that are together, and of these the ones that belong together. */
interface Share {
  together: number;
  right: number;
}

export interface Point {
  score: number;
  suggestions: number;
  /** Of the suggestions with this score or more. */
  precision: number;
  /** Of all pairs that are one person: those joined automatically or after the right suggestions were accepted. */
  recall: number;
}

/**
 * Lets the real resolver and the real search loose on a labelled set in an empty database, and compares what they say with
 * who is who. A reviewer is taken to accept what is right and to refuse what is wrong.
 */
export async function benchIdentity(program: Program, identities: number, seed?: number): Promise<IdentityFigures> {
  const labelled = makeLabelled(identities, seed);
  let begun = performance.now();
  const truthOf = await takeIn(program, labelled);
  await refreshStaleCards(program);
  const resolving = lap();
  await program.database.pool.query('analyze');
  await searchForSuggestions(program, { asked: true });
  const suggesting = lap();

  const { rows } = await program.database.pool.query<{
    id: number;
    origin: number;
    root: number;
    value: string;
    name: string | null;
    place: string;
  }>('select id, origin_member_id as origin, member_id as root, value, name, platform as place from identity order by id');
  const groups = createGroups();
  for (const row of rows) groups.add(row.id, truthOf.get(row.id) ?? -row.id);
  const firstOf = new Map<number, number>();
  const identityOf = new Map(rows.map((row) => [row.origin, row.id]));
  for (const row of rows) {
    const first = firstOf.get(row.root);
    if (first === undefined) firstOf.set(row.root, row.id);
    else groups.join(first, row.id);
  }
  const automatic = { together: groups.together(), right: groups.right() };
  const suggested = await program.database.pool.query<{ a: number; b: number; score: number; reasons: { reason: string; text: string }[] }>(
    "select a_id as a, b_id as b, score::float8 as score, reasons from suggestion where state = 'open' order by score desc, id",
  );
  const told = new Map(rows.map((row) => [row.id, `${row.place} ${row.value}${row.name === null ? '' : ` (${row.name})`}`]));
  const curve: Point[] = [];
  const reasons = new Map<string, { right: number; wrong: number }>();
  const wrong: IdentityFigures['wrong'] = [];
  let right = 0;
  for (const [place, one] of suggested.rows.entries()) {
    const [a, b] = [identityOf.get(one.a) ?? 0, identityOf.get(one.b) ?? 0];
    const same = truthOf.get(a) === truthOf.get(b);
    const by = one.reasons.map((reason) => reason.reason).join(' + ');
    const sum = reasons.get(by) ?? { right: 0, wrong: 0 };
    reasons.set(by, { right: sum.right + (same ? 1 : 0), wrong: sum.wrong + (same ? 0 : 1) });
    if (same) {
      right += 1;
      groups.join(a, b);
    } else
      wrong.push({ score: one.score, text: `${told.get(a)} | ${told.get(b)} | ${one.reasons.map((reason) => reason.text).join('; ')}` });
    const next = suggested.rows[place + 1]?.score;
    const step = (score: number | undefined) => (score === undefined ? -1 : Math.floor(score * 20 + 1e-9));
    if (step(next) !== step(one.score)) {
      const suggestions = place + 1;
      curve.push({ score: step(one.score) / 20, suggestions, precision: right / suggestions, recall: groups.right() / groups.pairs() });
    }
  }
  const byTruth = new Map<number, number[]>();
  for (const row of rows) {
    const truth = truthOf.get(row.id) ?? -row.id;
    byTruth.set(truth, [...(byTruth.get(truth) ?? []), row.id]);
  }
  const missed: IdentityFigures['missed'] = [];
  for (const ids of byTruth.values()) {
    for (const a of ids)
      for (const b of ids) if (a < b && !groups.joined(a, b)) missed.push({ a: told.get(a) ?? '', b: told.get(b) ?? '' });
  }
  return {
    identities: rows.length,
    people: byTruth.size,
    pairs: groups.pairs(),
    automatic,
    curve,
    reasons: [...reasons].map(([by, sum]) => ({ reasons: by, ...sum })).toSorted((x, y) => y.right + y.wrong - x.right - x.wrong),
    wrong,
    missed,
    seconds: { resolving, suggesting },
  };

  function lap(): number {
    const took = (performance.now() - begun) / 1000;
    begun = performance.now();
    return Math.round(took * 10) / 10;
  }
}

/** As an import takes it in: pages of people, then what links them. Returns who is behind each identity. */
async function takeIn(program: Program, labelled: Labelled): Promise<Map<number, number>> {
  const now = program.clock.now();
  const resolver = createResolver();
  const truthOf = new Map<number, number>();
  await transaction(program.database, (tx) => importOrganizations(tx, labelled.organizations, now));
  const size = 2000;
  for (let from = 0; from < labelled.met.length; from += size) {
    const page = labelled.met.slice(from, from + size);
    await transaction(program.database, async (tx) => {
      const ids = await resolver.resolve(
        tx,
        page.map((one) => one.person),
        undefined,
        now,
      );
      page.forEach((one, place) => truthOf.set(ids[place] ?? 0, one.truth));
      await recordStats(
        tx,
        [...new Set(ids)].map((identityId) => ({ identityId, firstAt: 1.7e12, lastAt: 1.75e12, count: 3 })),
      );
      await resolver.finish(tx);
    });
    resolver.commit();
  }
  for (let from = 0; from < labelled.links.length; from += size) {
    await transaction(program.database, async (tx) => {
      await resolver.link(tx, labelled.links.slice(from, from + size), undefined, now);
      await resolver.finish(tx);
    });
    resolver.commit();
  }
  return truthOf;
}

/** Sets that only grow, counting the pairs in them, and the pairs that belong together. */
function createGroups() {
  const parents = new Map<number, number>();
  /** Root → who is really in it, and how often. */
  const members = new Map<number, Map<number, number>>();
  const totals = new Map<number, number>();
  let right = 0;
  let together = 0;

  function find(id: number): number {
    let at = id;
    for (let up = parents.get(at); up !== undefined; up = parents.get(at)) at = up;
    return at;
  }

  return {
    add(id: number, truth: number): void {
      members.set(id, new Map([[truth, 1]]));
      totals.set(truth, (totals.get(truth) ?? 0) + 1);
    },
    join(x: number, y: number): void {
      let [a, b] = [find(x), find(y)];
      if (a === b) return;
      if ((members.get(a)?.size ?? 0) < (members.get(b)?.size ?? 0)) [a, b] = [b, a];
      const [into, from] = [members.get(a) ?? new Map<number, number>(), members.get(b) ?? new Map<number, number>()];
      const size = (map: Map<number, number>) => [...map.values()].reduce((sum, n) => sum + n, 0);
      together += size(into) * size(from);
      for (const [truth, n] of from) {
        right += (into.get(truth) ?? 0) * n;
        into.set(truth, (into.get(truth) ?? 0) + n);
      }
      members.delete(b);
      parents.set(b, a);
    },
    joined: (x: number, y: number) => find(x) === find(y),
    right: () => right,
    together: () => together,
    pairs: () => [...totals.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0),
  };
}
