import type { ActivityDraft } from '../../connectors/contract.ts';
import { copyRows } from '../../platform/copy.ts';
import type { OpenTransaction } from '../../platform/db.ts';

interface Entry {
  draft: ActivityDraft;
  identityId: number;
}

/** The threads of one source, for one run: external ids to ids, remembered between pages. */
export interface Threads {
  /** The thread id of each activity, undefined where it has none. Makes threads and moves their times. */
  resolve(tx: OpenTransaction, entries: readonly Entry[]): Promise<(number | undefined)[]>;
  commit(): void;
  discard(): void;
}

const remembered = 50_000;

interface ThreadState {
  externalId: string;
  kind: string;
  title: string | undefined;
  url: string | undefined;
  openedAt: number | undefined;
  opener: number | undefined;
  closedAt: number | undefined;
  lastAt: number;
}

export function createThreads(sourceId: number): Threads {
  let known = new Map<string, number>();
  let fresh = new Map<string, number>();

  return {
    async resolve(tx, entries) {
      const states = gather(entries);
      if (states.size === 0) return entries.map(() => undefined);
      const missing = [...states.keys()].filter((id) => !known.has(id) && !fresh.has(id));
      if (missing.length > 0) {
        const { rows } = await tx.client.query<{ external_id: string; id: number }>(
          'select external_id, id from thread where source_id = $1 and external_id = any ($2::text[])',
          [sourceId, missing],
        );
        for (const row of rows) fresh.set(row.external_id, row.id);
        await insertThreads(
          tx,
          sourceId,
          missing.filter((id) => !fresh.has(id)),
          states,
          fresh,
        );
      }
      const idOf = (externalId: string): number => fresh.get(externalId) ?? known.get(externalId) ?? 0;
      await moveThreads(
        tx,
        sourceId,
        [...states.values()].map((state) => ({ id: idOf(state.externalId), state })),
      );
      return entries.map(({ draft }) => (draft.thread === undefined ? undefined : idOf(threadKey(draft.thread.externalId))));
    },
    commit() {
      if (known.size + fresh.size > remembered) known = new Map();
      for (const [externalId, id] of fresh) known.set(externalId, id);
      fresh = new Map();
    },
    discard() {
      fresh = new Map();
    },
  };
}

function threadKey(externalId: string): string {
  return externalId.slice(0, 400);
}

function gather(entries: readonly Entry[]): Map<string, ThreadState> {
  const states = new Map<string, ThreadState>();
  for (const { draft, identityId } of entries) {
    if (draft.thread === undefined) continue;
    const externalId = threadKey(draft.thread.externalId);
    const state = states.get(externalId) ?? {
      externalId,
      kind: draft.thread.kind,
      title: undefined,
      url: undefined,
      openedAt: undefined,
      opener: undefined,
      closedAt: undefined,
      lastAt: draft.at,
    };
    state.title ??= draft.thread.title?.slice(0, 500);
    state.url ??= draft.thread.url?.slice(0, 2000);
    state.closedAt ??= draft.thread.closedAt;
    state.lastAt = Math.max(state.lastAt, draft.at);
    if (draft.thread.opens === true) {
      state.openedAt = draft.at;
      state.opener = identityId;
    }
    states.set(externalId, state);
  }
  return states;
}

async function insertThreads(
  tx: OpenTransaction,
  sourceId: number,
  externalIds: readonly string[],
  states: Map<string, ThreadState>,
  fresh: Map<string, number>,
): Promise<void> {
  if (externalIds.length === 0) return;
  const { rows } = await tx.client.query<{ id: number }>(`select nextval('thread_id') as id from generate_series(1, $1)`, [
    externalIds.length,
  ]);
  const born = externalIds.map((externalId, i) => ({ externalId, id: rows[i]?.id ?? 0, state: states.get(externalId) }));
  await copyRows(
    tx.client,
    'thread',
    { source_id: 'int4', id: 'int8', external_id: 'text', kind: 'text', last_at: 'timestamptz' },
    born.map(({ externalId, id, state }) => [sourceId, id, externalId, state?.kind, state?.lastAt ?? 0]),
  );
  for (const { externalId, id } of born) fresh.set(externalId, id);
}

async function moveThreads(tx: OpenTransaction, sourceId: number, threads: readonly { id: number; state: ThreadState }[]): Promise<void> {
  const seconds = (at: number | undefined): number | null => (at === undefined ? null : at / 1000);
  await tx.client.query({
    name: 'thread-move',
    text: `update thread t set
             title = coalesce(u.title, t.title), url = coalesce(u.url, t.url),
             opened_at = coalesce(to_timestamp(u.opened_at), t.opened_at), opener_identity_id = coalesce(u.opener, t.opener_identity_id),
             closed_at = coalesce(to_timestamp(u.closed_at), t.closed_at), last_at = greatest(t.last_at, to_timestamp(u.last_at))
           from unnest($2::bigint[], $3::text[], $4::text[], $5::float8[], $6::int[], $7::float8[], $8::float8[])
             as u (id, title, url, opened_at, opener, closed_at, last_at)
           where t.source_id = $1 and t.id = u.id`,
    values: [
      sourceId,
      threads.map((t) => t.id),
      threads.map((t) => t.state.title ?? null),
      threads.map((t) => t.state.url ?? null),
      threads.map((t) => seconds(t.state.openedAt)),
      threads.map((t) => t.state.opener ?? null),
      threads.map((t) => seconds(t.state.closedAt)),
      threads.map((t) => seconds(t.state.lastAt)),
    ],
  });
}
