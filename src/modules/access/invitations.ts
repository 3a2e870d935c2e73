import { z } from 'zod';
import { nameOf, roles } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Db } from '../../platform/db.ts';
import { conflict, invalidInput, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { queueMail } from '../../platform/mail.ts';
import {
  addressOf,
  emailInput,
  hashToken,
  momentOutput,
  newToken,
  pages,
  passwordInput,
  personName,
  roleInput,
  showRole,
} from './rules.ts';
import { insertUser } from './store.ts';
import { readWorkspace } from './workspace.ts';

const validDays = 7;

export const invite = defineAction({
  name: 'access.invite',
  kind: 'command',
  access: 'administrator',
  summary: 'Invites a person by mail and answers the link, valid for seven days. A new invitation replaces an open one.',
  input: z.object({ email: emailInput, role: roleInput.default('light_agent') }),
  output: z.object({ id: z.string(), link: z.string(), expiresAt: momentOutput }),
  async run(context, input) {
    const existing = await context.db.selectFrom('user_account').select('id').where('email', '=', input.email).executeTakeFirst();
    if (existing !== undefined) throw conflict('access.email_taken', `${input.email} has an account already. Change its role instead.`);
    const now = context.clock.now();
    const open = context.db.updateTable('invitation').where('accepted_at', 'is', null).where('revoked_at', 'is', null);
    await open.set({ revoked_at: now }).where('email', '=', input.email).execute();
    const token = newToken();
    const expiresAt = new Date(now.getTime() + validDays * 86_400_000);
    const { id } = await context.db
      .insertInto('invitation')
      .values({
        email: input.email,
        role: input.role,
        token_hash: hashToken(token),
        invited_by: context.actor.type === 'user' ? context.actor.id : null,
        created_at: now,
        expires_at: expiresAt,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const link = pages.join(addressOf(context.config), token);
    const workspace = await readWorkspace(context.db);
    const inviter = context.actor.type === 'user' ? nameOf(context.actor) : 'An administrator';
    await queueMail(context, {
      to: input.email,
      subject: `${inviter} invites you to ${workspace.name}`,
      body: `${inviter} invites you to work with ${workspace.name} in Rapport, as ${showRole(input.role)}.\n\nOpen this link within ${String(validDays)} days to join:\n${link}\n\nIf you did not expect this, ignore this mail.\n`,
    });
    context.audit({ subject: showId('invitation', id), summary: `Invited ${input.email} as ${showRole(input.role)}` });
    return { id: showId('invitation', id), link, expiresAt };
  },
});

export const invitations = defineAction({
  name: 'access.invitations',
  kind: 'query',
  access: 'administrator',
  summary: 'Lists invitations that are open or have expired unused.',
  input: z.object({}),
  output: z.object({
    invitations: z.array(
      z.object({
        id: z.string(),
        email: z.string(),
        role: z.enum(roles),
        invitedBy: z.string().nullable(),
        createdAt: momentOutput,
        expiresAt: momentOutput,
        expired: z.boolean(),
      }),
    ),
  }),
  async run(context) {
    const rows = await context.db
      .selectFrom('invitation')
      .leftJoin('user_account', 'user_account.id', 'invitation.invited_by')
      .select([
        'invitation.id',
        'invitation.email',
        'invitation.role',
        'invitation.created_at',
        'invitation.expires_at',
        'user_account.name as invited_by',
      ])
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .orderBy('invitation.id', 'desc')
      .limit(500)
      .execute();
    const now = context.clock.now();
    return {
      invitations: rows.map((row) => ({
        id: showId('invitation', row.id),
        email: row.email,
        role: roleInput.parse(row.role),
        invitedBy: row.invited_by,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        expired: row.expires_at <= now,
      })),
    };
  },
});

export const revokeInvitation = defineAction({
  name: 'access.revoke-invitation',
  kind: 'command',
  access: 'administrator',
  summary: 'Takes back an invitation: its link stops working.',
  input: z.object({ invitationId: idInput('invitation') }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await context.db
      .updateTable('invitation')
      .set({ revoked_at: context.clock.now() })
      .where('id', '=', input.invitationId)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .returning(['id', 'email'])
      .executeTakeFirst();
    const id = showId('invitation', input.invitationId);
    if (row === undefined) throw notFound('open invitation', id);
    context.audit({ subject: id, summary: `Took back the invitation of ${row.email}` });
    return { id };
  },
});

const token = z.string().min(1).max(200).meta({ secret: true }).describe('What follows # in the link of the invitation.');

export const findInvitation = defineAction({
  name: 'access.find-invitation',
  kind: 'query',
  // Whoever has the link is not signed in yet.
  access: 'anyone',
  summary: 'Shows whom an invitation link is for, so that the page can greet them. Send it by POST.',
  input: z.object({ token }),
  output: z.object({ email: z.string(), role: z.enum(roles), workspace: z.string(), expiresAt: momentOutput }),
  async run(context, input) {
    const found = await findOpen(context.db, context.clock.now(), input.token);
    const { name } = await readWorkspace(context.db);
    return { email: found.email, role: found.role, workspace: name, expiresAt: found.expiresAt };
  },
});

export const acceptInvitation = defineAction({
  name: 'access.accept-invitation',
  kind: 'command',
  // The token is what opens it.
  access: 'anyone',
  summary: 'Joins by an invitation: creates the account with its password. Sign in with it afterwards.',
  input: z.object({ token, name: personName, password: passwordInput }),
  output: z.object({ userId: z.string(), email: z.string() }),
  async run(context, input) {
    const found = await findOpen(context.db, context.clock.now(), input.token);
    const now = context.clock.now();
    // Two who open the same link at once: the second waits for the first, and then finds it used.
    const mine = await context.db
      .updateTable('invitation')
      .set({ accepted_at: now })
      .where('id', '=', found.id)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (mine === undefined) throw notOpen();
    const userId = await insertUser(context, { name: input.name, email: found.email, role: found.role, password: input.password });
    await context.db.updateTable('invitation').set({ accepted_by: userId }).where('id', '=', found.id).execute();
    context.audit({
      subject: userId,
      summary: `${input.name} (${found.email}) joined as ${showRole(found.role)}`,
      after: { invitation: showId('invitation', found.id) },
    });
    await context.fact('user.created', { userId, role: found.role });
    return { userId, email: found.email };
  },
});

async function findOpen(db: Db, now: Date, given: string) {
  const row = await db
    .selectFrom('invitation')
    .select(['id', 'email', 'role', 'expires_at'])
    .where('token_hash', '=', hashToken(given))
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  if (row === undefined) throw notOpen();
  return { id: row.id, email: row.email, role: roleInput.parse(row.role), expiresAt: row.expires_at };
}

function notOpen() {
  return invalidInput(
    'access.invitation_not_open',
    'This invitation was used, taken back or has expired. Ask an administrator for a new one.',
  );
}

/** The role that an open invitation gives to this address: single sign-on creates accounts only for those. */
export async function findInvited(db: Db, now: Date, email: string) {
  const row = await db
    .selectFrom('invitation')
    .select(['id', 'role'])
    .where('email', '=', email.toLowerCase())
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row === undefined ? undefined : { id: row.id, role: roleInput.parse(row.role) };
}

export async function closeInvitation(db: Db, now: Date, email: string, userId: string): Promise<void> {
  await db
    .updateTable('invitation')
    .set({ accepted_at: now, accepted_by: userId })
    .where('email', '=', email.toLowerCase())
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .execute();
}
