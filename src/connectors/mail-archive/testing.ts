import path from 'node:path';
import type { OfflineSource } from '../kit/testing.ts';

/** A small mbox: a thread, a rewritten sender, a date that cannot be. */
export function openOffline(): Promise<OfflineSource> {
  return Promise.resolve({
    settings: { path: path.join(import.meta.dirname, 'fixtures', 'small.mbox') },
    close: () => Promise.resolve(),
  });
}
