import { hashPassword } from 'better-auth/crypto';
import { randomBytes } from 'node:crypto';
import type { Role } from '../../platform/access.ts';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db.ts';
import { conflict, notFound } from '../../platform/errors.ts';
import { newUserId, roleInput } from './rules.ts';

export interface User {
  id: string;
  name: string;
  email: string;
  role: Role;
  twoFactor: boolean;
  disabledAt: Date | null;
  lastSeenAt: Date | null;
  createdAt: Date;
}

const userColumns = ['id', 'name', 'email', 'role', 'two_factor_enabled', 'disabled_at', 'last_seen_at', 'created_at'] as const;

interface UserRow {
  id: string;
  name: string;
  email: string;
  role: string;
  two_factor_enabled: boolean;
  disabled_at: Date | null;
  last_seen_at: Date | null;
  created_at: Date;
}

function toUser(row: UserRow): User {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: roleInput.parse(row.role),
    twoFactor: row.two_factor_enabled,
    disabledAt: row.disabled_at,
    lastSeenAt: row.last_seen_at,
    createdAt: row.created_at,
  };
}

export async function listUsers(db: Db): Promise<User[]> {
  const rows = await db.selectFrom('user_account').select(userColumns).orderBy('name').orderBy('id').execute();
  return rows.map(toUser);
}

export async function findUser(db: Db, id: string): Promise<User | undefined> {
  const row = await db.selectFrom('user_account').select(userColumns).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toUser(row);
}

/**
 * The user, held until the commit together with every administrator, in one order: two who step down or lock each
 * other out at the same time take turns. `last` says that nobody else could administer. Errors: `not_found`.
 */
export async function lockUser(db: Db, id: string): Promise<{ user: User; last: boolean }> {
  const rows = await db
    .selectFrom('user_account')
    .select(userColumns)
    .where((eb) => eb.or([eb('id', '=', id), eb('role', '=', 'administrator')]))
    .orderBy('id')
    .forUpdate()
    .execute();
  const users = rows.map(toUser);
  const user = users.find((candidate) => candidate.id === id);
  if (user === undefined) throw notFound('user', id);
  const others = users.filter((other) => other.id !== id && other.role === 'administrator' && other.disabledAt === null);
  return { user, last: user.role === 'administrator' && user.disabledAt === null && others.length === 0 };
}

export interface NewUser {
  name: string;
  email: string;
  role: Role;
  password: string;
}

/**
 * Creates an account that signs in with a password. Its address counts as verified: an administrator vouched for it,
 * there is no open sign-up. Errors: `access.email_taken`.
 */
export async function insertUser(context: Pick<Context, 'db' | 'clock'>, user: NewUser): Promise<string> {
  const hash = await hashPassword(user.password);
  const now = context.clock.now();
  const made = await context.db
    .insertInto('user_account')
    .values({
      id: newUserId(),
      name: user.name,
      email: user.email,
      email_verified: true,
      role: user.role,
      created_at: now,
      updated_at: now,
    })
    .onConflict((c) => c.column('email').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made === undefined)
    throw conflict('access.email_taken', `${user.email} has an account already. Sign in with it, or use another address.`);
  await context.db
    .insertInto('user_credential')
    .values({
      id: randomBytes(16).toString('hex'),
      user_id: made.id,
      provider_id: 'credential',
      account_id: made.id,
      password: hash,
      created_at: now,
      updated_at: now,
    })
    .execute();
  return made.id;
}

/** Also those who are disabled: an instance that ever had an administrator is taken. */
export async function hasAdministrator(db: Db): Promise<boolean> {
  const row = await db.selectFrom('user_account').select('id').where('role', '=', 'administrator').limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Errors: `access.last_administrator`. */
export function refuseIfLast(last: boolean): void {
  if (last) throw conflict('access.last_administrator', 'This is the last administrator. Make another person administrator first.');
}

export async function endSessions(db: Db, userId: string): Promise<void> {
  await db.deleteFrom('user_session').where('user_id', '=', userId).execute();
}
