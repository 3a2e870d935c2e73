import { findReport } from '../definitions.ts';
import type { Card, ReportCard, StoredAsk } from './cards.ts';

/** A dashboard that is ready to be used, made by one click and changed like any other afterwards. */
export interface Template {
  id: string;
  title: string;
  about: string;
  filters: StoredAsk;
  cards: Card[];
}

type Draft = Pick<ReportCard, 'report' | 'width'> & Partial<Pick<ReportCard, 'view' | 'title' | 'ask'>>;

const drafts: readonly (Omit<Template, 'cards'> & { cards: readonly Draft[] })[] = [
  {
    id: 'community',
    title: 'Community at a glance',
    about: 'Who is here, who comes, who stays, and what they do.',
    filters: { period: '12m' },
    cards: [
      { report: 'growth', width: 'full' },
      { report: 'new-and-returning', width: 'half' },
      { report: 'retention', width: 'half' },
      { report: 'activity-by-source', width: 'half' },
      { report: 'activity-by-kind', width: 'half' },
      { report: 'contributor-levels', width: 'half' },
      { report: 'organizational-diversity', width: 'half' },
      { report: 'activity-hours', width: 'full' },
    ],
  },
  {
    id: 'responsiveness',
    title: 'Responsiveness',
    about: 'How long people wait for an answer, and who still waits.',
    filters: { period: '90d', population: 'wider_community' },
    cards: [
      { report: 'time-to-first-response', width: 'full' },
      { report: 'unanswered-threads', width: 'half' },
      { report: 'issue-resolution', width: 'half' },
      { report: 'issue-age', width: 'half' },
      { report: 'change-request-closure-ratio', width: 'half' },
      { report: 'change-request-duration', width: 'half' },
      { report: 'review-duration', width: 'half' },
    ],
  },
  {
    id: 'resilience',
    title: 'Resilience',
    about: 'On how few people and organizations the work hangs.',
    filters: { period: '12m' },
    cards: [
      { report: 'contributor-levels', width: 'half' },
      { report: 'inactive-contributors', width: 'half' },
      { report: 'elephant-factor', width: 'half' },
      { report: 'organizational-diversity', width: 'half' },
      { report: 'retention-cohorts', width: 'full' },
    ],
  },
];

/** Those whose reports are there. */
export function templates(): Template[] {
  return drafts
    .map((draft) => ({
      ...draft,
      cards: draft.cards
        .filter(({ report }) => findReport(report) !== undefined)
        .map((card, index): Card => ({ id: `c${index + 1}`, type: 'report', view: 'chart', ask: {}, ...card })),
    }))
    .filter(({ cards }) => cards.length > 1);
}

export function findTemplate(id: string): Template | undefined {
  return templates().find((template) => template.id === id);
}
