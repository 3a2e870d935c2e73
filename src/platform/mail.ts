import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { Context, Program } from './context.ts';
import { messageOf } from './errors.ts';
import type { Job } from './jobs.ts';

/** A mail: its text, and beside it what shows more. */
export interface Mail {
  to: string;
  subject: string;
  body: string;
  /** The same with pictures; images are named by the `cid` of an attachment. */
  html?: string;
  attachments?: readonly MailAttachment[];
  /** Where one request ends these mails, for the button that mailboxes show (RFC 8058). */
  unsubscribeUrl?: string;
}

export interface MailAttachment {
  name: string;
  mediaType: string;
  content: Buffer;
  cid?: string;
}

/** What is sealed beside the text. */
const mailParts = z.object({
  html: z.string().optional(),
  attachments: z.array(z.object({ name: z.string(), mediaType: z.string(), content: z.base64(), cid: z.string().optional() })).optional(),
  unsubscribeUrl: z.string().optional(),
});

/** After so many failures a mail stays in the outbox until someone tries it again. */
export const mailAttempts = 6;

const sendJob = 'mail.send';
/** A worker that died while sending holds a mail no longer than this. */
const claimMinutes = 10;

/**
 * Writes a mail with the change that it tells of; a worker sends it after the commit. The text is sealed until it is
 * sent and wiped then: it may carry a link that opens an account. Returns the mail's number.
 */
export async function queueMail(context: Pick<Context, 'db' | 'tx' | 'jobs' | 'secrets' | 'clock'>, mail: Mail): Promise<number> {
  const { id } = await context.db
    .insertInto('mail')
    .values({
      recipient: mail.to,
      subject: mail.subject,
      body: context.secrets.seal(mail.body),
      parts: sealParts(context, mail),
      created_at: context.clock.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sendLater(context, id);
  return id;
}

function sealParts({ secrets }: Pick<Context, 'secrets'>, { html, attachments, unsubscribeUrl }: Mail): string | null {
  if (html === undefined && attachments === undefined && unsubscribeUrl === undefined) return null;
  const written = attachments?.map((one) => ({ ...one, content: one.content.toString('base64') }));
  return secrets.seal(JSON.stringify({ html, attachments: written, unsubscribeUrl } satisfies z.input<typeof mailParts>));
}

/** As the library that sends takes them. */
function openParts({ secrets }: Pick<Program, 'secrets'>, sealed: string | null) {
  if (sealed === null) return {};
  const { html, attachments, unsubscribeUrl } = mailParts.parse(JSON.parse(secrets.open(sealed)));
  return {
    ...(html === undefined ? {} : { html }),
    attachments: (attachments ?? []).map(({ name, mediaType, content, cid }) => ({
      filename: name,
      contentType: mediaType,
      content: Buffer.from(content, 'base64'),
      ...(cid === undefined ? {} : { cid, contentDisposition: 'inline' as const }),
    })),
    ...(unsubscribeUrl === undefined
      ? {}
      : { headers: { 'List-Unsubscribe': `<${unsubscribeUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } }),
  };
}

/** Gives a mail that failed, or that waited for a mail server, all its attempts again. */
export async function retryMail(context: Pick<Context, 'db' | 'tx' | 'jobs'>, id: number): Promise<void> {
  await context.db.updateTable('mail').set({ failures: 0, last_error: null }).where('id', '=', id).where('sent_at', 'is', null).execute();
  await sendLater(context, id);
}

async function sendLater(context: Pick<Context, 'tx' | 'jobs'>, id: number): Promise<void> {
  const key = { key: String(id) };
  if (context.tx === undefined) await context.jobs.send(sendJob, { mail: id }, key);
  else await context.jobs.sendInside(context.tx, sendJob, { mail: id }, key);
}

/** Sends one mail, or by schedule every recent one that waits: those written before the mail server was set. */
export const mailJob: Job = {
  name: sendJob,
  cron: '*/10 * * * *',
  async work(program, data, signal) {
    if (typeof data['mail'] === 'number') {
      await sendMail(program, data['mail']);
      return;
    }
    for (const id of await waitingMails(program)) {
      if (signal.aborted) return;
      await sendMail(program, id).catch((error: unknown) =>
        program.log.warn({ mail: id, error: messageOf(error) }, 'a mail could not be sent'),
      );
    }
  },
};

/** Older ones would surprise their readers: they wait for someone to send them from the outbox page. */
async function waitingMails(program: Program): Promise<number[]> {
  const dayAgo = new Date(program.clock.now().getTime() - 86_400_000);
  const rows = await program.database.db
    .selectFrom('mail')
    .select('id')
    .where('sent_at', 'is', null)
    .where('failures', '<', mailAttempts)
    .where('created_at', '>', dayAgo)
    .orderBy('id')
    .limit(200)
    .execute();
  return rows.map((row) => row.id);
}

async function sendMail(program: Program, id: number): Promise<void> {
  const { config, log } = program;
  if (config.smtpUrl === undefined) {
    log.warn({ mail: id }, 'no SMTP_URL is set: the mail waits on the outbox page');
    return;
  }
  const mail = await claim(program, id);
  if (mail === undefined) return;
  const table = program.database.db.updateTable('mail').where('id', '=', id);
  const transport = createTransport({ url: config.smtpUrl, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 });
  try {
    await transport.sendMail({
      from: config.mailFrom,
      to: { address: mail.recipient, name: '' },
      subject: mail.subject,
      text: program.secrets.open(mail.body),
      ...openParts(program, mail.parts),
      // The same at every attempt: a reader's mailbox can drop a repeat.
      messageId: `<rapport-mail-${String(id)}@${domainOf(config.mailFrom)}>`,
    });
    await table.set({ sent_at: program.clock.now(), body: '', parts: null, last_error: null }).execute();
  } catch (error) {
    await table.set((eb) => ({ failures: eb('failures', '+', 1), last_error: messageOf(error).slice(0, 500), claimed_at: null })).execute();
    throw error;
  } finally {
    transport.close();
  }
}

async function claim(
  program: Program,
  id: number,
): Promise<{ recipient: string; subject: string; body: string; parts: string | null } | undefined> {
  const now = program.clock.now();
  const stale = new Date(now.getTime() - claimMinutes * 60_000);
  return program.database.db
    .updateTable('mail')
    .set({ claimed_at: now })
    .where('id', '=', id)
    .where('sent_at', 'is', null)
    .where('failures', '<', mailAttempts)
    .where((eb) => eb.or([eb('claimed_at', 'is', null), eb('claimed_at', '<', stale)]))
    .returning(['recipient', 'subject', 'body', 'parts'])
    .executeTakeFirst();
}

function domainOf(sender: string): string {
  return /@([^\s>]+)/.exec(sender)?.[1] ?? 'localhost';
}
