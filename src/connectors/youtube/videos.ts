import { z } from 'zod';
import type { Derived, Json, Page, Person } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { cleanName, cleanText, webUrl } from '../kit/text.ts';
import { absurdTime, readTime } from '../kit/time.ts';
import { wholeList } from '../kit/whole-list.ts';
import { listPlaylists, readVideos } from './playlists.ts';
import type { YoutubeIo } from './settings.ts';

export const time = z.string().superRefine((text, context) => {
  const why = absurdTime(readTime(text));
  if (why !== undefined) context.addIssue(why);
});
export const videoId = z.string().regex(/^[\w-]{5,20}$/, 'is not the id of a video');

/** developers.google.com/youtube/v3/docs/videos */
const videoRecord = z.object({
  id: videoId,
  snippet: z.object({
    publishedAt: time,
    channelId: z.string().min(1).max(100),
    channelTitle: z.string().nullish(),
    title: z.string(),
    description: z.string().nullish(),
    tags: z.array(z.string()).nullish(),
  }),
  statistics: z
    .object({
      viewCount: z
        .string()
        .regex(/^\d{1,15}$/)
        .nullish(),
    })
    .nullish(),
});

/** Read whole each time: the number of views is what changes. */
export const videos = defineStream({
  name: 'videos',
  title: 'Videos with their views',
  order: 'snapshot',
  record: videoRecord,
  externalId: (video) => video.id,
  async *pages(io: YoutubeIo, cursor: Json | undefined): AsyncGenerator<Page> {
    const { ids } = await listPlaylists(io);
    yield* wholeList(cursor, async (next) => {
      const page = await readVideos(io, ids, next);
      const wanted = page.videos.filter(({ snippet }) => io.since === undefined || !(readTime(snippet.publishedAt) < io.since.getTime()));
      // As they came.
      return { items: wanted as Json[], next: page.next };
    });
  },
  derive,
});

function derive({ id, snippet, statistics }: z.infer<typeof videoRecord>): Derived {
  const title = cleanName(snippet.title, 300);
  const text = cleanText(snippet.description ?? '');
  const views = statistics?.viewCount ?? undefined;
  const url = watchUrl(id);
  const labels = (snippet.tags ?? []).map((tag) => cleanName(tag, 100)).filter((tag) => tag !== '');
  return {
    activities: [
      {
        kind: 'post',
        platformType: 'video',
        at: readTime(snippet.publishedAt),
        person: channelPerson(snippet.channelId, snippet.channelTitle ?? ''),
        thread: { externalId: id, kind: 'topic', url, opens: true, labels: labels.slice(0, 30), ...(title === '' ? {} : { title }) },
        url,
        ...(title === '' ? {} : { title }),
        ...(text === '' ? {} : { text }),
        ...(views === undefined ? {} : { value: Number(views) }),
      },
    ],
  };
}

/** Everybody on YouTube is a channel: its id stays, handle and name change. */
export function channelPerson(id: string, name: string, avatar?: string): Person {
  const value = cleanName(id, 100);
  const plain = cleanName(name.replace(/^@/, ''));
  const avatarUrl = webUrl(avatar);
  return {
    platform: 'youtube',
    type: 'account',
    value: value === '' ? 'unknown' : value,
    platformUserId: value === '' ? 'unknown' : value,
    url: `https://www.youtube.com/channel/${encodeURIComponent(value)}`,
    ...(plain === '' ? {} : { name: plain }),
    ...(avatarUrl === undefined ? {} : { avatarUrl }),
  };
}

export function watchUrl(video: string, comment?: string): string {
  const page = `https://www.youtube.com/watch?v=${encodeURIComponent(video)}`;
  return comment === undefined ? page : `${page}&lc=${encodeURIComponent(comment)}`;
}
