import type { Action } from '../../platform/action.ts';

export const metricsActions = [] satisfies readonly Action[];
