import type { Answer } from './question.ts';

export type Shape = 'line' | 'stacked' | 'bars' | 'ranking' | 'heatmap' | 'cohorts';

/** How a report's chart is drawn here. What is not over time and no table of its own is a row of bars: never a pie. */
export function shapeOf({ report: { chart }, columns }: Pick<Answer, 'report' | 'columns'>): Shape {
  switch (chart.type) {
    case 'heatmap':
    case 'cohorts':
      return chart.type;
    case 'line':
    case 'stacked':
    case 'bars':
    case 'share':
      if (columns.find((column) => column.key === chart.x)?.type !== 'period') return 'ranking';
      return chart.type === 'share' ? 'stacked' : chart.type;
    case 'ranking':
    case 'funnel':
      break;
  }
  return 'ranking';
}
