import type { Json } from '../../src/connectors/contract.ts';
import { isObject, iso, isoSeconds, seconds } from './dress.ts';
import type { Changes } from './dress.ts';
import type { BenchPerson, BenchThread, Facts } from './facts.ts';
import type { SourceRecipe, StreamRecipe } from './recipes.ts';

const letters = (number: number): string => number.toString(36).toUpperCase();
const html = (text: string): string => `<p>${text.replaceAll('. ', '.</p><p>')}</p>`;

/** A message's time on Slack is its name; no two of a channel have the same. */
const slackTime = (at: number, number: number): string => `${seconds(at)}.${String(number % 1_000_000).padStart(6, '0')}`;
const slackUser = ({ id }: BenchPerson): string => `U${letters(id)}`;

/** Rooms of a chat. */
const rooms = 250;

const slack: Record<string, StreamRecipe> = {
  messages: {
    share: 1,
    dress: ({ n, at, who, other, thread, text }, { message }) => ({
      channel: `C${letters(1000 + ((isObject(message) && 'thread_ts' in message ? thread.number - 1 : n) % rooms))}`,
      message: {
        ts: slackTime(at, n),
        user: slackUser(who),
        text,
        thread_ts: slackTime(thread.at, thread.number - 1),
        reactions: [{ name: 'eyes', count: 2, users: [slackUser(other), slackUser(thread.by)] }],
      },
    }),
  },
  people: {
    share: 1,
    people: true,
    dress: ({ at, who }) => ({
      id: slackUser(who),
      name: who.handle,
      real_name: who.name,
      updated: seconds(at),
      profile: { real_name: who.name, display_name: who.handle, email: who.email },
    }),
  },
};

/** A snowflake: milliseconds since 2015 in its upper bits. https://docs.discord.com/developers/reference#snowflakes */
const snowflake = (at: number, number: number): string => String((BigInt(at - 1_420_070_400_000) << 22n) + BigInt(number % 4_194_304));
const discordUser = ({ id, handle, name }: BenchPerson): Changes => ({
  id: `3${String(id).padStart(17, '0')}`,
  username: handle,
  global_name: name,
});
const discordThread = ({ at, number }: BenchThread): string => snowflake(at, number);

const discord: Record<string, StreamRecipe> = {
  threads: {
    share: 0.1,
    within: 'messages',
    describes: true,
    dress: ({ later, thread }) => ({
      thread: { id: discordThread(thread), name: thread.title, thread_metadata: { archive_timestamp: iso(later) } },
    }),
  },
  messages: {
    share: 1,
    dress: ({ n, at, who, thread, text }, { channel }) => {
      const id = snowflake(at, n + 1);
      return {
        channel:
          isObject(channel) && 'parent' in channel
            ? { id: discordThread(thread), name: thread.title }
            : { id: `2${String(n % rooms).padStart(17, '0')}` },
        message: {
          id,
          author: discordUser(who),
          content: text,
          timestamp: iso(at),
          thread: { id, name: thread.title },
        },
      };
    },
  },
  members: { share: 0.9, people: true, dress: ({ at, who }) => ({ user: discordUser(who), joined_at: iso(at) }) },
};

const mailId = (thread: BenchThread): string => `m${thread.number}@lists.example.org`;

const mail: Record<string, StreamRecipe> = {
  messages: {
    share: 1,
    dress: ({ n, at, who, thread, text }) => ({
      id: `m${n + 1}@lists.example.org`,
      at,
      from: { name: who.name, address: who.email },
      fromHeader: `${who.name} <${who.email}>`,
      replyTo: `${who.name} <${who.email}>`,
      subject: `[dev] ${thread.title}`,
      references: [mailId(thread)],
      inReplyTo: [mailId(thread)],
      text: `${text}\n`,
      html: html(text),
    }),
  },
};

const youtubeUser = ({ id }: BenchPerson): string => `UC${letters(id).padStart(22, 'x')}`;

