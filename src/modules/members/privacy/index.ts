import type { Action } from '../../../platform/action.ts';
import { eraseMember, listErasures, purgeMember, restoreMember } from './erase.ts';
import { liftSuppression, privacyRules, suppressIdentity, suppressionList, updatePrivacy } from './list.ts';

/** Erasing, consent, and who looked at whom: what members offer of privacy. */
export const privacyActions = [
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
