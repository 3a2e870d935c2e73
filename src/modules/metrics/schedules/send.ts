import type { Selectable } from 'kysely';
import { z } from 'zod';
import { createContext } from '../../../platform/action.ts';
import type { Context, Program } from '../../../platform/context.ts';
import { transaction } from '../../../platform/db.ts';
import { messageOf, notFound } from '../../../platform/errors.ts';
import { showId } from '../../../platform/ids.ts';
import type { Job } from '../../../platform/jobs.ts';
import { queueMail } from '../../../platform/mail.ts';
import type { ReportSchedule, ReportTarget } from '../../../platform/schema.gen.ts';
import { readWorkspace, usersById } from '../../access/index.ts';
import { deliver, deliveryOf } from '../../sources/index.ts';
import { cardInput } from '../dashboards/cards.ts';
import { fromRow } from '../dashboards/store.ts';
import { markup } from '../drawing/markup.ts';
import { linkLine, makeContent } from './content.ts';
import type { Content, Sending } from './content.ts';
import { nextDue } from './due.ts';
import { unsubscribeUrl } from './unsubscribe.ts';

type Schedule = Selectable<ReportSchedule>;
type Target = Selectable<ReportTarget>;

/** After so many failures the next try is when it is due again. */
const mostFailures = 6;
/** A chat message carries so many pictures. */
const mostInMessage = 10;

/**
 * Sends what is due. What became due while nothing ran is sent once, late: the next moment is reckoned from now. The mails
 * are written in the transaction that moves it, so that nothing is sent twice, however often or by however many this runs.
 */
export const sendReportsJob: Job = {
  name: 'metrics.send-reports',
  cron: '*/5 * * * *',
  async work(program, _data, signal) {
    const due = await program.database.db
      .selectFrom('report_schedule as s')
      .leftJoin('dashboard as d', 'd.id', 's.dashboard_id')
      .select(['s.id', 's.next_at'])
      .where('s.next_at', '<=', program.clock.now())
      .where('d.deleted_at', 'is', null)
      .orderBy('s.next_at')
      .limit(500)
      .execute();
    for (const { id, next_at: dueAt } of due) {
      if (signal.aborted || dueAt === null) return;
      await sendDue(program, id, dueAt).catch((error: unknown) => keepFailure(program, id, dueAt, error));
    }
  },
};

async function sendDue(program: Program, id: number, dueAt: Date): Promise<void> {
  const context = jobContext(program);
  const schedule = await context.db.selectFrom('report_schedule').selectAll().where('id', '=', id).executeTakeFirst();
  if (schedule?.next_at?.getTime() !== dueAt.getTime()) return;
  // Drawn before the transaction: it takes a moment, and holds nothing.
  const content = await makeContent(context, await sendingOf(context, schedule));
  await transaction(program.database, async (tx) => {
    const inside = createContext(program, { actor: context.actor, origin: 'job' }, tx);
    const held = await inside.db
      .selectFrom('report_schedule')
      .select('id')
      .where('id', '=', id)
      .where('next_at', '=', dueAt)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (held === undefined) return;
    const targets = await inside.db
      .selectFrom('report_target')
      .selectAll()
      .where('schedule_id', '=', id)
      .where('unsubscribed_at', 'is', null)
      .orderBy('id')
      .execute();
    for (const target of targets) await sendTo(inside, schedule, target, content);
    await moveOn(inside, schedule, { last_due_at: dueAt, last_sent_at: inside.clock.now(), last_error: null, failures: 0 });
  });
}

function jobContext(program: Program): Context {
  return createContext(program, { actor: { type: 'system', name: 'Scheduled reports' }, origin: 'job' }, undefined);
}

async function moveOn(context: Context, schedule: Schedule, change: Partial<Schedule>): Promise<void> {
  const { timeZone } = await readWorkspace(context.db);
  const next = nextDue(context.clock.now(), rhythmOf(schedule), timeZone);
  await context.db
    .updateTable('report_schedule')
    .set({ ...change, next_at: next })
    .where('id', '=', schedule.id)
    .execute();
}

export function rhythmOf({ every, day, hour }: Pick<Schedule, 'every' | 'day' | 'hour'>) {
  return { every: every === 'month' ? ('month' as const) : ('week' as const), day, hour };
}

async function keepFailure(program: Program, id: number, dueAt: Date, error: unknown): Promise<void> {
  const context = jobContext(program);
  program.log.error({ schedule: id, error: messageOf(error) }, 'a scheduled report could not be sent');
  const schedule = await context.db
    .updateTable('report_schedule')
    .set((e) => ({ failures: e('failures', '+', 1), last_error: messageOf(error).slice(0, 500) }))
    .where('id', '=', id)
    .where('next_at', '=', dueAt)
    .returningAll()
    .executeTakeFirst();
  if (schedule !== undefined && schedule.failures >= mostFailures) await moveOn(context, schedule, { failures: 0 });
}

