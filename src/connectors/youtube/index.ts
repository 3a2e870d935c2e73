import type { CheckLine } from '../contract.ts';
import { defineConnector } from '../kit/define.ts';
import { tried } from '../kit/failures.ts';
import { comments } from './comments.ts';
import { listPlaylists, readVideos } from './playlists.ts';
import type { YoutubeIo } from './settings.ts';
import { youtubeSettings } from './settings.ts';
import { videos } from './videos.ts';

export const youtube = defineConnector({
  name: 'youtube',
  title: 'YouTube',
  summary: 'Reads the videos of a channel or of playlists with their views, and the comments under them.',
  settings: youtubeSettings,
  nameOf: ({ channel, playlists }) => channel ?? playlists[0] ?? 'YouTube',
  everyMinutes: 6 * 60,
  // Beside the address rather than in it, so that the key stands in no log: cloud.google.com/docs/authentication/api-keys-use
  authorize: ({ key }) => ({ headers: { 'x-goog-api-key': key } }),
  requestsPerSecond: 5,
  check,
  streams: [videos, comments],
});

async function check(io: YoutubeIo): Promise<CheckLine[]> {
  let ids: string[] = [];
  const lines = [
    await tried('Find the channel', async () => {
      const found = await listPlaylists(io);
      ids = found.ids;
      return found.title === undefined
        ? `${ids.length} playlists are named.`
        : `"${found.title}", and ${ids.length - 1} playlists beside its uploads.`;
    }),
  ];
  if (lines[0]?.ok !== true) return lines;
  lines.push(
    await tried('Read videos', async () => {
      const { videos: found, next } = await readVideos(io, ids, undefined);
      return found.length === 0
        ? 'There are no public videos yet.'
        : `${found.length}${next === undefined ? '' : ' and more'} videos, the latest "${found[0]?.snippet.title ?? ''}".`;
    }),
  );
  return lines;
}
