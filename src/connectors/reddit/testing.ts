import path from 'node:path';
import { replay } from '../kit/replay.ts';
import type { OfflineSource } from '../kit/testing.ts';

/** One subreddit, and one search that finds a post elsewhere. */
export async function openOffline(): Promise<OfflineSource> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', 'subreddit.json'));
  const app = { clientId: 'app', clientSecret: 'secret', account: 'robin' };
  const settings = { subreddits: ['rapport'], searches: ['"rapport"'], ...app, apiUrl: server.url, authUrl: server.url };
  return { settings, close: () => server.finish({ partly: true }) };
}
