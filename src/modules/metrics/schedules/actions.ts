import type { Selectable } from 'kysely';
import { z } from 'zod';
import { hasRole, idOf, roleOf } from '../../../platform/access.ts';
import { defineAction } from '../../../platform/action.ts';
import type { Context } from '../../../platform/context.ts';
import { conflict, forbidden, invalidInput, notFound } from '../../../platform/errors.ts';
import { idInput, showId } from '../../../platform/ids.ts';
import type { ReportSchedule } from '../../../platform/schema.gen.ts';
import { readWorkspace, usersById } from '../../access/index.ts';
import { reportCalled } from '../actions.ts';
import { askInput, cardInput } from '../dashboards/cards.ts';
import { readDashboard } from '../dashboards/store.ts';
import { makeContent } from './content.ts';
import { nextDue } from './due.ts';
import { mailContent, rhythmOf, sendingOf } from './send.ts';

const targetInput = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('user'), user: z.string().max(80).describe('Id of a user, from access.directory.') }),
    z.object({ kind: z.literal('address'), address: z.email().max(200).toLowerCase() }),
    z.object({
      kind: z.literal('delivery'),
      source: idInput('source'),
      delivery: z.string().max(60).describe('A delivery of its connector that is done to the source itself: a chat message.'),
      input: z
        .record(z.string(), z.unknown())
        .default({})
        .describe('What it takes; {report} stands for the report. Without it, it is sent as `text`.'),
    }),
  ])
  .describe('Whom it goes to: a user, an address (managers only), or a place of a source.');
type TargetGiven = z.output<typeof targetInput>;

const rhythm = {
  every: z.enum(['week', 'month']),
  day: z.number().int().min(1).max(31).describe('Of the week, 1 is Monday; or of the month, where a shorter one takes its last.'),
  hour: z.number().int().min(0).max(23).describe('By the clock of the workspace.'),
};

const scheduleOutput = z.object({
  id: z.string(),
  title: z.string(),
  dashboard: z.string().nullable(),
  report: z.string().nullable(),
  ask: askInput.nullable(),
  ...rhythm,
  paused: z.boolean(),
  nextAt: z.date().nullable(),
  lastSentAt: z.date().nullable(),
  lastError: z.string().nullable(),
  owner: z.string().nullable(),
  mine: z.boolean(),
  targets: z.array(
    z.object({
      kind: z.enum(['user', 'address', 'delivery']),
      user: z.string().nullable(),
      name: z.string().describe('Of the user or the place, or the address.'),
      address: z.string().nullable(),
      source: z.string().nullable(),
      delivery: z.string().nullable(),
      input: z.record(z.string(), z.unknown()).nullable(),
      unsubscribed: z.boolean(),
    }),
  ),
});

type Schedule = Selectable<ReportSchedule>;

/** One's own; all of them for a manager. */
function selectSchedules(context: Context) {
  const me = idOf(context.actor);
  const all = context.db.selectFrom('report_schedule').selectAll();
  if (hasRole(roleOf(context.actor), 'manager')) return all;
  return all.where('owner_id', '=', me ?? '');
}

async function holdSchedule(context: Context, id: number): Promise<Schedule> {
  const row = await selectSchedules(context).where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw notFound('scheduled report', showId('schedule', id));
  return row;
}

export const listSchedules = defineAction({
  name: 'schedules.list',
  kind: 'query',
  access: 'agent',
  summary: 'Lists the reports that are sent by schedule: your own, or all for a manager.',
  input: z.object({ dashboard: idInput('dashboard').optional(), report: z.string().max(60).optional() }),
  output: z.object({ schedules: z.array(scheduleOutput), mailServer: z.boolean().describe('Without one mails wait on the outbox page.') }),
  async run(context, input) {
    let query = selectSchedules(context);
    if (input.dashboard !== undefined) query = query.where('dashboard_id', '=', input.dashboard);
    const rows = await query.orderBy('title').orderBy('id').limit(500).execute();
    const shown = await Promise.all(rows.map((row) => show(context, row)));
    return {
      schedules: shown.filter((one) => input.report === undefined || one.report === input.report),
      mailServer: context.config.smtpUrl !== undefined,
    };
  },
});

