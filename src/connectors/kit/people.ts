import type { Identity, IdentityLink, Person } from '../contract.ts';
import { cleanName } from './text.ts';

export interface EmailPerson {
  person: Person;
  /** The account that a forge's private address names. */
  links: IdentityLink[];
}

const longestAddress = 254;
const address = /^[^\s@<>",;:\\]+@[^\s@<>",;:\\]+$/;
/** Nobody's own: whoever works on a machine without a set-up address has one of these. */
const local = /@(?:localhost(?:\.localdomain)?|\(none\))$|^root@(?:[^.]+|.*\.(?:local|localdomain|\(none\)))$/i;
const shared = /^(?:no-?reply|do-?not-?reply)(?:\+.*)?@/i;

/**
 * The person behind a name and an e-mail address as git, mail and feeds give them. An address that is one person's own
 * is an identity by itself. Anything less (empty, not an address, `root@localhost`, `noreply@…`) is one only together
 * with the name and within `scope` (the repository, the feed's host), so that different people are never glued
 * together. A forge's private address also gives the link to the account it names.
 */
export function personOfEmail(rawName: string, rawEmail: string, scope: string): EmailPerson {
  const name = cleanName(rawName);
  const email = cleanName(rawEmail, longestAddress + 1);
  const account = accountOfNoreply(email);
  const own = account !== undefined || isOwnAddress(email);
  const person: Person = own ? { platform: 'email', type: 'email', value: email } : { ...namedIdentity(name, email), host: scope };
  if (name !== '' && name !== email) person.name = name;
  if (isBotName(name, email)) person.bot = true;
  if (account === undefined) return { person, links: [] };
  const reason = `${account.forge} gives the account ${account.identity.value} the private address ${email}`;
  return { person, links: [{ a: identityOf(person), b: account.identity, reason, proof: 'platform' }] };
}

/** `Name <address>`, or the name alone where there is no address: for what an address alone would not tell apart. */
export function namedIdentity(name: string, email: string): Identity {
  return { platform: 'email', type: 'name', value: email === '' ? name || 'nobody' : `${name} <${email}>` };
}

/** Without what only describes the person: what links are made of. */
export function identityOf(person: Identity): Identity {
  return {
    platform: person.platform,
    type: person.type,
    value: person.value,
    ...(person.host === undefined ? {} : { host: person.host }),
    ...(person.platformUserId === undefined ? {} : { platformUserId: person.platformUserId }),
  };
}

export function isOwnAddress(email: string): boolean {
  return email.length <= longestAddress && address.test(email) && !local.test(email) && !shared.test(email);
}

/**
 * GitHub: `[id+]login@users.noreply.github.com` (docs.github.com, "Setting your commit email address"). GitLab:
 * `id-login@users.noreply.gitlab.com` (docs.gitlab.com, "Use an automatically generated private commit email").
 * Gitea and Forgejo name the domain in their configuration, so only Codeberg's is known:
 * `login@noreply.codeberg.org`.
 */
function accountOfNoreply(email: string): { forge: string; identity: Identity } | undefined {
  if (!/noreply/i.test(email)) return undefined;
  const github = /^(?:(\d+)\+)?([a-z\d](?:[a-z\d-]{0,38})?(?:\[bot\])?)@users\.noreply\.github\.com$/i.exec(email);
  if (github !== null) return { forge: 'GitHub', identity: account('github', 'github.com', github[2], github[1]) };
  const gitlab = /^(\d+)-([a-z\d_][a-z\d_.-]{0,254})@users\.noreply\.gitlab\.com$/i.exec(email);
  if (gitlab !== null) return { forge: 'GitLab', identity: account('gitlab', 'gitlab.com', gitlab[2], gitlab[1]) };
  const codeberg = /^([a-z\d_][a-z\d_.-]{0,39})@noreply\.codeberg\.org$/i.exec(email);
  if (codeberg !== null) return { forge: 'Codeberg', identity: account('forgejo', 'codeberg.org', codeberg[1], undefined) };
  return undefined;
}

function account(platform: string, host: string, login = '', id: string | undefined): Identity {
  return { platform, host, type: 'account', value: login, ...(id === undefined ? {} : { platformUserId: id }) };
}

const botName = /\[bot\]$|(?:^|[\s_-])bot$|^(?:dependabot|renovate|greenkeeper|github-actions|web-flow|k8s-ci-robot)\b/i;
const botEmail =
  /\[bot\]@|^(?:noreply@github\.com|bot@renovateapp\.com|support@(?:dependabot|greenkeeper)\.(?:com|io)|(?:project|group)_\d+_bot[^@]*@noreply\.)/i;

/** Known patterns only; a person confirms before anyone is left out of the numbers. */
export function isBotName(name: string, email = ''): boolean {
  return botName.test(name) || botEmail.test(email);
}
