import path from 'node:path';
import { replay } from '../kit/replay.ts';
import type { OfflineSource } from '../kit/testing.ts';

/** A small channel: three videos, comments with replies under one of them, turned off under another. */
export async function openOffline(): Promise<OfflineSource> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', 'offline.json'));
  return {
    settings: { channel: '@example', key: 'test-key-of-twenty-characters', apiUrl: server.url },
    close: () => server.finish({ partly: true }),
  };
}
