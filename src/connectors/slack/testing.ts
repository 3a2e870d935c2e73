import path from 'node:path';
import { replay } from '../kit/replay.ts';
import type { OfflineSource } from '../kit/testing.ts';

/** A small workspace: two channels, a thread, a few people. */
export async function openOffline(): Promise<OfflineSource> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', 'offline.json'));
  return {
    settings: { workspace: 'example.slack.com', token: 'xoxb-test', apiUrl: server.url, signingSecret: '8f742231b10e8888' },
    close: () => server.finish({ partly: true }),
  };
}
