import { z } from 'zod';
import { nameOf } from '../../../platform/access.ts';
import { defineAction } from '../../../platform/action.ts';
import type { Context } from '../../../platform/context.ts';
import { transaction } from '../../../platform/db.ts';
import type { OpenTransaction } from '../../../platform/db.ts';
import { conflict, notFound } from '../../../platform/errors.ts';
import { idInput, showId } from '../../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../../platform/page.ts';
import { refreshPeople } from '../cards.ts';
import { rootOf } from '../store.ts';
import { lockTrees } from '../trees.ts';
import { hide, holdSources, privacyJob, restore } from './erasing.ts';
import { putRows, takeRows } from './rows.ts';
import type { KeptRows } from './rows.ts';
import { changed, hashesOf, suppress } from './suppression.ts';

/** Steps done before the answer; what is left of a very long history is done behind it. */
const stepsAtOnce = 3;
const dayLength = 86_400_000;

const erasureOutput = z.object({
  id: z.string(),
  member: z.string().describe('The id that the person had.'),
  state: z.enum(['hiding', 'hidden', 'restoring', 'restored', 'purging', 'purged']),
  askedAt: z.date(),
  askedBy: z.string(),
  restoreUntil: z.date(),
  endedAt: z.date().nullable(),
  identities: z.number().describe('Addresses and accounts; 0 once they are purged.'),
  activities: z.number(),
  records: z.number().describe('Raw records that were purged.'),
});

export const eraseMember = defineAction({
  name: 'members.erase',
  kind: 'command',
  access: 'manager',
  // Each step commits: a long history must not hold everybody else up.
  transaction: false,
  summary:
    'Erases a person, with everything merged into it: hidden at once, purged after a time in which members.restore brings it back whole. Imports leave it out from now on.',
  input: z.object({
    id: idInput('member'),
    now: z.boolean().default(false).describe('Purge as soon as it is hidden: it cannot be brought back.'),
  }),
  output: erasureOutput,
  async run(context, input) {
    const id = await transaction(context.database, (tx) => beginErasure(context, tx, input.id, input.now));
    const done = await hide(context, id, stepsAtOnce);
    if (!done || input.now) await context.jobs.send(privacyJob.name, {}, { once: true });
    return readErasure(context, id);
  },
});

