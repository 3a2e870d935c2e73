import type { Actor } from '../../platform/access.ts';
import type { Program } from '../../platform/context.ts';
import { showId } from '../../platform/ids.ts';
import { createBetterAuth } from './auth.ts';
import { hashToken, lowerRole, readBearer, roleInput } from './rules.ts';

/** Sign-in as the HTTP server uses it. */
export interface Auth {
  /** Answers everything under `/api/auth/`. The server sets `x-forwarded-for` to the client's address itself. */
  handler(request: Request): Promise<Response>;
  /** Who sent these headers: a signed-in person, an API key, or nobody. */
  actorOf(headers: Headers): Promise<Actor>;
}

/** A user as better-auth reads it with the session. */
interface SignedIn {
  id: string;
  name: string;
  role?: string | null | undefined;
  disabledAt?: Date | null | undefined;
  lastSeenAt?: Date | null | undefined;
}

const anonymous: Actor = { type: 'anonymous' };
/** How old "last seen" and "last used" may be: saves a write for most requests. */
const seenEveryMs = 60_000;

/** What the web app needs of better-auth; the rest (sign-up, changing the address, provider tokens) is not reachable. */
const openPaths = [
  /^\/(get-session|list-sessions|revoke-session|revoke-sessions|revoke-other-sessions|sign-out)$/,
  /^\/sign-in\/(email|social)$/,
  /^\/callback\/[a-z]+$/,
  /^\/(request-password-reset|reset-password|change-password)$/,
  /^\/two-factor\/(enable|disable|verify-totp|verify-backup-code|generate-backup-codes)$/,
];

export function createAuth(program: Program, publicUrl: string): Auth {
  const auth = createBetterAuth(program, publicUrl);
  return {
    async handler(request) {
      const path = new URL(request.url).pathname.replace(/^\/api\/auth/, '');
      if (!openPaths.some((pattern) => pattern.test(path)))
        return Response.json({ code: 'NOT_FOUND', message: 'There is nothing here.' }, { status: 404 });
      return explain(await auth.handler(request), publicUrl);
    },
    async actorOf(headers) {
      const key = readBearer(headers.get('authorization'));
      if (key !== undefined) return actorOfKey(program, key);
      if (!headers.has('cookie')) return anonymous;
      // Only `/api/auth/get-session` prolongs a session: it can send the cookie that goes with it.
      const found = await auth.api.getSession({ headers, query: { disableRefresh: true } });
      return found === null ? anonymous : actorOfUser(program, found.user);
    },
  };
}

/** The library's words for a wrong address do not say what to do, and the one who meets them is setting Rapport up. */
async function explain(answer: Response, publicUrl: string): Promise<Response> {
  if (answer.status !== 403) return answer;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  if (code !== 'INVALID_ORIGIN') return answer;
  const message = `Rapport expects to be opened at ${publicUrl}. Open it there, or set PUBLIC_URL to the address that you use.`;
  return Response.json({ code, message }, { status: 403 });
}

async function actorOfUser(program: Program, user: SignedIn): Promise<Actor> {
  if (user.disabledAt) return anonymous;
  const now = program.clock.now();
  if (isOld(user.lastSeenAt ?? null, now)) {
    await program.database.db.updateTable('user_account').set({ last_seen_at: now }).where('id', '=', user.id).execute();
  }
  return { type: 'user', id: user.id, name: user.name, role: roleInput.parse(user.role) };
}

/** A key never does more than its owner may by now, and nothing for one who is disabled. */
async function actorOfKey(program: Program, key: string): Promise<Actor> {
  const { db } = program.database;
  const row = await db
    .selectFrom('api_key')
    .leftJoin('user_account', 'user_account.id', 'api_key.owner_id')
    .select([
      ...([
        'api_key.id',
        'api_key.name',
        'api_key.role',
        'api_key.scopes',
        'api_key.owner_id',
        'api_key.expires_at',
        'api_key.last_used_at',
      ] as const),
      ...(['user_account.role as owner_role', 'user_account.disabled_at'] as const),
    ])
    .where('api_key.key_hash', '=', hashToken(key))
    .where('api_key.revoked_at', 'is', null)
    .executeTakeFirst();
  const now = program.clock.now();
  if (row === undefined || row.disabled_at !== null || (row.expires_at !== null && row.expires_at <= now)) return anonymous;
  if (isOld(row.last_used_at, now)) await db.updateTable('api_key').set({ last_used_at: now }).where('id', '=', row.id).execute();
  const role = roleInput.parse(row.role);
  return {
    type: 'key',
    id: showId('key', row.id),
    name: row.name,
    role: row.owner_role === null ? role : lowerRole(role, roleInput.parse(row.owner_role)),
    scopes: row.scopes,
  };
}

function isOld(moment: Date | null, now: Date): boolean {
  return moment === null || now.getTime() - moment.getTime() >= seenEveryMs;
}
