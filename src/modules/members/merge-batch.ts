import { z } from 'zod';
import { nameOf } from '../../platform/access.ts';
import { createContext, defineAction } from '../../platform/action.ts';
import type { Context, Program } from '../../platform/context.ts';
import { transaction } from '../../platform/db.ts';
import type { Db, OpenTransaction } from '../../platform/db.ts';
import { conflict, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import type { Job } from '../../platform/jobs.ts';
import { refreshPeople } from './cards.ts';
import { readCsvRows } from './csv-rows.ts';
import { parseMerges, readIdentity, readMemberId } from './merge-csv.ts';
import type { MergeLine, RefusedLine } from './merge-csv.ts';
import { inside } from './store.ts';
import { cutTree, joinTrees, lockTrees } from './trees.ts';
import { loadVetoes } from './vetoes.ts';

interface Planned extends MergeLine {
  members: [number, number];
  names: [string, string];
}

interface Plan {
  merges: Planned[];
  refused: RefusedLine[];
}

/** Which members a file would join, and what it would refuse: line by line, each seeing what the lines before it join. */
async function plan(db: Db, tx: OpenTransaction | { client: OpenTransaction['client'] }, content: string): Promise<Plan> {
  const { lines, refused } = parseMerges(readCsvRows(content, 'members.merge_file'));
  const found = await findEnds(db, lines);
  const roots = [...new Set([...found.values()].map((one) => one.root))];
  const vetoes = await loadVetoes(tx as OpenTransaction, roots);
  const merges: Planned[] = [];
  for (const line of lines) {
    const [a, b] = [found.get(line.a), found.get(line.b)];
    const missing = [a === undefined ? line.a : undefined, b === undefined ? line.b : undefined].filter((one) => one !== undefined);
    if (a === undefined || b === undefined) {
      refused.push({ line: line.line, reason: `Nobody here is known as ${missing.join(', nor as ')}.` });
      continue;
    }
    const [x, y] = [vetoes.rootOf(a.root), vetoes.rootOf(b.root)];
    if (x === y) refused.push({ line: line.line, reason: 'These are one person already.' });
    else if (vetoes.bots.has(x) !== vetoes.bots.has(y))
      refused.push({ line: line.line, reason: 'One of them is a bot, the other a person.' });
    else if (vetoes.refused(x, y))
      refused.push({ line: line.line, reason: 'Somebody said that these are different people, or took them apart.' });
    else {
      vetoes.join({ absorbed: y, survivor: x });
      merges.push({ ...line, members: [a.member, b.member], names: [a.name, b.name] });
    }
  }
  return { merges, refused: refused.toSorted((one, other) => one.line - other.line) };
}

interface End {
  member: number;
  root: number;
  name: string;
}

/** Whom the words in the file mean, each looked up once. */
async function findEnds(db: Db, lines: readonly MergeLine[]): Promise<Map<string, End>> {
  const words = [...new Set(lines.flatMap((line) => [line.a, line.b]))];
  const found = new Map<string, End>();
  const ids = words.flatMap((word) => {
    const id = readMemberId(word);
    return id === undefined ? [] : [{ word, id }];
  });
  for (let from = 0; from < ids.length; from += 5000) {
    const some = ids.slice(from, from + 5000);
    const rows = await db
      .selectFrom('member as m')
      .leftJoin('member_card as c', 'c.member_id', 'm.root_id')
      .select(['m.id', 'm.root_id', 'c.name'])
      .where(
        'm.id',
        'in',
        some.map((one) => one.id),
      )
      .execute();
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const { word, id } of some) {
      const row = byId.get(id);
      if (row !== undefined) found.set(word, { member: id, root: row.root_id, name: row.name ?? word });
    }
  }
  const named = words.flatMap((word) => {
    const identity = readMemberId(word) === undefined ? readIdentity(word) : undefined;
    return identity === undefined
      ? []
      : [{ word, key: `${identity.platform}\n${identity.host}\n${identity.type}\n${identity.valueKey}`, identity }];
  });
  for (let from = 0; from < named.length; from += 5000) {
    const some = named.slice(from, from + 5000);
    const rows = await db
      .selectFrom('identity as i')
      .leftJoin('member_card as c', 'c.member_id', 'i.member_id')
      .select(['i.platform', 'i.host', 'i.type', 'i.value_key', 'i.origin_member_id', 'i.member_id', 'c.name'])
      .where(
        'i.value_key',
        'in',
        some.map((one) => one.identity.valueKey),
      )
      .execute();
    const byKey = new Map(rows.map((row) => [`${row.platform}\n${row.host}\n${row.type}\n${row.value_key}`, row]));
    for (const { word, key, identity } of some) {
      // An account without a host means the only one of that platform with this name.
      const alike = rows.filter(
        (row) => row.platform === identity.platform && row.value_key === identity.valueKey && row.type === identity.type,
      );
      const row = byKey.get(key) ?? (alike.length === 1 ? alike[0] : undefined);
      if (row !== undefined) found.set(word, { member: row.origin_member_id, root: row.member_id, name: row.name ?? word });
    }
  }
  return found;
}

