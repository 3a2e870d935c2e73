import type { z } from 'zod';
import type { Derived, Json, Page, ThreadDraft } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { walkNewest } from '../kit/newest.ts';
import { cleanName, cleanText } from '../kit/text.ts';
import type { RedditIo, RedditSettings } from './settings.ts';
import { commentRecord, isDeleted, pageOf, personOf, postRecord, readListing, valueOf } from './things.ts';

/** Scores, flair and deletions still come. */
const againMs = 2 * 86_400_000;

type Post = z.infer<typeof postRecord>;

export const posts = defineStream({
  name: 'posts',
  title: 'Posts',
  order: 'newest-first',
  record: postRecord,
  externalId: (post) => post.name,
  derive: (post) => derivePost(post, 'post'),
  pages: (io: RedditIo, cursor) => readSubreddits(io, cursor, 'new'),
});

export const comments = defineStream({
  name: 'comments',
  title: 'Comments',
  order: 'newest-first',
  record: commentRecord,
  externalId: (comment) => comment.name,
  derive: deriveComment,
  pages: (io: RedditIo, cursor) => readSubreddits(io, cursor, 'comments'),
});

export const mentions = defineStream({
  name: 'mentions',
  title: 'Mentions',
  order: 'newest-first',
  record: postRecord,
  externalId: (post) => post.name,
  // What stands in a subreddit that is read whole is there already.
  derive: (post, { subreddits }: RedditSettings) =>
    subreddits.some((name) => name.toLowerCase() === post.subreddit.toLowerCase()) ? { activities: [] } : derivePost(post, 'mention'),
  async *pages(io: RedditIo, cursor: Json | undefined): AsyncGenerator<Page> {
    yield* walkNewest(io, cursor, {
      places: io.settings.searches.map((id) => ({ id })),
      againMs,
      read: ({ id }, next) => readListing(io, '/search', { q: id, sort: 'new', type: 'link', t: 'all' }, next),
    });
  },
});

async function* readSubreddits(io: RedditIo, cursor: Json | undefined, list: 'new' | 'comments'): AsyncGenerator<Page> {
  yield* walkNewest(io, cursor, {
    places: io.settings.subreddits.map((name) => ({ id: name.toLowerCase() })),
    againMs,
    read: ({ id }, next) => readListing(io, `/r/${id}/${list}`, {}, next),
  });
}

function derivePost(post: Post, kind: 'post' | 'mention'): Derived {
  if (isDeleted(post.author, post.selftext, post.removed_by_category)) return { activities: [] };
  const title = cleanName(post.title, 300);
  const text = post.selftext === '[removed]' ? '' : cleanText(post.selftext ?? '');
  const flair = cleanName(post.link_flair_text ?? '', 100);
  const url = pageOf(post.permalink, post.name);
  const thread: ThreadDraft = {
    externalId: post.name,
    kind: 'topic',
    url,
    opens: true,
    state: post.locked === true ? 'closed' : 'open',
    labels: flair === '' ? [] : [flair],
    ...(title === '' ? {} : { title }),
  };
  const activity = {
    kind,
    at: post.created_utc * 1000,
    person: personOf(post),
    thread,
    url,
    ...(title === '' ? {} : { title }),
    ...(text === '' ? {} : { text }),
    ...valueOf(post.score),
  };
  return { activities: [activity] };
}

function deriveComment(comment: z.infer<typeof commentRecord>): Derived {
  if (isDeleted(comment.author, comment.body)) return { activities: [] };
  const title = cleanName(comment.link_title ?? '', 300);
  const text = comment.body === '[removed]' ? '' : cleanText(comment.body);
  const activity = {
    kind: comment.parent_id === comment.link_id ? ('comment' as const) : ('reply' as const),
    at: comment.created_utc * 1000,
    person: personOf(comment),
    thread: {
      externalId: comment.link_id,
      kind: 'topic' as const,
      url: pageOf(comment.link_permalink, comment.link_id),
      ...(title === '' ? {} : { title }),
    },
    url: pageOf(comment.permalink, comment.link_id),
    ...(title === '' ? {} : { title }),
    ...(text === '' ? {} : { text }),
    ...valueOf(comment.score),
  };
  return { activities: [activity] };
}
