import type { Action } from '../../platform/action.ts';
import { listReports, report } from './actions.ts';
import { reportRows } from './drill.ts';
import { engagementOf } from './engagement-actions.ts';
import { exportReport } from './export.ts';
import { home } from './home.ts';

export { whoDid } from './engagement-did.ts';
export { engagementHandlers, scoreEngagement, scoreEngagementJob } from './engagement-job.ts';
export { metricsJobs } from './jobs.ts';
export const metricsActions = [home, listReports, report, reportRows, exportReport, engagementOf] satisfies readonly Action[];
