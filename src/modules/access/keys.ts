import { z } from 'zod';
import { hasRole, roleOf, roles } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { forbidden, invalidInput, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { mayGive, momentOutput, newKey, roleInput, scopeInput, showRole } from './rules.ts';

export const keys = defineAction({
  name: 'access.keys',
  kind: 'query',
  access: 'agent',
  summary: 'Lists API keys that are not revoked: your own, and those of everyone for an administrator.',
  input: z.object({}),
  output: z.object({
    keys: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        prefix: z.string(),
        role: z.enum(roles),
        scopes: z.array(z.string()),
        owner: z.object({ id: z.string(), name: z.string() }).nullable(),
        createdAt: momentOutput,
        expiresAt: momentOutput.nullable(),
        expired: z.boolean(),
        lastUsedAt: momentOutput.nullable(),
      }),
    ),
  }),
  async run(context) {
    let query = context.db
      .selectFrom('api_key')
      .leftJoin('user_account', 'user_account.id', 'api_key.owner_id')
      .select([
        ...(['api_key.id', 'api_key.name', 'api_key.prefix', 'api_key.role', 'api_key.scopes', 'api_key.owner_id'] as const),
        ...(['api_key.created_at', 'api_key.expires_at', 'api_key.last_used_at', 'user_account.name as owner_name'] as const),
      ])
      .where('api_key.revoked_at', 'is', null);
    if (!seesAll(context)) query = query.where('api_key.owner_id', '=', ownerOf(context) ?? '');
    const rows = await query.orderBy('api_key.id', 'desc').execute();
    const now = context.clock.now();
    return {
      keys: rows.map((row) => ({
        id: showId('key', row.id),
        name: row.name,
        prefix: row.prefix,
        role: roleInput.parse(row.role),
        scopes: row.scopes,
        owner: row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name ?? '' },
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        expired: row.expires_at !== null && row.expires_at <= now,
        lastUsedAt: row.last_used_at,
      })),
    };
  },
});

export const createKey = defineAction({
  name: 'access.create-key',
  kind: 'command',
  access: 'agent',
  summary: 'Makes an API key with a role up to your own, and shows it once.',
  input: z.object({
    name: z.string().trim().min(1, 'is empty').max(80).describe('What the key is for.'),
    role: roleInput,
    scopes: z
      .array(scopeInput)
      .min(1, 'needs at least one')
      .max(50)
      .describe('`read`, `write`, or for one module `members:read`, `members:write`.'),
    expiresAt: z.coerce.date().nullable().default(null),
  }),
  output: z.object({ id: z.string(), key: z.string(), prefix: z.string() }),
  async run(context, input) {
    // A key that makes keys would outlive its own revocation.
    if (context.actor.type === 'key') throw forbidden('An API key cannot make API keys. Sign in, or use the command line.');
    if (!mayGive(context.actor, input.role))
      throw forbidden(`A key cannot have a higher role than yours, which is ${showRole(roleOf(context.actor) ?? 'light_agent')}.`);
    const now = context.clock.now();
    if (input.expiresAt !== null && input.expiresAt <= now)
      throw invalidInput('access.key_expired', 'The key would have expired already. Choose a later day.');
    const { key, prefix, hash } = newKey();
    const { id } = await context.db
      .insertInto('api_key')
      .values({
        name: input.name,
        prefix,
        key_hash: hash,
        role: input.role,
        scopes: [...new Set(input.scopes)].sort(),
        owner_id: ownerOf(context) ?? null,
        created_at: now,
        expires_at: input.expiresAt,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    context.audit({ subject: showId('key', id), summary: `Made the API key ${input.name} (${prefix}…)` });
    return { id: showId('key', id), key, prefix };
  },
});

export const revokeKey = defineAction({
  name: 'access.revoke-key',
  kind: 'command',
  access: 'agent',
  summary: 'Ends an API key at once: your own, or anyone’s for an administrator.',
  input: z.object({ keyId: idInput('key') }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    let query = context.db
      .updateTable('api_key')
      .set({ revoked_at: context.clock.now() })
      .where('id', '=', input.keyId)
      .where('revoked_at', 'is', null);
    if (!seesAll(context)) query = query.where('owner_id', '=', ownerOf(context) ?? '');
    const row = await query.returning(['name', 'prefix']).executeTakeFirst();
    const id = showId('key', input.keyId);
    if (row === undefined) throw notFound('API key', id);
    context.audit({ subject: id, summary: `Revoked the API key ${row.name} (${row.prefix}…)` });
    return { id };
  },
});

function seesAll(context: Context): boolean {
  return hasRole(roleOf(context.actor), 'administrator');
}

function ownerOf(context: Context): string | undefined {
  return context.actor.type === 'user' ? context.actor.id : undefined;
}
