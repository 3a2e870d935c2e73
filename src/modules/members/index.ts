export { cleanLine, cleanText } from './text.ts';
import type { Action } from '../../platform/action.ts';
import type { FactHandler } from '../../platform/facts.ts';
import type { Job } from '../../platform/jobs.ts';
import { addAffiliation, removeAffiliation, updateAffiliation } from './affiliations.ts';
import { confirmBot, listBots, markHuman } from './bot-queue.ts';
import { addIdentity, createMember, listTags, tagMembers, unlockField, untagMembers, updateMember } from './edit.ts';
import { engagementSettings, updateEngagement } from './engagement.ts';
import { exportMembers } from './export.ts';
import { getMember } from './get.ts';
import { refreshCardsJob } from './jobs.ts';
import { listMembers } from './list.ts';
import { listBatches, mergeBatchJob, mergeMany, planMerges, undoBatch } from './merge-batch.ts';
import { listMerges, mergeMembers, unmergeMembers } from './merges.ts';
import { addNote, deleteNote, editNote } from './notes.ts';
import {
  addDomain,
  claimDomain,
  createOrganization,
  getOrganization,
  listOrganizations,
  removeDomain,
  unclaimedDomains,
  updateOrganization,
} from './organization-actions.ts';
import { mergeOrganizations, undoOrganizationMerge } from './organization-merges.ts';
import { organizationPeople } from './organization-people.ts';
import { followOurDomains } from './our-domains.ts';
import { privacyJob } from './privacy/erasing.ts';
import { privacyActions } from './privacy/index.ts';
import { acceptSuggestion, refuseSuggestion, reopenSuggestion, searchSuggestions, skipSuggestion, suggestions } from './review.ts';
import { findSuggestionsJob } from './search-job.ts';
import { segmentChanges, segmentDigestJob, setAlerts } from './segment-alerts.ts';
import { segmentFields } from './segment-fields.ts';
import { watchSegmentsJob } from './segment-watch.ts';
import { createSegment, deleteSegment, getSegment, listSegments, updateSegment } from './segments.ts';

export { identityTarget } from './target.ts';
export { createResolver } from './resolver.ts';
export type { Resolver } from './resolver.ts';
export type { LinkResult } from './link.ts';
export { importAffiliations, importOrganizations } from './organizations.ts';
export { createSuppression } from './privacy/suppression.ts';
export type { Suppression } from './privacy/suppression.ts';
export { exportData } from './privacy/export-data.ts';
export { goOn as goOnErasing } from './privacy/erasing.ts';
export { forgetUnused } from './forget.ts';
export { recordStats, replaceStats } from './stats.ts';
export type { StatChange } from './stats.ts';
export { refreshStaleCards } from './jobs.ts';
export { searchForSuggestions } from './search-job.ts';
export { levelAt, readEngagementRules, writeEngagement } from './engagement.ts';
export type { EngagementLevel, EngagementRules } from './engagement.ts';
export { segmentMembers } from './filter.ts';
export { provideToMembers } from './provided.ts';
export type { DidQuestion, History, MemberBits, MemberField } from './provided.ts';
export type { DayRange } from './days.ts';
export type { MemberFilter, StoredFilter } from './filter.ts';

/** In the order in which the API reference shows them. */
export const membersActions = [
  listMembers,
  getMember,
  createMember,
  updateMember,
  unlockField,
  addIdentity,
  tagMembers,
  untagMembers,
  listTags,
  addNote,
  editNote,
  deleteNote,
  exportMembers,
  mergeMembers,
  unmergeMembers,
  listMerges,
  planMerges,
  mergeMany,
  listBatches,
  undoBatch,
  suggestions,
  acceptSuggestion,
  refuseSuggestion,
  skipSuggestion,
  reopenSuggestion,
  searchSuggestions,
  listBots,
  confirmBot,
  markHuman,
  listOrganizations,
  getOrganization,
  createOrganization,
  updateOrganization,
  mergeOrganizations,
  undoOrganizationMerge,
  organizationPeople,
  addDomain,
  removeDomain,
  unclaimedDomains,
  claimDomain,
  addAffiliation,
  updateAffiliation,
  removeAffiliation,
  listSegments,
  getSegment,
  createSegment,
  updateSegment,
  deleteSegment,
  segmentFields,
  setAlerts,
  segmentChanges,
  engagementSettings,
  updateEngagement,
  ...privacyActions,
] satisfies readonly Action[];

export { findSuggestionsJob, watchSegmentsJob };
export { watchSegments } from './segment-watch.ts';
export { sendSegmentDigests } from './segment-alerts.ts';
export const membersJobs: readonly Job[] = [
  refreshCardsJob,
  findSuggestionsJob,
  watchSegmentsJob,
  segmentDigestJob,
  mergeBatchJob,
  privacyJob,
];
export const membersHandlers: readonly FactHandler[] = [followOurDomains];
