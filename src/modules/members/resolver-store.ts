import type { OpenTransaction } from '../../platform/db.ts';
import type { NormalIdentity } from './identities.ts';

/** An identity that is stored, with what its own member row says. */
export interface Found {
  id: number;
  valueKey: string;
  platformUserId: string | null;
  formerValues: string[];
  name: string | null;
  avatarUrl: string | null;
  url: string | null;
  location: string | null;
  bio: string | null;
  bot: boolean;
}

export interface Birth extends NormalIdentity {
  name: string | null;
  avatarUrl: string | null;
  url: string | null;
  location: string | null;
  bio: string | null;
  bot: 'human' | 'suspected' | 'bot';
  botReason: string | null;
  sourceId: number | null;
}

const columns = `w.n::int as place, i.id, i.value_key as "valueKey", i.platform_user_id as "platformUserId", i.former_values as "formerValues",
  i.name, i.avatar_url as "avatarUrl", i.url, m.location, m.bio, m.own_bot = 'bot' as bot`;

/** For each of these, the identity that has its name now, and the one that has its account id. Two round trips at most. */
export async function lookUp(tx: OpenTransaction, wanted: readonly NormalIdentity[]): Promise<{ byKey?: Found; byUser?: Found }[]> {
  const found: { byKey?: Found; byUser?: Found }[] = wanted.map(() => ({}));
  const byKey = await tx.client.query<Found & { place: number }>({
    name: 'members-identity-by-key',
    text: `select ${columns}
      from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality w (platform, host, type, value_key, n)
      join identity i on i.platform = w.platform and i.host = w.host and i.type = w.type and i.value_key = w.value_key
      join member m on m.id = i.origin_member_id`,
    values: [wanted.map((w) => w.platform), wanted.map((w) => w.host), wanted.map((w) => w.type), wanted.map((w) => w.valueKey)],
  });
  for (const row of byKey.rows) Object.assign(found[row.place - 1] ?? {}, { byKey: row });
  const accounts = wanted.map((w, place) => ({ ...w, place })).filter((w) => w.platformUserId !== null);
  if (accounts.length === 0) return found;
  const byUser = await tx.client.query<Found & { place: number }>({
    name: 'members-identity-by-user',
    text: `select ${columns}
      from unnest($1::text[], $2::text[], $3::text[], $4::int[]) w (platform, host, platform_user_id, n)
      join identity i on i.platform = w.platform and i.host = w.host and i.platform_user_id = w.platform_user_id
      join member m on m.id = i.origin_member_id`,
    values: [
      accounts.map((w) => w.platform),
      accounts.map((w) => w.host),
      accounts.map((w) => w.platformUserId),
      accounts.map((w) => w.place),
    ],
  });
  for (const row of byUser.rows) Object.assign(found[row.place] ?? {}, { byUser: row });
  return found;
}

/**
 * Makes identities, each with a member of its own. What another process made in between is left out of the answer, and
 * found by the next look-up. Sorted, so that two processes never wait for each other in a circle.
 */
