import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Context, Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { invalidInput } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import type { Job } from '../../platform/jobs.ts';
import { queueMail } from '../../platform/mail.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { usersById } from '../access/index.ts';
import { readCards } from './card-page.ts';
import { cardOutput, showCard } from './list.ts';
import { readySegments } from './ready.ts';
import { watchSegmentsJob } from './segment-watch.ts';
import { findSegment } from './segments.ts';
import { inside } from './store.ts';

export const setAlerts = defineAction({
  name: 'segments.set-alerts',
  kind: 'command',
  access: 'agent',
  summary: 'Says whether entering and leaving a segment is told of: as facts for automations, and each morning by mail to the users named.',
  input: z.object({
    id: idInput('segment'),
    alerts: z.boolean().optional().describe('Facts: segment.entered and segment.left, one a member.'),
    notify: z.array(z.string().max(100)).max(100).optional().describe('Ids of users, all of them: one who is left out gets no more mail.'),
  }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await findSegment(context, input.id);
    const { db } = context;
    const before = await db
      .selectFrom('segment_subscriber')
      .select('user_id')
      .where('segment_id', '=', row.id)
      .orderBy('user_id')
      .execute();
    if (input.alerts !== undefined) await db.updateTable('segment').set({ alerts: input.alerts }).where('id', '=', row.id).execute();
    if (input.notify !== undefined) await setSubscribers(context, row.id, [...new Set(input.notify)]);
    await context.jobs.sendInside(inside(context), watchSegmentsJob.name, {}, { once: true });
    context.audit({
      subject: showId('segment', row.id),
      summary: `Changed who is told of the segment ${readySegments[row.ready ?? '']?.name ?? row.name}`,
      before: { alerts: row.alerts, notify: before.map((one) => one.user_id) },
      after: { alerts: input.alerts ?? row.alerts, notify: input.notify ?? before.map((one) => one.user_id) },
    });
    return { id: showId('segment', row.id) };
  },
});

async function setSubscribers(context: Context, segmentId: number, userIds: readonly string[]): Promise<void> {
  const { db } = context;
  const users = await usersById(db, userIds);
  const unknown = userIds.find((id) => users.get(id) === undefined);
  if (unknown !== undefined) throw invalidInput('segments.notify', `There is no user ${unknown}.`);
  await db
    .deleteFrom('segment_subscriber')
    .where('segment_id', '=', segmentId)
    .where('user_id', 'not in', ['', ...userIds])
    .execute();
  // What happened before one asked for it is not told.
  const latest = await db
    .selectFrom('segment_change')
    .select((s) => s.fn.max<number | null>('id').as('id'))
    .executeTakeFirst();
  if (userIds.length === 0) return;
  await db
    .insertInto('segment_subscriber')
    .values(userIds.map((user_id) => ({ segment_id: segmentId, user_id, told_change: latest?.id ?? 0 })))
    .onConflict((c) => c.doNothing())
    .execute();
}

export const segmentChanges = defineAction({
  name: 'segments.changes',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists who entered and who left a segment, the latest first.',
  input: z.object({ id: idInput('segment'), days: z.coerce.number().int().min(1).max(180).default(7), ...pageInput }),
  output: z.object({
    changes: z.array(z.object({ member: cardOutput, entered: z.boolean(), at: z.date() })),
    next: z.string().nullable(),
    watchedSince: z.date().nullable().describe('Null: nobody looked yet.'),
  }),
  async run(context, input) {
    const { id } = await findSegment(context, input.id);
    const after = readCursor(input.cursor, 1)?.[0];
    let query = context.db
      .selectFrom('segment_change')
      .selectAll()
      .where('segment_id', '=', id)
      .where('at', '>', new Date(context.clock.now().getTime() - input.days * 86_400_000))
      .orderBy('id', 'desc')
      .limit(input.limit + 1);
    if (after !== undefined) query = query.where('id', '<', Number(after));
    const rows = await query.execute();
    const page = rows.slice(0, input.limit);
    const roots = await context.db
      .selectFrom('member')
      .select(['id', 'root_id'])
      .where('id', 'in', [0, ...page.map((one) => one.member_id)])
      .execute();
    const rootOf = new Map(roots.map((one) => [one.id, one.root_id]));
    const cards = await readCards(context.db, [...rootOf.values()]);
    const watched = await context.db.selectFrom('segment_membership').select('filled_at').where('segment_id', '=', id).executeTakeFirst();
    const last = page.at(-1);
    return {
      changes: page.flatMap((one) => {
        const card = cards.get(rootOf.get(one.member_id) ?? 0);
        return card === undefined ? [] : [{ member: showCard(card), entered: one.entered, at: one.at }];
      }),
      next: rows.length > input.limit && last !== undefined ? writeCursor([last.id]) : null,
      watchedSince: watched?.filled_at ?? null,
    };
  },
});

