import { idOf, nameOf } from './access.ts';
import type { Actor, Origin } from './access.ts';
import type { AuditNote, Program } from './context.ts';
import type { Db } from './db.ts';

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
