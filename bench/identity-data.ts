import type { IdentityLink, OrganizationDraft, Person } from '../src/connectors/contract.ts';
import { makeName, plain, writeName } from './identity-names.ts';
import type { Called } from './identity-names.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { makeWord } from './words.ts';

/** Everything that sources said about a made community, and who is really behind each of it. */
export interface Labelled {
  organizations: OrganizationDraft[];
  /** In the order in which they were met. */
  met: { person: Person; truth: number }[];
  links: IdentityLink[];
}

interface Someone {
  truth: number;
  called: Called;
  /** What they call themselves, the favourite first. */
  handles: string[];
  company: number | undefined;
  town: string;
}

const providers = ['gmail.com', 'gmail.com', 'gmail.com', 'outlook.com', 'proton.me', 'yahoo.com', 'posteo.de', 'mail.ru'];
const forum = { platform: 'discourse', host: 'forum.example.org' };
const places = [
  { platform: 'github' },
  { platform: 'github' },
  { platform: 'gitlab' },
  forum,
  forum,
  { platform: 'discord' },
  { platform: 'reddit' },
  { platform: 'stackoverflow' },
];
const roles = ['info', 'root', 'admin', 'support', 'dev', 'noreply', 'hello', 'team', 'build'];

/**
 * A labelled set of about so many identities. Made for its difficulties: accents, orders, scripts, shared names, several
 * addresses, typos, role addresses, renamed accounts, noreply addresses, usernames taken by somebody else elsewhere, bots.
 */
export function makeLabelled(identities: number, seed = 20_26): Labelled {
  const random = createRandom(seed);
  const made: Labelled = { organizations: [], met: [], links: [] };
  const companies = Array.from(
    { length: Math.max(20, Math.round(identities / 250)) },
    (_, n) => `${makeWord(random)}${makeWord(random)}${n.toString(36)}`,
  );
  made.organizations = companies.map((name) => ({ name, domains: [`${name}.example.com`.replace('.example', '')] }));
  const taken = new Set<string>();
  let truth = 0;
  let count = 0;
  while (count < identities) {
    truth += 1;
    const chance = random.next();
    if (chance < 0.006) count += addBot(random, made, truth, companies, taken);
    else if (chance < 0.012) count += addRole(random, made, truth, companies, taken);
    else count += addPerson(random, made, someone(random, truth, companies.length), companies, taken);
  }
  shuffle(random, made.met);
  return made;
}

function someone(random: Random, truth: number, companies: number): Someone {
  const called = makeName(random);
  const handles = [makeHandle(random, called), makeHandle(random, called)];
  return { truth, called, handles, company: random.next() < 0.35 ? random.below(companies) : undefined, town: makeTown(random) };
}

/** A third live in one of thirty large towns. */
function makeTown(random: Random): string {
  const large = random.below(30);
  const town =
    random.next() < 0.33 ? makeWord(createRandom(large)) : `${makeWord(random)}${random.pick(['berg', 'ton', 'ville', ' City'])}`;
  return town.charAt(0).toUpperCase() + town.slice(1);
}

function makeHandle(random: Random, { given, family }: Called): string {
  const g = plain(given).toLowerCase();
  const f = plain(family).toLowerCase();
  const chance = random.next();
  if (chance < 0.2) return `${g}${f}`;
  if (chance < 0.36) return `${g.charAt(0)}${f}`;
  if (chance < 0.42) return `${f}${g}`;
  if (chance < 0.47) return `${f}${g.charAt(0)}`;
  if (chance < 0.53) return `${g}-${f}`;
  if (chance < 0.62) return `${g}${random.below(100)}`;
  if (chance < 0.66) return g;
  if (chance < 0.72) return `${makeWord(random)}${random.below(100)}`;
  return `${makeWord(random)}${makeWord(random)}`;
}

function addPerson(random: Random, made: Labelled, who: Someone, companies: readonly string[], taken: Set<string>): number {
  const chance = random.next();
  const many = chance < 0.4 ? 1 : chance < 0.7 ? 2 : chance < 0.87 ? 3 : chance < 0.96 ? 4 : 5;
  const accounts: Person[] = [];
  const emails: Person[] = [];
  for (let n = 0; n < many; n += 1) {
    if (random.next() < 0.45) emails.push(makeEmail(random, who, companies, taken));
    else {
      const place = random.pick(places);
      // One account on each platform: second ones are another question.
      if (accounts.some((one) => one.platform === place.platform)) emails.push(makeEmail(random, who, companies, taken));
      else accounts.push(makeAccount(random, who, place, companies, taken));
    }
  }
  for (const person of [...accounts, ...emails]) made.met.push({ person, truth: who.truth });
  addAliases(random, made, who, accounts);
  addProofs(random, made, accounts, emails);
  return accounts.length + emails.length;
}

function makeEmail(random: Random, who: Someone, companies: readonly string[], taken: Set<string>): Person {
  const g = plain(who.called.given).toLowerCase();
  const f = plain(who.called.family).toLowerCase();
  const chance = random.next();
  const [favourite = '', second = ''] = who.handles;
  let local =
    chance < 0.36
      ? favourite
      : chance < 0.66
        ? `${g}.${f}`
        : chance < 0.76
          ? `${g.charAt(0)}${f}`
          : chance < 0.83
            ? `${g}.${f}${random.below(100)}`
            : chance < 0.93
              ? second
              : g;
  const company = who.company === undefined || random.next() < 0.4 ? undefined : companies[who.company];
  const domain = company === undefined ? random.pick(providers) : `${company}.com`;
  while (taken.has(`${local}@${domain}`)) local += random.below(10);
  taken.add(`${local}@${domain}`);
  const name = random.next() < 0.95 ? writeName(random, who.called, local) : undefined;
  return { platform: 'git', type: 'email', value: `${local}@${domain}`, ...(name === undefined ? {} : { name }) };
}

