import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Program } from '../../../platform/context.ts';
import { publicPrefix, publicUrl } from '../dashboards/links.ts';

/** Ends the mails to one target of one schedule, without an account. */
export function unsubscribeUrl(program: Pick<Program, 'config' | 'secrets'>, targetId: number): string {
  return `${publicUrl(program)}${publicPrefix}/unsubscribe/${targetId.toString(36)}.${sign(program, targetId)}`;
}

function sign({ secrets }: Pick<Program, 'secrets'>, targetId: number): string {
  return createHmac('sha256', secrets.derive('unsubscribe from reports')).update(String(targetId)).digest('base64url');
}

/** What a token would end: undefined for one that was not made here, or whose schedule is gone. */
export async function findSubscription(
  program: Program,
  token: string,
): Promise<{ targetId: number; title: string; ended: boolean } | undefined> {
  const [shown = '', signature = ''] = token.split('.');
  const targetId = /^[0-9a-z]{1,7}$/.test(shown) ? Number.parseInt(shown, 36) : 0;
  const [given, wanted] = [Buffer.from(signature), Buffer.from(sign(program, targetId))];
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  const row = await program.database.db
    .selectFrom('report_target as t')
    .innerJoin('report_schedule as s', 's.id', 't.schedule_id')
    .select(['s.title', 't.unsubscribed_at'])
    .where('t.id', '=', targetId)
    .executeTakeFirst();
  return row === undefined ? undefined : { targetId, title: row.title, ended: row.unsubscribed_at !== null };
}

/** Once is enough; again changes nothing. */
export async function endSubscription(program: Program, targetId: number): Promise<void> {
  await program.database.db
    .updateTable('report_target')
    .set({ unsubscribed_at: program.clock.now() })
    .where('id', '=', targetId)
    .where('unsubscribed_at', 'is', null)
    .execute();
}
