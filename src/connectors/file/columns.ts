export type RowKind = 'activity' | 'member' | 'organization' | 'affiliation';

/** What a column may be called, beside the field's own name. Compared without case, spaces, dashes and underscores. */
const aliases: Record<string, string[]> = {
  id: ['externalid', 'uid', 'uuid', 'guid', 'key'],
  kind: ['activitytype', 'activity', 'eventtype', 'event', 'action'],
  at: ['date', 'time', 'timestamp', 'createdat', 'created', 'occurredat', 'datetime', 'when', 'activitydate'],
  platform: ['source', 'channel', 'network', 'provider'],
  host: ['instance', 'server', 'site'],
  account: ['username', 'user', 'handle', 'login', 'author', 'userhandle', 'nickname'],
  accountId: ['userid', 'authorid', 'platformuserid'],
  email: ['mail', 'emailaddress', 'emails', 'primaryemail', 'authoremail'],
  name: ['fullname', 'displayname', 'authorname', 'membername', 'realname', 'person', 'organizationname', 'companyname'],
  thread: ['threadid', 'topicid', 'conversation', 'conversationid', 'parentid', 'topic'],
  title: ['subject', 'headline', 'threadtitle'],
  text: ['body', 'content', 'message', 'description', 'comment'],
  url: ['link', 'permalink', 'href', 'sourceurl', 'website', 'homepage', 'profileurl'],
  value: ['score', 'amount', 'count', 'points', 'weight'],
  avatar: ['avatarurl', 'picture', 'image', 'photo'],
  location: ['city', 'country', 'place'],
  bio: ['about', 'biography', 'summary'],
  organization: ['company', 'organisation', 'employer', 'org', 'affiliation', 'companyname'],
  role: ['jobtitle', 'position', 'job'],
  from: ['start', 'startdate', 'since', 'begin', 'fromdate', 'joinedat'],
  to: ['end', 'enddate', 'until', 'todate', 'leftat'],
  domains: ['domain', 'emaildomain', 'emaildomains'],
  type: ['organizationtype', 'companytype', 'kindoforganization'],
  customerId: ['crmid', 'customer'],
  annualRecurringRevenue: ['arr', 'revenue', 'recurringrevenue'],
};

/** Columns that hold an account of the platform that they name. */
const platforms: Record<string, string> = {
  github: 'github',
  githubusername: 'github',
  githublogin: 'github',
  githubhandle: 'github',
  gitlab: 'gitlab',
  gitlabusername: 'gitlab',
  discourse: 'discourse',
  forum: 'discourse',
  discord: 'discord',
  discordusername: 'discord',
  slack: 'slack',
  twitter: 'x',
  x: 'x',
  twitterhandle: 'x',
  twitterusername: 'x',
  mastodon: 'mastodon',
  bluesky: 'bluesky',
  reddit: 'reddit',
  stackoverflow: 'stackoverflow',
  linkedin: 'linkedin',
  linkedinurl: 'linkedin',
  youtube: 'youtube',
  hackernews: 'hackernews',
  meetup: 'meetup',
};

const fields = new Map<string, string>();
for (const [field, names] of Object.entries(aliases)) {
  for (const name of [...names, field.toLowerCase()]) if (!fields.has(name)) fields.set(name, field);
}
for (const field of Object.keys(aliases)) fields.set(field.toLowerCase(), field);

/** The field that a column holds: `email`, or `accounts.github`. Undefined when it is none of ours. */
export function fieldOf(column: string): string | undefined {
  const plain = column.toLowerCase().replace(/[^a-z\d]/g, '');
  const field = fields.get(plain);
  if (field !== undefined) return field;
  return Object.hasOwn(platforms, plain) ? `accounts.${platforms[plain]}` : undefined;
}

export interface Columns {
  mapped: { column: string; field: string }[];
  ignored: string[];
}

/** Of two columns for one field the first counts; the other is ignored, and said to be. */
export function mapColumns(names: readonly string[], kind?: RowKind): Columns & { fields: (string | undefined)[] } {
  const taken = new Set<string>();
  const columns: Columns & { fields: (string | undefined)[] } = { mapped: [], ignored: [], fields: [] };
  for (const name of names) {
    const found = kind === 'organization' ? organizationField(fieldOf(name)) : fieldOf(name);
    const field = found === undefined || taken.has(found) ? undefined : found;
    columns.fields.push(field);
    if (field === undefined) columns.ignored.push(name);
    else {
      taken.add(field);
      columns.mapped.push({ column: name, field });
    }
  }
  return columns;
}

/** In a list of organizations "company" is the name and "kind" what sort it is. */
function organizationField(field: string | undefined): string | undefined {
  if (field === 'organization') return 'name';
  return field === 'kind' ? 'type' : field;
}

/** What the rows are, by the fields that they have. */
export function guessKind(found: readonly (string | undefined)[]): RowKind {
  const has = new Set(found);
  if (has.has('at') && has.has('kind')) return 'activity';
  if (has.has('domains') || has.has('annualRecurringRevenue')) return 'organization';
  const isPerson = has.has('email') || has.has('account') || found.some((field) => field?.startsWith('accounts.') === true);
  if (has.has('organization') && isPerson && (has.has('from') || has.has('to')) && !has.has('name')) return 'affiliation';
  if (has.has('at') && isPerson && (has.has('text') || has.has('title') || has.has('url'))) return 'activity';
  if (!isPerson && has.has('name') && (has.has('type') || has.has('customerId'))) return 'organization';
  return 'member';
}
