import type { Program } from '../../platform/context.ts';
import { messageOf } from '../../platform/errors.ts';
import { given } from './provided.ts';

/** What may lag behind a reading, done beside it, so that little is left to do when it ends. */
export interface Beside {
  /** A page with so many activities was stored: starts once enough is waiting, unless it is under way. */
  go(activities: number): void;
  /** Waits for what is under way. */
  end(): Promise<void>;
}

/** Less is not worth a round of its own: systems that give a hundred items a page would be read more slowly for it. */
const worthwhile = 5000;

export function besideReading(program: Program, sourceId: number, signal: AbortSignal): Beside {
  let running: Promise<void> | undefined;
  let waiting = 0;
  return {
    go(activities) {
      waiting += activities;
      if (signal.aborted || running !== undefined || waiting < worthwhile) return;
      waiting = 0;
      running = given()
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
