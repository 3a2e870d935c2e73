import { code } from './recipes-code.ts';
import { talk } from './recipes-talk.ts';
import type { Changes, Fields } from './dress.ts';
import type { Facts } from './facts.ts';

/** How one stream's items are made from those that its offline source gives. */
export interface StreamRecipe {
  /** Its part of the source's items. With `people`: which part of the source's people it has an item for. */
  share: number;
  /** One item for each person, in their order: profiles, members, stars. */
  people?: true;
  /** The stream whose items open the threads that it belongs to; its own where none is named. */
  within?: string;
  /** It describes threads: another one each time. */
  describes?: true;
  dress(facts: Facts, template: Fields): Changes;
}

export interface SourceRecipe {
  /** Its part of all activities, and of all people. */
  activities: number;
  people: number;
  /** Its people are the same as those of the other sources that say so: they have the same addresses. */
  known?: true;
  /** Items on a page, as its system gives them. */
  page: number;
  streams: Record<string, StreamRecipe>;
}

/** For every connector but the demo's. */
export const recipes: Record<string, SourceRecipe> = { ...code, ...talk };
