import { APIError, createAuthMiddleware } from 'better-auth/api';
import { recordAudit } from '../../platform/audit.ts';
import type { Program } from '../../platform/context.ts';
import { findUser } from './store.ts';

interface Person {
  id: string;
  name: string;
}

/** Writes to the audit trail what people do to their own sign-in, which happens in better-auth and not in an action. */
export async function recordOwnDeed(program: Program, person: Person, action: string, summary: string): Promise<void> {
  const { db } = program.database;
  const role = (await findUser(db, person.id))?.role ?? 'light_agent';
  const actor = { type: 'user', id: person.id, name: person.name, role } as const;
  await recordAudit(program, db, { actor, origin: 'web', action, subject: person.id, summary });
}

const deeds: Record<string, { action: string; summary: string }> = {
  '/change-password': { action: 'access.change-password', summary: 'Changed their password' },
  '/two-factor/disable': { action: 'access.disable-two-factor', summary: 'Turned off their second factor' },
  '/two-factor/generate-backup-codes': { action: 'access.renew-backup-codes', summary: 'Made new backup codes' },
  '/revoke-session': { action: 'access.end-session', summary: 'Ended a session of theirs' },
  '/revoke-sessions': { action: 'access.end-session', summary: 'Ended all their sessions' },
  '/revoke-other-sessions': { action: 'access.end-session', summary: 'Ended their other sessions' },
};

const signIns: Record<string, string> = {
  '/sign-in/email': 'Signed in with a password',
  '/callback/:id': 'Signed in by single sign-on',
  '/two-factor/verify-totp': 'Signed in with a second factor',
  '/two-factor/verify-backup-code': 'Signed in with a backup code',
};

/** A plugin of better-auth that only watches. */
export function signInTrail(program: Program) {
  const watch = createAuthMiddleware(async (ctx) => {
    const { returned, session, newSession } = ctx.context;
    // A redirect is thrown too.
    const refused = returned instanceof APIError && returned.statusCode >= 400;
    if (refused) {
      if (signIns[ctx.path] !== undefined) program.log.warn({ path: ctx.path, status: returned.statusCode }, 'a sign-in was refused');
      return;
    }
    const deed = deeds[ctx.path];
    if (deed !== undefined && session) await recordOwnDeed(program, session.user, deed.action, deed.summary);
    else if (ctx.path === '/two-factor/verify-totp' && session)
      await recordOwnDeed(program, session.user, 'access.enable-two-factor', 'Turned on their second factor');
    else if (newSession) await recordOwnDeed(program, newSession.user, 'access.sign-in', signIns[ctx.path] ?? 'Signed in');
  });
  return {
    id: 'rapport-trail',
    hooks: {
      after: [
        { matcher: (ctx: { path?: string }) => ctx.path !== undefined && (ctx.path in deeds || ctx.path in signIns), handler: watch },
      ],
    },
  };
}
