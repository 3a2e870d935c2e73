import type { Action } from '../../platform/action.ts';

export const sourcesActions = [] satisfies readonly Action[];