async function show(context: Context, row: Schedule): Promise<z.input<typeof scheduleOutput>> {
  const targets = await context.db
    .selectFrom('report_target as t')
    .leftJoin('user_account as u', 'u.id', 't.user_id')
    .leftJoin('source as s', 's.id', 't.source_id')
    .select([
      't.kind',
      't.user_id',
      't.address',
      't.source_id',
      't.delivery',
      't.input',
      't.unsubscribed_at',
      'u.name as user_name',
      's.name as source_name',
    ])
    .where('t.schedule_id', '=', row.id)
    .orderBy('t.id')
    .execute();
  const card = row.report === null ? undefined : cardInput.safeParse(row.report).data;
  const owner = row.owner_id === null ? undefined : (await usersById(context.db, [row.owner_id])).get(row.owner_id);
  return {
    id: showId('schedule', row.id),
    title: row.title,
    dashboard: row.dashboard_id === null ? null : showId('dashboard', row.dashboard_id),
    report: card?.type === 'report' ? card.report : null,
    ask: card?.type === 'report' ? card.ask : null,
    ...rhythmOf(row),
    paused: row.next_at === null,
    nextAt: row.next_at,
    lastSentAt: row.last_sent_at,
    lastError: row.last_error,
    owner: owner?.name ?? null,
    mine: row.owner_id !== null && row.owner_id === idOf(context.actor),
    targets: targets.map((target) => ({
      kind: z.enum(['user', 'address', 'delivery']).parse(target.kind),
      user: target.user_id,
      name: target.user_name ?? target.source_name ?? target.address ?? '',
      address: target.address,
      source: target.source_id === null ? null : showId('source', target.source_id),
      delivery: target.delivery,
      input: target.input === null ? null : z.record(z.string(), z.unknown()).parse(target.input),
      unsubscribed: target.unsubscribed_at !== null,
    })),
  };
}

const targetsInput = z.array(targetInput).min(1, 'are missing: say whom it goes to').max(50);

