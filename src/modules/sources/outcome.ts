import type { Program } from '../../platform/context.ts';
import { createContext } from '../../platform/action.ts';
import { transaction } from '../../platform/db.ts';
import { AppError, messageOf } from '../../platform/errors.ts';
import { showId } from '../../platform/ids.ts';

interface SourceRow {
  id: number;
  name: string;
  every_minutes: number;
  failures: number;
}

interface EndedRun {
  id: number;
  state: 'done' | 'failed' | 'interrupted';
  error: unknown;
  warnings: string[];
}

/** After so many failures in a row a source is paused, and its owner told. */
const failuresBeforePause = 8;

/** When to try again after the nth failure in a row: minutes doubling up to a day, with jitter so that sources do not come together. */
function retryAfterMinutes(failures: number, random = Math.random()): number {
  return Math.min(24 * 60, 2 ** failures) * (0.75 + random / 2);
}

/** Writes how a run ended, on the run and on its source: next time, failures, pause; raises `source.failing` and `source.paused`. */
export async function settleRun(program: Program, source: SourceRow, ended: EndedRun): Promise<void> {
  const { state, error } = ended;
  const now = program.clock.now();
  await transaction(program.database, async (tx) => {
    await tx.db
      .updateTable('source_run')
      .set({ state, ended_at: now, error: error === undefined ? null : messageOf(error).slice(0, 2000) })
      .where('id', '=', ended.id)
      .execute();
    const context = createContext(program, { actor: { type: 'system', name: 'Rapport' }, origin: 'job' }, tx);
    const at = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000);
    const update = tx.db.updateTable('source').where('id', '=', source.id);
    if (state === 'done') {
      await update
        .set({
          last_success_at: now,
          failing_since: null,
          failures: 0,
          last_error: null,
          next_run_at: at(source.every_minutes),
          warnings: ended.warnings.map((warning) => warning.slice(0, 500)),
        })
        .execute();
      return;
    }
    if (state === 'interrupted') {
      await update.set({ next_run_at: now }).execute();
      return;
    }
    if (error instanceof AppError && error.kind === 'rate_limited') {
      // The other side named a time: that is no failure of the source.
      await update.set({ last_error: error.message, next_run_at: at((error.retryAfter ?? 60) / 60) }).execute();
      return;
    }
    const failures = source.failures + 1;
    const message = messageOf(error).slice(0, 2000);
    await update
      .set({
        failures,
        last_error: message,
        failing_since: source.failures === 0 ? now : undefined,
        next_run_at: at(retryAfterMinutes(failures)),
      })
      .execute();
    const about = { source: showId('source', source.id), name: source.name, error: message, failures };
    await context.fact('source.failing', about);
    if (failures < failuresBeforePause) return;
    await update.set({ state: 'paused', paused_reason: `It failed ${failures} times in a row. Last: ${message}` }).execute();
    await context.fact('source.paused', about);
  });
}
