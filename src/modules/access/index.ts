import type { Action } from '../../platform/action.ts';
import { audit } from './audit.ts';
import { directory } from './directory.ts';
import { acceptInvitation, findInvitation, invitations, invite, revokeInvitation } from './invitations.ts';
import { createKey, keys, revokeKey } from './keys.ts';
import { openMail, outbox, sendMailAgain } from './outbox.ts';
import { createUser, disableUser, enableUser, people, resetTwoFactor, setRole } from './people.ts';
import { session, updateProfile } from './session.ts';
import { setUp } from './set-up.ts';
import { setLogo, updateWorkspace, workspace } from './workspace.ts';

export { createAuth } from './actor.ts';
export type { Auth } from './actor.ts';
export { usersById } from './directory.ts';
export { accessJobs } from './jobs.ts';
export { addressOf } from './rules.ts';
export { ensureSetupToken } from './set-up.ts';
export { readWorkspace } from './workspace.ts';
export type { Workspace } from './workspace.ts';

/** In the order in which the API reference shows them. */
export const accessActions = [
  session,
  setUp,
  workspace,
  updateWorkspace,
  setLogo,
  updateProfile,
  people,
  directory,
  createUser,
  setRole,
  disableUser,
  enableUser,
  resetTwoFactor,
  invite,
  invitations,
  revokeInvitation,
  findInvitation,
  acceptInvitation,
  keys,
  createKey,
  revokeKey,
  audit,
  outbox,
  openMail,
  sendMailAgain,
] satisfies readonly Action[];
