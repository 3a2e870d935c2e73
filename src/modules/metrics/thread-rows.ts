import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../platform/db.ts';
import { showId } from '../../platform/ids.ts';
import { threadKinds, threadStates } from '../activities/index.ts';

/** A thread as lists show it. */
export const threadOutput = z.object({
  id: z.string(),
  kind: z.enum(threadKinds),
  title: z.string().nullable(),
  excerpt: z.string().nullable().describe('The first words, where there is no title.'),
  url: z.string().nullable(),
  state: z.enum(threadStates),
  solved: z.boolean(),
  labels: z.array(z.string()),
  room: z.string().nullable().describe('Of a conversation put together from messages of a chat.'),
  source: z.object({ id: z.string(), name: z.string(), connector: z.string() }),
  openedAt: z.string().nullable(),
  lastAt: z.string().nullable(),
  activities: z.number(),
  opener: z.object({ id: z.string(), name: z.string(), avatarUrl: z.string().nullable(), bot: z.string(), ours: z.boolean() }).nullable(),
});
export type ShownThread = z.input<typeof threadOutput>;

interface Raw {
  id: number;
  kind: string;
  title: string | null;
  excerpt: string | null;
  url: string | null;
  state: string;
  solved: boolean;
  labels: string[];
  room: string | null;
  source_id: number;
  source_name: string;
  connector: string;
  opened_at: Date | null;
  last_at: Date | null;
  activities: number;
  member_id: number | null;
  name: string | null;
  avatar_url: string | null;
  bot: string | null;
  ours: boolean | null;
}

/** These threads, in this order; one that is gone meanwhile is left out. */
export async function showThreads(db: Db, ids: readonly number[]): Promise<ShownThread[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Raw>`
    select t.id, t.kind, t.title, case when t.title is null then (
        select left(a.body, 200) from activity a where a.source_id = t.source_id and a.thread_id = t.id and a.at >= t.opened_at and a.body <> ''
        order by a.at, a.id limit 1) end as excerpt,
      t.url, t.state, t.solved, t.labels, coalesce(r.name, t.room) as room, t.source_id, s.name as source_name, s.connector,
      t.opened_at, t.last_at, t.activities, i.member_id, coalesce(c.name, i.name, i.value) as name, coalesce(c.avatar_url, i.avatar_url) as avatar_url,
      coalesce(c.bot, 'human') as bot, coalesce(c.is_ours, false) as ours
    from unnest(${[...ids]}::bigint[]) with ordinality w (id, place)
    join thread t on t.id = w.id join source s on s.id = t.source_id
    left join room r on r.source_id = t.source_id and r.external_id = t.room
    left join identity i on i.id = t.opener_identity_id
    left join member_card c on c.member_id = i.member_id
    order by w.place`.execute(db);
  return rows.map((row) => ({
    id: showId('thread', row.id),
    kind: threadKinds.find((kind) => kind === row.kind) ?? 'conversation',
    title: row.title,
    excerpt: row.excerpt,
    url: row.url,
    state: threadStates.find((state) => state === row.state) ?? 'open',
    solved: row.solved,
    labels: row.labels,
    room: row.room,
    source: { id: showId('source', row.source_id), name: row.source_name, connector: row.connector },
    openedAt: row.opened_at?.toISOString() ?? null,
    lastAt: row.last_at?.toISOString() ?? null,
    activities: row.activities,
    opener:
      row.member_id === null
        ? null
        : {
            id: showId('member', row.member_id),
            name: row.name ?? '',
            avatarUrl: row.avatar_url,
            bot: row.bot ?? 'human',
            ours: row.ours ?? false,
          },
  }));
}