const contentInput = z
  .string()
  .min(1, 'is empty')
  .max(4_000_000)
  .describe(
    'CSV: two columns that name a member each (mem_1a, an e-mail address, github:ada, discourse:forum.example.org:ada), and a reason.',
  );
const refusedOutput = z.array(z.object({ line: z.number(), reason: z.string() }));

export const planMerges = defineAction({
  name: 'members.plan-merges',
  kind: 'query',
  access: 'agent',
  summary:
    'Reads a CSV file of pairs that are one person and says what it would merge and which lines it would refuse, and why. Changes nothing.',
  input: z.object({ content: contentInput }),
  output: z.object({
    merges: z
      .array(z.object({ line: z.number(), a: z.string(), b: z.string(), names: z.array(z.string()), reason: z.string() }))
      .describe('The first 500.'),
    count: z.number(),
    refused: refusedOutput.describe('The first 1,000.'),
    refusedCount: z.number(),
  }),
  async run(context, input) {
    const client = await context.database.pool.connect();
    try {
      const { merges, refused } = await plan(context.db, { client }, input.content);
      return {
        merges: merges.slice(0, 500).map(({ line, a, b, names, reason }) => ({ line, a, b, names, reason })),
        count: merges.length,
        refused: refused.slice(0, 1000),
        refusedCount: refused.length,
      };
    } finally {
      client.release();
    }
  },
});

