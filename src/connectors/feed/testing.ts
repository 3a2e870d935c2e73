import path from 'node:path';
import type { OfflineSource } from '../kit/testing.ts';
import { replay } from '../kit/replay.ts';

/** A blog's feed, as often as it is asked for. */
export async function openOffline(): Promise<OfflineSource> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', 'blog.json'));
  return { settings: { url: `${server.url}/feed.xml` }, close: () => server.finish() };
}