const youtube: Record<string, StreamRecipe> = {
  videos: {
    share: 0.002,
    dress: ({ n, at, thread, text }) => ({
      id: `video${String(n).padStart(6, '0')}`,
      snippet: { title: thread.title, description: text, publishedAt: isoSeconds(at) },
    }),
  },
  comments: {
    share: 1,
    dress: ({ n, at, who, thread, text }) => ({
      // A reply is told by what it answers: its template has a parent.
      comment: {
        id: `Ugx${String(n + 1).padStart(9, '0')}`,
        snippet: {
          publishedAt: isoSeconds(at),
          updatedAt: isoSeconds(at),
          textDisplay: text,
          textOriginal: text,
          authorDisplayName: `@${who.handle}`,
          authorProfileImageUrl: `https://yt3.example.org/${who.handle}.jpg`,
          authorChannelId: { value: youtubeUser(who) },
          parentId: `Ugx${String(thread.number).padStart(9, '0')}`,
        },
      },
    }),
  },
};

const discourseUser = ({ id, handle, name }: BenchPerson): Changes => ({ user_id: id, username: handle, name });
const discourseTopic = (thread: BenchThread): Changes => ({
  topic_id: thread.number,
  topic_slug: thread.slug,
  topic_title: thread.title,
  slug: thread.slug,
  title: thread.title,
});

const discourse: Record<string, StreamRecipe> = {
  posts: {
    share: 100,
    dress: (facts) => ({ ...discoursePost(facts), ...discourseTopic(facts.thread) }),
  },
  topics: {
    share: 14,
    within: 'posts',
    describes: true,
    dress: ({ at, later, thread }) => ({
      id: thread.number,
      title: thread.title,
      slug: thread.slug,
      created_at: iso(thread.at),
      last_posted_at: iso(at),
      bumped_at: iso(later),
    }),
  },
  solutions: {
    share: 6,
    within: 'posts',
    describes: true,
    dress: (facts) => ({ ...discoursePost(facts), ...discourseTopic(facts.thread) }),
  },
  users: {
    share: 1,
    people: true,
    dress: ({ at, who }) => ({ id: who.id, username: who.handle, name: who.name, created_at: iso(at) }),
  },
  likes: {
    share: 60,
    within: 'posts',
    dress: ({ id, at, who, other, thread }) => ({
      ...discourseTopic(thread),
      created_at: iso(at),
      post_id: id,
      user_id: other.id,
      username: other.handle,
      acting_user_id: who.id,
      acting_username: who.handle,
      acting_name: who.name,
    }),
  },
  badges: {
    share: 8,
    within: 'posts',
    dress: ({ id, at, who, thread }) => ({
      id,
      granted_at: iso(at),
      post_id: id,
      topic_id: thread.number,
      user: { id: who.id, username: who.handle, name: who.name },
    }),
  },
};

function discoursePost({ id, at, later, who, text }: Facts): Changes {
  return { ...discourseUser(who), id, created_at: iso(at), updated_at: iso(later), cooked: html(text) };
}

const stackexchangeOwner = ({ id, name }: BenchPerson): Changes => ({
  user_id: id,
  account_id: id + 500_000,
  display_name: name,
  link: `https://stackoverflow.com/users/${id}`,
});

const stackexchange: Record<string, StreamRecipe> = {
  questions: {
    share: 1,
    dress: ({ id, at, later, who, other, thread, text }) => ({
      question_id: id,
      owner: stackexchangeOwner(who),
      creation_date: seconds(at),
      last_activity_date: seconds(later),
      closed_date: seconds(later),
      accepted_answer_id: id + 1,
      title: thread.title,
      body: html(text),
      link: `https://stackoverflow.com/questions/${id}/${thread.slug}`,
      answers: [
        {
          answer_id: id + 1,
          question_id: id,
          is_accepted: true,
          score: 5,
          creation_date: seconds(later),
          owner: { user_type: 'registered', reputation: 100, ...stackexchangeOwner(other) },
          body: html(text),
          comments: [
            {
              comment_id: id + 2,
              post_id: id + 1,
              creation_date: seconds(later) + 60,
              owner: { user_type: 'registered', reputation: 100, ...stackexchangeOwner(who) },
              body: 'Works, thanks',
            },
          ],
        },
      ] as Json,
      comments: [
        {
          comment_id: id + 3,
          post_id: id,
          creation_date: seconds(at) + 600,
          owner: { user_type: 'registered', reputation: 100, ...stackexchangeOwner(thread.by) },
          body: text,
        },
      ] as Json,
    }),
  },
};

