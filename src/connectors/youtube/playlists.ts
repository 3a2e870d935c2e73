import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import { sourceRefused } from '../kit/failures.ts';
import { list } from './api.ts';
import type { YoutubeIo } from './settings.ts';

const pageSize = 50;

/** A video as videos.list gives it, with the fields that reading needs. */
const videoAnswer = z.looseObject({
  id: z.string(),
  snippet: z.looseObject({ title: z.string(), publishedAt: z.string() }),
  statistics: z.looseObject({ commentCount: z.string().optional() }).optional(),
});
export type Video = z.infer<typeof videoAnswer>;

/** The uploads of the channel, and the playlists that are named. Errors: `youtube.channelNotFound`. */
export async function listPlaylists(io: YoutubeIo): Promise<{ title: string | undefined; ids: string[] }> {
  const { channel, playlists } = io.settings;
  if (channel === undefined) return { title: undefined, ids: playlists };
  const which = channel.startsWith('@') ? { forHandle: channel } : { id: channel };
  const schema = z.object({
    snippet: z.object({ title: z.string() }),
    contentDetails: z.object({ relatedPlaylists: z.object({ uploads: z.string() }) }),
  });
  const { items } = await list(io, 'channels', { part: 'snippet,contentDetails', ...which }, schema);
  const [found] = items;
  if (found === undefined) throw sourceRefused('youtube.channelNotFound', `There is no channel ${channel}. Check its handle or id.`);
  return { title: found.snippet.title, ids: [...new Set([found.contentDetails.relatedPlaylists.uploads, ...playlists])] };
}

/**
 * The videos of one page of all playlists together, with their figures. `next` is the playlist's number and the page in it.
 * Videos that are private or removed are not shown by YouTube.
 */
export async function readVideos(
  io: YoutubeIo,
  ids: string[],
  next: string | undefined,
): Promise<{ videos: Video[]; next: string | undefined }> {
  const [, number = '0', token = ''] = /^(\d+):(.*)$/.exec(next ?? '0:') ?? [];
  const index = Number(number);
  const playlistId = ids[index];
  if (playlistId === undefined) return { videos: [], next: undefined };
  const page = await readPlaylist(io, playlistId, token === '' ? undefined : token, ids.length === 1);
  const videoIds = [...new Set(page.items.map(({ contentDetails }) => contentDetails.videoId))];
  const query = { part: 'snippet,statistics', id: videoIds.join(','), maxResults: pageSize };
  const videos = videoIds.length === 0 ? [] : (await list(io, 'videos', query, videoAnswer)).items;
  const following = page.next === undefined ? (index + 1 < ids.length ? `${index + 1}:` : undefined) : `${index}:${page.next}`;
  return { videos, next: following };
}

async function readPlaylist(io: YoutubeIo, playlistId: string, pageToken: string | undefined, isOnly: boolean) {
  const schema = z.object({ contentDetails: z.object({ videoId: z.string() }) });
  const query = { part: 'contentDetails', playlistId, maxResults: pageSize };
  try {
    return await list(io, 'playlistItems', { ...query, pageToken }, schema);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // A page that was kept from an earlier day: the playlist is read from its beginning.
    if (pageToken !== undefined && error.code === 'youtube.invalidPageToken') return list(io, 'playlistItems', query, schema);
    if (isOnly || error.code !== 'youtube.playlistNotFound') throw error;
    io.warn(`Playlist ${playlistId}: ${error.message}`);
    return { items: [], next: undefined };
  }
}
