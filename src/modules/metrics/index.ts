import type { Action } from '../../platform/action.ts';
import { listReports, report } from './actions.ts';

export const metricsActions = [listReports, report] satisfies readonly Action[];
