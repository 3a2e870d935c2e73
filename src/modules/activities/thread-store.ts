import { copyRows } from '../../platform/copy.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { quarter, silentKinds, streamed } from './participants.ts';
import type { Entry } from './participants.ts';
import type { Standing, Statement } from './statements.ts';
import { deleteThreadWords } from './thread-words.ts';

/** A row of `thread` as ingest works with it. Times in milliseconds. */
export interface ThreadRow extends Standing {
  id: number;
  externalId: string;
  room: string | undefined;
  /** Undefined: from before people were counted. */
  people: Buffer | undefined;
  statements: readonly Statement[];
  lastAt: number | undefined;
  activities: number;
}

interface RawThread {
  id: number;
  external_id: string;
  kind: Standing['kind'];
  title: string | null;
  url: string | null;
  state: Standing['state'];
  closed_at: number | null;
  solved: boolean;
  solved_at: number | null;
  labels: string[];
  opened_at: number | null;
  opener_identity_id: number | null;
  room: string | null;
  people: Buffer | null;
  statements: Statement[];
  last_at: number | null;
  activities: number;
}

const milliseconds = (column: string): string => `(date_part('epoch', t.${column}) * 1000)::bigint as ${column}`;
const columns = `t.id, t.external_id, t.kind, t.title, t.url, t.state, ${milliseconds('closed_at')}, t.solved, ${milliseconds('solved_at')},
  t.labels, ${milliseconds('opened_at')}, t.opener_identity_id, t.room, t.people, t.statements, ${milliseconds('last_at')}, t.activities`;

/** The little of a thread that most pages need: enough to see whether more is to be read. */
export interface ThreadGlance {
  id: number;
  externalId: string;
  people: Buffer | null;
  /** As PostgreSQL writes them; parsed only where something is new. */
  statements: string;
  openedAt: number | null;
  lastAt: number | null;
  activities: number;
}

export async function threadsCalled(tx: OpenTransaction, sourceId: number, externalIds: readonly string[]): Promise<ThreadGlance[]> {
  if (externalIds.length === 0) return [];
  const { rows } = await tx.client.query<ThreadGlance>({
    name: 'threads-called',
    text: `select t.id, t.external_id as "externalId", t.people, t.statements::text as statements,
             (date_part('epoch', t.opened_at) * 1000)::bigint as "openedAt", (date_part('epoch', t.last_at) * 1000)::bigint as "lastAt", t.activities
           from thread t where t.source_id = $1 and t.external_id = any ($2::text[])`,
    values: [sourceId, externalIds],
  });
  return rows;
}

/** Whether a statement is among those of a thread. */
export function hasSaid(glance: ThreadGlance, statementId: number): boolean {
  return glance.statements.includes(`"id": ${statementId},`) || glance.statements.includes(`"id": ${statementId}}`);
}

export async function threadsById(tx: OpenTransaction, sourceId: number, ids: readonly number[]): Promise<ThreadRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await tx.client.query<RawThread>(
    `select ${columns} from thread t where t.source_id = $1 and t.id = any ($2::bigint[])`,
    [sourceId, ids],
  );
  return rows.map(present);
}

/** Conversations of rooms that were going on between the two moments, or ended or began that near. */
export async function conversationsAround(
  tx: OpenTransaction,
  sourceId: number,
  windows: readonly { room: string; from: number; to: number }[],
): Promise<ThreadRow[]> {
  if (windows.length === 0) return [];
  const { rows } = await tx.client.query<RawThread>(
    `select ${columns} from unnest($2::text[], $3::float8[], $4::float8[]) as w (room, from_at, to_at)
     join thread t on t.source_id = $1 and t.room = w.room and t.last_at >= to_timestamp(w.from_at) and t.opened_at <= to_timestamp(w.to_at)`,
    [sourceId, windows.map((w) => w.room), windows.map((w) => w.from / 1000), windows.map((w) => w.to / 1000)],
  );
  return rows.map(present);
}

function present(row: RawThread): ThreadRow {
  return {
    id: row.id,
    externalId: row.external_id,
    kind: row.kind,
    title: row.title ?? undefined,
    url: row.url ?? undefined,
    state: row.state,
    closedAt: row.closed_at ?? undefined,
    solved: row.solved,
    solvedAt: row.solved_at ?? undefined,
    labels: row.labels,
    openedAt: row.opened_at ?? undefined,
    opener: row.opener_identity_id ?? undefined,
    room: row.room ?? undefined,
    people: row.people ?? undefined,
    statements: row.statements,
    lastAt: row.last_at ?? undefined,
    activities: row.activities,
  };
}

