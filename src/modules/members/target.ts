import type { Identity } from '../../connectors/contract.ts';
import type { Program } from '../../platform/context.ts';
import { notFound } from '../../platform/errors.ts';
import { showId } from '../../platform/ids.ts';

/** An account as its connector knows it. Errors: `not_found`. */
export async function identityTarget(program: Program, identityId: number): Promise<Identity> {
  const row = await program.database.db
    .selectFrom('identity')
    .select(['platform', 'host', 'type', 'value', 'platform_user_id'])
    .where('id', '=', identityId)
    .executeTakeFirst();
  if (row === undefined) throw notFound('identity', showId('identity', identityId));
  const { platform, host, value, platform_user_id: platformUserId } = row;
  return { platform, host, type: row.type as Identity['type'], value, ...(platformUserId === null ? {} : { platformUserId }) };
}
