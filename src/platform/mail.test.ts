import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestProgram } from '../../test/program.ts';
import type { Program } from './context.ts';
import { transaction } from './db.ts';
import { mailAttempts, mailJob, queueMail, retryMail } from './mail.ts';

let test: Awaited<ReturnType<typeof createTestProgram>>;
let program: Program;
let server: SMTPServer;
/** What the mail server took, and what it shall answer to the next ones. */
const taken: string[] = [];
let refusal: string | undefined;

beforeAll(async () => {
  test = await createTestProgram();
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) => done(refusal === undefined ? null : new Error(refusal)),
    onData(stream, _session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        taken.push(Buffer.concat(parts).toString('utf8'));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  program = {
    ...test.program,
    config: { ...test.program.config, smtpUrl: `smtp://127.0.0.1:${String(port)}`, mailFrom: 'Rapport <team@example.com>' },
  };
});
afterAll(async () => {
  await new Promise<void>((resolve) => server.close(resolve));
  await test.close();
});

function queue(subject: string): Promise<number> {
  return transaction(program.database, (tx) =>
    queueMail({ ...program, db: tx.db, tx }, { to: 'ada@example.org', subject, body: `Open https://example.com/#secret-of-${subject}\n` }),
  );
}

function row(id: number) {
  return program.database.db.selectFrom('mail').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

const signal = new AbortController().signal;
const send = (id: number, by: Program = program) => mailJob.work(by, { mail: id }, signal);

it('sends once what was written, then forgets the text', async () => {
  const id = await queue('Hello');
  expect((await row(id)).body).not.toContain('secret-of');
  await Promise.all([send(id), send(id), send(id)]);
  await send(id);
  expect(taken.filter((mail) => mail.includes('Subject: Hello'))).toHaveLength(1);
  expect(taken.at(-1)).toMatch(/From: Rapport <team@example\.com>[\s\S]*To: ada@example\.org[\s\S]*secret-of-Hello/);
  expect(await row(id)).toMatchObject({ body: '', failures: 0 });
  expect((await row(id)).sent_at).not.toBeNull();
});

it('writes nothing when the change it tells of is rolled back', async () => {
  const before = await program.database.db.selectFrom('mail').select('id').execute();
  const undone = transaction(program.database, async (tx) => {
    await queueMail({ ...program, db: tx.db, tx }, { to: 'ada@example.org', subject: 'Never', body: 'never' });
    throw new Error('changed my mind');
  });
  await expect(undone).rejects.toThrow('changed my mind');
  expect(await program.database.db.selectFrom('mail').select('id').execute()).toEqual(before);
});

it('keeps why it failed, gives up after some attempts, and tries again when told', async () => {
  const id = await queue('Refused');
  refusal = 'mailbox full';
  for (let attempt = 0; attempt < mailAttempts; attempt++) await expect(send(id)).rejects.toThrow('mailbox full');
  expect(await row(id)).toMatchObject({ failures: mailAttempts, claimed_at: null, sent_at: null });
  expect((await row(id)).last_error).toContain('mailbox full');
  refusal = undefined;
  await send(id);
  expect((await row(id)).sent_at).toBeNull();
  await retryMail({ ...program, db: program.database.db, tx: undefined }, id);
  await send(id);
  expect((await row(id)).sent_at).not.toBeNull();
});

it('lets mails wait while there is no mail server, and sends the recent ones by schedule once there is', async () => {
  const id = await queue('Patient');
  const old = await queue('Stale');
  await program.database.db
    .updateTable('mail')
    .set({ created_at: new Date(Date.now() - 2 * 86_400_000) })
    .where('id', '=', old)
    .execute();
  await send(id, test.program);
  expect(await row(id)).toMatchObject({ sent_at: null, failures: 0 });
  await mailJob.work(program, {}, signal);
  expect((await row(id)).sent_at).not.toBeNull();
  expect((await row(old)).sent_at).toBeNull();
});

it('does not let a subject or an address write headers of its own', async () => {
  const id = await queue('Innocent\r\nBcc: everyone@example.net');
  await send(id);
  const headers = taken.at(-1)?.split('\r\n\r\n')[0];
  expect(headers).toContain('Subject: Innocent Bcc: everyone@example.net');
  expect(headers).not.toMatch(/^Bcc:/m);
});

it('is sent by a worker without being asked', async () => {
  await queue('Worker');
  await program.jobs.work(program);
  await expect.poll(() => taken.some((mail) => mail.includes('Subject: Worker')), { timeout: 20_000 }).toBe(true);
});
