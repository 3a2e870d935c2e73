import type { Action } from '../../platform/action.ts';

export const membersActions = [] satisfies readonly Action[];
