import { defineConnector } from '../kit/define.ts';
import { check } from './check.ts';
import { assign, close, comment, label, reopen } from './deliveries.ts';
import { discussions } from './discussions.ts';
import { forks, releases, stars } from './interest.ts';
import { profiles } from './profiles.ts';
import { repositories } from './repositories.ts';
import { reviews } from './reviews.ts';
import { githubSettings, hasToken, nameOf } from './settings.ts';
import { webhook } from './webhook.ts';
import { comments, events, issues, pulls, reviewComments } from './work.ts';

export const github = defineConnector({
  name: 'github',
  title: 'GitHub',
  summary:
    'Reads issues, pull requests, reviews, comments, discussions, stars, forks, releases and public profiles of GitHub repositories.',
  settings: githubSettings,
  nameOf,
  everyMinutes: 30,
  // Below the 900 points a minute of https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
  requestsPerSecond: 12,
  authorize: (settings) => ({
    ...(hasToken(settings) ? { headers: { authorization: `Bearer ${settings.token ?? ''}` } } : {}),
    origins: [new URL(settings.apiUrl).origin],
  }),
  check,
  // What is cheap comes first; the repositories last, with what could not be read of them.
  streams: [issues, pulls, comments, reviewComments, releases, forks, stars, events, discussions, reviews, profiles, repositories],
  webhook,
  deliveries: [comment, label, assign, close, reopen],
});
