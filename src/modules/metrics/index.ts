import type { Action } from '../../platform/action.ts';

export const metricsActions: readonly Action[] = [];
