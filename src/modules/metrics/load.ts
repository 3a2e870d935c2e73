import type pg from 'pg';
import type { Database } from '../../platform/db.ts';
import { noteLetGo } from '../../platform/memory.ts';
import {
  botStates,
  dropAffiliation,
  emptyCensus,
  putAffiliation,
  putIdentity,
  putMember,
  settleAffiliations,
  settleSubjects,
} from './census.ts';
import type { Census } from './census.ts';
import { copyOut } from './copy-out.ts';
import type { Cells, CellType } from './copy-out.ts';
import { dropSheet, putSheet, tidyShelf } from './sheets.ts';
import { changedSince, forgetAfter, idleTime, inSnapshot, isSame, readSnapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

/** The census of one database in this process, and up to which commit it has seen everything. */
interface Kept {
  /** Empty while it is let go, but for its version. */
  census: Census;
  /** The snapshot of the last reading; undefined before the first, and while the census is let go. */
  seen: Snapshot | undefined;
  /** The snapshot up to which a census that was let go had seen everything. */
  left: Snapshot | undefined;
  running: Promise<void> | undefined;
  next: Promise<void> | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** Reading it again takes some seconds a ten million activities: longer than for what is made of it. */
const restAfter = 6 * idleTime;

const kept = new WeakMap<Database, Kept>();

/**
 * The census with everything that was committed before this call. Costs one round trip when nothing happened since.
 * Use it before the next `await`: a later call may change it in place.
 */
export async function openCensus(database: Database): Promise<Census> {
  const mine = keptOf(database);
  clearTimeout(mine.timer);
  mine.timer = setTimeout(() => letCensusGo(database), restAfter).unref();
  await refresh(database, mine);
  return mine.census;
}

/**
 * The version of the census with everything that was committed before this call: what a kept answer is good for. Does not read
 * a census again that was let go, as long as nothing changed since.
 */
export async function censusVersion(database: Database): Promise<number> {
  const mine = keptOf(database);
  const { left, census } = mine;
  if (left !== undefined) {
    const now = await readSnapshot(database.pool);
    if (isSame(left, now) || (follows(left, now) && (await changedTables(database.pool, left.text)).size === 0)) {
      // Unless it was read again meanwhile.
      if (mine.left === left) mine.left = now;
      return census.version;
    }
    return (await openCensus(database)).version;
  }
  // Who only asks for the version keeps nothing awake: the hourly jobs do.
  await refresh(database, mine);
  return mine.census.version;
}

function keptOf(database: Database): Kept {
  let mine = kept.get(database);
  if (mine === undefined) {
    mine = { census: emptyCensus(), seen: undefined, left: undefined, running: undefined, next: undefined, timer: undefined };
    kept.set(database, mine);
  }
  return mine;
}

/** Keeps nothing but the version, and up to when it was seen. While it is read: a little later. */
export function letCensusGo(database: Database): void {
  const mine = keptOf(database);
  if (mine.running !== undefined) mine.timer = setTimeout(() => letCensusGo(database), idleTime).unref();
  if (mine.seen === undefined || mine.running !== undefined) return;
  const { version, bonds } = mine.census;
  Object.assign(mine, { census: { ...emptyCensus(), version, bonds }, seen: undefined, left: mine.seen });
  noteLetGo();
}

/** Whether what changed between the two can be told by revisions. */
function follows(before: Snapshot, now: Snapshot): boolean {
  return before.files === now.files && now.at - before.at <= forgetAfter;
}

/** One reading at a time. A call that comes during one waits for the next, as the running one may have begun too early. */
function refresh(database: Database, mine: Kept): Promise<void> {
  if (mine.running === undefined) {
    mine.running = readChanges(database, mine).finally(() => {
      mine.running = undefined;
    });
    return mine.running;
  }
  mine.next ??= mine.running
    .catch(() => undefined)
    .then(() => {
      mine.next = undefined;
      return refresh(database, mine);
    });
  return mine.next;
}

async function readChanges(database: Database, mine: Kept): Promise<void> {
  const now = await readSnapshot(database.pool);
  if (isSame(mine.seen, now)) return;
  mine.seen = await inSnapshot(database, async (client, snapshot) => {
    const { seen, left } = mine;
    if (seen !== undefined && follows(seen, snapshot)) await readSince(client, mine.census, seen.text);
    else {
      const same = left !== undefined && follows(left, snapshot) && (await changedTables(client, left.text)).size === 0;
      await readAll(client, mine, same);
    }
    mine.left = undefined;
    return snapshot;
  });
}

/** `same`: as it was when it was let go. */
async function readAll(client: pg.PoolClient, mine: Kept, same: boolean): Promise<void> {
  const fresh = emptyCensus();
  const version = mine.census.version + (same ? 0 : 1);
  // Plain humans who are their own root need no row: their identities make their place.
  await members.read(client, fresh, "where bot <> 'human' or root_id <> id");
  await identities.read(client, fresh, '');
  await organizations.read(client, fresh, '');
  await affiliations.read(client, fresh, '');
  settleAffiliations(fresh);
  settleSubjects(fresh);
  // In the order in which the shelf keeps them, so that each is only put behind the others.
  await sheets.read(client, fresh, 'order by source_id, kind, day');
  mine.census = Object.assign(fresh, { version, bonds: mine.census.bonds + 1 });
}

/** What thread-load.ts follows by itself. */
const notThreads = "what <> 'thread' and ";

async function changedTables(on: pg.Pool | pg.PoolClient, since: string): Promise<Set<string>> {
  const changed = changedSince(since);
  const { rows } = await on.query<{ what: string }>(
    ['metrics_gone', 'member', 'identity', 'organization', 'affiliation', 'presence']
      .map(
        (table) =>
          `select '${table}' as what where exists (select from ${table} where ${table === 'metrics_gone' ? notThreads : ''}${changed})`,
      )
      .join(' union all '),
  );
  return new Set(rows.map((row) => row.what));
}

async function readSince(client: pg.PoolClient, census: Census, since: string): Promise<void> {
  const changed = changedSince(since);
  const touched = await changedTables(client, since);
  if (touched.size === 0) return;

  // All is read before anything is applied, and applied without waiting: nobody sees half of it.
  const apply: (() => void)[] = [];
  const take = async (table: Table, where: string) => apply.push(await table.gather(client, census, where));
  if (touched.has('metrics_gone')) await take(gone, `where ${notThreads}${changed}`);
  if (touched.has('member')) await take(members, `where ${changed}`);
  if (touched.has('identity')) await take(identities, `where ${changed}`);
  if (touched.has('organization')) await take(organizations, `where ${changed}`);
  if (touched.has('affiliation')) await take(affiliations, `where ${changed}`);
  // What is gone may have come back under an older revision, by a transaction that began before: its key is asked for too.
  const back = touched.has('metrics_gone')
    ? ` or (source_id, kind, day) in (select source_id, kind, day from metrics_gone where what = 'presence' and ${changed})`
    : '';
  if (touched.has('presence') || back !== '') await take(sheets, `where ${changed}${back}`);
  for (const change of apply) change();
  if (touched.has('metrics_gone') || touched.has('member') || touched.has('organization') || touched.has('affiliation'))
    settleAffiliations(census);
  if (touched.size > 1 || !touched.has('presence')) settleSubjects(census);
  tidyShelf(census.shelf);
  census.version += 1;
}

interface Table {
  /** Puts the rows into a census as they come. */
  read(client: pg.PoolClient, census: Census, where: string): Promise<void>;
  /** Reads the rows, and gives what puts them into the census. */
  gather(client: pg.PoolClient, census: Census, where: string): Promise<() => void>;
}

function table<const Types extends readonly CellType[]>(
  query: string,
  types: Types,
  put: (census: Census, row: Cells<Types>) => void,
): Table {
  return {
    read: (client, census, where) => copyOut(client, `${query} ${where}`, types, (row) => put(census, row)),
    async gather(client, census, where) {
      const rows: Cells<Types>[] = [];
      // Bytes are only lent: kept ones are copied.
      await copyOut(client, `${query} ${where}`, types, (row) =>
        rows.push(row.map((cell) => (Buffer.isBuffer(cell) ? Buffer.from(cell) : cell)) as Cells<Types>),
      );
      return () => rows.forEach((row) => put(census, row));
    },
  };
}

const members = table('select id, bot, root_id from member', ['int', 'text', 'int'], (census, [id, bot, rootId]) =>
  putMember(census, id, botNumber(bot), rootId),
);

const identities = table('select id, member_id from identity', ['int', 'int'], (census, [id, memberId]) =>
  putIdentity(census, id, memberId),
);

const organizations = table('select id, name, kind from organization', ['int', 'text', 'text'], (census, [id, name, kind]) => {
  const ours = kind === 'ours';
  if ((census.organizations.get(id)?.ours ?? false) !== ours) census.bonds += 1;
  census.organizations.set(id, { name, ours });
});

const affiliations = table(
  `select id, member_id, organization_id, from_day - date '1970-01-01', to_day - date '1970-01-01' from affiliation`,
  ['int', 'int', 'int', 'int?', 'int?'],
  (census, [id, memberId, organizationId, from, to]) => {
    putAffiliation(census, id, memberId, organizationId, from ?? undefined, to ?? undefined);
  },
);

const sheets = table(
  `select source_id, kind, day - date '1970-01-01', people, identities, total, value from presence`,
  ['int', 'int', 'int', 'bytes', 'int', 'int', 'int'],
  (census, [sourceId, kind, day, people, count, total, value]) =>
    putSheet(census.shelf, { sourceId, kind, day, people, identities: count, total, value }),
);

const gone = table(
  `select what, source_id, kind, day - date '1970-01-01', row_id from metrics_gone`,
  ['text', 'int?', 'int?', 'int?', 'int?'],
  (census, [what, sourceId, kind, day, rowId]) => {
    const id = rowId ?? 0;
    if (what === 'presence') dropSheet(census.shelf, sourceId ?? 0, kind ?? 0, day ?? 0);
    else if (what === 'member') putMember(census, id, 0, id);
    else if (what === 'identity') putIdentity(census, id, 0);
    else if (what === 'organization') census.organizations.delete(id);
    else dropAffiliation(census, id);
  },
);

function botNumber(bot: string): number {
  return Math.max(
    0,
    botStates.findIndex((state) => state === bot),
  );
}
