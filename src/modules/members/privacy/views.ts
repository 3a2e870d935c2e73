import { z } from 'zod';
import { defineAction } from '../../../platform/action.ts';
import type { Context } from '../../../platform/context.ts';
import { idInput, showId } from '../../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../../platform/page.ts';
import { rootOf } from '../store.ts';

/** Looking again within the hour is the same look. */
const oneLook = 3_600_000;

/** Whoever opens a profile leaves a line in the audit trail: users and keys; one statement, and lists leave none. */
export async function noteLook(context: Context, root: number): Promise<void> {
  const { actor, origin } = context;
  if (actor.type !== 'user' && actor.type !== 'key') return;
  const now = context.clock.now();
  await (context.tx?.client ?? context.database.pool).query({
    name: 'members-note-look',
    text: `insert into audit_entry (at, actor_type, actor_id, actor_name, origin, action, subject, summary, request_id)
           select $1::timestamptz, $2, $3::text, $4, $5, 'members.get', $6::text, 'Looked at the profile', $7
           where not exists (select from audit_entry where subject = $6 and action = 'members.get' and actor_id = $3 and at > $8)`,
    values: [now, actor.type, actor.id, actor.name, origin, showId('member', root), context.requestId, new Date(now.getTime() - oneLook)],
  });
}

export const profileViews = defineAction({
  name: 'members.looks',
  kind: 'query',
  access: 'administrator',
  summary: 'Lists who looked at a profile, newest first, once for each hour in which somebody did.',
  input: z.object({ id: idInput('member'), ...pageInput }),
  output: z.object({
    looks: z.array(z.object({ by: z.string(), type: z.string(), origin: z.string(), at: z.date() })),
    next: z.string().nullable(),
  }),
  async run(context, input) {
    const root = await rootOf(context.db, input.id);
    const tree = await context.db.selectFrom('member').select('id').where('root_id', '=', root).execute();
    const before = readCursor(input.cursor, 1)?.[0];
    let query = context.db
      .selectFrom('audit_entry')
      .select(['id', 'actor_name', 'actor_type', 'origin', 'at'])
      .where(
        'subject',
        'in',
        tree.map(({ id }) => showId('member', id)),
      )
      .where('action', '=', 'members.get')
      .orderBy('id', 'desc')
      .limit(input.limit + 1);
    if (before !== undefined) query = query.where('id', '<', Number(before));
    const rows = await query.execute();
    const shown = rows.slice(0, input.limit);
    const last = shown.at(-1);
    return {
      looks: shown.map((row) => ({ by: row.actor_name, type: row.actor_type, origin: row.origin, at: row.at })),
      next: rows.length > input.limit && last !== undefined ? writeCursor([last.id]) : null,
    };
  },
});
