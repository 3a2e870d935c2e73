import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { randomBytes } from 'node:crypto';
import type { Config } from '../../platform/config.ts';
import type { Program } from '../../platform/context.ts';
import { messageOf } from '../../platform/errors.ts';
import { queueMail } from '../../platform/mail.ts';
import { columns } from './auth-columns.ts';
import { signInTrail, recordOwnDeed } from './auth-trail.ts';
import { closeInvitation, findInvited } from './invitations.ts';
import { newUserId, pages, passwordLength } from './rules.ts';
import { findUser } from './store.ts';

/** The one provider of single sign-on; its callback is `/api/auth/callback/oidc`. */
const oidcProvider = 'oidc';

const day = 86_400;

/**
 * Sign-in by better-auth, on our tables. There is no open sign-up: accounts come from set-up, the command line or an
 * invitation; single sign-on creates one only for an invited address that the provider has verified.
 */
export function createBetterAuth(program: Program, publicUrl: string) {
  const { db } = program.database;
  const outside = { ...program, db, tx: undefined };
  return betterAuth({
    appName: 'Rapport',
    baseURL: publicUrl,
    basePath: '/api/auth',
    secret: program.secrets.derive('sign-in'),
    database: { db, type: 'postgres', transaction: true },
    telemetry: { enabled: false },
    trustedOrigins: (request) => sameMachine(publicUrl, request),
    onAPIError: {
      errorURL: `${publicUrl}/sign-in`,
      onError(error) {
        // A refusal is an answer; anything else is a fault of ours or of the database.
        if (error instanceof APIError && error.statusCode < 500)
          program.log.info({ part: 'sign-in', status: error.statusCode }, error.message);
        else program.log.error({ part: 'sign-in', error: messageOf(error) }, 'sign-in failed');
      },
    },
    logger: { level: 'warn', log: (level, message) => program.log[level]({ part: 'sign-in' }, message) },
    advanced: {
      cookiePrefix: 'rapport',
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      // Said aloud because the library turns it off by itself under test.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      // Set by our own server for every request, whatever the client sent.
      ipAddress: { ipAddressHeaders: ['x-forwarded-for'] },
      database: { generateId: ({ model }) => (model === 'user' ? newUserId() : randomBytes(16).toString('hex')) },
    },
    rateLimit: {
      enabled: true,
      storage: 'database',
      window: 60,
      max: 100,
      ...columns.rateLimit,
      customRules: {
        '/sign-in/email': { window: 60, max: 10 },
        '/sign-in/social': { window: 60, max: 10 },
        '/request-password-reset': { window: 300, max: 3 },
        '/reset-password': { window: 60, max: 5 },
        // Asked by every page, and changes nothing.
        '/get-session': false,
      },
    },
    user: {
      ...columns.user,
      validateUserInfo: async ({ user, source }) => {
        if (source.action !== 'create-user') return;
        const invited =
          user.emailVerified === true && user.email !== undefined ? await findInvited(db, program.clock.now(), user.email) : undefined;
        if (invited === undefined)
          return {
            error: 'not_invited',
            errorDescription: 'This address has no account and no open invitation. Ask an administrator to invite it.',
          };
      },
    },
    session: { ...columns.session, expiresIn: 14 * day, updateAge: day },
    account: {
      ...columns.account,
      encryptOAuthTokens: true,
      accountLinking: { enabled: true, allowDifferentEmails: false },
    },
    verification: { ...columns.verification, storeIdentifier: 'hashed' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: 3600,
      async sendResetPassword({ user, token }) {
        await queueMail(outside, {
          to: user.email,
          subject: 'Choose a new password for Rapport',
          body: `Someone asked for a new password for ${user.email}.\n\nOpen this link within one hour to choose it:\n${pages.resetPassword(publicUrl, token)}\n\nIf it was not you, ignore this mail: your password stays as it is.\n`,
        });
      },
      onPasswordReset: ({ user }) => recordOwnDeed(program, user, 'access.reset-password', 'Chose a new password by mail'),
    },
    databaseHooks: {
      user: {
        create: {
          async before(user) {
            const invited = await findInvited(db, program.clock.now(), user.email);
            if (invited === undefined) return false;
            return { data: { ...user, name: user.name === '' ? user.email : user.name, role: invited.role } };
          },
          async after(user) {
            await closeInvitation(db, program.clock.now(), user.email, user.id);
            await recordOwnDeed(program, user, 'access.accept-invitation', `${user.name} (${user.email}) joined by single sign-on`);
          },
        },
      },
      session: {
        create: {
          async before(session) {
            const user = await findUser(db, session.userId);
            if (user === undefined || user.disabledAt !== null) {
              throw new APIError('FORBIDDEN', { code: 'account_disabled', message: 'This account is disabled. Ask an administrator.' });
            }
          },
        },
      },
    },
    plugins: [
      twoFactor({ issuer: 'Rapport', ...columns.twoFactor }),
      ...(program.config.oidc === undefined ? [] : [singleSignOn(program.config.oidc)]),
      // Last, so that it sees a sign-in only once the second factor is through.
      signInTrail(program),
    ],
  });
}

function singleSignOn(oidc: NonNullable<Config['oidc']>) {
  return genericOAuth({
    config: [
      {
        providerId: oidcProvider,
        name: oidc.name,
        discoveryUrl: `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
        clientId: oidc.clientId,
        clientSecret: oidc.clientSecret,
        scopes: ['openid', 'email', 'profile'],
        pkce: true,
        requireIdTokenVerification: true,
      },
    ],
  });
}

/**
 * On one machine `localhost`, `127.0.0.1` and any free port are the same place, whichever was typed: a page there may
 * call the very address that it came from. `Host` cannot be forged by a page, and only loopback names count.
 */
function sameMachine(publicUrl: string, request: Request | undefined): string[] {
  const host = request?.headers.get('host') ?? '';
  const address = `${new URL(publicUrl).protocol}//${host}`;
  if (!URL.canParse(address)) return [];
  const { hostname, origin } = new URL(address);
  return [hostname, new URL(publicUrl).hostname].every((name) => loopback.has(name)) ? [origin] : [];
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
