import type { Connector } from './contract.ts';
import { demo } from './demo/index.ts';
import { discord } from './discord/index.ts';
import { discourse } from './discourse/index.ts';
import { feed } from './feed/index.ts';
import { file } from './file/index.ts';
import { git } from './git/index.ts';
import { github } from './github/index.ts';
import { gitlab } from './gitlab/index.ts';
import { hackernews } from './hackernews/index.ts';
import { mailArchive } from './mail-archive/index.ts';
import { reddit } from './reddit/index.ts';
import { slack } from './slack/index.ts';
import { stackexchange } from './stackexchange/index.ts';
import { youtube } from './youtube/index.ts';

/** Every connector that there is. A new one is added here, and is then proven by conformance.test.ts. */
export const connectors: readonly Connector<never>[] = [
  git,
  file,
  feed,
  slack,
  discord,
  mailArchive,
  youtube,
  discourse,
  github,
  gitlab,
  stackexchange,
  hackernews,
  reddit,
  demo,
];
