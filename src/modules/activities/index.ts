import type { Action } from '../../platform/action.ts';

export const activitiesActions = [] satisfies readonly Action[];