/** Writes each subscriber one mail of what came and went since the last one. Returns how many mails. */
export async function sendSegmentDigests(program: Program): Promise<number> {
  const { rows } = await program.database.pool.query<{ user_id: string }>(
    `select distinct s.user_id from segment_subscriber s
     where exists (select from segment_change c where c.segment_id = s.segment_id and c.id > s.told_change) order by 1`,
  );
  let sent = 0;
  for (const { user_id } of rows) sent += await transaction(program.database, (tx) => sendDigest(program, tx, user_id));
  return sent;
}

interface Move {
  segment_id: number;
  name: string;
  ready: string | null;
  entered: boolean;
  member: string;
}

const namesShown = 20;

async function sendDigest(program: Program, tx: OpenTransaction, userId: string): Promise<number> {
  // The rows are held: a second sender finds them told.
  const held = await tx.client.query<{ segment_id: number; told_change: number }>(
    'select segment_id, told_change from segment_subscriber where user_id = $1 order by segment_id for update',
    [userId],
  );
  const moves = await tx.client.query<Move & { id: number }>(
    `select c.id, c.segment_id, g.name, g.ready, c.entered, coalesce(k.name, 'Somebody') as member
     from unnest($1::int[], $2::bigint[]) s (segment_id, told) join segment_change c on c.segment_id = s.segment_id and c.id > s.told
     join segment g on g.id = c.segment_id join member m on m.id = c.member_id left join member_card k on k.member_id = m.root_id
     order by c.segment_id, c.entered desc, c.id`,
    [held.rows.map((row) => row.segment_id), held.rows.map((row) => row.told_change)],
  );
  const user = (await usersById(tx.db, [userId])).get(userId);
  const last = Math.max(0, ...moves.rows.map((row) => row.id));
  await tx.client.query('update segment_subscriber set told_change = greatest(told_change, $2) where user_id = $1', [userId, last]);
  if (moves.rows.length === 0 || user === undefined) return 0;
  await queueMail(
    { db: tx.db, tx, jobs: program.jobs, secrets: program.secrets, clock: program.clock },
    { to: user.email, subject: digestSubject(moves.rows), body: digestBody(program, user.name, moves.rows) },
  );
  return 1;
}

function digestSubject(moves: readonly Move[]): string {
  const entered = moves.filter((move) => move.entered).length;
  return `Your segments: ${entered} entered, ${moves.length - entered} left`;
}

function digestBody(program: Program, name: string, moves: readonly Move[]): string {
  const lines = [`Hello ${name},`, ''];
  for (const segmentId of new Set(moves.map((move) => move.segment_id))) {
    const own = moves.filter((move) => move.segment_id === segmentId);
    const title = readySegments[own[0]?.ready ?? '']?.name ?? own[0]?.name ?? '';
    const link = program.config.publicUrl === undefined ? '' : ` (${program.config.publicUrl}/segments/${showId('segment', segmentId)})`;
    lines.push(`${title}${link}`);
    for (const entered of [true, false]) {
      const names = own.filter((move) => move.entered === entered).map((move) => move.member);
      if (names.length === 0) continue;
      const more = names.length > namesShown ? ` and ${names.length - namesShown} more` : '';
      lines.push(`  ${entered ? 'entered' : 'left'}: ${names.slice(0, namesShown).join(', ')}${more}`);
    }
    lines.push('');
  }
  lines.push('You get this because somebody chose you on the page of the segment. Take yourself off there.');
  return lines.join('\n');
}

export const segmentDigestJob: Job = {
  name: 'members.segment-digest',
  cron: '35 6 * * *',
  async work(program) {
    await sendSegmentDigests(program);
  },
};
