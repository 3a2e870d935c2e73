import path from 'node:path';
import type { OfflineSource } from '../kit/testing.ts';
import { replay } from '../kit/replay.ts';

/** A group and a project beside it, as often as they are asked for. */
export async function openOffline(): Promise<OfflineSource> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', 'group.json'));
  return {
    settings: { url: server.url, group: 'acme', projects: ['tools/cli'], token: 'glpat-x' },
    close: () => server.finish({ partly: true }),
  };
}
