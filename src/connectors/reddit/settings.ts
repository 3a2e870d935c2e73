import { z } from 'zod';
import type { ConnectorIo } from '../contract.ts';

const address = z.url({ protocol: /^https?$/ }).max(500);

export const redditSettings = z
  .object({
    subreddits: z
      .array(
        z
          .string()
          .trim()
          .transform((text) => text.replace(/^\/?r\//i, ''))
          .pipe(z.string().regex(/^\w{2,50}$/, 'is the name of a subreddit, without r/')),
      )
      .max(50)
      .default([])
      .meta({ title: 'Subreddits', description: 'All their posts and comments are read.' }),
    searches: z
      .array(z.string().trim().min(2).max(400))
      .max(50)
      .default([])
      .meta({ title: 'Searches', description: 'Posts anywhere on Reddit that mention this. In quotes, exactly so.' }),
    clientId: z
      .string()
      .trim()
      .min(1, 'enter the app’s id')
      .max(100)
      .meta({ title: 'App id', description: 'Below the name of the app on reddit.com/prefs/apps.' }),
    clientSecret: z
      .string()
      .trim()
      .min(1, 'enter the app’s secret')
      .max(200)
      .meta({ title: 'App secret', description: 'Of the same app.', secret: true }),
    account: z
      .string()
      .trim()
      .transform((text) => text.replace(/^\/?u\//i, ''))
      .pipe(z.string().regex(/^[\w-]{2,30}$/, 'is a Reddit user name, without u/'))
      .meta({
        title: 'Your user name',
        description: 'Reddit wants to be told who asks. It is also who answers, when a password is given.',
      }),
    password: z.string().max(200).optional().meta({
      title: 'Password',
      description: 'Only to answer there, with an app of type "script", by this account without two-factor sign-in.',
      secret: true,
    }),
    refreshToken: z.string().trim().max(500).optional().meta({
      title: 'Refresh token',
      description: 'Only to answer there, instead of a password: with the scopes read, submit and modflair.',
      secret: true,
    }),
    apiUrl: address
      .default('https://oauth.reddit.com')
      .meta({ title: 'API address', description: 'Only for a proxy or a compatible server.', advanced: true }),
    authUrl: address
      .default('https://www.reddit.com')
      .meta({ title: 'Sign-in address', description: 'Where the token comes from. Only for a proxy.', advanced: true }),
  })
  .refine(({ subreddits, searches }) => subreddits.length + searches.length > 0, {
    path: ['subreddits'],
    error: 'enter a subreddit or a search',
  });

export type RedditSettings = z.infer<typeof redditSettings>;
export type RedditIo = ConnectorIo<RedditSettings>;

export const web = 'https://www.reddit.com';

/** As Reddit's rules want it: platform, app, version, and whom to reach. */
export function userAgent({ account }: Pick<RedditSettings, 'account'>): string {
  return `server:rapport:v1 (by /u/${account})`;
}