export async function insertIdentities(
  tx: OpenTransaction,
  births: readonly (readonly [string, Birth])[],
  now: Date,
): Promise<Map<string, number>> {
  const sorted = births.toSorted(([, a], [, b]) => compare(orderOf(a), orderOf(b)));
  const all = sorted.map(([, birth]) => birth);
  const made = await tx.client.query<{ id: number; place: number }>({
    name: 'members-identity-insert',
    text: `with wanted as materialized (
        select w.*, nextval('member_id_seq')::int as member_id
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
          $11::text[], $12::text[], $13::text[], $14::int[]) with ordinality
          w (platform, host, type, value, value_key, platform_user_id, name, avatar_url, url, location, bio, bot, bot_reason, source_id, n)
      ), born as (
        insert into identity (platform, host, type, value, value_key, platform_user_id, name, avatar_url, url, source_id, origin_member_id, member_id, created_at)
        select platform, host, type, value, value_key, platform_user_id, name, avatar_url, url, source_id, member_id, member_id, $15
        from wanted order by n
        on conflict do nothing
        returning id, origin_member_id
      ), people as (
        insert into member (id, root_id, name, avatar_url, location, bio, own_bot, bot, bot_reason, provenance, created_at)
        overriding system value
        select w.member_id, w.member_id, w.name, w.avatar_url, w.location, w.bio, w.bot, w.bot, w.bot_reason,
          jsonb_strip_nulls(jsonb_build_object(
            'name', case when w.name is not null then stamp end, 'avatar_url', case when w.avatar_url is not null then stamp end,
            'location', case when w.location is not null then stamp end, 'bio', case when w.bio is not null then stamp end)), $15
        from wanted w join born on born.origin_member_id = w.member_id
        cross join lateral (select jsonb_build_object('source', w.source_id, 'at', $15::timestamptz) as stamp) s
      )
      select born.id, w.n::int as place from born join wanted w on w.member_id = born.origin_member_id`,
    values: [
      all.map((b) => b.platform),
      all.map((b) => b.host),
      all.map((b) => b.type),
      all.map((b) => b.value),
      all.map((b) => b.valueKey),
      all.map((b) => b.platformUserId),
      all.map((b) => b.name),
      all.map((b) => b.avatarUrl),
      all.map((b) => b.url),
      all.map((b) => b.location),
      all.map((b) => b.bio),
      all.map((b) => b.bot),
      all.map((b) => b.botReason),
      all.map((b) => b.sourceId),
      now,
    ],
  });
  const ids = new Map<string, number>();
  for (const row of made.rows) {
    const key = sorted[row.place - 1]?.[0];
    if (key !== undefined) ids.set(key, row.id);
  }
  return ids;
}

/**
 * Follows what a platform says about one account: an account known by name only gets its id; an account with another
 * name than before is renamed; a name that now belongs to another account is taken from the one that had it, whose
 * activities stay its own. True when a name changed hands. The caller holds the lock of the trees.
 */
export async function moveIdentity(
  tx: OpenTransaction,
  normal: NormalIdentity,
  byUser: Found | undefined,
  byKey: Found | undefined,
  now: Date,
): Promise<boolean> {
  if (byUser === undefined && byKey !== undefined && byKey.platformUserId === null) {
    await tx.client.query(`update identity set platform_user_id = $2, value = $3, ${touched} where id = $1 and platform_user_id is null`, [
      byKey.id,
      normal.platformUserId,
      normal.value,
    ]);
    return false;
  }
  if (byKey !== undefined && byKey.id !== byUser?.id) {
    // No handle has a space and brackets: the key stays unique, and nobody is found by it.
    await tx.client.query(
      `update identity set value_key = value_key || ' (' || coalesce('id ' || platform_user_id, 'identity ' || id) || ')', former_values = array_append(former_values, value), ${touched} where id = $1`,
      [byKey.id],
    );
    if (byUser !== undefined && byKey.platformUserId === null) await suggestSameHandle(tx, byUser.id, byKey.id, normal, now);
  }
  if (byUser !== undefined) {
    await tx.client.query(
      `update identity set former_values = array_append(array_remove(former_values, value), value), value = $2, value_key = $3, ${touched} where id = $1`,
      [byUser.id, normal.value, normal.valueKey],
    );
  }
  return true;
}

const touched = 'revision = pg_current_xact_id()::text::bigint';

/** Somebody known by that name only, before we knew whose name it is: likely the same, but a freed name may be another's. */
async function suggestSameHandle(tx: OpenTransaction, a: number, b: number, normal: NormalIdentity, now: Date): Promise<void> {
  const reasons = [
    {
      reason: 'renamed',
      weight: 0.8,
      text: `Was called "${normal.value}" on ${normal.platform} before the account with that name was known by its id`,
    },
  ];
  await tx.client.query(
    `insert into suggestion (a_id, b_id, score, reasons, kept, created_at)
     select least(a.origin_member_id, b.origin_member_id), greatest(a.origin_member_id, b.origin_member_id), 0.8, $3, true, $4
     from identity a, identity b where a.id = $1 and b.id = $2 and a.member_id <> b.member_id
     on conflict do nothing`,
    [a, b, JSON.stringify(reasons), now],
  );
}

function orderOf(birth: Birth): string {
  return `${birth.platform}\n${birth.host}\n${birth.type}\n${birth.valueKey}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
