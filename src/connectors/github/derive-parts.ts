import type { ActivityDraft, Person, ThreadDraft } from '../contract.ts';
import { isBotName } from '../kit/people.ts';
import { cleanName, cleanText, webUrl } from '../kit/text.ts';
import { readTime } from '../kit/time.ts';
import type { Labels, Repository, User } from './records.ts';
import type { Site } from './settings.ts';
import { siteHost } from './settings.ts';

/**
 * The account that stands for every deleted one: https://github.com/ghost. Marked as a bot, since it is many people and nobody.
 * https://docs.github.com/en/account-and-profile/concepts/personal-account-deletion
 */
const ghost = 'ghost';

/** The account, with nothing that only some of GitHub's answers have: the same from a list, GraphQL, or a webhook. */
export function personOf(user: User, settings: Site): Person {
  const host = siteHost(settings);
  const login = cleanName(user?.login ?? '', 100);
  if (user === null || user === undefined || login === '') {
    return { platform: 'github', host, type: 'account', value: ghost, name: 'Deleted accounts', bot: true };
  }
  const url = webUrl(user.html_url ?? undefined);
  const avatarUrl = webUrl(user.avatar_url?.replace(/[?#].*$/, ''));
  const isGhost = login.toLowerCase() === ghost;
  return {
    platform: 'github',
    host,
    type: 'account',
    value: login,
    ...(user.id === undefined || isGhost ? {} : { platformUserId: String(user.id) }),
    ...(isGhost ? { name: 'Deleted accounts' } : {}),
    ...(url === undefined ? {} : { url }),
    ...(avatarUrl === undefined ? {} : { avatarUrl }),
    ...(isGhost || user.type === 'Bot' || isBotName(login) ? { bot: true } : {}),
  };
}

/** Issues, pull requests and discussions of a repository are numbered together. The repository's own id outlives a rename. */
export function threadOf(repository: Repository, number: number, kind: ThreadDraft['kind'], url: string | undefined): ThreadDraft {
  return { externalId: `${repository.id}#${number}`, kind, ...(url === undefined ? {} : { url }) };
}

/** The page that a comment's address points into. */
export function pageOf(address: string | null | undefined): string | undefined {
  return webUrl(address?.replace(/#.*$/, ''));
}

/** The parts of an activity that may be missing. */
export function described(parts: { title?: string | null | undefined; text?: string | null | undefined; url?: string | null | undefined }) {
  const title = cleanName(parts.title ?? '', 300);
  const body = cleanText(withoutHidden(parts.text ?? ''));
  const url = webUrl(parts.url ?? undefined);
  return {
    ...(title === '' ? {} : { title }),
    ...(body === '' ? {} : { text: body }),
    ...(url === undefined ? {} : { url }),
  } satisfies Partial<ActivityDraft>;
}

const mostLabels = 100;

/** Labels, and the milestone as one more: `milestone: 2.0`. */
export function labelsOf(labels: Labels, milestone?: { title?: string | null | undefined } | null): string[] {
  const names = (labels ?? []).slice(0, mostLabels).map((label) => cleanName(typeof label === 'string' ? label : (label.name ?? ''), 200));
  const due = cleanName(milestone?.title ?? '', 200);
  return [...new Set([...names, due === '' ? '' : `milestone: ${due}`])].filter((name) => name !== '');
}

export function timeOf(text: string): number {
  return Math.floor(readTime(text) / 1000) * 1000;
}

/** What the templates of issues tell their authors stands in HTML comments that nobody sees. */
function withoutHidden(markdown: string): string {
  let shown = '';
  let at = 0;
  for (;;) {
    const start = markdown.indexOf('<!--', at);
    const end = start === -1 ? -1 : markdown.indexOf('-->', start + 4);
    if (end === -1) return shown + markdown.slice(at);
    shown += markdown.slice(at, start);
    at = end + 3;
  }
}
