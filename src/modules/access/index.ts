import type { Action } from '../../platform/action.ts';

export const accessActions = [] satisfies readonly Action[];
