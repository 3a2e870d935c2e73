import { z } from 'zod';
import { activityKinds } from '../../connectors/contract.ts';
import type { ActivityKind } from '../../connectors/contract.ts';
import { nameOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Db, OpenTransaction } from '../../platform/db.ts';
import { invalidInput, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { cleanLine } from './text.ts';

/**
 * What one activity of a kind is worth before it fades, in whole points: more for what costs more and helps more people.
 * Not named: 0 (having left, labels, badges given, a second sight of what was counted when it was made).
 */
const defaultWeights: Partial<Record<ActivityKind, number>> = {
  post: 3,
  reply: 2,
  question: 3,
  answer: 6,
  accepted_answer: 10,
  reaction: 1,
  issue: 5,
  merge_request_opened: 6,
  merge_request_merged: 15,
  review: 8,
  review_comment: 2,
  comment: 2,
  commit: 4,
  commit_co_authored: 4,
  commit_reviewed: 3,
  commit_tested: 3,
  commit_reported: 3,
  release: 10,
  star: 1,
  fork: 2,
  mention: 2,
  join: 2,
  rsvp: 2,
  attendance: 5,
  translation: 3,
  sign_up: 3,
  message: 1,
};

export interface EngagementLevel {
  id: number;
  name: string;
  fromPoints: number;
}

/** How engagement is counted. */
export interface EngagementRules {
  /** By position in the closed list of kinds. */
  weights: number[];
  /** Days after which an activity is worth half. */
  halfLifeDays: number;
  /** From the lowest up. */
  levels: EngagementLevel[];
  /** Changes with whatever is above. */
  version: string;
}

export async function readEngagementRules(db: Db): Promise<EngagementRules> {
  const edited = new Map((await db.selectFrom('engagement_weight').selectAll().execute()).map((row) => [row.kind, row.weight]));
  const weights = activityKinds.map((kind) => edited.get(kind) ?? defaultWeights[kind] ?? 0);
  const levels = await db.selectFrom('engagement_level').selectAll().orderBy('from_points').execute();
  const { half_life_days } = await db.selectFrom('engagement_rules').select('half_life_days').executeTakeFirstOrThrow();
  const shown = levels.map((row) => ({ id: row.id, name: row.name, fromPoints: row.from_points }));
  const version = JSON.stringify([weights, half_life_days, shown.map((level) => [level.id, level.fromPoints])]);
  return { weights, halfLifeDays: half_life_days, levels: shown, version };
}

/** The level of so many tenths of a point; undefined below the lowest. */
export function levelAt(levels: readonly EngagementLevel[], tenths: number): EngagementLevel | undefined {
  return levels.findLast((level) => tenths >= Math.max(1, level.fromPoints * 10));
}

export interface Scores {
  /** Member → tenths of a point. */
  tenths: Int32Array;
  levels: readonly EngagementLevel[];
  /** The day of the workspace that they hold for. */
  day: string;
  /** What they were computed from: the same again needs no counting. */
  of: string;
}

const batch = 5000;

/**
 * Takes over the scores of everybody: rows that differ are written, those of nobody are removed. In steps; a stop in between
 * leaves each row old or new. `inTransaction` opens one for each step. Returns how many rows changed.
 */
export async function writeEngagement(
  inTransaction: <T>(work: (tx: OpenTransaction) => Promise<T>) => Promise<T>,
  { tenths, levels, day, of }: Scores,
  now: Date,
): Promise<number> {
  let changed = 0;
  let after = 0;
  const kept = await inTransaction((tx) =>
    tx.client.query<{ id: number; score: number; level: number | null }>(
      'select member_id as id, score, level_id as level from member_engagement order by member_id',
    ),
  );
  const known = new Map(kept.rows.map((row) => [row.id, row]));
  const ids: number[] = [];
  for (let id = 1; id < tenths.length; id += 1) {
    const score = tenths[id] ?? 0;
    const was = known.get(id);
    if (score > 0 ? was?.score !== score || was.level !== (levelAt(levels, score)?.id ?? null) : was !== undefined) ids.push(id);
    if (was !== undefined) after += 1;
  }
  // Rows past the end of the census: their members are gone.
  if (after < known.size) for (const id of known.keys()) if (id >= tenths.length) ids.push(id);
  for (let from = 0; from < ids.length; from += batch) {
    const some = ids.slice(from, from + batch);
    const scores = some.map((id) => tenths[id] ?? 0);
    changed += await inTransaction((tx) => writeSome(tx, some, scores, levels));
  }
  await inTransaction((tx) =>
    tx.client.query('update engagement_rules set scored_at = $1, scored_day = $2, scored_of = $3', [now, day, of]),
  );
  return changed;
}

async function writeSome(
  tx: OpenTransaction,
  ids: readonly number[],
  scores: readonly number[],
  levels: readonly EngagementLevel[],
): Promise<number> {
  const gone = ids.filter((_, place) => scores[place] === 0);
  const kept = ids.flatMap((id, place) => ((scores[place] ?? 0) > 0 ? [{ id, score: scores[place] ?? 0 }] : []));
  if (gone.length > 0) await tx.client.query('delete from member_engagement where member_id = any($1::int[])', [gone]);
  if (kept.length > 0) {
    await tx.client.query({
      name: 'members-write-engagement',
      text: `insert into member_engagement as e (member_id, score, level_id) select * from unnest($1::int[], $2::int[], $3::int[])
        on conflict (member_id) do update set score = excluded.score, level_id = excluded.level_id
        where (e.score, e.level_id) is distinct from (excluded.score, excluded.level_id)`,
      values: [kept.map((row) => row.id), kept.map((row) => row.score), kept.map((row) => levelAt(levels, row.score)?.id ?? null)],
    });
  }
  return ids.length;
}

/** What the scores that are stored were computed from, and for which day. */
async function readScoredState(db: Db): Promise<{ of: string | null; day: string | null; at: Date | null }> {
  const row = await db.selectFrom('engagement_rules').select(['scored_of', 'scored_day', 'scored_at']).executeTakeFirstOrThrow();
  return { of: row.scored_of, day: row.scored_day, at: row.scored_at };
}

const levelOutput = z.object({ id: z.string(), name: z.string(), fromPoints: z.number(), members: z.number() });

export const engagementSettings = defineAction({
  name: 'engagement.settings',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows how engagement is counted: what each kind of activity is worth, how fast it fades, and the levels.',
  input: z.object({}),
  output: z.object({
    weights: z.array(z.object({ kind: z.enum(activityKinds), weight: z.number(), usual: z.number() })),
    halfLifeDays: z.number(),
    levels: z.array(levelOutput).describe('From the lowest up, with how many people are on each now, bots left out.'),
    scoredAt: z.date().nullable(),
  }),
  async run(context) {
    const rules = await readEngagementRules(context.db);
    const on = await context.db
      .selectFrom('member_engagement as e')
      .innerJoin('member_card as c', 'c.member_id', 'e.member_id')
      .select((s) => ['e.level_id', s.fn.countAll<number>().as('members')])
      .where('c.bot', '<>', 'bot')
      .groupBy('e.level_id')
      .execute();
    return {
      weights: activityKinds.map((kind, place) => ({ kind, weight: rules.weights[place] ?? 0, usual: defaultWeights[kind] ?? 0 })),
      halfLifeDays: rules.halfLifeDays,
      levels: rules.levels.map((level) => ({
        id: showId('level', level.id),
        name: level.name,
        fromPoints: level.fromPoints,
        members: on.find((row) => row.level_id === level.id)?.members ?? 0,
      })),
      scoredAt: (await readScoredState(context.db)).at,
    };
  },
});

const levelInput = z.object({
  id: idInput('level').optional().describe('Of a level that there is; without it a new one is made.'),
  name: z
    .string()
    .transform((text) => cleanLine(text, 40))
    .pipe(z.string().min(1, 'is empty')),
  fromPoints: z.number().int().min(0).max(1_000_000),
});

export const updateEngagement = defineAction({
  name: 'engagement.update',
  kind: 'command',
  access: 'manager',
  summary: 'Changes what activities are worth, how fast that fades, or the levels. Everybody is counted again at once.',
  input: z.object({
    weights: z
      .partialRecord(z.enum(activityKinds), z.number().int('is a whole number').min(0).max(1000))
      .optional()
      .describe('Whole points for one activity of a kind; kinds that are not named stay.'),
    halfLifeDays: z.number().int().min(1).max(3650).optional(),
    levels: z.array(levelInput).min(1).max(20).optional().describe('All levels: one that is left out goes.'),
  }),
  output: z.object({ changed: z.boolean() }),
  async run(context, input) {
    const { db } = context;
    const before = await readEngagementRules(db);
    for (const [kind, weight] of Object.entries(input.weights ?? {})) {
      await db
        .insertInto('engagement_weight')
        .values({ kind, weight })
        .onConflict((c) => c.column('kind').doUpdateSet({ weight }))
        .execute();
    }
    await db
      .updateTable('engagement_rules')
      .set({
        ...(input.halfLifeDays === undefined ? {} : { half_life_days: input.halfLifeDays }),
        changed_at: context.clock.now(),
        changed_by: nameOf(context.actor),
      })
      .execute();
    if (input.levels !== undefined) await writeLevels(db, input.levels, before.levels);
    const after = await readEngagementRules(db);
    const changed = JSON.stringify(before) !== JSON.stringify(after);
    if (changed) await context.fact('engagement.updated', {});
    const shown = (rules: EngagementRules) => ({
      halfLifeDays: rules.halfLifeDays,
      weights: Object.fromEntries(activityKinds.map((kind, place) => [kind, rules.weights[place] ?? 0])),
      levels: rules.levels.map((level) => `${level.name} from ${level.fromPoints}`),
    });
    context.audit({ summary: 'Changed how engagement is counted', before: shown(before), after: shown(after) });
    return { changed };
  },
});

async function writeLevels(
  db: Db,
  levels: readonly { id?: number | undefined; name: string; fromPoints: number }[],
  known: readonly EngagementLevel[],
): Promise<void> {
  const points = levels.map((level) => level.fromPoints);
  if (new Set(points).size < points.length)
    throw invalidInput('engagement.levels', 'Two levels begin at the same number of points. Give each its own.');
  const missing = levels.find((level) => level.id !== undefined && !known.some((one) => one.id === level.id));
  if (missing?.id !== undefined) throw notFound('level', showId('level', missing.id));
  const kept = levels.flatMap((level) => level.id ?? []);
  // Made free first, so that two may change places.
  await db
    .updateTable('engagement_level')
    .set((e) => ({ from_points: e('id', '+', 10_000_000) }))
    .execute();
  await db
    .deleteFrom('engagement_level')
    .where('id', 'not in', [0, ...kept])
    .execute();
  for (const { id, name, fromPoints } of levels) {
    if (id === undefined) await db.insertInto('engagement_level').values({ name, from_points: fromPoints }).execute();
    else await db.updateTable('engagement_level').set({ name, from_points: fromPoints }).where('id', '=', id).execute();
  }
}
