import type { Definition } from './question.ts';

/** Where known reports stand; a report that is not named here is listed at the end, so that a new one needs no change. */
const groups: { title: string; reports: string[] }[] = [
  {
    title: 'Growth and retention',
    reports: [
      'growth',
      'new-and-returning',
      'retention',
      'retention-cohorts',
      'inactive-contributors',
      'contributors-by-kind',
      'contributor-levels',
      'conversion',
    ],
  },
  { title: 'Activity', reports: ['activity-by-source', 'activity-by-kind', 'activity-hours', 'burstiness', 'commits', 'bot-activity'] },
  { title: 'What people talk about', reports: ['topics', 'topics-over-time', 'sentiment-over-time', 'languages'] },
  { title: 'Conversations', reports: ['time-to-first-response', 'unanswered-threads'] },
  {
    title: 'Issues and merge requests',
    reports: [
      'issue-resolution',
      'issue-age',
      'change-request-closure-ratio',
      'change-request-acceptance-ratio',
      'change-request-duration',
      'review-duration',
    ],
  },
  {
    title: 'People and organizations',
    reports: ['geography', 'top-members', 'top-organizations', 'contributor-absence-factor', 'elephant-factor', 'organizational-diversity'],
  },
];

export function groupsOf(reports: readonly Definition[]): { title: string; reports: Definition[] }[] {
  const named = new Set(groups.flatMap((group) => group.reports));
  const rest = reports.filter((report) => !named.has(report.id));
  return [
    ...groups.map((group) => ({
      title: group.title,
      reports: group.reports.flatMap((id) => reports.find((report) => report.id === id) ?? []),
    })),
    { title: 'More', reports: rest },
  ].filter((group) => group.reports.length > 0);
}
