import { z } from 'zod';
import type { CheckLine } from '../contract.ts';
import { defineConnector } from '../kit/define.ts';
import { tried } from '../kit/failures.ts';
import { ask } from './api.ts';
import { deliveries } from './deliveries.ts';
import type { RedditIo } from './settings.ts';
import { redditSettings, userAgent } from './settings.ts';
import { comments, mentions, posts } from './streams.ts';
import { readListing } from './things.ts';

const about = z.object({ data: z.object({ display_name: z.string(), subscribers: z.number().nullish() }) });
const me = z.object({ name: z.string() });

async function check(io: RedditIo): Promise<CheckLine[]> {
  const { settings } = io;
  const lines: CheckLine[] = [];
  for (const name of settings.subreddits) {
    lines.push(
      await tried(`Read r/${name}`, async () => {
        const { data } = await ask(io, `/r/${name.toLowerCase()}/about`, {}, about, 'the subreddit');
        return `r/${data.display_name} has ${(data.subscribers ?? 0).toLocaleString('en')} members.`;
      }),
    );
  }
  for (const search of settings.searches) {
    lines.push(
      await tried(`Search for ${search}`, async () => {
        const { entries } = await readListing(io, '/search', { q: search, sort: 'new', type: 'link', t: 'all' }, undefined);
        return `${entries.length} of the newest posts that mention it were found.`;
      }),
    );
  }
  if (settings.password !== undefined || settings.refreshToken !== undefined) {
    lines.push(
      await tried(
        'Sign in to answer',
        async () => `Answers are written by u/${(await ask(io, '/api/v1/me', {}, me, 'who signs in')).name}.`,
      ),
    );
  }
  return lines;
}

export const reddit = defineConnector({
  name: 'reddit',
  title: 'Reddit',
  summary: 'Reads posts and comments of subreddits and finds mentions elsewhere, and can reply and set flair.',
  settings: redditSettings,
  nameOf: ({ subreddits, searches }) => [...subreddits.map((name) => `r/${name}`), ...searches].join(', ').slice(0, 200),
  everyMinutes: 30,
  requestsPerSecond: 1.5,
  authorize: (settings) => ({
    headers: { 'user-agent': userAgent(settings) },
    origins: [new URL(settings.apiUrl).origin, new URL(settings.authUrl).origin],
  }),
  check,
  streams: [posts, comments, mentions],
  deliveries,
});
