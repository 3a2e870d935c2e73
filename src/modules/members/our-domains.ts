import type { FactHandler } from '../../platform/facts.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { readWorkspace } from '../access/index.ts';
import { refreshCardsJob } from './jobs.ts';
import { addDomains, ensureOrganization, markDomainStale } from './organizations.ts';

/**
 * Our own domains belong to the organization that is ours, named like the workspace: made when there is none. A domain
 * that is ours is taken from whoever had it; one that is ours no longer is nobody's.
 */
export async function settleOurDomains(tx: OpenTransaction, now: Date): Promise<void> {
  const { name, ourDomains } = await readWorkspace(tx.db);
  let ours = await tx.db.selectFrom('organization').select('id').where('kind', '=', 'ours').orderBy('id').executeTakeFirst();
  if (ours === undefined) {
    if (ourDomains.length === 0) return;
    const id = await ensureOrganization(tx, name, 'ours', now);
    if (id === undefined) return;
    ours = { id };
    await tx.client.query("update organization set kind = 'ours', revision = pg_current_xact_id()::text::bigint where id = $1", [id]);
  }
  const gone = await tx.client.query<{ domain: string }>(
    'delete from organization_domain where organization_id = $1 and not domain = any($2::text[]) or organization_id <> $1 and domain = any($2::text[]) returning domain',
    [ours.id, ourDomains],
  );
  await markDomainStale(
    tx,
    gone.rows.map((row) => row.domain),
  );
  const { id } = ours;
  await addDomains(
    tx,
    ourDomains.map((domain) => [domain, id] as const),
  );
}

export const followOurDomains: FactHandler = {
  name: 'members.follow-our-domains',
  on: 'workspace.updated',
  async handle(program, tx, fact) {
    const changed = Array.isArray(fact.payload['changed']) ? fact.payload['changed'] : [];
    if (changed.includes('ourDomains')) await settleOurDomains(tx, program.clock.now());
    // Days are the workspace's: dates that follow from activities move with its zone.
    if (changed.includes('timeZone'))
      await tx.client.query(
        "insert into card_stale (identity_ids) select array_agg(identity_id) from affiliation where origin = 'domain' having count(*) > 0",
      );
    if (changed.includes('ourDomains') || changed.includes('timeZone'))
      await program.jobs.sendInside(tx, refreshCardsJob.name, {}, { once: true });
  },
};
