import { idOf, nameOf } from './access.ts';
import type { Actor, Origin } from './access.ts';
import type { AuditNote, Program } from './context.ts';
import type { Db, OpenTransaction } from './db.ts';

/** Something done outside an action that the audit trail must show all the same: signing in, changing a password. */
export interface AuditedDeed extends AuditNote {
  actor: Actor;
  origin: Origin;
  /** Named like an action: `access.sign-in`. */
  action: string;
  requestId?: string;
}

export async function recordAudit(program: Pick<Program, 'clock'>, db: Db, deed: AuditedDeed): Promise<void> {
  await db
    .insertInto('audit_entry')
    .values({
      actor_type: deed.actor.type,
      actor_id: idOf(deed.actor) ?? null,
      actor_name: nameOf(deed.actor),
      origin: deed.origin,
      action: deed.action,
      subject: deed.subject ?? null,
      summary: deed.summary ?? null,
      before: deed.before === undefined ? null : JSON.stringify(deed.before),
      after: deed.after === undefined ? null : JSON.stringify(deed.after),
      request_id: deed.requestId ?? null,
      at: program.clock.now(),
    })
    .execute();
}

/**
 * Takes what entries tell about these out of them: who did what and when stays. `ids` as people see them (mem_1a); entries whose
 * subject they are, or whose input or content names them. Answers how many.
 */
export async function blotAudit(client: { query: OpenTransaction['client']['query'] }, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { rowCount } = await client.query(
    `update audit_entry set summary = 'About somebody who was erased', input = null, before = null, after = null
     where (subject = any ($1::text[]) or concat(input, before, after) ~ $2) and action not in ('members.get', 'members.erase', 'members.restore', 'members.purge')`,
    [ids, `"(${ids.join('|')})"`],
  );
  return rowCount ?? 0;
}
