import { drawn, figureIn, formatFigure, isFigure, textIn } from './figures.ts';
import type { Column, Figure } from './figures.ts';
import type { Answer } from './question.ts';

export interface Bar {
  key: string;
  name: string;
  /** Of the member, organization, source or kind that the bar is about. */
  id: string | undefined;
  about: Column['type'];
  value: number | null;
  /** 0 to 1 of the longest. */
  length: number;
  share: number | null;
  /** Stands out: one of the few that make the share asked for. */
  strong: boolean;
}

export interface Bars {
  column: { key: string; title: string; type: Figure };
  shown: Bar[];
  /** Rows that are only in the table. */
  more: number;
  /** The single figure that some rankings are about: so few make so much. */
  few: { number: string; rest: string } | undefined;
}

const mostShown = 20;

export function barsOf(answer: Answer): Bars {
  const [column] = drawn(answer);
  const { x } = answer.report.chart;
  const about = answer.columns.find((candidate) => candidate.key === x)?.type ?? 'text';
  const share = answer.columns.find((candidate) => candidate.type === 'share' && candidate.of === column?.key);
  const key = column?.key ?? '';
  const few = answer.rows.filter((row) => row.cells['needed'] === 'yes').length;
  const shown = answer.rows.slice(0, Math.max(mostShown, Math.min(few + 5, 40)));
  const most = Math.max(0, ...answer.rows.map((row) => figureIn(row, key) ?? 0));
  return {
    column: { key, title: column?.title ?? '', type: column !== undefined && isFigure(column.type) ? column.type : 'count' },
    shown: shown.map((row) => {
      const value = figureIn(row, key);
      return {
        key: row.key,
        name: textIn(row, x),
        id: row.ids[x],
        about,
        value,
        length: value === null || most === 0 ? 0 : value / most,
        share: share === undefined ? null : figureIn(row, share.key),
        // Those of no known organization are no organization.
        strong: few === 0 ? !['member', 'organization'].includes(about) || row.ids[x] !== undefined : row.cells['needed'] === 'yes',
      };
    }),
    more: answer.rows.length - shown.length,
    few: fewOf(answer, column?.title.toLowerCase() ?? 'work'),
  };
}

/** `5` and `people make 51% of the contributions`. */
function fewOf(answer: Answer, what: string): Bars['few'] {
  const factor = answer.headline.find((line) => line.key === 'factor');
  if (factor === undefined || factor.value === null || factor.value === 0) return undefined;
  const share = answer.rows.findLast((row) => row.cells['needed'] === 'yes')?.cells['cumulative'];
  const one = factor.value === 1;
  const whom = factor.counts === 'organizations' ? (one ? 'organization' : 'organizations') : one ? 'person' : 'people';
  return {
    number: formatFigure(factor.value, 'count'),
    rest: `${whom} ${one ? 'makes' : 'make'} ${typeof share === 'number' ? `${formatFigure(share, 'share')} of the ${what}` : 'the share asked for'}`,
  };
}
