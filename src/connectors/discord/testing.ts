import path from 'node:path';
import { replay } from '../kit/replay.ts';
import type { OfflineSource } from '../kit/testing.ts';

/** A small server: a text channel with a thread, a forum with an open post and two archived ones, two members. */
export async function openOffline(): Promise<OfflineSource> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', 'offline.json'));
  return {
    settings: {
      server: '100000000000000001',
      token: 'test.token.of-a-bot_0001',
      publicKey: '1da14c6c0f4bd1f8b9d0a5a0c0d9a1b0e0f9a1d2c3b4a5968778695a4b3c2d1e',
      apiUrl: server.url,
    },
    close: () => server.finish({ partly: true }),
  };
}
