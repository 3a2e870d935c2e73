import { z } from 'zod';
import type { CheckLine } from '../contract.ts';
import { defineConnector } from '../kit/define.ts';
import { tried } from '../kit/failures.ts';
import { cleanName } from '../kit/text.ts';
import { badges } from './badges.ts';
import { deliveries } from './deliveries.ts';
import { likes } from './likes.ts';
import { posts } from './posts.ts';
import type { DiscourseIo } from './settings.ts';
import { ask, baseOf, discourseSettings, hostOf } from './settings.ts';
import { solutions } from './solutions.ts';
import { topics } from './topics.ts';
import { users } from './users.ts';
import { webhook } from './webhook.ts';

const about = z.object({ about: z.object({ title: z.string(), stats: z.looseObject({}).default({}) }) });
const latest = z.object({ latest_posts: z.array(z.looseObject({})) });
const cards = z.object({ users: z.array(z.looseObject({})) });
const session = z.object({ current_user: z.looseObject({ username: z.string() }) });

async function check(io: DiscourseIo): Promise<CheckLine[]> {
  const { settings } = io;
  const lines = [
    await tried('Read the forum', async () => {
      const { title, stats } = (await ask(io, '/about.json', about, 'its own description', {})).about;
      const [topicCount, postCount] = [stats['topics_count'] ?? stats['topic_count'], stats['posts_count'] ?? stats['post_count']];
      return `"${cleanName(title)}" has ${figure(topicCount)} topics with ${figure(postCount)} posts.`;
    }),
    await tried(
      'Read posts',
      async () => `${(await ask(io, '/posts.json', latest, 'its posts')).latest_posts.length} of the newest posts can be read.`,
    ),
  ];
  if (settings.members) {
    lines.push(
      await tried('Read members', async () => {
        await ask(io, '/user-cards.json', cards, 'its members; enter an API key, or switch members off', { user_ids: '1' });
        return 'Profiles can be read.';
      }),
    );
  }
  if (settings.apiKey !== undefined) {
    lines.push(
      await tried('Use the API key', async () => {
        const { current_user: user } = await ask(io, '/session/current.json', session, 'whose key this is');
        return `The key acts as ${cleanName(user.username)}.`;
      }),
    );
  }
  return lines;
}

function figure(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en') : 'some';
}

export const discourse = defineConnector({
  name: 'discourse',
  title: 'Discourse',
  summary: 'Reads topics, posts, likes, solutions, members and badges of a forum, and can answer there.',
  settings: discourseSettings,
  nameOf: hostOf,
  everyMinutes: 60,
  // An API key may ask sixty times a minute.
  requestsPerSecond: 1,
  authorize: (settings) =>
    settings.apiKey === undefined
      ? {}
      : {
          headers: { 'api-key': settings.apiKey, 'api-username': settings.apiUsername ?? 'system' },
          origins: [new URL(baseOf(settings)).origin],
        },
  check,
  streams: [posts, topics, solutions, users, likes, badges],
  webhook,
  deliveries,
});
