import type { Report } from './report.ts';
import { activityByKind } from './reports/activity-by-kind.ts';
import { activityBySource } from './reports/activity-by-source.ts';
import { activityHours } from './reports/activity-hours.ts';
import { botActivity } from './reports/bot-activity.ts';
import { burstiness } from './reports/burstiness.ts';
import { commits } from './reports/commits.ts';
import { contributorAbsenceFactor } from './reports/contributor-absence-factor.ts';
import { contributorsByKind } from './reports/contributors-by-kind.ts';
import { contributorLevels } from './reports/contributor-levels.ts';
import { conversion } from './reports/conversion.ts';
import { elephantFactor } from './reports/elephant-factor.ts';
import { growth } from './reports/growth.ts';
import { inactiveContributors } from './reports/inactive-contributors.ts';
import { newAndReturning } from './reports/new-and-returning.ts';
import { organizationalDiversity } from './reports/organizational-diversity.ts';
import { retentionCohorts } from './reports/retention-cohorts.ts';
import { retention } from './reports/retention.ts';
import { geography } from './reports/geography.ts';
import { languages } from './reports/languages.ts';
import { sentimentOverTime } from './reports/sentiment-over-time.ts';
import { topics } from './reports/topics.ts';
import { topicsOverTime } from './reports/topics-over-time.ts';
import { topMembers } from './reports/top-members.ts';
import { topOrganizations } from './reports/top-organizations.ts';
import { changeRequestAcceptanceRatio } from './reports/change-request-acceptance-ratio.ts';
import { changeRequestClosureRatio } from './reports/change-request-closure-ratio.ts';
import { changeRequestDuration } from './reports/change-request-duration.ts';
import { issueAge } from './reports/issue-age.ts';
import { issueResolution } from './reports/issue-resolution.ts';
import { reviewDuration } from './reports/review-duration.ts';
import { timeToFirstResponse } from './reports/time-to-first-response.ts';
import { unansweredThreads } from './reports/unanswered-threads.ts';

/** Every report, in the order in which they are listed. */
export const reports: readonly Report[] = [
  growth,
  newAndReturning,
  retention,
  retentionCohorts,
  inactiveContributors,
  contributorsByKind,
  contributorLevels,
  conversion,
  activityBySource,
  activityByKind,
  activityHours,
  burstiness,
  commits,
  topMembers,
  topOrganizations,
  contributorAbsenceFactor,
  elephantFactor,
  organizationalDiversity,
  topics,
  topicsOverTime,
  sentimentOverTime,
  languages,
  geography,
  botActivity,
  timeToFirstResponse,
  unansweredThreads,
  issueResolution,
  issueAge,
  changeRequestClosureRatio,
  changeRequestAcceptanceRatio,
  changeRequestDuration,
  reviewDuration,
];

const byId = new Map(reports.map((report) => [report.id, report]));

export function findReport(id: string): Report | undefined {
  return byId.get(id);
}
