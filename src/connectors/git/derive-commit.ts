import type { ActivityDraft, ActivityKind, Derived, IdentityLink, Person } from '../contract.ts';
import { identityOf, namedIdentity, personOfEmail } from '../kit/people.ts';
import { cleanName, cleanText } from '../kit/text.ts';
import { plausibleOffset } from '../kit/time.ts';
import type { CommitRecord } from './commit-record.ts';
import { commitTime } from './commit-record.ts';
import { fold } from './mailmap.ts';
import type { RawPerson } from './parse-commit.ts';
import type { GitSettings } from './settings.ts';
import { commitUrl, repositoryName } from './settings.ts';

const trailerKinds: Record<string, ActivityKind> = {
  'co-authored-by': 'commit_co_authored',
  'signed-off-by': 'commit_signed_off',
  'reviewed-by': 'commit_reviewed',
  'acked-by': 'commit_reviewed',
  'tested-by': 'commit_tested',
  'reported-by': 'commit_reported',
};

type Recorded = CommitRecord['author'];

/** Who took part in a commit, each once a role: the author first, then the committer, then the trailers in their order. */
export function deriveCommit(commit: CommitRecord, settings: GitSettings): Derived {
  const repository = repositoryName(settings);
  const links: IdentityLink[] = [];
  const title = cleanName(commit.subject, 300);
  const url = commitUrl(settings, commit.sha);
  const at = commitTime(commit);
  const taken = new Set<string>();

  function activity(kind: ActivityKind, who: Recorded, when: number): ActivityDraft {
    const { person, proof } = gitPerson(who, repository);
    for (const link of proof) links.push(link);
    return { kind, at: when, person, title, ...(url === undefined ? {} : { url }) };
  }

  const written = activity('commit', commit.author, at);
  const offset = plausibleOffset(commit.authored[1]);
  const body = commit.body === undefined ? '' : cleanText(commit.body);
  written.value = commit.added + commit.removed;
  if (offset !== undefined) written.offset = offset;
  if (body !== '') written.text = body;
  if (commit.parents > 1) written.platformType = 'merge';
  const activities = [written];

  const author = whoIs(commit.author);
  if (commit.committer !== undefined && whoIs(commit.committer) !== author) {
    const zone = plausibleOffset(commit.committed[1]);
    const committed = commit.committed[0] * 1000;
    activities.push({
      ...activity('commit_committed', commit.committer, Math.max(committed, 0) || at),
      ...(zone === undefined ? {} : { offset: zone }),
    });
  }
  for (const [key, who] of commit.trailers ?? []) {
    const kind = trailerKinds[key];
    const role = `${key} ${whoIs(who)}`;
    if (kind === undefined || taken.has(role) || (whoIs(who) === author && (key === 'co-authored-by' || key === 'signed-off-by'))) continue;
    taken.add(role);
    const drafted = activity(kind, who, at);
    if (key === 'acked-by') drafted.platformType = key;
    activities.push(drafted);
  }
  return links.length === 0 ? { activities } : { activities, links };
}

/**
 * Who a name and an address are. Objects are shared between answers: nobody may change them.
 * The identity is the address as written; what `.mailmap` says about it is a link with that as its reason. Where the
 * address stands for several people, the name is part of the identity.
 */
export function gitPerson(raw: RawPerson | Recorded, repository: string): KnownPerson {
  // The same few people write most commits. What is remembered depends on nothing but the key, so that this stays pure.
  const key = `${repository}\0${raw.name}\0${raw.email}\0${raw.shared === true ? 1 : 0}\0${raw.mapped?.name ?? ''}\0${raw.mapped?.email ?? ''}`;
  const known = knownPeople.get(key);
  if (known !== undefined) return known;
  if (knownPeople.size >= mostKnown) knownPeople.clear();
  const made = readPerson(raw, repository);
  knownPeople.set(key, made);
  return made;
}

interface KnownPerson {
  person: Person;
  proof: IdentityLink[];
}

const knownPeople = new Map<string, KnownPerson>();
const mostKnown = 20_000;

function readPerson(raw: RawPerson | Recorded, repository: string): KnownPerson {
  const { person, links } = personOfEmail(raw.name, raw.email, repository);
  const email = raw.mapped?.email ?? raw.email;
  const name = raw.mapped?.name ?? raw.name;
  const isShared = raw.shared === true && person.type === 'email';
  const moved = fold(email) !== fold(raw.email);
  if (!isShared && !moved) return { person: withName(person, name), proof: links };

  const own: Person = isShared ? { ...person, ...namedIdentity(cleanName(raw.name), person.value), host: repository } : person;
  const canonical = personOfEmail(name, email, repository);
  // An address that is shared and mapped to nobody else still belongs to whoever has it alone elsewhere.
  const reason = moved
    ? `The .mailmap of ${repository} says that ${raw.name} <${raw.email}> is ${name} <${email}>`
    : `The .mailmap of ${repository} leaves ${raw.name} with the address ${email}`;
  const link: IdentityLink = { a: identityOf(own), b: identityOf(canonical.person), reason: cleanName(reason, 500), proof: 'mailmap' };
  return { person: withName(own, name), proof: [link, ...(isShared ? [] : links), ...canonical.links] };
}

function withName(person: Person, name: string): Person {
  const clean = cleanName(name);
  return clean === '' || clean === person.name ? person : { ...person, name: clean };
}

function whoIs(raw: Recorded): string {
  const email = fold(raw.mapped?.email ?? raw.email);
  return raw.shared === true || email === '' ? `${fold(raw.mapped?.name ?? raw.name)} <${email}>` : email;
}
