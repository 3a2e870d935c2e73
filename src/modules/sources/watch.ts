import type { Program } from '../../platform/context.ts';

/**
 * Watches over a run: its signal aborts when the caller's does, and within a second after the source was paused or removed,
 * also by another process. Keeps the run's heartbeat, by which a dead one is told from a slow one.
 */
export function watchRun(
  program: Program,
  sourceId: number,
  runId: number,
  outer: AbortSignal | undefined,
  options: { whilePaused?: boolean } = {},
): { signal: AbortSignal; stop(): Promise<void> } {
  const controller = new AbortController();
  const signal = outer === undefined ? controller.signal : AbortSignal.any([controller.signal, outer]);
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const { rows } = await program.database.pool.query<{ state: string }>(
      `with beat as (update source_run set heartbeat_at = now() where id = $2 and state = 'running')
       select state from source where id = $1`,
      [sourceId, runId],
    );
    if (rows[0] === undefined || rows[0].state === 'removing') controller.abort(new Error('The source is being removed.'));
    else if (rows[0].state === 'paused' && options.whilePaused !== true)
      controller.abort(new Error('Paused. Resume it to read on from here.'));
  }

  const timer = setInterval(() => {
    // A look that fails (database away for a moment) is tried again by the next.
    looking = looking.then(look).catch((error: Error) => program.log.warn({ source: sourceId, error: error.message }, 'watching a run'));
  }, 1000);
  return {
    signal,
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
