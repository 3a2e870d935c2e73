import type { Action } from '../platform/action.ts';
import { accessActions } from '../modules/access/index.ts';
import { activitiesActions } from '../modules/activities/index.ts';
import { membersActions } from '../modules/members/index.ts';
import { metricsActions } from '../modules/metrics/index.ts';
import { sourcesActions } from '../modules/sources/index.ts';

/** Every action of the program. What is listed here exists in the web app, the API, the command line and for assistants. */
export const actions: readonly Action[] = [
  ...accessActions,
  ...sourcesActions,
  ...membersActions,
  ...activitiesActions,
  ...metricsActions,
];

const byName = new Map(actions.map((action) => [action.name, action]));
if (byName.size !== actions.length) throw new Error('Two actions share a name.');

export function findAction(name: string): Action | undefined {
  return byName.get(name);
}
