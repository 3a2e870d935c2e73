import { sql } from 'kysely';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db.ts';
import { notFound } from '../../platform/errors.ts';
import { showId } from '../../platform/ids.ts';

/** Errors: `not_found`. */
export async function findOrganization(db: Db, id: number) {
  const row = await db.selectFrom('organization').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('organization', showId('organization', id));
  return row;
}

/** Cards show the organization's name and whether it is ours. */
export async function markPeopleStale(context: Context, organizationId: number): Promise<void> {
  await sql`insert into card_stale (identity_ids)
    select array_agg(i.id) from identity i where i.member_id in (
      select m.root_id from affiliation a join member m on m.id = a.member_id where a.organization_id = ${organizationId})
    having count(*) > 0`.execute(context.db);
}
