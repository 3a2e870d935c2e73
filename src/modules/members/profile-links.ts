import { fold } from './text.ts';

/** Where profiles live: the address of a page → the account that it is of. */
const pages: { host: RegExp; path: RegExp; platform: string; homes: string[] }[] = [
  { host: /^github\.com$/, path: /^\/([a-z0-9-]{1,39})$/i, platform: 'github', homes: ['github.com'] },
  { host: /^gitlab\.com$/, path: /^\/([a-z0-9._-]{2,100})$/i, platform: 'gitlab', homes: ['gitlab.com'] },
  { host: /^(?:old\.|new\.)?reddit\.com$/, path: /^\/u(?:ser)?\/([a-z0-9_-]{3,20})$/i, platform: 'reddit', homes: ['', 'reddit.com'] },
  { host: /^(?:twitter|x)\.com$/, path: /^\/([a-z0-9_]{1,15})$/i, platform: 'x', homes: ['', 'x.com'] },
  { host: /^bsky\.app$/, path: /^\/profile\/([a-z0-9.-]+)$/i, platform: 'bluesky', homes: ['', 'bsky.app'] },
  { host: /^(?:m\.)?youtube\.com$/, path: /^\/@([\w.-]{3,30})$/i, platform: 'youtube', homes: ['', 'youtube.com'] },
  { host: /^news\.ycombinator\.com$/, path: /^\/user\?id=([\w-]+)$/i, platform: 'hackernews', homes: ['', 'news.ycombinator.com'] },
  { host: /^dev\.to$/, path: /^\/([a-z0-9_]+)$/i, platform: 'dev', homes: ['', 'dev.to'] },
];
/** On hosts of one's own: the host is part of who it is. */
const hosted: { path: RegExp; platform: string }[] = [
  { path: /^\/u\/([\w.-]{2,60})(?:\/(?:summary|activity))?$/i, platform: 'discourse' },
  { path: /^\/@([a-z0-9_]{1,30})$/i, platform: 'mastodon' },
];

/** The key by which an account is named on profiles. */
export function accountLink(platform: string, host: string, value: string): string {
  return `@${platform}/${host}/${fold(value)}`;
}

/** An address without what does not matter: scheme, `www.`, case, the final slash. */
export function addressLink(address: string): string {
  return fold(address)
    .replace(/^https?:\/\/(?:www\.)?/, '')
    .replace(/[/?#.,;:)]+$/, '')
    .slice(0, 300);
}

/** What a profile's address may stand for: itself, and the account of the platform that it is a page of. */
function linksOf(address: string): string[] {
  const links = [addressLink(address)];
  const url = URL.parse(address.replace(/[.,;:)]+$/, ''));
  if (url === null) return links;
  const host = url.hostname.replace(/^www\./, '');
  const path = `${url.pathname.replace(/\/+$/, '')}${host === 'news.ycombinator.com' ? url.search : ''}`;
  for (const page of pages) {
    const handle = page.host.test(host) ? page.path.exec(path)?.[1] : undefined;
    if (handle !== undefined) links.push(...page.homes.map((home) => accountLink(page.platform, home, handle)));
  }
  if (links.length > 1) return links;
  for (const page of hosted) {
    const handle = page.path.exec(path)?.[1];
    if (handle !== undefined) links.push(accountLink(page.platform, host, handle));
  }
  return links;
}

/** What a person says of themselves elsewhere, in a text: addresses of pages, each with what it may stand for. */
export function mentionsIn(text: string): { shown: string; link: string }[] {
  if (!text.includes('://')) return [];
  return (text.match(/https?:\/\/[^\s<>"')\]]+/g) ?? []).slice(0, 20).flatMap((shown) => linksOf(shown).map((link) => ({ shown, link })));
}
