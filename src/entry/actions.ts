import type { Action } from '../platform/action.ts';
import { accessActions } from '../modules/access/index.ts';
import { activitiesActions } from '../modules/activities/index.ts';
import { membersActions } from '../modules/members/index.ts';
import { metricsActions } from '../modules/metrics/index.ts';
import { sourcesActions } from '../modules/sources/index.ts';

/**
 * Every action of the program: what is listed here exists in the web app, the API, the command line and for assistants.
 * The list keeps each action's own type (`satisfies`, here and in each module's index): the web's client is typed from it.
 */
export const actions = [
  ...accessActions,
  ...sourcesActions,
  ...membersActions,
  ...activitiesActions,
  ...metricsActions,
] as const satisfies readonly Action[];

const all: readonly Action[] = actions;
const byName = new Map(all.map((action) => [action.name, action]));
if (byName.size !== actions.length) throw new Error('Two actions share a name.');

export function findAction(name: string): Action | undefined {
  return byName.get(name);
}
