import type { Identity } from '../../connectors/contract.ts';
import type { Db } from '../../platform/db.ts';
import { notFound } from '../../platform/errors.ts';
import { showId } from '../../platform/ids.ts';

/** An account as its connector knows it. Errors: `not_found`. */
export async function identityTarget(db: Db, identityId: number): Promise<Identity> {
  const row = await db
    .selectFrom('identity')
    .select(['platform', 'host', 'type', 'value', 'platform_user_id'])
    .where('id', '=', identityId)
    .executeTakeFirst();
  if (row === undefined) throw notFound('identity', showId('identity', identityId));
  const { platform, host, value, platform_user_id: platformUserId } = row;
  return { platform, host, type: row.type as Identity['type'], value, ...(platformUserId === null ? {} : { platformUserId }) };
}