export async function nextThreadIds(tx: OpenTransaction, count: number): Promise<number[]> {
  if (count === 0) return [];
  const { rows } = await tx.client.query<{ id: number }>(`select nextval('thread_id') as id from generate_series(1, $1)`, [count]);
  return rows.map((row) => row.id);
}

export async function insertThreads(tx: OpenTransaction, sourceId: number, rows: readonly ThreadRow[]): Promise<void> {
  if (rows.length === 0) return;
  await copyRows(
    tx.client,
    'thread',
    {
      source_id: 'int4',
      id: 'int8',
      external_id: 'text',
      kind: 'text',
      title: 'text',
      url: 'text',
      state: 'text',
      closed_at: 'timestamptz',
      solved_at: 'timestamptz',
      opened_at: 'timestamptz',
      opener_identity_id: 'int4',
      room: 'text',
      people: 'bytea',
      statements: 'jsonb',
      last_at: 'timestamptz',
      activities: 'int8',
    },
    rows.map((row) => [
      sourceId,
      row.id,
      row.externalId,
      row.kind,
      row.title,
      row.url,
      row.state,
      row.closedAt,
      row.solvedAt,
      row.openedAt,
      row.opener,
      row.room,
      row.people,
      JSON.stringify(row.statements),
      row.lastAt,
      row.activities,
    ]),
  );
  // COPY writes no arrays here: the few that need more are changed once more.
  await updateThreads(
    tx,
    sourceId,
    rows.filter((row) => row.solved || row.labels.length > 0),
  );
}

/** Only who took part, how many and until when: what an answer changes. */
export async function moveThreads(
  tx: OpenTransaction,
  sourceId: number,
  rows: readonly { id: number; people: Buffer | undefined; lastAt: number | undefined; activities: number }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.client.query({
    name: 'thread-move',
    text: `update thread t set people = u.people, last_at = to_timestamp(u.last_at), activities = u.activities,
             revision = pg_current_xact_id()::text::bigint
           from unnest($2::bigint[], $3::bytea[], $4::float8[], $5::bigint[]) as u (id, people, last_at, activities)
           where t.source_id = $1 and t.id = u.id`,
    values: [
      sourceId,
      rows.map((row) => row.id),
      rows.map((row) => row.people ?? null),
      rows.map((row) => seconds(row.lastAt)),
      rows.map((row) => row.activities),
    ],
  });
}

export async function updateThreads(tx: OpenTransaction, sourceId: number, rows: readonly ThreadRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.client.query(
    `update thread t set kind = u.kind, title = u.title, url = u.url, state = u.state, closed_at = to_timestamp(u.closed_at / 1000),
       solved = coalesce(u.solved, false), solved_at = to_timestamp(u.solved_at / 1000),
       labels = array(select jsonb_array_elements_text(u.labels)),
       opened_at = to_timestamp(u.opened_at / 1000), opener_identity_id = u.opener, statements = u.statements,
       people = decode(u.people, 'base64'), last_at = to_timestamp(u.last_at / 1000), activities = u.activities, external_id = u.external_id,
       revision = pg_current_xact_id()::text::bigint
     from jsonb_to_recordset($2::jsonb) as u (id bigint, external_id text, kind text, title text, url text, state text, closed_at float8,
       solved boolean, solved_at float8, labels jsonb, opened_at float8, opener int, statements jsonb, people text, last_at float8, activities bigint)
     where t.source_id = $1 and t.id = u.id`,
    [
      sourceId,
      JSON.stringify(
        rows.map((row) => ({
          id: row.id,
          external_id: row.externalId,
          kind: row.kind,
          title: plain(row.title),
          url: plain(row.url),
          state: row.state,
          closed_at: row.closedAt,
          solved: row.solved,
          solved_at: row.solvedAt,
          labels: row.labels.map(plain),
          opened_at: row.openedAt,
          opener: row.opener,
          statements: row.statements,
          people: row.people?.toString('base64'),
          last_at: row.lastAt,
          activities: row.activities,
        })),
      ).replaceAll(String.raw`\u0000`, ''),
    ],
  );
}