export const mergeMany = defineAction({
  name: 'members.merge-many',
  kind: 'command',
  access: 'manager',
  summary:
    'Merges the pairs of a CSV file, in the background; lines that are refused are left out. members.merge-batches shows how far it is, members.undo-batch takes all of it back.',
  input: z.object({
    content: contentInput,
    name: z.string().trim().max(200).default('merges.csv').describe('What the file is called.'),
  }),
  output: z.object({ id: z.string().nullable(), merges: z.number(), refused: refusedOutput }),
  async run(context, input) {
    const tx = inside(context);
    const { merges, refused } = await plan(context.db, tx, input.content);
    if (merges.length === 0) return { id: null, merges: 0, refused: refused.slice(0, 1000) };
    const made = await context.db
      .insertInto('merge_batch')
      .values({
        name: input.name,
        pairs: merges.flatMap((one) => one.members),
        reasons: merges.map((one) => one.reason || `Line ${one.line} of ${input.name} says so`),
        lines: merges.map((one) => one.line),
        refused: JSON.stringify(refused.slice(0, 1000)),
        made_at: context.clock.now(),
        made_by: nameOf(context.actor),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await context.jobs.sendInside(tx, mergeBatchJob.name, { batch: made.id }, { key: String(made.id) });
    const id = showId('batch', made.id);
    context.audit({ subject: id, summary: `Began to merge ${merges.length} pairs of ${input.name}`, after: { refused: refused.length } });
    return { id, merges: merges.length, refused: refused.slice(0, 1000) };
  },
});

export const undoBatch = defineAction({
  name: 'members.undo-batch',
  kind: 'command',
  access: 'manager',
  summary: 'Takes back every merge of a batch that still holds, in the background; what was merged otherwise since stays.',
  input: z.object({ batch: idInput('batch') }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await context.db.selectFrom('merge_batch').selectAll().where('id', '=', input.batch).forUpdate().executeTakeFirst();
    if (row === undefined) throw notFound('batch', showId('batch', input.batch));
    if (row.state === 'undoing' || row.state === 'undone') throw conflict('members.batch_undone', 'This batch is taken back already.');
    await context.db
      .updateTable('merge_batch')
      .set({ state: 'undoing', ended_at: null, undone_by: nameOf(context.actor) })
      .where('id', '=', row.id)
      .execute();
    await context.jobs.sendInside(inside(context), mergeBatchJob.name, { batch: row.id }, { key: String(row.id) });
    context.audit({ subject: showId('batch', row.id), summary: `Began to take back the merges of ${row.name}` });
    return { id: showId('batch', row.id) };
  },
});

export const listBatches = defineAction({
  name: 'members.merge-batches',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists files of merges, the latest first: how far each is, and what was refused.',
  input: z.object({}),
  output: z.object({
    batches: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        state: z.enum(['running', 'done', 'undoing', 'undone']),
        total: z.number(),
        done: z.number(),
        merged: z.number().describe('Merges of it that hold now.'),
        refused: refusedOutput,
        madeAt: z.date(),
        madeBy: z.string().nullable(),
        endedAt: z.date().nullable(),
        undoneBy: z.string().nullable(),
      }),
    ),
  }),
  async run(context) {
    const rows = await context.db.selectFrom('merge_batch').selectAll().orderBy('id', 'desc').limit(50).execute();
    return {
      batches: rows.map((row) => ({
        id: showId('batch', row.id),
        name: row.name,
        state: z.enum(['running', 'done', 'undoing', 'undone']).parse(row.state),
        total: row.reasons.length,
        done: row.done,
        merged: row.merged,
        refused: refusedOutput.parse(row.refused),
        madeAt: row.made_at,
        madeBy: row.made_by,
        endedAt: row.ended_at,
        undoneBy: row.undone_by,
      })),
    };
  },
});

const step = 100;

/** Works a batch off: forwards while it runs, backwards while it is taken back. Each step moves its own progress. */
export async function workBatch(program: Program, batchId: number, signal?: AbortSignal): Promise<void> {
  for (;;) {
    if (signal?.aborted === true) return;
    const more = await transaction(program.database, async (tx) => {
      await lockTrees(tx);
      const row = await tx.db.selectFrom('merge_batch').selectAll().where('id', '=', batchId).forUpdate().executeTakeFirst();
      if (row?.state === 'running') return forwards(program, tx, row);
      if (row?.state === 'undoing') return backwards(program, tx, row);
      return false;
    });
    if (!more) return;
  }
}

interface BatchRow {
  id: number;
  pairs: number[];
  reasons: string[];
  lines: number[];
  done: number;
  merged: number;
  refused: unknown;
  made_by: string | null;
  undone_by: string | null;
}

