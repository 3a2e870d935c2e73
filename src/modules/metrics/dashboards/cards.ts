import { z } from 'zod';
import { activityKinds } from '../../../connectors/contract.ts';
import { granularities } from '../calendar.ts';
import { populations } from '../counting.ts';
import { findReport } from '../definitions.ts';
import { parameters } from '../parameters.ts';
import type { Report } from '../report.ts';
import { windowNames } from '../windows.ts';

const whole = z.strictObject(parameters);

/**
 * What a report is asked, as it is written down: ids stay text, and nothing is filled in, so that a later default, or what
 * a dashboard hands down, still counts.
 */
export const askInput = z
  .looseObject({
    period: z.enum(windowNames).optional(),
    from: z.string().optional(),
    to: z.string().optional(),
    granularity: z.enum(granularities).optional(),
    sources: z.array(z.string()).optional(),
    kinds: z.array(z.enum(activityKinds)).optional(),
    population: z.enum(populations).optional(),
    segment: z.string().optional(),
    organization: z.string().optional(),
  })
  .superRefine((ask, check) => {
    for (const issue of whole.safeParse(ask).error?.issues ?? [])
      check.addIssue({ code: 'custom', path: [...issue.path], message: issue.message });
  });
export type StoredAsk = z.output<typeof askInput>;

/** What every card of a dashboard takes over, where it says nothing itself. */
export const filtersInput = askInput.describe(
  'Window and filters, as metrics.report takes them; cards inherit what they do not set themselves.',
);

const cardWidths = ['third', 'half', 'full'] as const;
const cardViews = ['chart', 'figures', 'table'] as const;

const shared = {
  id: z
    .string()
    .regex(/^[a-z0-9]{1,12}$/, 'is up to 12 letters and digits')
    .describe('Stays with the card when others move.'),
  width: z.enum(cardWidths).default('half'),
};

export const cardInput = z.discriminatedUnion('type', [
  z.object({
    ...shared,
    type: z.literal('report'),
    report: z
      .string()
      .max(60)
      .refine((id) => findReport(id) !== undefined, 'is not a report: metrics.reports lists them'),
    title: z.string().trim().max(120).optional().describe("In place of the report's own."),
    view: z.enum(cardViews).default('chart').describe('Chart with figures, figures alone, or the table.'),
    ask: askInput.default({}).describe('Its own window, filters and options, as metrics.report takes them.'),
  }),
  z.object({ ...shared, type: z.literal('text'), text: z.string().trim().min(1, 'is empty').max(4000) }),
]);
export type Card = z.output<typeof cardInput>;
export type ReportCard = Extract<Card, { type: 'report' }>;

export const cardsInput = z
  .array(cardInput)
  .max(40, 'are more than the forty that one dashboard holds: make a second one')
  .refine((cards) => new Set(cards.map((card) => card.id)).size === cards.length, 'share an id: each card needs its own');

/** What a card asks: its own, else what it inherits. A window is inherited whole or not at all. */
export function askOf(card: Pick<ReportCard, 'ask'>, ...inherited: readonly StoredAsk[]): StoredAsk {
  const asks: readonly StoredAsk[] = [card.ask, ...inherited];
  const { period, from, to } = asks.find((one) => one.period !== undefined || one.from !== undefined || one.to !== undefined) ?? {};
  // What is nearest to the card is put last, over the others.
  return withoutGaps({ ...Object.assign({}, ...asks.toReversed()), period, from, to });
}

function withoutGaps(ask: Record<string, unknown>): StoredAsk {
  return Object.fromEntries(Object.entries(ask).filter(([, value]) => value !== undefined));
}

/** The cards of reports that are still there, each with its report. */
export function reportCards(cards: readonly Card[]): { card: ReportCard; report: Report }[] {
  return cards.flatMap((card) => {
    const report = card.type === 'report' ? findReport(card.report) : undefined;
    return card.type === 'report' && report !== undefined ? [{ card, report }] : [];
  });
}
