import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Clock } from '../../platform/clock.ts';
import type { Database, OpenTransaction } from '../../platform/db.ts';
import { transaction } from '../../platform/db.ts';
import { compare } from './evidence.ts';
import type { Evidence, NameCounts } from './evidence.ts';
import { hash52 } from './hash.ts';
import { createWordCounter } from './name-counts.ts';
import { addTraits, emptyTraits, keysOf, mostPeople } from './traits.ts';
import type { Traits, TraitRow } from './traits.ts';
import { loadVetoes } from './vetoes.ts';

export interface SearchResult {
  identities: number;
  /** Pairs that share a rare key and were compared. */
  pairs: number;
  /** Suggestions that are open after it by comparing. */
  found: number;
}

type Progress = (phase: 'reading' | 'pairing' | 'comparing', done: number, total: number | undefined) => Promise<void>;

/**
 * Looks through everybody for people who may be one, and brings the open suggestions in line: new ones are added, those
 * that no longer hold go. Never merges. One pass over the identities writes the keys by which people may meet to a
 * temporary table; the database finds those who share a rare one; each such pair is compared closely. Memory does not
 * grow with the number of people.
 */
export async function findSuggestions(
  database: Database,
  clock: Clock,
  signal?: AbortSignal,
  progress: Progress = () => Promise.resolve(),
): Promise<SearchResult> {
  const client = await database.pool.connect();
  try {
    await client.query(`set work_mem = '64MB'; drop table if exists pg_temp.suggestion_key, pg_temp.suggestion_pair;
      create temp table suggestion_key (key bigint not null, root int not null, kind smallint not null)`);
    const { identities, counts } = await writeKeys(client, signal, progress);
    await progress('pairing', 0, undefined);
    const pairs = await writePairs(client);
    const found = await comparePairs(database, client, counts, pairs, clock, signal, progress);
    return { identities, pairs, found };
  } finally {
    await client
      .query('reset work_mem; drop table if exists pg_temp.suggestion_key, pg_temp.suggestion_pair, pg_temp.suggestion_seen')
      .catch(() => undefined);
    client.release();
  }
}

type Row = [
  root: number,
  origin: number,
  platform: string,
  host: string,
  type: string,
  value: string,
  identityName: string | null,
  memberName: string | null,
  url: string | null,
  bio: string | null,
  website: string | null,
  location: string | null,
];
const traitColumns =
  'i.member_id, i.origin_member_id, i.platform, i.host, i.type, i.value_key, i.name, m.name, i.url, m.bio, m.website, m.location';

function traitRow([root, origin, platform, host, type, value, identityName, memberName, url, bio, website, location]: Row): TraitRow {
  return { root, origin, platform, host, type, value, identityName, memberName, url, bio, website, location };
}

async function writeKeys(
  client: PoolClient,
  signal: AbortSignal | undefined,
  progress: Progress,
): Promise<{ identities: number; counts: NameCounts }> {
  const total = (await client.query<{ n: number }>('select count(*) as n from identity')).rows[0]?.n ?? 0;
  const counts = createWordCounter();
  let identities = 0;
  let traits: Traits | undefined;
  let organization: [number, string] | null = null;
  // One text: a list of half a million lines would keep the collector busy.
  let lines = '';

  function close(): void {
    if (traits === undefined) return;
    if (organization !== null) traits.organizations = new Map([organization]);
    counts.person();
    for (const word of new Set(traits.names.flatMap((name) => name.latin))) counts.add(word);
    const root = traits.root;
    const keys = new Set<number>();
    for (const [kind, key] of keysOf(traits)) {
      const hash = hash52(`${kind} ${key}`);
      if (keys.has(hash)) continue;
      keys.add(hash);
      lines += `${hash}\t${root}\t${kind}\n`;
    }
    traits = undefined;
  }

  await client.query('begin');
  await client.query(
    `declare people no scroll cursor for select ${traitColumns}, c.organization_id, c.organization
     from identity i join member m on m.id = i.origin_member_id left join member_card c on c.member_id = i.member_id
     where m.bot = 'human' order by i.member_id`,
  );
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { rows } = await client.query<[...Row, number | null, string | null]>({
        text: 'fetch 10000 from people',
        rowMode: 'array',
        values: [],
      });
      if (rows.length === 0) break;
      for (const row of rows) {
        if (traits?.root !== row[0]) {
          close();
          traits = emptyTraits(row[0]);
          organization = row[12] === null ? null : [row[12], row[13] ?? ''];
        }
        addTraits(traits, traitRow(row.slice(0, 12) as Row));
      }
      identities += rows.length;
      // A person may go on in the next rows: only whole ones are closed.
      await copyLines(client, lines);
      lines = '';
      await progress('reading', identities, total);
    }
    close();
    await copyLines(client, lines);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
  return { identities, counts };
}

async function copyLines(client: PoolClient, lines: string): Promise<void> {
  if (lines === '') return;
  const stream = client.query(copyFrom('copy suggestion_key (key, root, kind) from stdin'));
  if (!stream.write(lines)) await once(stream, 'drain');
  stream.end();
  await finished(stream);
}

