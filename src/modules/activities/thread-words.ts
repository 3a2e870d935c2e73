import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Db, OpenTransaction } from '../../platform/db.ts';
import { beginningsOf, wordsOf } from './words.ts';

/**
 * Writes the words of titles that are new or changed (`was`: what they were made of until now). Apart from `thread`: that row
 * is written with every answer, and an index over words in it would be, too.
 */
export async function writeThreadWords(
  tx: OpenTransaction,
  sourceId: number,
  titles: readonly { id: number; was: string | undefined; title: string | undefined }[],
): Promise<void> {
  const changed = titles.filter(({ was, title }) => was !== title);
  const untitled = changed.filter(({ title }) => title === undefined);
  await deleteThreadWords(
    tx,
    sourceId,
    untitled.map(({ id }) => id),
  );
  const titled = changed.filter(({ title }) => title !== undefined);
  if (titled.length === 0) return;
  await tx.client.query({
    name: 'thread-words',
    text: `insert into thread_words as w (source_id, thread_id, words)
           select $1, u.id, ${wordsOf('u.title')} from unnest($2::bigint[], $3::text[]) as u (id, title)
           on conflict (source_id, thread_id) do update set words = excluded.words where w.words <> excluded.words`,
    values: [sourceId, titled.map(({ id }) => id), titled.map(({ title }) => title?.replaceAll('\u0000', ''))],
  });
}

export async function deleteThreadWords(tx: OpenTransaction, sourceId: number, threadIds: readonly number[]): Promise<void> {
  if (threadIds.length > 0)
    await tx.client.query('delete from thread_words where source_id = $1 and thread_id = any ($2::bigint[])', [sourceId, threadIds]);
}

/** Ids of the threads in whose title each word that was typed begins one. Where nothing was typed but signs: none. */
export function threadsTitled(db: Db, typed: string, sources: readonly number[] | undefined): Promise<Int32Array> {
  return idsIn(
    db,
    sql`select thread_id as id, source_id from thread_words where words @@ to_tsquery('simple', ${beginningsOf(typed)})`,
    sources,
  );
}

/** Ids of the threads with all of these labels. */
export function threadsLabelled(db: Db, labels: readonly string[], sources: readonly number[] | undefined): Promise<Int32Array> {
  return idsIn(db, sql`select id, source_id from thread where labels @> ${[...labels]}::text[] and labels <> '{}'`, sources);
}

/** As one value: half a million rows take longer to read than to find. */
async function idsIn(db: Db, found: RawBuilder<unknown>, sources: readonly number[] | undefined): Promise<Int32Array> {
  const within = sources === undefined ? sql`` : sql`where source_id = any (${[...sources]}::int[])`;
  const { rows } = await sql<{ ids: Buffer | null }>`select string_agg(int4send(id::int), '') as ids from (${found}) f ${within}`.execute(
    db,
  );
  const ids = rows[0]?.ids ?? Buffer.alloc(0);
  return Int32Array.from({ length: ids.length / 4 }, (_, n) => ids.readInt32BE(n * 4));
}
