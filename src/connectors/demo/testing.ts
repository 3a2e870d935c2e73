import type { OfflineSource } from '../kit/testing.ts';

/** The demo is offline by itself. */
export function openOffline(): Promise<OfflineSource> {
  return Promise.resolve({ settings: { place: 'forum', days: 20 }, close: () => Promise.resolve() });
}
