import { sql } from 'kysely';
import { z } from 'zod';
import { nameOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db.ts';
import { conflict, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { readCards } from './card-page.ts';
import { cardOutput, showCard } from './list.ts';
import { findSuggestionsJob } from './search-job.ts';
import { inside, namesOf, settle } from './store.ts';
import { joinTrees, lockTrees } from './trees.ts';

const sideOutput = cardOutput.extend({
  identities: z.number(),
  known: z.array(
    z.object({
      platform: z.string(),
      host: z.string(),
      type: z.string(),
      value: z.string(),
      name: z.string().nullable(),
      url: z.string().nullable(),
      firstAt: z.date().nullable(),
      lastAt: z.date().nullable(),
      activities: z.number(),
    }),
  ),
});

const suggestionOutput = z.object({
  id: z.string(),
  score: z.number().describe('0 to 1: how much speaks for one person.'),
  reasons: z.array(z.object({ reason: z.string(), weight: z.number(), text: z.string() })),
  state: z.enum(['open', 'accepted', 'refused', 'skipped']),
  createdAt: z.date(),
  decidedBy: z.string().nullable(),
  decidedAt: z.date().nullable(),
  a: sideOutput,
  b: sideOutput,
});

export const suggestions = defineAction({
  name: 'members.suggestions',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists pairs that may be one person, the likeliest first, with the reasons in words and both sides to compare.',
  input: z.object({
    state: z.enum(['open', 'skipped', 'refused', 'accepted']).default('open'),
    member: idInput('member').optional(),
    ...pageInput,
    limit: pageInput.limit.default(20),
  }),
  output: z.object({
    suggestions: z.array(suggestionOutput),
    next: z.string().nullable(),
    open: z.number(),
    skipped: z.number(),
    search: z
      .object({
        startedAt: z.date(),
        endedAt: z.date().nullable(),
        phase: z.string(),
        done: z.number(),
        total: z.number().nullable(),
        found: z.number().nullable(),
        error: z.string().nullable(),
      })
      .nullable()
      .describe('The latest search: how far, or what came of it.'),
  }),
  async run(context, input) {
    const { db } = context;
    const after = readCursor(input.cursor, 2);
    let query = db
      .selectFrom('suggestion as s')
      .innerJoin('member as a', 'a.id', 's.a_id')
      .innerJoin('member as b', 'b.id', 's.b_id')
      .selectAll('s')
      .select(['a.root_id as a_root', 'b.root_id as b_root'])
      .where('s.state', '=', input.state)
      .orderBy('s.score', 'desc')
      .orderBy('s.id')
      .limit(input.limit + 1);
    // Joined some other way since: nothing is left to decide.
    if (input.state === 'open' || input.state === 'skipped') query = query.whereRef('a.root_id', '<>', 'b.root_id');
    if (input.member !== undefined) {
      const root = db.selectFrom('member').select('root_id').where('id', '=', input.member);
      query = query.where((where) => where.or([where('a.root_id', '=', root), where('b.root_id', '=', root)]));
    }
    if (after !== undefined)
      query = query.where(sql<boolean>`(s.score < ${after[0]}::real or (s.score = ${after[0]}::real and s.id > ${after[1]}))`);
    const rows = await query.execute();
    const page = rows.slice(0, input.limit);
    const side = await readSides(
      db,
      page.flatMap((row) => [row.a_root, row.b_root]),
    );
    const counts = await db
      .selectFrom('suggestion as s')
      .innerJoin('member as a', 'a.id', 's.a_id')
      .innerJoin('member as b', 'b.id', 's.b_id')
      .select(['s.state', sql<number>`count(*)`.as('count')])
      .where('s.state', 'in', ['open', 'skipped'])
      .whereRef('a.root_id', '<>', 'b.root_id')
      .groupBy('s.state')
      .execute();
    const search = await db.selectFrom('suggestion_run').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst();
    const last = page.at(-1);
    return {
      suggestions: page.flatMap((row) => {
        const a = side(row.a_root);
        const b = side(row.b_root);
        if (a === undefined || b === undefined) return [];
        return [
          {
            id: showId('suggestion', row.id),
            score: row.score,
            reasons: suggestionOutput.shape.reasons.parse(row.reasons),
            state: suggestionOutput.shape.state.parse(row.state),
            createdAt: row.created_at,
            decidedBy: row.decided_by,
            decidedAt: row.decided_at,
            a,
            b,
          },
        ];
      }),
      next: rows.length > input.limit && last !== undefined ? writeCursor([last.score, last.id]) : null,
      open: counts.find((row) => row.state === 'open')?.count ?? 0,
      skipped: counts.find((row) => row.state === 'skipped')?.count ?? 0,
      search:
        search === undefined
          ? null
          : {
              startedAt: search.started_at,
              endedAt: search.ended_at,
              phase: search.phase,
              done: search.done,
              total: search.total,
              found: search.found,
              error: search.error,
            },
    };
  },
});

async function readSides(db: Db, roots: readonly number[]): Promise<(root: number) => z.input<typeof sideOutput> | undefined> {
  if (roots.length === 0) return () => undefined;
  const cards = await readCards(db, roots);
  const identities = await db
    .selectFrom('identity as i')
    .leftJoin('identity_stat as s', 's.identity_id', 'i.id')
    .select(['i.member_id', 'i.platform', 'i.host', 'i.type', 'i.value', 'i.name', 'i.url', 's.first_at', 's.last_at', 's.activities'])
    .where('i.member_id', 'in', [...new Set(roots)])
    .orderBy('i.id')
    .execute();
  return (root) => {
    const card = cards.get(root);
    if (card === undefined) return undefined;
    const known = identities
      .filter((row) => row.member_id === root)
      .slice(0, 50)
      .map((row) => ({
        platform: row.platform,
        host: row.host,
        type: row.type,
        value: row.value,
        name: row.name,
        url: row.url,
        firstAt: row.first_at,
        lastAt: row.last_at,
        activities: row.activities ?? 0,
      }));
    return { ...showCard(card), known };
  };
}

/** Locks a suggestion, and says who its two sides are now. Errors: `not_found`, `members.suggestion_decided`. */
async function undecided(context: Context, id: number) {
  const row = await context.db.selectFrom('suggestion').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw notFound('suggestion', showId('suggestion', id));
  if (row.state === 'accepted' || row.state === 'refused')
    throw conflict('members.suggestion_decided', `This was ${row.state} already${row.decided_by === null ? '' : ` by ${row.decided_by}`}.`);
  const roots = await context.db.selectFrom('member').select(['id', 'root_id']).where('id', 'in', [row.a_id, row.b_id]).execute();
  const rootOf = (member: number) => roots.find((one) => one.id === member)?.root_id ?? member;
  return {
    ...row,
    a: rootOf(row.a_id),
    b: rootOf(row.b_id),
    texts: suggestionOutput.shape.reasons.parse(row.reasons).map((one) => one.text),
  };
}

async function decide(context: Context, id: number, state: 'accepted' | 'refused' | 'skipped'): Promise<void> {
  await context.db
    .updateTable('suggestion')
    .set({ state, decided_at: context.clock.now(), decided_by: nameOf(context.actor) })
    .where('id', '=', id)
    .execute();
}

const decided = z.object({ id: z.string() });

export const acceptSuggestion = defineAction({
  name: 'members.accept-suggestion',
  kind: 'command',
  access: 'agent',
  summary: 'Says that the two are one person, and merges them. members.unmerge undoes it.',
  input: z.object({
    suggestion: idInput('suggestion'),
    into: idInput('member').optional().describe('Whose fields come first; the one with more activities when not given.'),
  }),
  output: z.object({ id: z.string(), merge: z.string().nullable() }),
  async run(context, input) {
    await lockTrees(inside(context));
    const row = await undecided(context, input.suggestion);
    await decide(context, row.id, 'accepted');
    if (row.a === row.b) return { id: showId('member', row.a), merge: null };
    const cards = await readCards(context.db, [row.a, row.b]);
    const bigger = (cards.get(row.b)?.activities ?? 0) > (cards.get(row.a)?.activities ?? 0) ? row.b : row.a;
    const wanted =
      input.into === undefined
        ? bigger
        : (await context.db.selectFrom('member').select('root_id').where('id', '=', input.into).executeTakeFirst())?.root_id;
    const survivor = wanted === row.b ? row.b : row.a;
    const absorbed = survivor === row.a ? row.b : row.a;
    const name = await namesOf(context.db, [survivor, absorbed]);
    const [merge] = await joinTrees(
      inside(context),
      [{ absorbed, survivor, cause: 'suggestion', reason: row.texts.join('. ') }],
      nameOf(context.actor),
      context.clock.now(),
    );
    await settle(context, [survivor, absorbed]);
    const subject = showId('member', survivor);
    context.audit({
      subject,
      summary: `Accepted that ${name(absorbed)} is ${name(survivor)}`,
      before: { reasons: row.texts, score: row.score },
      after: { id: subject },
    });
    await context.fact('member.merged', { memberId: survivor, absorbedId: absorbed });
    return { id: subject, merge: merge === undefined ? null : showId('merge', merge) };
  },
});

export const refuseSuggestion = defineAction({
  name: 'members.refuse-suggestion',
  kind: 'command',
  access: 'agent',
  summary: 'Says that the two are different people. They are not suggested again, nor linked by themselves, however both grow.',
  input: z.object({ suggestion: idInput('suggestion') }),
  output: decided,
  async run(context, input) {
    const row = await undecided(context, input.suggestion);
    await decide(context, row.id, 'refused');
    const name = await namesOf(context.db, [row.a, row.b]);
    context.audit({
      subject: showId('member', row.a),
      summary: `Said that ${name(row.a)} and ${name(row.b)} are different people`,
      before: { reasons: row.texts, score: row.score },
    });
    return { id: showId('suggestion', row.id) };
  },
});

export const skipSuggestion = defineAction({
  name: 'members.skip-suggestion',
  kind: 'command',
  access: 'agent',
  summary: 'Puts a pair aside: it is shown again under skipped, or when more speaks for it.',
  input: z.object({ suggestion: idInput('suggestion') }),
  output: decided,
  async run(context, input) {
    const row = await undecided(context, input.suggestion);
    await decide(context, row.id, 'skipped');
    context.audit({ subject: showId('member', row.a), summary: 'Skipped a suggestion' });
    return { id: showId('suggestion', row.id) };
  },
});

export const reopenSuggestion = defineAction({
  name: 'members.reopen-suggestion',
  kind: 'command',
  access: 'agent',
  summary: 'Takes back a refusal or a skip, or an acceptance whose merge was undone: the pair is open again.',
  input: z.object({ suggestion: idInput('suggestion') }),
  output: decided,
  async run(context, input) {
    const reopened = await context.db
      .updateTable('suggestion')
      .set({ state: 'open', decided_at: null, decided_by: null })
      .where('id', '=', input.suggestion)
      // What was accepted too, once its merge was undone.
      .where((where) =>
        where.or([
          where('state', 'in', ['refused', 'skipped']),
          where.and([
            where('state', '=', 'accepted'),
            sql<boolean>`(select root_id from member where id = a_id) <> (select root_id from member where id = b_id)`,
          ]),
        ]),
      )
      .returning(['id', 'a_id'])
      .executeTakeFirst();
    if (reopened === undefined)
      throw conflict(
        'members.suggestion_open',
        'Only what was refused or skipped can be opened again, and what was accepted once its merge is undone.',
      );
    context.audit({ subject: showId('member', reopened.a_id), summary: 'Opened a suggestion again' });
    return { id: showId('suggestion', reopened.id) };
  },
});

export const searchSuggestions = defineAction({
  name: 'members.find-suggestions',
  kind: 'command',
  access: 'agent',
  summary: 'Starts a search for people who may be one; members.suggestions shows how far it is.',
  input: z.object({}),
  output: z.object({ queued: z.boolean() }),
  async run(context) {
    await context.jobs.sendInside(inside(context), findSuggestionsJob.name, { asked: true }, { once: true });
    context.audit({ summary: 'Asked for a search for suggestions' });
    return { queued: true };
  },
});
