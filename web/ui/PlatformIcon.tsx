import {
  IconBrandBluesky,
  IconBrandDiscord,
  IconBrandGit,
  IconBrandGithub,
  IconBrandGitlab,
  IconBrandMastodon,
  IconBrandReddit,
  IconBrandSlack,
  IconBrandStackoverflow,
  IconBrandX,
  IconBrandYcombinator,
  IconBrandYoutube,
  IconFileSpreadsheet,
  IconMail,
  IconMailbox,
  IconMasksTheater,
  IconMessages,
  IconPlug,
  IconRss,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';

type Icon = ComponentType<{ size?: number | string; stroke?: number | string; 'aria-hidden'?: boolean }>;

const platforms: Record<string, [Icon, string]> = {
  git: [IconBrandGit, 'Git'],
  github: [IconBrandGithub, 'GitHub'],
  gitlab: [IconBrandGitlab, 'GitLab'],
  discourse: [IconMessages, 'Discourse'],
  discord: [IconBrandDiscord, 'Discord'],
  slack: [IconBrandSlack, 'Slack'],
  reddit: [IconBrandReddit, 'Reddit'],
  stackexchange: [IconBrandStackoverflow, 'Stack Exchange'],
  stackoverflow: [IconBrandStackoverflow, 'Stack Overflow'],
  hackernews: [IconBrandYcombinator, 'Hacker News'],
  x: [IconBrandX, 'X'],
  bluesky: [IconBrandBluesky, 'Bluesky'],
  mastodon: [IconBrandMastodon, 'Mastodon'],
  youtube: [IconBrandYoutube, 'YouTube'],
  rss: [IconRss, 'Feed'],
  feed: [IconRss, 'Feed'],
  email: [IconMail, 'E-mail'],
  mbox: [IconMail, 'Mailing list'],
  'mail-archive': [IconMailbox, 'Mailing list'],
  csv: [IconFileSpreadsheet, 'File'],
  jsonl: [IconFileSpreadsheet, 'File'],
  file: [IconFileSpreadsheet, 'File'],
  demo: [IconMasksTheater, 'Demo'],
};

export function platformName(platform: string): string {
  return platforms[platform]?.[1] ?? platform;
}

/** A platform by its own icon. Its name is read out unless text beside says it. */
export function PlatformIcon({ platform, size = 16, named = false }: { platform: string; size?: number; named?: boolean }) {
  const [Icon, name] = platforms[platform] ?? [IconPlug, platform];
  return (
    <span
      style={{ display: 'inline-flex', flex: 'none' }}
      {...(named ? { 'aria-hidden': true } : { role: 'img', 'aria-label': name, title: name })}
    >
      <Icon size={size} stroke={1.6} aria-hidden />
    </span>
  );
}

/** Where most people have accounts: the choices of a filter by platform, as identities name them. */
export const commonPlatforms: readonly string[] = [
  'email',
  'github',
  'gitlab',
  'discourse',
  'discord',
  'slack',
  'stackexchange',
  'hackernews',
  'reddit',
  'youtube',
];
