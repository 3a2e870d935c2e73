import path from 'node:path';
import { replay } from '../kit/replay.ts';
import type { OfflineSource } from '../kit/testing.ts';

/** A small forum: three topics, one of them solved, three people. */
export async function openOffline(): Promise<OfflineSource> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', 'forum.json'));
  return { settings: { address: server.url, questionCategories: ['4'] }, close: () => server.finish({ partly: true }) };
}