/** What a schedule sends, as it is now. Errors: `not_found` when its dashboard is gone. */
export async function sendingOf(context: Context, schedule: Pick<Schedule, 'dashboard_id' | 'report' | 'title'>): Promise<Sending> {
  if (schedule.dashboard_id === null) {
    const card = cardInput.parse(schedule.report);
    const path = card.type === 'report' ? `/reports/${encodeURIComponent(card.report)}` : '/reports';
    return { title: schedule.title, about: '', path, cards: [card], filters: {} };
  }
  const row = await context.db
    .selectFrom('dashboard')
    .selectAll()
    .where('id', '=', schedule.dashboard_id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  const id = showId('dashboard', schedule.dashboard_id);
  if (row === undefined) throw notFound('dashboard', id);
  const { about, cards, filters } = fromRow(row);
  return { title: schedule.title, about, path: `/dashboards/${id}`, cards, filters };
}

async function sendTo(context: Context, schedule: Schedule, target: Target, content: Content): Promise<void> {
  if (target.kind === 'delivery') {
    if (target.source_id === null || target.delivery === null) return;
    const { input, pictures } = await deliveryOf(context.db, target.source_id, target.delivery);
    await context.call(deliver, {
      source: showId('source', target.source_id),
      delivery: target.delivery,
      input: withWords(target.input, `${schedule.title}\n\n${content.text}`, linkLine(content.link), input),
      pictures: pictures
        ? content.pictures.slice(0, mostInMessage).map(({ name, alt, content: png }) => ({ name, alt, content: png.toString('base64') }))
        : [],
    });
    return;
  }
  const user = target.user_id === null ? undefined : (await usersById(context.db, [target.user_id])).get(target.user_id);
  // Who was locked out gets nothing more.
  const address = target.kind === 'user' ? user?.email : target.address;
  if (address === undefined || address === null) return;
  await mailContent(context, address, schedule.title, content, unsubscribeUrl(context, target.id));
}

const place = '{report}';

/**
 * What a delivery takes, with the report where `{report}` stands; as `text` where it stands nowhere. A text that is longer
 * than the field may be ends with the last line that fits, and the link.
 */
function withWords(input: unknown, words: string, end: string, schema: Record<string, unknown>): Record<string, unknown> {
  const given = typeof input === 'object' && input !== null ? Object.entries(input) : [];
  const { properties } = z.object({ properties: z.record(z.string(), z.object({ maxLength: z.number().optional() })) }).parse(schema);
  const fill = (name: string, text: string) => {
    const places = text.split(place).length - 1;
    if (places === 0) return text;
    const room = (properties[name]?.maxLength ?? Number.POSITIVE_INFINITY) - (text.length - places * place.length);
    return text.replaceAll(place, () => shorten(words, end, Math.floor(room / places)));
  };
  const placed = given.map(([name, value]) => [name, typeof value === 'string' ? fill(name, value) : value] as const);
  const anywhere = given.some(([, value]) => typeof value === 'string' && value.includes(place));
  return Object.fromEntries(anywhere ? placed : [...placed, ['text', fill('text', place)]]);
}

function shorten(words: string, end: string, most: number): string {
  if (words.length <= most) return words;
  const close = `\n…\n\n${end}`;
  const kept = words.slice(0, Math.max(0, most - close.length));
  const lastLine = kept.lastIndexOf('\n');
  return `${lastLine < 0 ? kept : kept.slice(0, lastLine)}${close}`.slice(-most);
}

/** Queues one mail with pictures, table and link. `unsubscribe`: left out for a test. */
export async function mailContent(
  context: Context,
  to: string,
  title: string,
  { text, html, pictures }: Content,
  unsubscribe: string | undefined,
): Promise<void> {
  const { name } = await readWorkspace(context.db);
  const end = unsubscribe === undefined ? 'This is a test: nothing was changed.' : `To get no more of these: ${unsubscribe}`;
  await queueMail(context, {
    to,
    subject: `${title} · ${name}`,
    body: `${title}\n\n${text}\n\n${end}\n`,
    attachments: pictures,
    ...(unsubscribe === undefined ? {} : { unsubscribeUrl: unsubscribe }),
    html: markup`<!doctype html><html lang="en"><body style="margin:0;padding:24px;background:#ffffff;color:#211d1a;font:15px/1.5 Inter,Arial,sans-serif"><div style="max-width:640px;margin:0 auto"><h1 style="font-size:24px;margin:0 0 6px">${title}</h1>${html}<p style="font-size:12px;color:#665f57">${
      unsubscribe === undefined
        ? end
        : markup`Sent by Rapport, ${name}. <a href="${unsubscribe}" style="color:#665f57">Get no more of these</a>.`
    }</p></div></body></html>`.markup,
  });
}
