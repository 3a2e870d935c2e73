import type { OpenTransaction } from '../../platform/db.ts';

/**
 * Lets go of the people whom only a removed source knew: no activity left, no merge, note, tag, or affiliation of their own
 * by hand or import, and no field that a person fixed. Returns how many identities went.
 */
export async function forgetUnused(tx: OpenTransaction, sourceId: number): Promise<number> {
  const { rows } = await tx.client.query<{ id: number; member: number }>(
    `select i.id, m.id as member from identity i join member m on m.id = i.origin_member_id
     where i.source_id = $1
       and not exists (select 1 from identity_stat s where s.identity_id = i.id)
       and not exists (select 1 from identity o where o.origin_member_id = m.id and o.id <> i.id)
       and not exists (select 1 from merge g where g.absorbed_id = m.id or g.survivor_id = m.id)
       and not exists (select 1 from member_note n where n.member_id = m.id)
       and not exists (select 1 from member_tag t where t.member_id = m.id)
       and not exists (select 1 from affiliation a where a.member_id = m.id and a.origin in ('hand', 'import'))
       and m.bot_decided_by is null
       and not exists (select 1 from jsonb_each(m.provenance) p where (p.value ->> 'locked')::boolean)`,
    [sourceId],
  );
  const identities = rows.map((row) => row.id);
  const members = rows.map((row) => row.member);
  await tx.client.query('delete from affiliation where member_id = any ($1::int[])', [members]);
  await tx.client.query('delete from suggestion where a_id = any ($1::int[]) or b_id = any ($1::int[])', [members]);
  await tx.client.query('delete from identity where id = any ($1::int[])', [identities]);
  await tx.client.query('delete from member_card where member_id = any ($1::int[])', [members]);
  await tx.client.query('delete from member where id = any ($1::int[])', [members]);
  return identities.length;
}