async function forwards(program: Program, tx: OpenTransaction, row: BatchRow): Promise<boolean> {
  const now = program.clock.now();
  const to = Math.min(row.reasons.length, row.done + step);
  const ids = row.pairs.slice(row.done * 2, to * 2);
  const known = await tx.client.query<{ id: number; root: number }>('select id, root_id as root from member where id = any($1::int[])', [
    ids,
  ]);
  const rootOf = new Map(known.rows.map((one) => [one.id, one.root]));
  const vetoes = await loadVetoes(tx, [...new Set(rootOf.values())]);
  const edges: { absorbed: number; survivor: number; cause: 'import'; reason: string }[] = [];
  const refused = z.array(z.object({ line: z.number(), reason: z.string() })).parse(row.refused);
  for (let place = row.done; place < to; place += 1) {
    const [a, b] = [rootOf.get(row.pairs[place * 2] ?? 0), rootOf.get(row.pairs[place * 2 + 1] ?? 0)];
    const line = row.lines[place] ?? 0;
    if (a === undefined || b === undefined) {
      refused.push({ line, reason: 'One of them is gone by now.' });
      continue;
    }
    const [survivor, absorbed] = [vetoes.rootOf(a), vetoes.rootOf(b)];
    if (survivor === absorbed) refused.push({ line, reason: 'They were joined some other way by now.' });
    else if (vetoes.bots.has(survivor) !== vetoes.bots.has(absorbed) || vetoes.refused(survivor, absorbed))
      refused.push({ line, reason: 'Somebody decided otherwise by now.' });
    else {
      const edge = { absorbed, survivor, cause: 'import' as const, reason: row.reasons[place] ?? '' };
      vetoes.join(edge);
      edges.push(edge);
    }
  }
  const merges = await joinTrees(tx, edges, row.made_by ?? undefined, now);
  await tx.client.query('update merge set batch_id = $1 where id = any($2::int[])', [row.id, merges]);
  await finishStep(
    tx,
    edges.flatMap((edge) => [edge.survivor, edge.absorbed]),
    now,
  );
  const context = factContext(program, tx, row.made_by);
  for (const edge of edges) await context.fact('member.merged', { memberId: edge.survivor, absorbedId: edge.absorbed });
  const over = to >= row.reasons.length;
  await tx.db
    .updateTable('merge_batch')
    .set({
      done: to,
      merged: row.merged + merges.length,
      refused: JSON.stringify(refused),
      ...(over ? { state: 'done', ended_at: now } : {}),
    })
    .where('id', '=', row.id)
    .execute();
  return !over;
}

async function backwards(program: Program, tx: OpenTransaction, row: BatchRow): Promise<boolean> {
  const now = program.clock.now();
  const live = await tx.client.query<{ id: number }>(
    'select id from merge where batch_id = $1 and undone_at is null order by id desc limit $2',
    [row.id, step],
  );
  const touched: number[] = [];
  const context = factContext(program, tx, row.undone_by);
  for (const { id } of live.rows) {
    const cut = await cutTree(tx, id, row.undone_by ?? undefined, now);
    if (cut === undefined) continue;
    touched.push(cut.kept, cut.freed);
    await context.fact('member.unmerged', { memberId: cut.kept, freedId: cut.freed });
  }
  await finishStep(tx, touched, now);
  const over = live.rows.length < step;
  await tx.db
    .updateTable('merge_batch')
    .set({ merged: Math.max(0, row.merged - live.rows.length), ...(over ? { state: 'undone', ended_at: now } : {}) })
    .where('id', '=', row.id)
    .execute();
  return !over;
}

async function finishStep(tx: OpenTransaction, members: readonly number[], now: Date): Promise<void> {
  const roots = await tx.client.query<{ root: number }>('select distinct root_id as root from member where id = any($1::int[])', [members]);
  await refreshPeople(tx, [...new Set([...members, ...roots.rows.map((row) => row.root)])], now);
}

function factContext(program: Program, tx: OpenTransaction, name: string | null): Context {
  return createContext(program, { actor: { type: 'system', name: name ?? 'Merges of a file' }, origin: 'job' }, tx);
}

export const mergeBatchJob: Job = {
  name: 'members.merge-batch',
  // What a stop left half done goes on by itself.
  cron: '*/10 * * * *',
  expireSeconds: 3600,
  async work(program, data, signal) {
    if (typeof data['batch'] === 'number') return workBatch(program, data['batch'], signal);
    const open = await program.database.db
      .selectFrom('merge_batch')
      .select('id')
      .where('state', 'in', ['running', 'undoing'])
      .orderBy('id')
      .execute();
    for (const { id } of open) await workBatch(program, id, signal);
  },
};
