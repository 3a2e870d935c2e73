import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import type { Json, Page } from '../contract.ts';
import { cursorOf } from '../kit/cursor.ts';
import { readTime } from '../kit/time.ts';
import { list } from './api.ts';
import type { Video } from './playlists.ts';
import { listPlaylists, readVideos } from './playlists.ts';
import type { YoutubeIo } from './settings.ts';

const pageSize = 100;

const cursorSchema = z.object({
  /** How many comments each video had when they were read: where that is the same, nothing is asked. */
  counts: z.record(z.string(), z.string()),
  /** The video that is being read: its page, and comments whose replies are still to be read. */
  at: z
    .object({
      video: z.string(),
      page: z.string().optional(),
      ended: z.boolean(),
      replies: z.array(z.object({ id: z.string(), page: z.string().optional() })),
    })
    .optional(),
});
type State = z.infer<typeof cursorSchema>;
type At = NonNullable<State['at']>;

const comment = z.looseObject({ id: z.string(), snippet: z.looseObject({ publishedAt: z.string() }) });
type RawComment = z.infer<typeof comment>;
const commentThread = z.object({
  id: z.string(),
  snippet: z.object({ topLevelComment: comment, totalReplyCount: z.number() }),
  replies: z.object({ comments: z.array(comment) }).optional(),
});

/** Video by video, those where the number of comments changed since; each of them whole, as replies may stand anywhere. */
export async function* readComments(io: YoutubeIo, cursor: Json | undefined): AsyncGenerator<Page> {
  if (!io.settings.comments) return;
  const parsed = cursorSchema.safeParse(cursor);
  const state: State = parsed.success ? parsed.data : { counts: {} };
  const { ids } = await listPlaylists(io);
  let next: string | undefined;
  do {
    const page = await readVideos(io, ids, next);
    for (const video of page.videos) {
      // Without a number, comments are turned off.
      const count = video.statistics?.commentCount ?? '0';
      if (count !== '0' && state.counts[video.id] !== count) yield* readVideo(io, video, count, state);
    }
    next = page.next;
  } while (next !== undefined);
}

async function* readVideo(io: YoutubeIo, video: Video, count: string, state: State): AsyncGenerator<Page> {
  const at: At = state.at?.video === video.id ? state.at : { video: video.id, ended: false, replies: [] };
  state.at = at;
  for (;;) {
    io.signal.throwIfAborted();
    const [thread] = at.replies;
    if (thread === undefined && at.ended) break;
    const found = thread === undefined ? await readThreads(io, at) : await readReplies(io, at, thread);
    const isLast = at.ended && at.replies.length === 0;
    if (isLast) {
      state.counts[video.id] = count;
      delete state.at;
    }
    yield { items: found.filter((each) => isWanted(io, each)).map((each) => itemOf(video, each)), cursor: cursorOf(state) };
    if (isLast) return;
  }
}

/** A page of comments, newest first, with the replies that come along; which need asking is remembered. */
async function readThreads(io: YoutubeIo, at: At): Promise<RawComment[]> {
  const query = { part: 'snippet,replies', videoId: at.video, maxResults: pageSize, order: 'time', textFormat: 'plainText' };
  const page = await list(io, 'commentThreads', { ...query, pageToken: at.page }, commentThread).catch((error: unknown) => {
    if (isCode(error, 'commentsDisabled') || isCode(error, 'videoNotFound')) return { items: [], next: undefined };
    // A page that was kept from an earlier day: the video is read from its beginning.
    if (isCode(error, 'invalidPageToken') && at.page !== undefined) return list(io, 'commentThreads', query, commentThread);
    throw error;
  });
  if (page.next === undefined || page.next === at.page) at.ended = true;
  else at.page = page.next;
  return page.items.flatMap(({ id, snippet, replies }) => {
    const along = replies?.comments ?? [];
    // At most five come along.
    if (snippet.totalReplyCount > along.length) at.replies.push({ id });
    return [snippet.topLevelComment, ...(snippet.totalReplyCount > along.length ? [] : along)];
  });
}

async function readReplies(io: YoutubeIo, at: At, thread: At['replies'][number]): Promise<RawComment[]> {
  const query = { part: 'snippet', parentId: thread.id, maxResults: pageSize, textFormat: 'plainText', pageToken: thread.page };
  const page = await list(io, 'comments', query, comment).catch((error: unknown) => {
    if (isCode(error, 'commentNotFound') || isCode(error, 'invalidPageToken')) return { items: [], next: undefined };
    throw error;
  });
  if (page.next === undefined || page.next === thread.page) at.replies.shift();
  else thread.page = page.next;
  return page.items;
}

function itemOf(video: Video, found: RawComment): Json {
  // As it came.
  return { video: { id: video.id, title: video.snippet.title }, comment: found as { [key: string]: Json } };
}

function isWanted(io: YoutubeIo, { snippet }: RawComment): boolean {
  return io.since === undefined || !(readTime(snippet.publishedAt) < io.since.getTime());
}

function isCode(error: unknown, reason: string): boolean {
  return error instanceof AppError && error.code === `youtube.${reason}`;
}