export const createSchedule = defineAction({
  name: 'schedules.create',
  kind: 'command',
  access: 'agent',
  summary: 'Sends a dashboard or a report by e-mail, or to a place of a source, every week or month, with its picture.',
  input: z.object({
    dashboard: idInput('dashboard').optional(),
    report: z.string().max(60).optional().describe('Id of a report, in place of a dashboard.'),
    ask: askInput.default({}).describe('Its window and filters, as metrics.report takes them. A window by name moves along.'),
    title: z.string().trim().min(1, 'is empty').max(120).optional(),
    ...rhythm,
    targets: targetsInput,
  }),
  output: z.object({ id: z.string(), nextAt: z.date() }),
  async run(context, input) {
    checkRhythm(input);
    if ((input.dashboard === undefined) === (input.report === undefined))
      throw invalidInput('schedules.what', 'Name either a dashboard or a report to send.');
    const dashboard = input.dashboard === undefined ? undefined : await readDashboard(context, input.dashboard);
    const report = input.report === undefined ? undefined : reportCalled(input.report);
    const title = input.title ?? dashboard?.title ?? report?.title ?? '';
    const card =
      report === undefined ? null : cardInput.parse({ id: 'r', type: 'report', width: 'full', report: report.id, ask: input.ask });
    const { timeZone } = await readWorkspace(context.db);
    const nextAt = nextDue(context.clock.now(), input, timeZone);
    const { id } = await context.db
      .insertInto('report_schedule')
      .values({
        dashboard_id: dashboard?.id ?? null,
        report: card === null ? null : JSON.stringify(card),
        title,
        every: input.every,
        day: input.day,
        hour: input.hour,
        owner_id: idOf(context.actor) ?? null,
        created_at: context.clock.now(),
        next_at: nextAt,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await setTargets(context, id, input.targets);
    context.audit({ subject: showId('schedule', id), summary: `Sends ${title} every ${input.every} to ${input.targets.length}` });
    return { id: showId('schedule', id), nextAt };
  },
});

function checkRhythm({ every, day }: { every: 'week' | 'month'; day: number }): void {
  if (every === 'week' && day > 7) throw invalidInput('schedules.day', 'A week has seven days: choose 1 (Monday) to 7 (Sunday).');
}

export const updateSchedule = defineAction({
  name: 'schedules.update',
  kind: 'command',
  access: 'agent',
  summary: 'Changes when a scheduled report is sent and to whom, or pauses it.',
  input: z.object({
    id: idInput('schedule'),
    title: z.string().trim().min(1, 'is empty').max(120).optional(),
    every: rhythm.every.optional(),
    day: rhythm.day.optional(),
    hour: rhythm.hour.optional(),
    ask: askInput.optional(),
    targets: targetsInput.optional(),
    paused: z.boolean().optional(),
  }),
  output: z.object({ id: z.string(), nextAt: z.date().nullable() }),
  async run(context, input) {
    const before = await holdSchedule(context, input.id);
    const old = rhythmOf(before);
    const after = { every: input.every ?? old.every, day: input.day ?? old.day, hour: input.hour ?? old.hour };
    checkRhythm(after);
    const { timeZone } = await readWorkspace(context.db);
    const paused = input.paused ?? before.next_at === null;
    const nextAt = paused ? null : nextDue(context.clock.now(), after, timeZone);
    const card = cardInput.safeParse(before.report).data;
    await context.db
      .updateTable('report_schedule')
      .set({
        ...after,
        title: input.title ?? before.title,
        next_at: nextAt,
        failures: 0,
        ...(input.ask === undefined || card === undefined ? {} : { report: JSON.stringify({ ...card, ask: input.ask }) }),
      })
      .where('id', '=', before.id)
      .execute();
    if (input.targets !== undefined) await setTargets(context, before.id, input.targets);
    const id = showId('schedule', before.id);
    context.audit({
      subject: id,
      summary: `${paused ? 'Paused' : 'Changed'} the sending of ${input.title ?? before.title}`,
      before: old,
      after,
    });
    return { id, nextAt };
  },
});

export const deleteSchedule = defineAction({
  name: 'schedules.delete',
  kind: 'command',
  access: 'agent',
  summary: 'Ends the sending of a report.',
  input: z.object({ id: idInput('schedule') }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const found = await holdSchedule(context, input.id);
    await context.db.deleteFrom('report_schedule').where('id', '=', found.id).execute();
    const id = showId('schedule', found.id);
    context.audit({ subject: id, summary: `Ended the sending of ${found.title}` });
    return { id };
  },
});

export const testSchedule = defineAction({
  name: 'schedules.test',
  kind: 'command',
  access: 'agent',
  summary: 'Sends what a schedule would send, now and only to you.',
  input: z.object({ id: idInput('schedule') }),
  output: z.object({ to: z.string() }),
  async run(context, input) {
    const me = context.actor.type === 'user' ? (await usersById(context.db, [context.actor.id])).get(context.actor.id) : undefined;
    if (me === undefined) throw conflict('schedules.nobody', 'A test goes to the one who asks for it: sign in as a user first.');
    const found = await holdSchedule(context, input.id);
    await mailContent(context, me.email, found.title, await makeContent(context, await sendingOf(context, found)), undefined);
    context.audit({ subject: showId('schedule', found.id), summary: `Sent a test of ${found.title}` });
    return { to: me.email };
  },
});

/** Whoever stays keeps that they had enough of it. Errors: `forbidden` for an address of somebody outside. */
async function setTargets(context: Context, scheduleId: number, targets: readonly TargetGiven[]): Promise<void> {
  const known = await context.db.selectFrom('report_target').selectAll().where('schedule_id', '=', scheduleId).execute();
  const users = await usersById(
    context.db,
    targets.flatMap((target) => (target.kind === 'user' ? [target.user] : [])),
  );
  const stays = new Set<number>();
  for (const target of new Map(targets.map((one) => [JSON.stringify(one), one])).values()) {
    if (target.kind === 'user' && !users.has(target.user)) throw notFound('user', target.user);
    const same = known.find((row) =>
      target.kind === 'user'
        ? row.user_id === target.user
        : target.kind === 'address'
          ? row.address === target.address
          : row.source_id === target.source &&
            row.delivery === target.delivery &&
            JSON.stringify(row.input) === JSON.stringify(target.input),
    );
    if (same !== undefined) {
      stays.add(same.id);
      continue;
    }
    if (target.kind === 'address' && !hasRole(roleOf(context.actor), 'manager'))
      throw forbidden(
        'Only a manager may have reports sent to an address of somebody without an account. Choose a user, or ask a manager.',
      );
    const { id } = await context.db
      .insertInto('report_target')
      .values({
        schedule_id: scheduleId,
        kind: target.kind,
        ...(target.kind === 'user' ? { user_id: target.user } : {}),
        ...(target.kind === 'address' ? { address: target.address } : {}),
        ...(target.kind === 'delivery' ? { source_id: target.source, delivery: target.delivery, input: JSON.stringify(target.input) } : {}),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    stays.add(id);
  }
  await context.db
    .deleteFrom('report_target')
    .where('schedule_id', '=', scheduleId)
    .where('id', 'not in', [...stays])
    .execute();
}
