import path from 'node:path';
import { replay } from '../kit/replay.ts';
import type { OfflineSource } from '../kit/testing.ts';

/** One search and one site. */
export async function openOffline(): Promise<OfflineSource> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', 'search.json'));
  return {
    settings: { queries: ['"rapport"'], domains: ['example.org'], apiUrl: server.url },
    close: () => server.finish({ partly: true }),
  };
}
