/** Every address of the app is made here. A parameter goes in encoded; filters go into the query. */

export type Query = Record<string, string | number | boolean | undefined | null>;

/** `/members`, { q: 'ada' } → `/members?q=ada`. Empty values are left out. */
function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '' && value !== false) search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

const id = encodeURIComponent;

export const paths = {
  home: () => '/',
  setUp: () => '/set-up',
  signIn: (next?: string) => withQuery('/sign-in', { next }),
  forgotPassword: () => '/forgot-password',

  timeline: (query?: Query) => withQuery('/timeline', query),
  threads: (query?: Query) => withQuery('/threads', query),
  thread: (thread: string) => `/threads/${id(thread)}`,
  members: (query?: Query) => withQuery('/members', query),
  member: (member: string, query?: Query) => withQuery(`/members/${id(member)}`, query),
  /** Not a page: a download. */
  memberData: (member: string) => `/exports/members/${id(member)}.json`,
  suggestions: (query?: Query) => withQuery('/suggestions', query),
  organizations: (query?: Query) => withQuery('/organizations', query),
  organization: (organization: string, query?: Query) => withQuery(`/organizations/${id(organization)}`, query),
  segments: () => '/segments',
  segment: (segment: string) => `/segments/${id(segment)}`,
  newSegment: (query?: Query) => withQuery('/segments/new', query),
  mergeFile: () => '/merge-file',
  topics: (query?: Query) => withQuery('/topics', query),
  dashboards: () => '/dashboards',
  dashboard: (dashboard: string, query?: Query) => withQuery(`/dashboards/${id(dashboard)}`, query),
  reports: () => '/reports',
  report: (report: string, query?: Query) => withQuery(`/reports/${id(report)}`, query),
  /** A report with the rows behind one of its numbers opened: what `metrics.rows` takes. */
  rowsOf: (opens: { report: string; row: string; column: string; from: string; to: string; population: string }) => {
    const { report, ...query } = opens;
    return withQuery(`/reports/${id(report)}`, query);
  },

  sources: (query?: Query) => withQuery('/sources', query),
  addSource: (connector?: string) => withQuery('/sources/add', { connector }),
  source: (source: string, tab?: string) => withQuery(`/sources/${id(source)}`, { tab }),

  settings: () => '/settings',
  settingsPage: (page: string, query?: Query) => withQuery(`/settings/${page}`, query),
  apiReference: (action?: string) => withQuery('/api-reference', { action }),
};
