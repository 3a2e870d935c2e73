import type { OpenTransaction } from '../../../platform/db.ts';
import { showId } from '../../../platform/ids.ts';

/** The rows of one person in every table that hangs on members, in the order in which they can be put back. */
const parts = [
  { table: 'member', own: 'id = any ($1)', there: 'true' },
  { table: 'identity', own: 'origin_member_id = any ($1)', there: 'true' },
  {
    table: 'merge',
    own: '(absorbed_id = any ($1) or survivor_id = any ($1))',
    there: 'exists (select from member m where m.id = r.absorbed_id) and exists (select from member m where m.id = r.survivor_id)',
  },
  {
    table: 'suggestion',
    own: '(a_id = any ($1) or b_id = any ($1))',
    there: 'exists (select from member m where m.id = r.a_id) and exists (select from member m where m.id = r.b_id)',
  },
  { table: 'affiliation', own: 'member_id = any ($1)', there: 'exists (select from organization o where o.id = r.organization_id)' },
  {
    table: 'affiliation_removed',
    own: 'identity_id in (select id from identity where origin_member_id = any ($1))',
    there: 'exists (select from organization o where o.id = r.organization_id)',
  },
  { table: 'member_tag', own: 'member_id = any ($1)', there: 'true' },
  { table: 'member_note', own: 'member_id = any ($1)', there: 'true' },
  { table: 'consent', own: 'member_id = any ($1)', there: 'true' },
  { table: 'consent_change', own: 'member_id = any ($1)', there: 'true' },
] as const;

/** Derived, and made anew when somebody comes back. */
const derived = [
  'delete from member_card where member_id = any ($1)',
  'delete from member_engagement where member_id = any ($1)',
  'delete from segment_change where member_id = any ($1)',
];

export type KeptRows = Record<string, Record<string, unknown>[]>;

/** Takes a person's rows out of their tables, whole. */
export async function takeRows(tx: OpenTransaction, memberIds: readonly number[], identityIds: readonly number[]): Promise<KeptRows> {
  const kept: KeptRows = {};
  for (const statement of derived) await tx.client.query(statement, [memberIds]);
  await tx.client.query('delete from identity_stat where identity_id = any ($1)', [identityIds]);
  for (const { table, own } of parts.toReversed()) {
    const { rows } = await tx.client.query<{ rows: Record<string, unknown>[] }>(
      `with gone as (delete from ${table} where ${own} returning *) select coalesce(jsonb_agg(to_jsonb(gone)), '[]') as rows from gone`,
      [memberIds],
    );
    kept[table] = rows[0]?.rows ?? [];
  }
  return kept;
}

/**
 * Puts them back as they were, with their ids. What hung on an organization or a member that is gone meanwhile stays away.
 * Answers how many identities are back: fewer than were taken when somebody else has the name now.
 */
export async function putRows(tx: OpenTransaction, kept: KeptRows): Promise<number> {
  const { rows } = await tx.client.query<{ revision: string }>('select pg_current_xact_id()::text as revision');
  let identities = 0;
  for (const { table, there } of parts) {
    // Metrics read again what has a revision that they have not seen.
    const list = (kept[table] ?? []).map((row) => ('revision' in row ? { ...row, revision: rows[0]?.revision } : row));
    if (list.length === 0) continue;
    const { rowCount } = await tx.client.query(
      `insert into ${table} overriding system value select r.* from jsonb_populate_recordset(null::${table}, $1::jsonb) r where ${there} on conflict do nothing`,
      [JSON.stringify(list)],
    );
    if (table === 'identity') identities = rowCount ?? 0;
  }
  return identities;
}

/** What the audit trail may call this person by. */
export function namesInAudit(kept: KeptRows): string[] {
  const ids = (table: string): number[] => (kept[table] ?? []).map((row) => Number(row['id']));
  return [
    ...ids('member').map((id) => showId('member', id)),
    ...ids('identity').map((id) => showId('identity', id)),
    ...ids('merge').map((id) => showId('merge', id)),
    ...ids('suggestion').map((id) => showId('suggestion', id)),
    ...ids('affiliation').map((id) => showId('affiliation', id)),
    ...ids('member_note').map((id) => showId('note', id)),
  ];
}
