export { activitiesActions } from './actions.ts';
export { daysIn, readDay, showDay } from './days.ts';
export type { Days } from './days.ts';
export { dropSource } from './drop.ts';
export { openTaker } from './ingest.ts';
export { activitiesJobs, indexNewWords } from './jobs.ts';
export { kindCode, kindName } from './kinds.ts';
export { changeSheet, eachPerson, emptySheet, hourOfWeek, unknownHour } from './presence.ts';
export type { Sheet, SheetChange } from './presence.ts';
