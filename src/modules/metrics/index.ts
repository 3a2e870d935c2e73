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
import { reportPicture } from './picture.ts';

export { publicPrefix } from './dashboards/links.ts';
export { publicPage } from './dashboards/public.ts';
export { pageStyle } from './dashboards/style.ts';
export { whoDid } from './engagement-did.ts';
export { engagementHandlers, scoreEngagement, scoreEngagementJob } from './engagement-job.ts';
export { metricsJobs } from './jobs.ts';
export const metricsActions = [
  home,
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
  engagementOf,
] satisfies readonly Action[];
