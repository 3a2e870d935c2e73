import { sql } from 'kysely';
import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import { showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { momentOutput } from './rules.ts';

export const audit = defineAction({
  name: 'access.audit',
  kind: 'query',
  access: 'manager',
  summary: 'Searches the audit trail, newest first: who did what, from where, before and after.',
  input: z.object({
    ...pageInput,
    actorId: z.string().max(100).optional().describe('Id of a user, key or automation.'),
    action: z.string().max(100).optional().describe('An action such as members.merge, or a module such as members.'),
    subject: z.string().max(100).optional().describe('Id of what was changed, such as mem_1a.'),
    from: z.coerce.date().optional(),
    to: z.coerce.date().optional().describe('Up to, but without, this moment.'),
    text: z.string().trim().max(200).optional().describe('Words in the summary, the action, the subject or the name of who acted.'),
  }),
  output: z.object({
    entries: z.array(
      z.object({
        id: z.string(),
        at: momentOutput,
        actorType: z.string(),
        actorId: z.string().nullable(),
        actorName: z.string(),
        origin: z.string(),
        action: z.string(),
        subject: z.string().nullable(),
        summary: z.string().nullable(),
        input: z.unknown(),
        before: z.unknown(),
        after: z.unknown(),
        requestId: z.string().nullable(),
      }),
    ),
    next: z.string().nullable(),
  }),
  async run(context, input) {
    let query = context.db.selectFrom('audit_entry').selectAll();
    if (input.actorId !== undefined) query = query.where('actor_id', '=', input.actorId);
    if (input.action !== undefined) {
      query = input.action.includes('.')
        ? query.where('action', '=', input.action)
        : query.where('action', 'like', `${escapeLike(input.action)}.%`);
    }
    if (input.subject !== undefined) query = query.where('subject', '=', input.subject);
    if (input.from !== undefined) query = query.where('at', '>=', input.from);
    if (input.to !== undefined) query = query.where('at', '<', input.to);
    if (input.text !== undefined && input.text !== '') {
      const like = `%${escapeLike(input.text)}%`;
      query = query.where((eb) =>
        eb.or((['summary', 'action', 'subject', 'actor_name'] as const).map((column) => eb(column, 'ilike', like))),
      );
    }
    const [at, id] = readCursor(input.cursor, 2) ?? [];
    if (typeof at === 'string' && typeof id === 'number') query = query.where(sql<boolean>`(at, id) < (${at}::timestamptz, ${id}::bigint)`);
    const rows = await query
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(input.limit + 1)
      .execute();
    const shown = rows.slice(0, input.limit);
    const last = rows.length > input.limit ? shown.at(-1) : undefined;
    return {
      entries: shown.map((row) => ({
        id: showId('audit', row.id),
        at: row.at,
        actorType: row.actor_type,
        actorId: row.actor_id,
        actorName: row.actor_name,
        origin: row.origin,
        action: row.action,
        subject: row.subject,
        summary: row.summary,
        input: row.input,
        before: row.before,
        after: row.after,
        requestId: row.request_id,
      })),
      next: last === undefined ? null : writeCursor([last.at.toISOString(), last.id]),
    };
  },
});

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
