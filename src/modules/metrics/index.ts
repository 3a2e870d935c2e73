import type { Action } from '../../platform/action.ts';
import { listReports, report } from './actions.ts';
import { reportRows } from './drill.ts';
import { exportReport } from './export.ts';
import { home } from './home.ts';

export { metricsJobs } from './jobs.ts';
export const metricsActions = [home, listReports, report, reportRows, exportReport] satisfies readonly Action[];
