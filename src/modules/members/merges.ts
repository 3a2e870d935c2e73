import { z } from 'zod';
import { nameOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Db } from '../../platform/db.ts';
import { conflict, invalidInput, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { inside, namesOf, rootsOf, settle } from './store.ts';
import { cutTree, joinTrees, lockTrees } from './trees.ts';

export const mergeOutput = z.object({
  id: z.string(),
  absorbed: z.object({ id: z.string(), name: z.string() }),
  survivor: z.object({ id: z.string(), name: z.string() }),
  cause: z.enum(['proof', 'hand', 'suggestion', 'import']),
  reason: z.string(),
  madeAt: z.date(),
  madeBy: z.string().nullable(),
  undoneAt: z.date().nullable(),
  undoneBy: z.string().nullable(),
});

/** Merges, newest first: of some members, or all. Names are those of the rows themselves, not of the people they became. */
export async function readMerges(
  db: Db,
  which: { members?: readonly number[]; limit?: number; before?: number | undefined },
): Promise<z.output<typeof mergeOutput>[]> {
  let query = db
    .selectFrom('merge as g')
    .innerJoin('member as a', 'a.id', 'g.absorbed_id')
    .innerJoin('member as s', 's.id', 'g.survivor_id')
    .leftJoin('identity as ia', 'ia.origin_member_id', 'a.id')
    .leftJoin('identity as iv', 'iv.origin_member_id', 's.id')
    .select(['g.id', 'g.absorbed_id', 'g.survivor_id', 'g.cause', 'g.reason', 'g.made_at', 'g.made_by', 'g.undone_at', 'g.undone_by'])
    .select(['a.name as absorbed_name', 's.name as survivor_name', 'ia.value as absorbed_value', 'iv.value as survivor_value'])
    .orderBy('g.id', 'desc')
    .limit(which.limit ?? 1000);
  const { members, before } = which;
  if (members !== undefined)
    query = query.where((where) => where.or([where('g.absorbed_id', 'in', [...members]), where('g.survivor_id', 'in', [...members])]));
  if (before !== undefined) query = query.where('g.id', '<', before);
  return (await query.execute()).map((row) => ({
    id: showId('merge', row.id),
    absorbed: { id: showId('member', row.absorbed_id), name: row.absorbed_name ?? row.absorbed_value ?? showId('member', row.absorbed_id) },
    survivor: { id: showId('member', row.survivor_id), name: row.survivor_name ?? row.survivor_value ?? showId('member', row.survivor_id) },
    cause: mergeOutput.shape.cause.parse(row.cause),
    reason: row.reason,
    madeAt: row.made_at,
    madeBy: row.made_by,
    undoneAt: row.undone_at,
    undoneBy: row.undone_by,
  }));
}

export const mergeMembers = defineAction({
  name: 'members.merge',
  kind: 'command',
  access: 'agent',
  summary: 'Joins two or more members that are one person. Nothing is lost: members.unmerge takes them apart again, exactly.',
  input: z.object({
    members: z.array(idInput('member')).min(2).max(100),
    into: idInput('member').optional().describe('Whose fields come first. The first of the list when not given.'),
    reason: z.string().trim().max(500).default('').describe('Why, for those who look at it later.'),
  }),
  output: z.object({ id: z.string(), merges: z.array(z.string()) }),
  async run(context, input) {
    const tx = inside(context);
    await lockTrees(tx);
    const into = input.into ?? input.members[0] ?? 0;
    const [survivor = 0, ...others] = await rootsOf(context.db, [into, ...input.members]);
    if (others.length === 0) throw invalidInput('members.already_one', 'These are one person already.');
    const name = await namesOf(context.db, [survivor, ...others]);
    const now = context.clock.now();
    const reason = input.reason === '' ? `${nameOf(context.actor)} said so` : input.reason;
    const merges = await joinTrees(
      tx,
      others.map((absorbed) => ({ absorbed, survivor, cause: 'hand', reason })),
      nameOf(context.actor),
      now,
    );
    await settle(context, [survivor, ...others]);
    const subject = showId('member', survivor);
    context.audit({
      subject,
      summary: `Merged ${others.map(name).join(', ')} into ${name(survivor)}`,
      before: { members: [survivor, ...others].map((id) => ({ id: showId('member', id), name: name(id) })) },
      after: { id: subject, merges: merges.map((id) => showId('merge', id)) },
    });
    for (const absorbed of others) await context.fact('member.merged', { memberId: survivor, absorbedId: absorbed });
    return { id: subject, merges: merges.map((id) => showId('merge', id)) };
  },
});

export const unmergeMembers = defineAction({
  name: 'members.unmerge',
  kind: 'command',
  access: 'agent',
  summary:
    'Takes apart what one merge joined, exactly, at any time later, also after further merges. The pair is not linked by itself again.',
  input: z.object({ merge: idInput('merge') }),
  output: z.object({ kept: z.string(), freed: z.string() }),
  async run(context, input) {
    const tx = inside(context);
    await lockTrees(tx);
    const merge = await context.db.selectFrom('merge').selectAll().where('id', '=', input.merge).executeTakeFirst();
    if (merge === undefined) throw notFound('merge', showId('merge', input.merge));
    const cut = await cutTree(tx, merge.id, nameOf(context.actor), context.clock.now());
    if (cut === undefined)
      throw conflict(
        'members.unmerged_already',
        `This merge was undone already${merge.undone_by === null ? '' : ` by ${merge.undone_by}`}.`,
      );
    await settle(context, [cut.kept, cut.freed]);
    const name = await namesOf(context.db, [cut.kept, cut.freed]);
    const kept = showId('member', cut.kept);
    const freed = showId('member', cut.freed);
    context.audit({
      subject: kept,
      summary: `Took ${name(cut.freed)} out of ${name(cut.kept)} again`,
      before: { id: kept, reason: merge.reason },
      after: { kept, freed },
    });
    await context.fact('member.unmerged', { memberId: cut.kept, freedId: cut.freed });
    return { kept, freed };
  },
});

export const listMerges = defineAction({
  name: 'members.merges',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists merges, newest first, with why, by whom, and whether they were undone.',
  input: z.object({ ...pageInput }),
  output: z.object({ merges: z.array(mergeOutput), next: z.string().nullable() }),
  async run(context, input) {
    const before = readCursor(input.cursor, 1)?.[0];
    const rows = await readMerges(context.db, { limit: input.limit + 1, before: before === undefined ? undefined : Number(before) });
    const merges = rows.slice(0, input.limit);
    const last = merges.at(-1);
    return { merges, next: rows.length > input.limit && last !== undefined ? writeCursor([idInput('merge').parse(last.id)]) : null };
  },
});
