import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Db } from '../../platform/db.ts';

/** Users who may sign in, by id: who others name, and where to write to them. Locked ones are left out. */
export async function usersById(db: Db, ids: readonly string[]): Promise<Map<string, { id: string; name: string; email: string }>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('user_account')
    .select(['id', 'name', 'email'])
    .where('id', 'in', [...new Set(ids)])
    .where('disabled_at', 'is', null)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

export const directory = defineAction({
  name: 'access.directory',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists the names of those who work here: whom a note can mention, and who can be told of something.',
  input: z.object({}),
  output: z.object({ users: z.array(z.object({ id: z.string(), name: z.string() })) }),
  async run(context) {
    const users = await context.db
      .selectFrom('user_account')
      .select(['id', 'name'])
      .where('disabled_at', 'is', null)
      .orderBy('name')
      .orderBy('id')
      .execute();
    return { users };
  },
});
