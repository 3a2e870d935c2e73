import type { z } from 'zod';
import type { Derived, Person } from '../contract.ts';
import { identityOf, isBotName, isOwnAddress } from '../kit/people.ts';
import { cleanName, cleanText, webUrl } from '../kit/text.ts';
import type { profileRecord, User } from './records.ts';
import type { GitlabSettings } from './settings.ts';
import { hostOf, siteOf } from './settings.ts';

/**
 * Tokens of projects and groups act as `project_123_bot_…`, service accounts as `service_account_…`, and GitLab itself
 * as a few accounts of its own; `ghost` stands for everybody whose account is gone.
 * https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects
 * https://docs.gitlab.com/administration/internal_users/
 */
const machine =
  /^(?:project|group)_\d+_bot|^service_account_|^(?:ghost|gitlabduo|duo-developer)\d*$|^(?:alert|support|security|migration|automation)-bot\d*$/i;

/** The account, with nothing that only some of GitLab's answers have: the same from a list, an event, or a webhook. */
export function personOf(user: User, settings: GitlabSettings): Person {
  const name = cleanName(user.name ?? '');
  const avatarUrl = webUrl(user.avatar_url ?? undefined);
  return {
    platform: 'gitlab',
    host: hostOf(settings),
    type: 'account',
    value: user.username,
    platformUserId: String(user.id),
    url: `${siteOf(settings)}/${user.username}`,
    ...(name === '' ? {} : { name }),
    ...(avatarUrl === undefined ? {} : { avatarUrl }),
    ...(machine.test(user.username) || isBotName(user.username) || isBotName(name) ? { bot: true } : {}),
  };
}

/** GraphQL gives pictures of the site itself without the site. */
function pictureOf(address: string | null | undefined, settings: GitlabSettings): string | undefined {
  return typeof address === 'string' && URL.canParse(address, settings.url) ? new URL(address, settings.url).href : undefined;
}

/**
 * A public profile. Its public e-mail address is one that GitLab has verified.
 * https://docs.gitlab.com/user/profile/#set-your-public-email
 */
export function deriveProfile(profile: z.infer<typeof profileRecord>, settings: GitlabSettings): Derived {
  const id = Number(profile.id.slice(profile.id.lastIndexOf('/') + 1));
  const found = personOf(
    { id, username: profile.username, name: profile.name, avatar_url: pictureOf(profile.avatarUrl, settings) },
    settings,
  );
  const [location, organizationName] = [cleanName(profile.location ?? ''), cleanName(profile.organization ?? '')];
  const bio = cleanText(profile.bio ?? '', 1000);
  const person: Person = {
    ...found,
    ...(location === '' ? {} : { location }),
    ...(organizationName === '' ? {} : { organizationName }),
    ...(bio === '' ? {} : { bio }),
    ...(profile.bot === true ? { bot: true } : {}),
  };
  const email = cleanName(profile.publicEmail ?? '', 255);
  if (!isOwnAddress(email)) return { activities: [], people: [person] };
  const reason = `${hostOf(settings)} shows ${email} as the verified public address of ${profile.username}`;
  return {
    activities: [],
    people: [person],
    links: [{ a: identityOf(person), b: { platform: 'email', type: 'email', value: email }, reason, proof: 'verified_email' }],
  };
}
