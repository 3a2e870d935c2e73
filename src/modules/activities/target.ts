import type { DeliveryTarget, ThreadDraft } from '../../connectors/contract.ts';
import { sql } from 'kysely';
import type { Db } from '../../platform/db.ts';
import { notFound } from '../../platform/errors.ts';
import { showId } from '../../platform/ids.ts';

interface Found {
  sourceId: number;
  target: DeliveryTarget;
  recordId?: number;
}

/** A thread as its connector knows it. Errors: `not_found`. */
export async function threadTarget(db: Db, threadId: number): Promise<Found> {
  const row = await db
    .selectFrom('thread')
    .select(['source_id', 'external_id', 'kind', 'url'])
    .where('id', '=', threadId)
    .executeTakeFirst();
  if (row === undefined) throw notFound('thread', showId('thread', threadId));
  return {
    sourceId: row.source_id,
    target: {
      thread: { externalId: row.external_id, kind: row.kind as ThreadDraft['kind'], ...(row.url === null ? {} : { url: row.url }) },
    },
  };
}

/** An activity with its thread, its person's account and the record that it comes from. Errors: `not_found`. */
export async function activityTarget(db: Db, activityId: number): Promise<Found> {
  const { rows } = await sql<ActivityRow>`select a.source_id, a.url, a.thread_id, i.platform, i.host, i.type, i.value, i.platform_user_id
     from activity a join identity i on i.id = a.identity_id
     where a.id = ${activityId} and a.source_id in (select id from source)`.execute(db);
  const row = rows[0];
  if (row === undefined) throw notFound('activity', showId('activity', activityId));
  const thread = row.thread_id === null ? {} : (await threadTarget(db, row.thread_id)).target;
  return {
    sourceId: row.source_id,
    recordId: Math.floor(activityId / 1024),
    target: {
      ...thread,
      activity: { stream: '', externalId: '', record: null, ...(row.url === null ? {} : { url: row.url }) },
      person: {
        platform: row.platform,
        host: row.host,
        type: row.type,
        value: row.value,
        ...(row.platform_user_id === null ? {} : { platformUserId: row.platform_user_id }),
      },
    },
  };
}

interface ActivityRow {
  source_id: number;
  url: string | null;
  thread_id: number | null;
  platform: string;
  host: string;
  type: 'email' | 'account' | 'name';
  value: string;
  platform_user_id: string | null;
}
