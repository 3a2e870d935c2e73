import { z } from 'zod';
import { activityKinds } from '../../connectors/contract.ts';
import { defineAction } from '../../platform/action.ts';
import { notFound } from '../../platform/errors.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { reportCalled, reportInput } from './actions.ts';
import { divideByOrganization } from './organizations.ts';
import { lookBehind, planActivities, readActivities, showMembers, showOrganizations, timelineFilter } from './rows.ts';
import { openQuestion } from './run.ts';

const listings = ['members', 'activities', 'organizations'] as const;

const behindOutput = z.object({
  people: z.number().describe('Different people behind the number.'),
  activities: z.number().describe('Their activities; a fraction where those of people with several organizations were split.'),
  as: z.enum(listings),
  members: z.array(z.object({ id: z.string(), name: z.string(), avatarUrl: z.string().nullable(), count: z.number() })),
  rows: z.array(
    z.object({
      id: z.string(),
      at: z.date(),
      kind: z.enum(activityKinds),
      source: z.string(),
      sourceName: z.string(),
      member: z.string(),
      memberName: z.string(),
      title: z.string().nullable(),
      url: z.string().nullable(),
    }),
  ),
  organizations: z.array(z.object({ id: z.string(), name: z.string(), people: z.number(), count: z.number() })),
  timeline: z
    .object({
      from: z.string(),
      to: z.string(),
      kinds: z.array(z.enum(activityKinds)),
      sources: z.array(z.string()).optional(),
      member: z.string().optional(),
    })
    .nullable()
    .describe('The filter of the timeline that shows exactly these activities; null where it cannot say it.'),
  next: z.string().nullable(),
});

export const reportRows = defineAction({
  name: 'metrics.rows',
  kind: 'query',
  access: 'light_agent',
  summary:
    'Opens one number of a report: the people behind it or their organizations, most active first, or their activities, newest first.',
  input: z.object({
    ...reportInput.shape,
    row: z.string().max(80).describe('`key` of the row; * for a headline.'),
    column: z.string().max(80).describe('`key` of the column or of the headline.'),
    as: z.enum(listings).default('members'),
    ...pageInput,
  }),
  output: behindOutput,
  async run(context, input) {
    const definition = reportCalled(input.report);
    const { census, question } = await openQuestion(context, definition, input);
    const selection = definition.open(census, question.ask, input.row, input.column);
    if (selection === undefined) throw notFound('number', `${input.row} ${input.column}`);
    const { people, activities, ranking } = lookBehind(census, selection);
    const timeline = timelineFilter(census, selection) ?? null;
    const whole = { people, activities, as: input.as, timeline, members: [], rows: [], organizations: [] };
    const cursor = readCursor(input.cursor, 2);
    const after = cursor === undefined ? undefined : ([Number(cursor[0]), Number(cursor[1])] as const);
    if (input.as === 'activities') {
      const plan = planActivities(census, selection);
      const rows = await readActivities(context.db, plan, question.timeZone, input.limit + 1, after);
      const shown = rows.slice(0, input.limit);
      const last = rows.length > shown.length ? shown.at(-1) : undefined;
      return { ...whole, rows: shown, next: last === undefined ? null : writeCursor([last.at.getTime(), last.key]) };
    }
    if (input.as === 'organizations') {
      const { shown, next } = cutPage(divideByOrganization(census, selection).known.slice(0, selection.largest), input.limit, after);
      return { ...whole, organizations: await showOrganizations(context.db, shown), next };
    }
    const { shown, next } = cutPage(
      [...ranking.ids].map((id, i) => ({ id, amount: ranking.amounts[i] ?? 0 })),
      input.limit,
      after,
    );
    return { ...whole, members: await showMembers(context.db, shown), next };
  },
});

/** A page of a ranking, which is made anew for each. Its order is by amount and id, so a page goes on where the last one ended. */
function cutPage<T extends { id: number; amount: number }>(
  ranking: readonly T[],
  limit: number,
  after: readonly [number, number] | undefined,
): { shown: T[]; next: string | null } {
  const start =
    after === undefined ? 0 : ranking.findIndex(({ id, amount }) => amount < after[0] || (amount === after[0] && id > after[1]));
  const shown = start < 0 ? [] : ranking.slice(start, start + limit);
  const last = start >= 0 && start + limit < ranking.length ? shown.at(-1) : undefined;
  return { shown, next: last === undefined ? null : writeCursor([last.amount, last.id]) };
}
