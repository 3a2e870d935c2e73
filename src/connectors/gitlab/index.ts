import { defineConnector } from '../kit/define.ts';
import { check } from './check.ts';
import { deliveries } from './deliveries.ts';
import { labelEvents, notes, reactions } from './parts.ts';
import { profiles } from './profiles.ts';
import { forks, releases, stars } from './projects.ts';
import { gitlabSettings, nameOf } from './settings.ts';
import { webhook } from './webhook.ts';
import { epics, issues, mergeRequests } from './work.ts';

export const gitlab = defineConnector({
  name: 'gitlab',
  title: 'GitLab',
  summary:
    'Reads issues, merge requests, comments, approvals, label changes, reactions, stars, forks, releases and epics of a group or of projects.',
  settings: gitlabSettings,
  nameOf,
  everyMinutes: 30,
  // A third of what GitLab.com allows; sites that allow less say when to go on: https://docs.gitlab.com/user/gitlab_com/#rate-limits-on-gitlabcom
  requestsPerSecond: 12,
  authorize: ({ url, token }) =>
    token === undefined ? {} : { headers: { authorization: `Bearer ${token}` }, origins: [new URL(url).origin] },
  check,
  streams: [issues, mergeRequests, notes, labelEvents, reactions, stars, forks, releases, epics, profiles],
  webhook,
  deliveries,
});
