import type { ActivityDraft, ActivityKind, Derived, Identity, IdentityLink, Person } from '../contract.ts';
import { identityOf, personOfEmail } from '../kit/people.ts';
import { cleanName, cleanText, webUrl } from '../kit/text.ts';
import { readOffset, readTime } from '../kit/time.ts';
import type { FileRecord } from './records.ts';
import type { FileSettings } from './settings.ts';
import { fileName } from './settings.ts';

/** Platforms that are one place; the others are known by their host. */
const hosts: Record<string, string> = { github: 'github.com', gitlab: 'gitlab.com' };

/** What a row says. An imported file is proof that the identities of one row are one person. */
export function deriveRow(row: FileRecord, settings: FileSettings): Derived {
  if (row.row === 'organization') return deriveOrganization(row);
  const file = fileName(settings);
  const { people, links } = peopleOf(row, file);
  const [first] = people;
  if (first === undefined) return { activities: [] };
  if (row.row === 'activity') {
    return {
      activities: [activityOf(row, first)],
      ...(people.length > 1 ? { people: people.slice(1) } : {}),
      ...(links.length > 0 ? { links } : {}),
    };
  }
  const organization = row.organization === undefined ? '' : cleanName(row.organization);
  return {
    activities: [],
    people,
    ...(links.length > 0 ? { links } : {}),
    ...(organization === ''
      ? {}
      : {
          organizations: [{ name: organization }],
          affiliations: [
            {
              person: identityOf(first),
              organization,
              ...(row.from === undefined ? {} : { from: row.from.slice(0, 10) }),
              ...(row.to === undefined ? {} : { to: row.to.slice(0, 10) }),
              ...(row.role === undefined ? {} : { role: cleanName(row.role) }),
            },
          ],
        }),
  };
}

function activityOf(row: FileRecord & { row: 'activity' }, person: Person): ActivityDraft {
  const offset = typeof row.at === 'string' ? readOffset(row.at) : undefined;
  const title = row.title === undefined ? '' : cleanName(row.title, 300);
  const text = row.text === undefined ? '' : cleanText(row.text);
  const url = webUrl(row.url);
  return {
    // Validated by the record's schema.
    kind: row.kind as ActivityKind,
    at: readTime(row.at),
    person,
    ...(offset === undefined ? {} : { offset }),
    ...(row.thread === undefined ? {} : { thread: { externalId: row.thread, kind: 'conversation', ...(title === '' ? {} : { title }) } }),
    ...(title === '' ? {} : { title }),
    ...(text === '' ? {} : { text }),
    ...(url === undefined ? {} : { url }),
    ...(row.value === undefined ? {} : { value: row.value }),
  };
}

function deriveOrganization(row: FileRecord & { row: 'organization' }): Derived {
  const url = webUrl(row.url);
  const domains = (row.domains ?? '')
    .split(/[\s,;|]+/)
    .filter((domain) => domain.includes('.'))
    .map((domain) => domain.toLowerCase().replace(/^@/, ''));
  return {
    activities: [],
    organizations: [
      {
        name: cleanName(row.name),
        ...(domains.length === 0 ? {} : { domains }),
        ...(row.type === undefined ? {} : { kind: row.type }),
        ...(url === undefined ? {} : { url }),
        ...(row.customerId === undefined ? {} : { customerId: row.customerId }),
        ...(row.annualRecurringRevenue === undefined ? {} : { annualRecurringRevenue: row.annualRecurringRevenue }),
      },
    ],
  };
}

/** Every identity of a row, the accounts first, each linked to the first. What describes the person stands with the first. */
function peopleOf(row: Exclude<FileRecord, { row: 'organization' }>, file: string): { people: Person[]; links: IdentityLink[] } {
  const people: Person[] = [];
  const links: IdentityLink[] = [];
  if (row.account !== undefined && row.platform !== undefined) people.push(accountOf(row.platform, row.account, row.host, row.accountId));
  if ('accounts' in row) for (const [platform, account] of Object.entries(row.accounts ?? {})) people.push(accountOf(platform, account));
  const emails = (row.email ?? '').split(/[\s,;|]+/).filter((email) => email !== '');
  for (const email of emails) {
    const found = personOfEmail(row.name ?? '', email, file);
    people.push(found.person);
    links.push(...found.links);
  }
  if (people.length === 0) people.push(personOfEmail(row.name ?? '', '', file).person);
  const [first, ...others] = people;
  if (first === undefined) return { people, links };
  for (const other of others) {
    links.push({
      a: identityOf(first),
      b: identityOf(other),
      reason: `A row of ${file} lists ${shown(first)} and ${shown(other)} as one person`,
      proof: 'import',
    });
  }
  Object.assign(first, profileOf(row));
  return { people, links };
}

function profileOf(row: Exclude<FileRecord, { row: 'organization' }>): Partial<Person> {
  const given =
    row.row === 'member'
      ? {
          avatarUrl: webUrl(row.avatar),
          url: webUrl(row.url),
          location: cleanName(row.location ?? ''),
          bio: cleanText(row.bio ?? '', 2000),
        }
      : {};
  const all = { name: cleanName(row.name ?? ''), organizationName: cleanName(row.organization ?? ''), ...given };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== ''));
}

function accountOf(platform: string, account: string, host?: string, id?: string): Person {
  const name = cleanName(platform, 50).toLowerCase();
  const where = host ?? hosts[name];
  const value = cleanName(account.replace(/^https?:\/\/[^/]+\/(?:in\/|@)?|^@/i, '').replace(/\/+$/, ''));
  return {
    platform: name,
    type: 'account',
    value,
    ...(where === undefined ? {} : { host: where.toLowerCase() }),
    ...(id === undefined ? {} : { platformUserId: id }),
  };
}

function shown(identity: Identity): string {
  return `${identity.value} (${identity.platform})`;
}