const story = (thread: BenchThread): string => String(thread.number);

const hackernews: Record<string, StreamRecipe> = {
  items: {
    share: 1,
    dress: ({ n, at, who, thread, text }) => ({
      objectID: String(n + 1),
      created_at_i: seconds(at),
      author: who.handle,
      title: thread.title,
      story_text: html(text),
      comment_text: `Rapport ${text}`,
      story_id: thread.number,
      story_title: thread.title,
      parent_id: thread.number,
    }),
  },
  'front-page': {
    share: 0.01,
    within: 'items',
    describes: true,
    dress: ({ at, thread }) => ({
      objectID: story(thread),
      created_at_i: seconds(thread.at),
      updated_at: isoSeconds(at),
      author: thread.by.handle,
      title: thread.title,
    }),
  },
};

const redditPlace = (thread: BenchThread): string => `/r/rapport/comments/${thread.number.toString(36)}/x/`;
const redditUser = ({ id, handle }: BenchPerson): Changes => ({ author: handle, author_fullname: `t2_${id.toString(36)}` });

const reddit: Record<string, StreamRecipe> = {
  posts: {
    share: 20,
    dress: ({ n, at, who, thread, text }) => ({
      ...redditUser(who),
      name: `t3_${(n + 1).toString(36)}`,
      created_utc: seconds(at),
      permalink: redditPlace(thread),
      url: `https://www.reddit.com${redditPlace(thread)}`,
      title: thread.title,
      selftext: text,
    }),
  },
  comments: {
    share: 78,
    within: 'posts',
    dress: ({ id, at, who, thread, text }) => ({
      ...redditUser(who),
      name: `t1_${id.toString(36)}`,
      created_utc: seconds(at),
      permalink: `${redditPlace(thread)}${id.toString(36)}/`,
      body: text,
      link_id: `t3_${thread.number.toString(36)}`,
      link_title: thread.title,
      link_permalink: `https://www.reddit.com${redditPlace(thread)}`,
      parent_id: `t3_${thread.number.toString(36)}`,
    }),
  },
  mentions: {
    share: 2,
    dress: ({ id, at, who, thread, text }) => ({
      ...redditUser(who),
      name: `t3_m${id.toString(36)}`,
      created_utc: seconds(at),
      permalink: `/r/devrel/comments/m${id.toString(36)}/x/`,
      url: `https://www.reddit.com/r/devrel/comments/m${id.toString(36)}/x/`,
      title: `Rapport ${thread.title}`,
      selftext: text,
    }),
  },
};

const file: Record<string, StreamRecipe> = {
  rows: {
    share: 1,
    dress: ({ id, at, who, thread, text }) => ({
      id: String(id),
      at: iso(at),
      account: who.handle,
      email: who.email,
      name: who.name,
      thread: `t${Math.ceil(thread.number / 20)}`,
      title: thread.title,
      text,
      url: `https://community.example.org/t/${thread.number}`,
    }),
  },
};

const feed: Record<string, StreamRecipe> = {
  posts: {
    share: 1,
    dress: ({ id, at, who, thread, text }) => ({
      id: `post-${id}`,
      title: thread.title,
      url: `https://blog.example.org/${id}`,
      date: new Date(at).toUTCString(),
      author: { name: who.name, email: who.email },
      html: html(text),
    }),
  },
};

export const talk: Record<string, SourceRecipe> = {
  slack: { activities: 13, people: 0.06, known: true, page: 200, streams: slack },
  discord: { activities: 15, people: 0.2, page: 100, streams: discord },
  'mail-archive': { activities: 6, people: 0.03, known: true, page: 500, streams: mail },
  youtube: { activities: 3, people: 0.07, page: 100, streams: youtube },
  discourse: { activities: 13, people: 0.2, page: 100, streams: discourse },
  stackexchange: { activities: 4, people: 0.05, page: 100, streams: stackexchange },
  hackernews: { activities: 2, people: 0.03, page: 100, streams: hackernews },
  reddit: { activities: 3.5, people: 0.05, page: 100, streams: reddit },
  file: { activities: 1, people: 0.02, known: true, page: 1000, streams: file },
  feed: { activities: 0.5, people: 0.005, known: true, page: 100, streams: feed },
};
