import { readConfig } from '../../platform/config.ts';
import type { Program } from '../../platform/context.ts';
import { createLog } from '../../platform/log.ts';
import type { Caller } from '../../platform/action.ts';
import { onStopSignal } from '../../platform/stop-signal.ts';
import { openProgram } from '../program.ts';

/** Whoever may read the data folder owns the instance: commands act as the system, and the audit trail says so. */
export const operator: Caller = { actor: { type: 'system', name: 'Command line' }, origin: 'cli' };

/** Opens the program for one command (beside a running server if there is one), and closes it whatever happens. */
export async function withProgram<T>(
  work: (program: Program, signal: AbortSignal) => Promise<T>,
  options: { quiet?: boolean } = {},
): Promise<T> {
  const config = readConfig();
  const log = createLog(options.quiet === true || config.logLevel === 'info' ? 'warn' : config.logLevel);
  const program = await openProgram(config, { log });
  const interrupt = new AbortController();
  const stopListening = onStopSignal(() => interrupt.abort(new Error('Interrupted. The same command goes on from here.')));
  try {
    return await work(program, interrupt.signal);
  } finally {
    await program.close();
    stopListening();
  }
}
