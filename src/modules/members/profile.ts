import type { OpenTransaction } from '../../platform/db.ts';
import { writeProfileOrganizations } from './organizations.ts';
import { lockTrees, settleBots } from './trees.ts';

/** What a source says about a person now, for the fields that it says anything about. */
export interface ProfileChange {
  name?: string;
  avatarUrl?: string;
  url?: string;
  location?: string;
  bio?: string;
  organizationName?: string;
  sourceId?: number | undefined;
  at?: Date;
}

/**
 * Writes what sources say to the identities and to the members that they were born with, except what a person fixed.
 * Rows that another transaction holds are left for the next time, never waited for: their identity ids are returned.
 */
export async function writeProfiles(tx: OpenTransaction, changes: ReadonlyMap<number, ProfileChange>): Promise<number[]> {
  if (changes.size === 0) return [];
  const held = await tx.client.query<{ id: number }>(
    `select i.id from identity i join member m on m.id = i.origin_member_id where i.id = any($1::int[]) order by i.id for no key update of i, m skip locked`,
    [[...changes.keys()]],
  );
  const ids = held.rows.map((row) => row.id);
  const free = ids.map((id) => changes.get(id) ?? {});
  const values = [
    ids,
    free.map((c) => c.name ?? null),
    free.map((c) => c.avatarUrl ?? null),
    free.map((c) => c.url ?? null),
    free.map((c) => c.location ?? null),
    free.map((c) => c.bio ?? null),
    free.map((c) => c.sourceId ?? null),
    free.map((c) => c.at ?? null),
  ];
  const said = `unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::timestamptz[])
    w (id, name, avatar_url, url, location, bio, source_id, at)`;
  await tx.client.query({
    name: 'members-profile-identity',
    text: `update identity i set name = coalesce(w.name, i.name), avatar_url = coalesce(w.avatar_url, i.avatar_url), url = coalesce(w.url, i.url)
      from ${said} where i.id = w.id and (w.name is not null or w.avatar_url is not null or w.url is not null)`,
    values,
  });
  const fields = ['name', 'avatar_url', 'location', 'bio'];
  const locked = (field: string) => `coalesce((m.provenance -> '${field}' ->> 'locked')::bool, false)`;
  const open = (field: string) => `w.${field} is not null and not ${locked(field)}`;
  // What an import would say is kept beside a fixed value: shown, and what unlocking goes back to.
  const stamp = (field: string) => `'${field}', case when w.${field} is null then null
    when ${locked(field)} then m.provenance -> '${field}' || jsonb_build_object('imported', w.${field}, 'source', w.source_id)
    else jsonb_build_object('source', w.source_id, 'at', w.at) end`;
  await tx.client.query({
    name: 'members-profile-member',
    text: `update member m set
        ${fields.map((field) => `${field} = case when ${open(field)} then w.${field} else m.${field} end`).join(', ')},
        provenance = m.provenance || jsonb_strip_nulls(jsonb_build_object(${fields.map(stamp).join(', ')})),
        revision = pg_current_xact_id()::text::bigint
      from ${said} join identity i on i.id = w.id where m.id = i.origin_member_id`,
    values,
  });
  const employers = new Map(
    ids.flatMap((id) => {
      const name = changes.get(id)?.organizationName;
      return name === undefined ? [] : [[id, name] as const];
    }),
  );
  await writeProfileOrganizations(tx, employers, free.find((c) => c.at !== undefined)?.at ?? new Date());
  const written = new Set(ids);
  return [...changes.keys()].filter((id) => !written.has(id));
}

/** The platform says that these are bots. A person's decision stands. */
export async function flagBots(tx: OpenTransaction, identityIds: readonly number[]): Promise<void> {
  await lockTrees(tx);
  const changed = await tx.client.query<{ root_id: number }>(
    `update member m set own_bot = 'bot', bot_reason = i.platform || ' says so', revision = pg_current_xact_id()::text::bigint
     from identity i where i.id = any($1::int[]) and m.id = i.origin_member_id and m.bot_decided_by is null and m.own_bot <> 'bot'
     returning m.root_id`,
    [identityIds],
  );
  await settleBots(
    tx,
    changed.rows.map((row) => row.root_id),
  );
}
