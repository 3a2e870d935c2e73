export { activitiesActions } from './actions.ts';
export { daysIn, readDay, showDay } from './days.ts';
export type { Days } from './days.ts';
export { dropSource } from './drop.ts';
export { openTaker } from './ingest.ts';
export { activitiesJobs, indexNewWords } from './jobs.ts';
export { recountDays, recountWhenZoneChanges } from './recount.ts';
export { changeSheet, emptySheet, hourOfWeek, unknownHour } from './presence.ts';
export type { Sheet, SheetChange } from './presence.ts';
