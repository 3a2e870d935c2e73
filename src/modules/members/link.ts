import type { IdentityLink } from '../../connectors/contract.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { isRoleAddress } from './roles.ts';
import { markStale } from './stats.ts';
import { joinTrees, lockTrees } from './trees.ts';
import type { Edge } from './trees.ts';
import { loadVetoes } from './vetoes.ts';

/** What came of links: joined now, held back as suggestions, or not taken because a veto stands. */
export interface LinkResult {
  linked: number;
  suggested: number;
  refused: number;
}

interface ProvenLink {
  a: number;
  b: number;
  reason: string;
  proof: IdentityLink['proof'];
}

interface End {
  id: number;
  root: number;
  origin: number;
  type: string;
  value: string;
}

/** Joins people on proof. Vetoes come first; see the page about people in the docs. */
export async function linkIdentities(tx: OpenTransaction, links: readonly ProvenLink[], now: Date): Promise<LinkResult> {
  const result: LinkResult = { linked: 0, suggested: 0, refused: 0 };
  // Most links of a repeated import hold already: seen without taking the lock.
  const open = await stillApart(tx, links);
  if (open.length === 0) return result;
  await lockTrees(tx);
  const apart = await stillApart(
    tx,
    open.map((one) => one.link),
  );
  const roots = [...new Set(apart.flatMap(({ endA, endB }) => [endA.root, endB.root]))];
  const vetoes = await loadVetoes(tx, roots);
  const edges: Edge[] = [];
  const held: { link: ProvenLink; a: number; b: number; why: string }[] = [];
  for (const { link, endA, endB } of apart) {
    const a = vetoes.rootOf(endA.root);
    const b = vetoes.rootOf(endB.root);
    if (a === b) continue;
    const addressOfMany = link.proof === 'verified_email' && [endA, endB].some((end) => end.type === 'email' && isRoleAddress(end.value));
    if (addressOfMany || vetoes.bots.has(a) !== vetoes.bots.has(b)) {
      result.refused += 1;
    } else if (vetoes.refused(a, b)) {
      held.push({ link, a: endA.origin, b: endB.origin, why: 'They were taken apart or refused before' });
    } else if (link.proof === 'verified_email' && vetoes.rivals(a, b)) {
      held.push({ link, a: endA.origin, b: endB.origin, why: 'But each has another account on the same platform' });
    } else {
      const edge: Edge = {
        absorbed: Math.max(a, b),
        survivor: Math.min(a, b),
        cause: link.proof === 'import' ? 'import' : 'proof',
        reason: link.reason,
      };
      vetoes.join(edge);
      edges.push(edge);
    }
  }
  await joinTrees(tx, edges, undefined, now);
  result.linked = edges.length;
  result.suggested = await holdBack(tx, held, now);
  result.refused += held.length - result.suggested;
  if (edges.length > 0) await markStale(tx, [...new Set(apart.flatMap(({ endA, endB }) => [endA.id, endB.id]))]);
  return result;
}

interface Apart {
  link: ProvenLink;
  endA: End;
  endB: End;
}

async function stillApart(tx: OpenTransaction, links: readonly ProvenLink[]): Promise<Apart[]> {
  const pairs = new Map(links.filter((one) => one.a !== one.b).map((one) => [`${Math.min(one.a, one.b)} ${Math.max(one.a, one.b)}`, one]));
  const ids = [...new Set([...pairs.values()].flatMap((one) => [one.a, one.b]))];
  if (ids.length === 0) return [];
  const rows = await tx.client.query<End>({
    name: 'members-link-ends',
    text: 'select id, member_id as root, origin_member_id as origin, type, value_key as value from identity where id = any($1::int[])',
    values: [ids],
  });
  const ends = new Map(rows.rows.map((row) => [row.id, row]));
  const apart: Apart[] = [];
  for (const link of pairs.values()) {
    const endA = ends.get(link.a);
    const endB = ends.get(link.b);
    if (endA !== undefined && endB !== undefined && endA.root !== endB.root) apart.push({ link, endA, endB });
  }
  return apart;
}

/** A proof that a veto holds back is shown to people, once: when it was refused as such, it stays refused. */
async function holdBack(
  tx: OpenTransaction,
  held: readonly { link: ProvenLink; a: number; b: number; why: string }[],
  now: Date,
): Promise<number> {
  let made = 0;
  for (const { link, a, b, why } of held) {
    const reasons = [{ reason: 'proof', weight: 0.9, text: `${link.reason}. ${why}` }];
    const row = await tx.client.query(
      `insert into suggestion (a_id, b_id, score, reasons, kept, created_at) values ($1, $2, 0.9, $3, true, $4)
       on conflict (a_id, b_id) do update set score = 0.9, reasons = excluded.reasons, kept = true, state = 'open', created_at = excluded.created_at,
         decided_at = null, decided_by = null
       where not suggestion.reasons @> '[{"reason": "proof"}]'`,
      [Math.min(a, b), Math.max(a, b), JSON.stringify(reasons), now],
    );
    made += row.rowCount ?? 0;
  }
  return made;
}
