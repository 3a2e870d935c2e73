import { activityOver } from './activity-over.ts';

export const activityBySource = activityOver({
  id: 'activity-by-source',
  title: 'Activity by source',
  question: 'Where does the community meet?',
  of: 'source',
  numberOf: (series) => series.sourceId,
});
