import { activityOver } from './activity-over.ts';

export const activityByKind = activityOver({
  id: 'activity-by-kind',
  title: 'Activity by kind',
  question: 'What do people do?',
  of: 'kind',
  numberOf: (series) => series.kind,
});