function makeAccount(
  random: Random,
  who: Someone,
  place: { platform: string; host?: string },
  companies: readonly string[],
  taken: Set<string>,
): Person {
  const [favourite = '', second = ''] = who.handles;
  const chance = random.next();
  let handle =
    chance < 0.72
      ? favourite
      : chance < 0.8
        ? favourite.replace(/-|(?<=^.{4})/, (found) => (found === '-' ? '_' : '-'))
        : chance < 0.87
          ? `${favourite}${random.below(100)}`
          : chance < 0.97
            ? second
            : `${makeWord(random)}${makeWord(random)}`;
  while (taken.has(`${place.platform} ${handle}`)) handle += random.below(10);
  taken.add(`${place.platform} ${handle}`);
  const name = random.next() < 0.8 ? writeName(random, who.called, handle) : undefined;
  const company = who.company === undefined || random.next() < 0.5 ? undefined : companies[who.company];
  return {
    ...place,
    type: 'account',
    value: handle,
    platformUserId: String(taken.size),
    ...(name === undefined ? {} : { name }),
    ...(company === undefined ? {} : { organizationName: company }),
    ...(random.next() < 0.3 ? { location: random.next() < 0.7 ? who.town : `${who.town}, Earth` } : {}),
    ...(place.platform === 'github' ? { url: `https://github.com/${handle}` } : {}),
  };
}

/** The same account under a former name, and by a forge's noreply address: other words for an identity that is there. */
function addAliases(random: Random, made: Labelled, who: Someone, accounts: readonly Person[]): void {
  for (const account of accounts) {
    if (account.platform !== 'github') continue;
    const id = account.platformUserId ?? '';
    if (random.next() < 0.15)
      made.met.push({
        person: { platform: 'git', type: 'email', value: `${id}+${account.value}@users.noreply.github.com` },
        truth: who.truth,
      });
    if (random.next() < 0.05)
      made.met.push({
        person: { platform: 'github', type: 'account', value: `${account.value}-old`, platformUserId: id },
        truth: who.truth,
      });
  }
}

/** What platforms and people say themselves: verified addresses, links of accounts, links on profiles. */
function addProofs(random: Random, made: Labelled, accounts: readonly Person[], emails: readonly Person[]): void {
  const [a, b] = accounts;
  const email = emails[0];
  if (a !== undefined && email !== undefined && random.next() < 0.25)
    made.links.push({ a, b: email, proof: 'verified_email', reason: `${a.platform} verified the address` });
  if (a === undefined || b === undefined) return;
  if (random.next() < 0.06) made.links.push({ a, b, proof: 'platform', reason: `${a.platform} links the accounts` });
  const says = (from: Person, to: Person) => {
    if (to.platform === 'github') from.bio = `I write software. https://github.com/${to.value}`;
    else if (to.platform === 'gitlab') from.bio = `Code: https://gitlab.com/${to.value}/`;
    else if (to.platform === 'reddit') from.bio = `Find me at https://www.reddit.com/user/${to.value}.`;
  };
  if (random.next() < 0.12) says(a, b);
  if (random.next() < 0.08) says(b, a);
}

/** An address of a function: many commit with it, and several accounts have it verified. It is nobody. */
function addRole(random: Random, made: Labelled, truth: number, companies: readonly string[], taken: Set<string>): number {
  const value = `${random.pick(roles)}@${random.next() < 0.3 ? 'localhost' : `${random.pick(companies)}.com`}`;
  if (taken.has(value)) return 0;
  taken.add(value);
  const person: Person = { platform: 'git', type: 'email', value };
  // The last one who used it left a name.
  const victim = made.met[random.below(Math.max(1, made.met.length))];
  if (victim !== undefined && random.next() < 0.5 && victim.person.name !== undefined) person.name = victim.person.name;
  made.met.push({ person, truth });
  if (victim?.person.type === 'account' && !isBot(victim.person))
    made.links.push({ a: victim.person, b: person, proof: 'verified_email', reason: `${victim.person.platform} verified the address` });
  return 1;
}

/** A bot, sometimes named like a company or like the person who made it. */
function addBot(random: Random, made: Labelled, truth: number, companies: readonly string[], taken: Set<string>): number {
  const owner = made.met[random.below(Math.max(1, made.met.length))]?.person;
  const base = random.next() < 0.5 && owner?.type === 'account' ? owner.value : random.pick(companies);
  const handle = random.next() < 0.5 ? `${base}[bot]` : `${base}-bot`;
  if (taken.has(`bot ${handle}`)) return 0;
  taken.add(`bot ${handle}`);
  const flagged = random.next() < 0.6;
  made.met.push({
    person: {
      platform: random.next() < 0.7 ? 'github' : 'gitlab',
      type: 'account',
      value: handle,
      name: owner?.name ?? base,
      ...(flagged ? { bot: true } : {}),
    },
    truth,
  });
  return 1;
}

function isBot(person: Person): boolean {
  return person.value.endsWith('bot') || person.value.endsWith('[bot]');
}

function shuffle(random: Random, items: unknown[]): void {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    const [x, y] = [items[at], items[other]];
    if (x === undefined || y === undefined) continue;
    items[at] = y;
    items[other] = x;
  }
}
