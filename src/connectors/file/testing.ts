import path from 'node:path';
import type { OfflineSource } from '../kit/testing.ts';

/** A small file of activities with what files have: quotes, line ends in fields, an empty line, accents. */
export function openOffline(): Promise<OfflineSource> {
  return Promise.resolve({
    settings: { path: path.join(import.meta.dirname, 'fixtures', 'activities.csv') },
    close: () => Promise.resolve(),
  });
}
