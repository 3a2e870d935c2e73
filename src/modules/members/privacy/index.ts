import type { Action } from '../../../platform/action.ts';
import { eraseMember, listErasures, purgeMember, restoreMember } from './erase.ts';
import { consentPurposes, importConsents, listConsents, planConsents, setConsent, updatePurposes } from './consent.ts';
import { exportData } from './export-data.ts';
import { profileViews } from './views.ts';
import { liftSuppression, privacyRules, suppressIdentity, suppressionList, updatePrivacy } from './list.ts';

/** Erasing, consent, and who looked at whom: what members offer of privacy. */
export const privacyActions = [
  exportData,
  profileViews,
  listConsents,
  setConsent,
  consentPurposes,
  updatePurposes,
  planConsents,
  importConsents,
  eraseMember,
  restoreMember,
  purgeMember,
  listErasures,
  suppressionList,
  suppressIdentity,
  liftSuppression,
  privacyRules,
  updatePrivacy,
] satisfies readonly Action[];
