import path from 'node:path';
import { replay } from '../kit/replay.ts';
import type { OfflineSource } from '../kit/testing.ts';

/** A small repository with something in every stream. A test reads as much of it as it wants. */
export async function openOffline(): Promise<OfflineSource> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', 'hello.json'));
  return {
    settings: { repositories: ['octo/hello'], token: 'ghp_synthetic', webhookSecret: 'a secret for tests', apiUrl: server.url },
    close: () => server.finish({ partly: true }),
  };
}
