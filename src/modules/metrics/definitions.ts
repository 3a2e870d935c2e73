import type { Report } from './report.ts';
import { contributorAbsenceFactor } from './reports/contributor-absence-factor.ts';
import { growth } from './reports/growth.ts';
import { newAndReturning } from './reports/new-and-returning.ts';
import { topMembers } from './reports/top-members.ts';

/** Every report, in the order in which they are listed. */
export const reports: readonly Report[] = [growth, newAndReturning, topMembers, contributorAbsenceFactor];

const byId = new Map(reports.map((report) => [report.id, report]));

export function findReport(id: string): Report | undefined {
  return byId.get(id);
}
