import type { OpenTransaction } from '../../platform/db.ts';
import { readWorkspace } from '../access/index.ts';
import { deriveAffiliations, loadDomainOwners } from './employment.ts';
import type { Derived } from './employment.ts';
import { loadPeople } from './people.ts';
import type { Person } from './people.ts';
import { makeCard } from './shown.ts';
import type { Card } from './shown.ts';

/**
 * Derives anew, for these people, what follows from their rows: affiliations by e-mail domain, and cards. Ids that are no
 * root (any more) lose their card. Whoever merges waits for this, and the other way round, so that no card is made from
 * a half of each.
 */
export async function refreshPeople(tx: OpenTransaction, ids: readonly number[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  const held = await tx.client.query<{ id: number }>(
    'select id from member where id = any($1::int[]) and merged_into is null order by id for key share',
    [ids],
  );
  const roots = held.rows.map((row) => row.id);
  const isRoot = new Set(roots);
  const gone = ids.filter((id) => !isRoot.has(id));
  if (gone.length > 0) await tx.client.query('delete from member_card where member_id = any($1::int[])', [gone]);
  const { timeZone } = await readWorkspace(tx.db);
  const ownerOf = await loadDomainOwners(tx.db);
  let people = await loadPeople(tx.client, roots, timeZone);
  const changed = await writeDerived(tx, people, ownerOf, now);
  if (changed.length > 0) people = new Map([...people, ...(await loadPeople(tx.client, changed, timeZone))]);
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now);
  await writeCards(
    tx,
    [...people.values()].map((person) => makeCard(person, today)),
  );
}

/** Brings the derived affiliations of these people in line; returns the roots of those that changed. */
async function writeDerived(
  tx: OpenTransaction,
  people: ReadonlyMap<number, Person>,
  ownerOf: (email: string) => number | undefined,
  now: Date,
): Promise<number[]> {
  const remove: number[] = [];
  const write: Derived[] = [];
  const changed = new Set<number>();
  for (const person of people.values()) {
    const wanted = new Map(deriveAffiliations(person, ownerOf).map((one) => [`${one.identityId} ${one.organizationId}`, one]));
    for (const row of person.affiliations) {
      if (row.origin !== 'domain') continue;
      const key = `${row.identity_id} ${row.organization_id}`;
      const one = wanted.get(key);
      if (one === undefined) {
        remove.push(row.id);
        changed.add(person.root);
      } else if (one.from === row.from_day && one.to === row.to_day) wanted.delete(key);
    }
    if (wanted.size > 0) changed.add(person.root);
    write.push(...wanted.values());
  }
  if (remove.length > 0) await tx.client.query('delete from affiliation where id = any($1::int[])', [remove]);
  if (write.length > 0) {
    const sorted = write.toSorted((a, b) => a.identityId - b.identityId);
    await tx.client.query(
      `insert into affiliation (identity_id, member_id, organization_id, from_day, to_day, origin, created_at)
       select w.*, 'domain', $6 from unnest($1::int[], $2::int[], $3::int[], $4::date[], $5::date[]) w
       on conflict (identity_id, organization_id) where origin = 'domain'
       do update set from_day = excluded.from_day, to_day = excluded.to_day, revision = pg_current_xact_id()::text::bigint`,
      [
        sorted.map((r) => r.identityId),
        sorted.map((r) => r.memberId),
        sorted.map((r) => r.organizationId),
        sorted.map((r) => r.from),
        sorted.map((r) => r.to),
        now,
      ],
    );
  }
  return [...changed];
}

const columns =
  'name, name_key, avatar_url, handles, platforms, location, organization_id, organization, is_ours, bot, first_at, last_at, activities, identities, tags, search';

async function writeCards(tx: OpenTransaction, cards: readonly Card[]): Promise<void> {
  if (cards.length === 0) return;
  const sorted = cards.toSorted((a, b) => a.member_id - b.member_id);
  const own = columns
    .split(', ')
    .map((column) => `c.${column}`)
    .join(', ');
  const excluded = columns
    .split(', ')
    .map((column) => `excluded.${column}`)
    .join(', ');
  await tx.client.query({
    name: 'members-write-cards',
    text: `insert into member_card as c (member_id, ${columns})
      select member_id, ${columns} from jsonb_to_recordset($1::jsonb) w (member_id int, name text, name_key text, avatar_url text, handles text[], platforms text[],
        location text, organization_id int, organization text, is_ours bool, bot text, first_at timestamptz, last_at timestamptz, activities bigint, identities int, tags text[], search text)
      order by member_id
      on conflict (member_id) do update set (${columns}) = (${excluded}),
        place_revision = case when c.location is distinct from excluded.location then pg_current_xact_id()::text::bigint else c.place_revision end
      where (${own}) is distinct from (${excluded})`,
    values: [JSON.stringify(sorted)],
  });
}
