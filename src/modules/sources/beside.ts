import type { Program } from '../../platform/context.ts';
import { messageOf } from '../../platform/errors.ts';
import { given } from './provided.ts';

/** What may lag behind a reading, done beside it, so that little is left to do when it ends. */
export interface Beside {
  /** A page was stored: starts, unless it is under way. */
  go(): void;
  /** Waits for what is under way. */
  end(): Promise<void>;
}

export function besideReading(program: Program, sourceId: number, signal: AbortSignal): Beside {
  let running: Promise<void> | undefined;
  return {
    go() {
      if (signal.aborted) return;
      running ??= given()
        .whileReading(program, sourceId, signal)
        // No reason to stop reading: it is done after the reading, or by the schedule.
        .catch((error: unknown) =>
          signal.aborted ? undefined : program.log.warn({ source: sourceId, error: messageOf(error) }, 'beside reading'),
        )
        .finally(() => {
          running = undefined;
        });
    },
    async end() {
      await running;
    },
  };
}
