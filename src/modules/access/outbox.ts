import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import { conflict, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { mailAttempts, retryMail } from '../../platform/mail.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { momentOutput } from './rules.ts';

const states = ['waiting', 'failed', 'sent'] as const;

function stateOf(mail: { sent_at: Date | null; failures: number }): (typeof states)[number] {
  if (mail.sent_at !== null) return 'sent';
  return mail.failures >= mailAttempts ? 'failed' : 'waiting';
}

export const outbox = defineAction({
  name: 'access.outbox',
  kind: 'query',
  access: 'administrator',
  summary: 'Lists mails, newest first: waiting, failed with the reason, or sent.',
  input: z.object({ ...pageInput, state: z.enum(states).optional() }),
  output: z.object({
    /** False: no SMTP_URL is set, so mails wait here until someone hands their text over. */
    mailServer: z.boolean(),
    mails: z.array(
      z.object({
        id: z.string(),
        to: z.string(),
        subject: z.string(),
        state: z.enum(states),
        failures: z.number(),
        lastError: z.string().nullable(),
        createdAt: momentOutput,
        sentAt: momentOutput.nullable(),
      }),
    ),
    next: z.string().nullable(),
  }),
  async run(context, input) {
    let query = context.db.selectFrom('mail').select(['id', 'recipient', 'subject', 'failures', 'last_error', 'created_at', 'sent_at']);
    if (input.state === 'sent') query = query.where('sent_at', 'is not', null);
    if (input.state === 'failed') query = query.where('sent_at', 'is', null).where('failures', '>=', mailAttempts);
    if (input.state === 'waiting') query = query.where('sent_at', 'is', null).where('failures', '<', mailAttempts);
    const [before] = readCursor(input.cursor, 1) ?? [];
    if (typeof before === 'number') query = query.where('id', '<', before);
    const rows = await query
      .orderBy('id', 'desc')
      .limit(input.limit + 1)
      .execute();
    const shown = rows.slice(0, input.limit);
    const last = rows.length > input.limit ? shown.at(-1) : undefined;
    return {
      mailServer: context.config.smtpUrl !== undefined,
      mails: shown.map((row) => ({
        id: showId('mail', row.id),
        to: row.recipient,
        subject: row.subject,
        state: stateOf(row),
        failures: row.failures,
        lastError: row.last_error,
        createdAt: row.created_at,
        sentAt: row.sent_at,
      })),
      next: last === undefined ? null : writeCursor([last.id]),
    };
  },
});

export const openMail = defineAction({
  name: 'access.open-mail',
  // A command, so that it is audited: an unsent mail may carry a link that opens someone's account.
  kind: 'command',
  access: 'administrator',
  summary: 'Shows the text of a mail that was not sent, to hand it over another way.',
  input: z.object({ mailId: idInput('mail') }),
  output: z.object({ id: z.string(), to: z.string(), subject: z.string(), body: z.string() }),
  async run(context, input) {
    const id = showId('mail', input.mailId);
    const row = await context.db
      .selectFrom('mail')
      .select(['recipient', 'subject', 'body', 'sent_at'])
      .where('id', '=', input.mailId)
      .executeTakeFirst();
    if (row === undefined) throw notFound('mail', id);
    if (row.sent_at !== null) throw conflict('access.mail_sent', 'This mail was sent; its text is not kept.');
    context.audit({ subject: id, summary: `Read the unsent mail to ${row.recipient}: ${row.subject}` });
    return { id, to: row.recipient, subject: row.subject, body: context.secrets.open(row.body) };
  },
});

export const sendMailAgain = defineAction({
  name: 'access.retry-mail',
  kind: 'command',
  access: 'administrator',
  summary: 'Tries again to send a mail that failed or waits.',
  input: z.object({ mailId: idInput('mail') }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const id = showId('mail', input.mailId);
    const row = await context.db.selectFrom('mail').select(['recipient', 'sent_at']).where('id', '=', input.mailId).executeTakeFirst();
    if (row === undefined) throw notFound('mail', id);
    if (row.sent_at !== null) throw conflict('access.mail_sent', 'This mail was sent already.');
    await retryMail(context, input.mailId);
    context.audit({ subject: id, summary: `Tried again to send the mail to ${row.recipient}` });
    return { id };
  },
});
