import { openOffline as openDemo } from './demo/testing.ts';
import { openOffline as openDiscord } from './discord/testing.ts';
import { openOffline as openDiscourse } from './discourse/testing.ts';
import { openOffline as openFeed } from './feed/testing.ts';
import { openOffline as openFile } from './file/testing.ts';
import { openOffline as openGit } from './git/testing.ts';
import { openOffline as openGithub } from './github/testing.ts';
import { openOffline as openGitlab } from './gitlab/testing.ts';
import { openOffline as openHackernews } from './hackernews/testing.ts';
import { openOffline as openMailArchive } from './mail-archive/testing.ts';
import { openOffline as openReddit } from './reddit/testing.ts';
import { openOffline as openSlack } from './slack/testing.ts';
import { openOffline as openStackexchange } from './stackexchange/testing.ts';
import { openOffline as openYoutube } from './youtube/testing.ts';
import type { OpenOffline } from './kit/testing.ts';

/** For every connector of the registry a source that a test can read without the network. */
export const offlineSources: Record<string, OpenOffline> = {
  git: openGit,
  file: openFile,
  feed: openFeed,
  slack: openSlack,
  discord: openDiscord,
  'mail-archive': openMailArchive,
  youtube: openYoutube,
  discourse: openDiscourse,
  github: openGithub,
  gitlab: openGitlab,
  stackexchange: openStackexchange,
  hackernews: openHackernews,
  reddit: openReddit,
  demo: openDemo,
};