/** Everybody who shares a key with few others, with how many share it, by kind. */
async function writePairs(client: PoolClient): Promise<number> {
  const limits = Object.entries(mostPeople)
    .map(([kind, most]) => `when ${kind} then ${most}`)
    .join(' ');
  await client.query(`create temp table suggestion_pair as
    select row_number() over (order by a, b)::int as n, a, b, array_agg(distinct kind * 100 + people)::int[] as sharing
    from (
      select x as a, y as b, kind, cardinality(roots) as people
      from (select kind, array_agg(root order by root) as roots from suggestion_key group by key, kind
        having count(*) between 2 and case kind ${limits} else 2 end) shared,
        unnest(roots) x, unnest(roots) y
      where x < y
    ) pairs group by a, b`);
  await client.query('create unique index on suggestion_pair (n); analyze suggestion_pair; drop table suggestion_key');
  await client.query('create temp table suggestion_seen (id int primary key)');
  return (await client.query<{ n: number }>('select count(*) as n from suggestion_pair')).rows[0]?.n ?? 0;
}

const batch = 2000;

interface Pair {
  a: number;
  b: number;
  sharing: number[];
}

async function comparePairs(
  database: Database,
  client: PoolClient,
  counts: NameCounts,
  total: number,
  clock: Clock,
  signal: AbortSignal | undefined,
  progress: Progress,
): Promise<number> {
  let found = 0;
  for (let from = 0; from < total; from += batch) {
    signal?.throwIfAborted();
    const { rows } = await client.query<Pair>('select a, b, sharing from suggestion_pair where n > $1 and n <= $2', [from, from + batch]);
    const held = await transaction(database, (tx) => compareSome(tx, rows, counts, clock.now()));
    found += held.length;
    await client.query('insert into suggestion_seen select unnest($1::int[]) on conflict do nothing', [held]);
    await progress('comparing', Math.min(from + batch, total), total);
  }
  // What was open and was not found again does not hold any more.
  const open = await client.query<{ id: number }>(
    "select s.id from suggestion s where s.state in ('open', 'skipped') and not s.kept and not exists (select from suggestion_seen e where e.id = s.id)",
  );
  await database.pool.query("delete from suggestion where id = any($1::int[]) and state in ('open', 'skipped') and not kept", [
    open.rows.map((row) => row.id),
  ]);
  return found;
}

/** Compares pairs of roots, and writes what is worth a look. Returns the ids of suggestions that hold. */
async function compareSome(tx: OpenTransaction, pairs: readonly Pair[], counts: NameCounts, now: Date): Promise<number[]> {
  const roots = [...new Set(pairs.flatMap((pair) => [pair.a, pair.b]))];
  const people = await loadTraits(tx, roots);
  const worth: Evidence[] = [];
  const vetoes = await loadVetoes(tx, roots);
  for (const pair of pairs) {
    const a = people.get(pair.a);
    const b = people.get(pair.b);
    if (a === undefined || b === undefined || vetoes.rivals(pair.a, pair.b) || vetoes.refused(pair.a, pair.b)) continue;
    const sharing = new Map<number, number>();
    // The rarest key of each kind.
    for (const code of pair.sharing) {
      const kind = Math.floor(code / 100);
      sharing.set(kind, Math.min(code % 100, sharing.get(kind) ?? 100));
    }
    const evidence = compare(a, b, sharing, counts);
    if (evidence !== undefined) worth.push(evidence);
  }
  return writeSuggestions(tx, worth, now);
}

async function loadTraits(tx: OpenTransaction, roots: readonly number[]): Promise<Map<number, Traits>> {
  const people = new Map<number, Traits>();
  const { rows } = await tx.client.query<Row>({
    name: 'members-traits',
    text: `select ${traitColumns} from identity i join member m on m.id = i.origin_member_id where i.member_id = any($1::int[]) and m.bot = 'human' order by i.id`,
    values: [roots],
    rowMode: 'array',
  });
  for (const row of rows) {
    const traits = people.get(row[0]) ?? emptyTraits(row[0]);
    people.set(row[0], traits);
    addTraits(traits, traitRow(row));
  }
  const affiliations = await tx.client.query<{ root: number; id: number; name: string }>(
    `select distinct m.root_id as root, o.id, o.name from member m join affiliation a on a.member_id = m.id join organization o on o.id = a.organization_id
     where m.root_id = any($1::int[])`,
    [roots],
  );
  for (const { root, id, name } of affiliations.rows) {
    const traits = people.get(root);
    if (traits !== undefined) traits.organizations = new Map([...traits.organizations, [id, name]]);
  }
  return people;
}

async function writeSuggestions(tx: OpenTransaction, evidence: readonly Evidence[], now: Date): Promise<number[]> {
  if (evidence.length === 0) return [];
  const rows = evidence
    .map((one) => ({ a: Math.min(one.a, one.b), b: Math.max(one.a, one.b), score: one.score, reasons: one.reasons }))
    .toSorted((x, y) => x.a - y.a || x.b - y.b);
  const written = await tx.client.query<{ id: number }>({
    name: 'members-suggestion-write',
    text: `with wanted as (select * from jsonb_to_recordset($1::jsonb) w (a int, b int, score real, reasons jsonb)),
      written as (
        insert into suggestion as s (a_id, b_id, score, reasons, created_at) select a, b, score, reasons, $2 from wanted order by a, b
        on conflict (a_id, b_id) do update set score = excluded.score, reasons = excluded.reasons,
          state = case when s.state = 'skipped' and excluded.score > s.score + 0.05 then 'open' when s.state = 'accepted' then 'open' else s.state end
        where s.state in ('open', 'skipped', 'accepted') and not s.kept and (s.score, s.reasons, s.state) is distinct from (excluded.score, excluded.reasons, 'open')
        returning id)
      select id from written
      union select s.id from suggestion s join wanted w on s.a_id = w.a and s.b_id = w.b and s.state in ('open', 'skipped')`,
    values: [JSON.stringify(rows), now],
  });
  return written.rows.map((row) => row.id);
}
