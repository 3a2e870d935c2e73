import path from 'node:path';
import { replay } from '../kit/replay.ts';
import type { OfflineSource } from '../kit/testing.ts';

/** Two tags of Stack Overflow, two pages of questions. */
export async function openOffline(): Promise<OfflineSource> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', 'questions.json'));
  return { settings: { tags: ['rapport', 'devrel'], apiUrl: server.url }, close: () => server.finish({ partly: true }) };
}