/** One short transaction takes the person away; what it did follows. */
async function beginErasure(context: Context, tx: OpenTransaction, memberId: number, atOnce: boolean): Promise<number> {
  await holdSources(tx);
  await lockTrees(tx);
  const root = await rootOf(tx.db, memberId);
  const now = context.clock.now();
  const members = (await tx.db.selectFrom('member').select('id').where('root_id', '=', root).orderBy('id').forUpdate().execute()).map(
    (row) => row.id,
  );
  const returning = await tx.client.query(`select 1 from erasure where state = 'restoring' and member_ids && $1::int[]`, [members]);
  if (returning.rows.length > 0)
    throw conflict('members.restoring', 'This person is just being brought back. Wait until that is done, then erase again.');
  const identities = await tx.db.selectFrom('identity').selectAll().where('origin_member_id', 'in', members).execute();
  const { restore_days: days } = await tx.db.selectFrom('privacy_rules').select('restore_days').executeTakeFirstOrThrow();
  const identityIds = identities.map((row) => row.id);
  const kept = await takeRows(tx, members, identityIds);
  const restoreUntil = atOnce ? now : new Date(now.getTime() + days * dayLength);
  const { id } = await tx.db
    .insertInto('erasure')
    .values({
      member_id: root,
      member_ids: members,
      identity_ids: identityIds,
      state: 'hiding',
      kept: context.secrets.seal(JSON.stringify(kept)),
      asked_at: now,
      asked_by: nameOf(context.actor),
      restore_until: restoreUntil,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const hashes = identities.flatMap((row) =>
    hashesOf(
      context.secrets,
      {
        platform: row.platform,
        host: row.host,
        type: z.enum(['email', 'account', 'name']).parse(row.type),
        value: row.value,
        valueKey: row.value_key,
        platformUserId: row.platform_user_id,
      },
      row.former_values,
    ),
  );
  await suppress(tx, hashes, id, now);
  // No name: this entry stays.
  const member = showId('member', root);
  await context.auditWith(tx, {
    subject: member,
    summary: `Erased ${member}, for good after ${restoreUntil.toISOString().slice(0, 10)}`,
    after: { erasure: showId('erasure', id), identities: identities.length },
  });
  return id;
}

export const restoreMember = defineAction({
  name: 'members.restore',
  kind: 'command',
  access: 'manager',
  transaction: false,
  summary: 'Brings an erased person back whole, as long as it is not purged; imports take it in again.',
  input: z.object({ erasure: idInput('erasure') }),
  output: erasureOutput,
  async run(context, input) {
    await transaction(context.database, (tx) => beginRestoring(context, tx, input.erasure));
    const done = await restore(context, input.erasure, stepsAtOnce);
    if (!done) await context.jobs.send(privacyJob.name, {}, { once: true });
    const erasure = await readErasure(context, input.erasure);
    await transaction(context.database, (tx) => refreshPeople(tx, [rootIdOf(erasure)], context.clock.now()));
    return erasure;
  },
});

function rootIdOf(erasure: { member: string }): number {
  return idInput('member').parse(erasure.member);
}

async function beginRestoring(context: Context, tx: OpenTransaction, id: number): Promise<void> {
  await holdSources(tx);
  await lockTrees(tx);
  const erasure = await tx.db.selectFrom('erasure').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (erasure === undefined) throw notFound('erasure', showId('erasure', id));
  if (erasure.state === 'hiding')
    throw conflict('members.erasing', 'This person is still being hidden. Wait a moment, then bring it back.');
  if (erasure.state !== 'hidden' || erasure.kept === null)
    throw conflict(
      'members.erased_for_good',
      erasure.state === 'restored' || erasure.state === 'restoring'
        ? 'This person was brought back already.'
        : 'This person is purged: nothing is left to bring back.',
    );
  const kept = JSON.parse(context.secrets.open(erasure.kept)) as KeptRows;
  const back = await putRows(tx, kept);
  if (back < erasure.identity_ids.length)
    throw conflict('members.restore_taken', 'Somebody else has an address or account of this person by now. Remove it there first.');
  await tx.db.deleteFrom('suppression').where('erasure_id', '=', id).execute();
  await changed(tx);
  await tx.db.updateTable('erasure').set({ state: 'restoring' }).where('id', '=', id).execute();
  await refreshPeople(tx, [erasure.member_id], context.clock.now());
  const member = showId('member', erasure.member_id);
  await context.auditWith(tx, { subject: member, summary: `Brought ${member} back`, after: { erasure: showId('erasure', id) } });
}

export const purgeMember = defineAction({
  name: 'members.purge',
  kind: 'command',
  access: 'administrator',
  summary: 'Purges an erased person now instead of when its time is over. It cannot be brought back.',
  input: z.object({ erasure: idInput('erasure') }),
  output: z.object({ done: z.literal(true) }),
  async run(context, input) {
    const row = await context.db
      .updateTable('erasure')
      .set({ restore_until: context.clock.now() })
      .where('id', '=', input.erasure)
      .where('state', 'in', ['hiding', 'hidden'])
      .returning('member_id')
      .executeTakeFirst();
    if (row === undefined) throw conflict('members.purged_already', 'This person is purged or was brought back. Load the page again.');
    if (context.tx !== undefined) await context.jobs.sendInside(context.tx, privacyJob.name, {}, { once: true });
    context.audit({ subject: showId('member', row.member_id), summary: `Purged ${showId('member', row.member_id)} ahead of time` });
    return { done: true } as const;
  },
});

export const listErasures = defineAction({
  name: 'members.erasures',
  kind: 'query',
  access: 'manager',
  summary: 'Lists who was erased, newest first, without a name: until when they can be brought back, and what was purged.',
  input: z.object({ open: z.boolean().default(false).describe('Only those who can still be brought back.'), ...pageInput }),
  output: z.object({ erasures: z.array(erasureOutput), next: z.string().nullable() }),
  async run(context, input) {
    const before = readCursor(input.cursor, 1)?.[0];
    let query = context.db
      .selectFrom('erasure')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(input.limit + 1);
    if (before !== undefined) query = query.where('id', '<', Number(before));
    if (input.open) query = query.where('state', 'in', ['hiding', 'hidden']);
    const rows = await query.execute();
    const shown = rows.slice(0, input.limit);
    const last = shown.at(-1);
    return { erasures: shown.map(present), next: rows.length > input.limit && last !== undefined ? writeCursor([last.id]) : null };
  },
});

type Row = Awaited<ReturnType<typeof erasureRow>>;

function erasureRow(context: Context, id: number) {
  return context.database.db.selectFrom('erasure').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

async function readErasure(context: Context, id: number): Promise<z.input<typeof erasureOutput>> {
  return present(await erasureRow(context, id));
}

function present(row: Row): z.input<typeof erasureOutput> {
  return {
    id: showId('erasure', row.id),
    member: showId('member', row.member_id),
    state: erasureOutput.shape.state.parse(row.state),
    askedAt: row.asked_at,
    askedBy: row.asked_by,
    restoreUntil: row.restore_until,
    endedAt: row.ended_at,
    identities: row.identity_ids.length,
    activities: row.activities,
    records: row.records,
  };
}
