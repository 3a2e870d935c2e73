import { z } from 'zod';
import { activityKinds } from '../../connectors/contract.ts';
import type { ActivityKind } from '../../connectors/contract.ts';
import { readWorkspace } from '../access/index.ts';
import { responseKinds, reviewKinds, threadKinds } from '../activities/index.ts';
import type { Context } from '../../platform/context.ts';
import { invalidInput } from '../../platform/errors.ts';
import { idInput } from '../../platform/ids.ts';
import { countPeriods, dayIn, granularities, isDay, monthsBefore, periodAround, readDay } from './calendar.ts';
import type { Day } from './calendar.ts';
import { activeKinds, contributionKinds, kindNumbers } from './contribution-kinds.ts';
import { spanOf } from './census.ts';
import { populations } from './counting.ts';
import { openCensus } from './load.ts';
import type { Ask, Report } from './report.ts';
import { fittingGranularity, windowNames, windowOf } from './windows.ts';

const dayInput = z.string().refine(isDay, 'is not a day: use one such as 2026-02-28');

/** What every report takes. All of it fits in a link. */
export const parameters = {
  from: dayInput.optional().describe('First day, in the zone of the workspace. Default: the first of the month eleven months ago.'),
  to: dayInput.optional().describe('Last day, included. Default: today.'),
  period: z
    .enum(windowNames)
    .optional()
    .describe('A window by name, as it is today, in place of days: last-quarter. Its periods are chosen to fit.'),
  granularity: z.enum(granularities).optional().describe('Length of the periods, where a report has some.'),
  sources: z.array(idInput('source')).max(500).optional().describe('Only these sources.'),
  kinds: z.array(z.enum(activityKinds)).optional().describe('Only these kinds, instead of those that the report looks at by itself.'),
  population: z
    .enum(populations)
    .default('everyone')
    .describe('Everyone, the wider community (neither bots nor ours on that date), or team members. Bots are left out of each.'),
  segment: idInput('segment').optional().describe('Only members of this segment, as it is now.'),
  organization: idInput('organization').optional().describe('Only what was done while affiliated with this organization.'),
  threads: z.array(z.enum(threadKinds)).optional().describe('Only threads of these kinds, where a report is about threads.'),
  top: z.coerce.number().int().min(1).max(1000).default(50).describe('How many rows of a ranking.'),
  clock: z.enum(['utc', 'own']).default('utc').describe('Hours in UTC, or on the own clock of each person.'),
  threshold: z.coerce.number().gt(0).lte(1).default(0.5).describe('Share that the absence and elephant factors must reach.'),
  topic: idInput('topic').optional().describe('Only what was said about this topic.'),
  afterDays: z.coerce.number().int().min(1).max(3650).default(90).describe('Days without a contribution after which a person is inactive.'),
};
const parametersObject = z.object(parameters);
export type Parameters = z.output<typeof parametersObject>;

/** A report's question with everything that the database had to be asked for. */
export interface Question {
  ask: Ask;
  timeZone: string;
  today: Day;
}

const mostPeriods = 1500;

/** Fills in what was left out. Errors: `metrics.window`, `metrics.periods`. */
export async function resolveParameters(
  context: Context,
  report: Pick<Report, 'kinds' | 'granularity' | 'chart'>,
  given: Parameters,
): Promise<Question> {
  const workspace = await readWorkspace(context.db);
  const today = dayIn(workspace.timeZone, context.clock.now());
  const named =
    given.period === undefined || given.from !== undefined || given.to !== undefined
      ? undefined
      : windowOf(
          given.period,
          today,
          workspace.fiscalYearStartMonth,
          given.period === 'all' ? spanOf(await openCensus(context.database))?.from : undefined,
        );
  const to = named?.to ?? (given.to === undefined ? today : readDay(given.to));
  const from = named?.from ?? (given.from === undefined ? monthsBefore(to, 11) : readDay(given.from));
  if (from > to) throw invalidInput('metrics.window', 'The window ends before it begins. Choose a first day that is not after the last.');
  const fitting = named === undefined ? report.granularity : fittingGranularity(named, report.chart.type === 'cohorts');
  const granularity = given.granularity ?? fitting ?? 'month';
  if (report.granularity !== undefined && countPeriods(from, to, granularity) > mostPeriods) {
    throw invalidInput('metrics.periods', `That would be more than ${mostPeriods} periods. Choose longer periods or a shorter window.`);
  }
  return {
    today,
    timeZone: workspace.timeZone,
    ask: {
      selection: {
        from,
        to,
        sources: given.sources?.toSorted((a, b) => a - b),
        kinds: kindNumbers(given.kinds ?? kindsOf(report.kinds)),
        population: given.population,
        organizationId: given.organization,
      },
      granularity,
      fiscalStart: workspace.fiscalYearStartMonth,
      timeZone: workspace.timeZone,
      top: given.top,
      clock: given.clock,
      threshold: given.threshold,
      topic: given.topic,
      afterDays: given.afterDays,
      threadKinds: given.threads,
      ownKinds: given.kinds !== undefined,
      hours: undefined,
    },
  };
}

function kindsOf(kinds: Report['kinds']): readonly ActivityKind[] {
  if (kinds === 'responses') return responseKinds;
  if (kinds === 'reviews') return reviewKinds;
  return kinds === 'contributions' ? contributionKinds : activeKinds;
}

/**
 * The window of the same length right before. Whole months are compared with as many whole months, so that a quarter
 * is compared with a quarter though it has fewer days.
 */
export function windowBefore(from: Day, to: Day): { from: Day; to: Day } {
  const wholeMonths = periodAround(from, 'month', 1).from === from && periodAround(to, 'month', 1).to === to;
  if (!wholeMonths) return { from: from - (to - from + 1), to: from - 1 };
  let months = 1;
  while (monthsBefore(to, months - 1) > from) months += 1;
  return { from: monthsBefore(from, months), to: from - 1 };
}