function plain(text: string | undefined): string | undefined {
  return text?.replaceAll('\u0000', '');
}

function seconds(at: number | undefined): number | null {
  return at === undefined ? null : at / 1000;
}

export async function deleteThreads(tx: OpenTransaction, sourceId: number, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.client.query('delete from thread where source_id = $1 and id = any ($2::bigint[])', [sourceId, ids]);
  await deleteThreadWords(tx, sourceId, ids);
}

/** What the activities of a thread say now, counted from the rows. */
export interface Counted {
  entries: Entry[];
  activities: number;
  lastAt: number | undefined;
  /** Ids of statements; null among them for activities from before there were any. */
  said: Set<number | null>;
}

export async function countThreads(tx: OpenTransaction, sourceId: number, ids: readonly number[]): Promise<Map<number, Counted>> {
  const counted = new Map<number, Counted>();
  for (const id of ids) counted.set(id, { entries: [], activities: 0, lastAt: undefined, said: new Set() });
  if (ids.length === 0) return counted;
  const { rows } = await tx.client.query<{
    thread_id: number;
    identity_id: number;
    kind: number;
    statement: number | null;
    first: number;
    last: number;
    n: number;
  }>(
    `select a.thread_id, a.identity_id, a.kind, a.statement, round(extract(epoch from min(a.at)) * 1000)::bigint as first,
       round(extract(epoch from max(a.at)) * 1000)::bigint as last, count(*) as n
     from activity a where a.source_id = $1 and a.thread_id = any ($2::bigint[])
     group by a.thread_id, a.identity_id, a.kind, a.statement,
       case when a.kind = any ($3::smallint[]) then floor(extract(epoch from a.at) / $4) else a.id end`,
    [sourceId, ids, streamed, quarter / 1000],
  );
  for (const row of rows) {
    const one = counted.get(row.thread_id);
    if (one === undefined) continue;
    if (!silentKinds.includes(row.kind)) one.entries.push({ at: row.first, identityId: row.identity_id, kind: row.kind });
    one.activities += row.n;
    one.lastAt = Math.max(one.lastAt ?? row.last, row.last);
    one.said.add(row.statement);
  }
  return counted;
}

/** Which threads these records spoke of, beside their activities. */
export async function threadsOfRecords(
  tx: OpenTransaction,
  sourceId: number,
  recordIds: readonly number[],
): Promise<{ recordId: number; threadId: number }[]> {
  if (recordIds.length === 0) return [];
  const { rows } = await tx.client.query<{ recordId: number; threadId: number }>(
    'select record_id as "recordId", thread_id as "threadId" from thread_record where source_id = $1 and record_id = any ($2::bigint[])',
    [sourceId, recordIds],
  );
  return rows;
}

export async function replaceThreadsOfRecords(
  tx: OpenTransaction,
  sourceId: number,
  gone: readonly number[],
  now: readonly { recordId: number; threadId: number }[],
): Promise<void> {
  if (gone.length > 0)
    await tx.client.query('delete from thread_record where source_id = $1 and record_id = any ($2::bigint[])', [sourceId, gone]);
  if (now.length === 0) return;
  await tx.client.query(
    'insert into thread_record (source_id, record_id, thread_id) select $1, * from unnest($2::bigint[], $3::bigint[]) on conflict do nothing',
    [sourceId, now.map((one) => one.recordId), now.map((one) => one.threadId)],
  );
}

/** The first thing said in each of these conversations. */
export async function firstWords(
  tx: OpenTransaction,
  sourceId: number,
  ids: readonly number[],
): Promise<Map<number, { at: number; identityId: number; title: string | null; body: string | null; url: string | null }>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.client.query<{
    id: number;
    at: number;
    identityId: number;
    title: string | null;
    body: string | null;
    url: string | null;
  }>(
    `select w.id, a.* from unnest($2::bigint[]) as w (id) cross join lateral (
       select round(extract(epoch from a.at) * 1000)::bigint as at, a.identity_id as "identityId", a.title, left(a.body, 300) as body, a.url
       from activity a where a.source_id = $1 and a.thread_id = w.id
       order by a.at, coalesce(a.title, ''), left(a.body, 300), a.id limit 1) a`,
    [sourceId, ids],
  );
  return new Map(rows.map(({ id, ...row }) => [id, row]));
}
