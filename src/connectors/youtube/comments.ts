import { z } from 'zod';
import type { Derived, Person } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { cleanName, clip, htmlToText } from '../kit/text.ts';
import { readTime } from '../kit/time.ts';
import { readComments } from './read-comments.ts';
import { channelPerson, time, videoId, watchUrl } from './videos.ts';

const commentId = z.string().regex(/^[\w.-]{5,200}$/, 'is not the id of a comment');

/** developers.google.com/youtube/v3/docs/comments, with the video that it stands under. */
const commentRecord = z.object({
  video: z.object({ id: videoId, title: z.string() }),
  comment: z.object({
    id: commentId,
    snippet: z.object({
      publishedAt: time,
      updatedAt: z.string().nullish(),
      textDisplay: z.string().nullish(),
      parentId: commentId.nullish(),
      likeCount: z.number().nullish(),
      authorDisplayName: z.string().nullish(),
      authorProfileImageUrl: z.string().nullish(),
      authorChannelId: z.object({ value: z.string() }).nullish(),
    }),
  }),
});
type Comment = z.infer<typeof commentRecord>['comment'];

export const comments = defineStream({
  name: 'comments',
  title: 'Comments and replies',
  order: 'oldest-first',
  record: commentRecord,
  externalId: ({ comment }) => comment.id,
  version: ({ comment }) => {
    const at = readTime(comment.snippet.updatedAt ?? comment.snippet.publishedAt);
    return Number.isNaN(at) ? undefined : at;
  },
  pages: readComments,
  derive,
});

/** Each comment opens a conversation of its own: it is what somebody may answer. */
function derive({ video, comment }: z.infer<typeof commentRecord>): Derived {
  const { snippet } = comment;
  const parent = snippet.parentId ?? undefined;
  // Asked for as plain text; a comment that is HTML all the same is made text.
  const text = htmlToText((snippet.textDisplay ?? '').replaceAll('\n', '<br>'));
  const title = clip(cleanName(text), 120);
  const url = watchUrl(video.id, comment.id);
  const label = cleanName(video.title, 200);
  return {
    activities: [
      {
        kind: parent === undefined ? 'comment' : 'reply',
        at: readTime(snippet.publishedAt),
        person: authorOf(comment),
        thread: {
          externalId: parent ?? comment.id,
          kind: 'conversation',
          ...(label === '' ? {} : { labels: [label] }),
          ...(parent === undefined ? { opens: true, url, ...(title === '' ? {} : { title }) } : {}),
        },
        url,
        ...(text === '' ? {} : { text }),
        ...(snippet.likeCount == null ? {} : { value: snippet.likeCount }),
      },
    ],
  };
}

function authorOf({ snippet }: Comment): Person {
  const id = snippet.authorChannelId?.value ?? '';
  const name = snippet.authorDisplayName ?? '';
  if (id !== '') return channelPerson(id, name, snippet.authorProfileImageUrl ?? undefined);
  // Whose channel is gone: only the name remains.
  return { platform: 'youtube', type: 'name', value: cleanName(name) || 'nobody' };
}
