import type { Action } from '../../platform/action.ts';
import { listReports, report } from './actions.ts';
import {
  createDashboard,
  deleteDashboard,
  duplicateDashboard,
  getDashboard,
  listDashboards,
  restoreDashboard,
  updateDashboard,
} from './dashboards/actions.ts';
import { publishDashboard, unpublishDashboard } from './dashboards/links.ts';
import { reportRows } from './drill.ts';
import { engagementOf } from './engagement-actions.ts';
import { exportReport } from './export.ts';
import { home } from './home.ts';
import { threadList } from './threads.ts';
import { reportPicture } from './picture.ts';
import { createSchedule, deleteSchedule, listSchedules, testSchedule, updateSchedule } from './schedules/actions.ts';
import { topicsOverview } from './topics-overview.ts';

export { publicPrefix } from './dashboards/links.ts';
export { plainPage } from './dashboards/page.ts';
export { publicPage } from './dashboards/public.ts';
export { pageStyle } from './dashboards/style.ts';
export { memberFields } from './engagement-fields.ts';
export { whoDid } from './engagement-did.ts';
export { engagementHandlers, scoreEngagement, scoreEngagementJob } from './engagement-job.ts';
export { endSubscription, findSubscription } from './schedules/unsubscribe.ts';
export { metricsJobs } from './jobs.ts';
export const metricsActions = [
  home,
  threadList,
  listReports,
  report,
  reportRows,
  exportReport,
  reportPicture,
  listDashboards,
  getDashboard,
  createDashboard,
  updateDashboard,
  duplicateDashboard,
  deleteDashboard,
  restoreDashboard,
  publishDashboard,
  unpublishDashboard,
  listSchedules,
  createSchedule,
  updateSchedule,
  deleteSchedule,
  testSchedule,
  engagementOf,
  topicsOverview,
] satisfies readonly Action[];
