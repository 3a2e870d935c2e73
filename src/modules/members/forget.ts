import type { OpenTransaction } from '../../platform/db.ts';

/**
 * Lets go of the people whom only a removed source knew: nobody in their tree has an activity or came from a source that
 * still lives, and no person left a mark on them (a note, a tag, a fixed field, a decision, a merge or an affiliation by
 * hand). Imported organizations that lose their last member by it go too. Returns how many identities went.
 */
export async function forgetUnused(tx: OpenTransaction, sourceId: number, liveSources: readonly number[]): Promise<number> {
  const { rows } = await tx.client.query<{ id: number; origin: number }>(
    `with touched as (select distinct member_id as root from identity where source_id = $1),
     forgotten as (
       select t.root from touched t
       where not exists (
         select 1 from identity i join member m on m.id = i.origin_member_id
         where i.member_id = t.root and (
           i.source_id is null or i.source_id = any ($2::int[])
           or exists (select 1 from identity_stat s where s.identity_id = i.id)
           or exists (select 1 from member_note n where n.member_id = m.id)
           or exists (select 1 from member_tag g where g.member_id = m.id)
           or exists (select 1 from affiliation a where a.member_id = m.id and a.origin = 'hand')
           or exists (select 1 from consent_change c where c.member_id = m.id)
           or exists (select 1 from merge e where (e.absorbed_id = m.id or e.survivor_id = m.id) and e.cause in ('hand', 'suggestion'))
           or m.bot_decided_by is not null
           or exists (select 1 from jsonb_each(m.provenance) p where (p.value ->> 'locked')::boolean)))
       -- A tree may hold members without an identity of their own, made by hand.
       and not exists (select 1 from member c where c.merged_into = t.root and not exists (select 1 from identity i where i.origin_member_id = c.id)))
     select i.id, i.origin_member_id as origin from identity i join forgotten f on f.root = i.member_id`,
    [sourceId, liveSources.filter((id) => id !== sourceId)],
  );
  if (rows.length === 0) return 0;
  const identities = rows.map((row) => row.id);
  const members = [...new Set(rows.map((row) => row.origin))];
  const left = await tx.client.query<{ organization_id: number }>(
    'delete from affiliation where member_id = any ($1::int[]) returning organization_id',
    [members],
  );
  await tx.client.query('delete from suggestion where a_id = any ($1::int[]) or b_id = any ($1::int[])', [members]);
  await tx.client.query('delete from merge where absorbed_id = any ($1::int[]) or survivor_id = any ($1::int[])', [members]);
  await tx.client.query('delete from identity where id = any ($1::int[])', [identities]);
  await tx.client.query('delete from member_card where member_id = any ($1::int[])', [members]);
  await tx.client.query('delete from member where id = any ($1::int[])', [members]);
  await tx.client.query(
    `delete from organization o where o.id = any ($1::int[]) and o.origin <> 'hand'
       and not exists (select 1 from affiliation a where a.organization_id = o.id) and not exists (select 1 from organization c where c.parent_id = o.id)`,
    [[...new Set(left.rows.map((row) => row.organization_id))]],
  );
  return identities.length;
}
