import type { Action } from '../../platform/action.ts';
import type { FactHandler } from '../../platform/facts.ts';
import type { Job } from '../../platform/jobs.ts';

export { conditions as memberConditions, readSegment } from './filter.ts';
export { createResolver } from './resolver.ts';
export type { Resolver } from './resolver.ts';
export type { LinkResult } from './link.ts';
export { importAffiliations, importOrganizations } from './organizations.ts';
export { forgetUnused } from './forget.ts';
export { refreshStaleCards } from './jobs.ts';
export { recordStats, replaceStats } from './stats.ts';
export type { StatChange } from './stats.ts';

export const membersActions: readonly Action[] = [];
export const membersJobs: readonly Job[] = [];
export const membersHandlers: readonly FactHandler[] = [];
