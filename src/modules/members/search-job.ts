import type { Program } from '../../platform/context.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Job } from '../../platform/jobs.ts';
import { refreshStaleCards } from './jobs.ts';
import { findSuggestions } from './suggest.ts';
import type { SearchResult } from './suggest.ts';

/** Milliseconds from which on a pass is long. */
const longPass = 10_000;

/**
 * Searches for suggestions and keeps the account of it that people see. Returns undefined when nothing about people
 * changed since the latest search and nobody asked.
 */
export async function searchForSuggestions(
  program: Pick<Program, 'database' | 'clock'>,
  options: { asked?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<SearchResult | undefined> {
  const { pool } = program.database;
  await refreshStaleCards(program, options.signal);
  const seen = await pool.query<{ seen: string }>(
    `select concat_ws(' ', (select max(revision) from identity), (select max(id) from identity), (select max(revision) from member), (select max(revision) from affiliation),
       (select max(id) from merge)) as seen`,
  );
  const now = seen.rows[0]?.seen ?? '';
  const latest = await pool.query<{ seen: string; started_at: Date; ended_at: Date }>(
    'select seen, started_at, ended_at from suggestion_run where ended_at is not null and error is null order by id desc limit 1',
  );
  const last = latest.rows[0];
  if (options.asked !== true && last !== undefined) {
    if (last.seen === now) return undefined;
    // A pass over everybody that takes long is not made after each reading: the hourly one, or a person, asks again.
    const took = last.ended_at.getTime() - last.started_at.getTime();
    if (took > longPass && program.clock.now().getTime() - last.ended_at.getTime() < took * 20) return undefined;
  }
  const started = await pool.query<{ id: number }>('insert into suggestion_run (started_at, seen) values ($1, $2) returning id', [
    program.clock.now(),
    now,
  ]);
  const run = started.rows[0]?.id ?? 0;
  let told = 0;
  try {
    const result = await findSuggestions(program.database, program.clock, options.signal, async (phase, done, total) => {
      if (Date.now() - told < 500) return;
      told = Date.now();
      await pool.query('update suggestion_run set phase = $2, done = $3, total = $4 where id = $1', [run, phase, done, total ?? null]);
    });
    await pool.query("update suggestion_run set phase = 'done', done = $2, total = $2, found = $3, ended_at = $4 where id = $1", [
      run,
      result.pairs,
      result.found,
      program.clock.now(),
    ]);
    await pool.query('delete from suggestion_run where id < $1', [run - 20]);
    return result;
  } catch (error) {
    await pool.query('update suggestion_run set error = $2, ended_at = $3 where id = $1', [run, messageOf(error), program.clock.now()]);
    throw error;
  }
}

export const findSuggestionsJob: Job = {
  name: 'members.find-suggestions',
  cron: '17 * * * *',
  expireSeconds: 3600,
  async work(program, data, signal) {
    await searchForSuggestions(program, { asked: data['asked'] === true, signal });
  },
};
