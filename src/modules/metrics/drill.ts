import { z } from 'zod';
import { activityKinds } from '../../connectors/contract.ts';
import { defineAction } from '../../platform/action.ts';
import type { Db } from '../../platform/db.ts';
import { notFound } from '../../platform/errors.ts';
import { showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { reportCalled, reportInput } from './actions.ts';
import { divideByOrganization } from './organizations.ts';
import type { ActivityQuery, ThreadsBehind } from './report.ts';
import {
  activitiesIn,
  activitiesOf,
  lookBehind,
  planActivities,
  readActivities,
  readBehind,
  showMembers,
  showOrganizations,
  timelineFilter,
} from './rows.ts';
import type { ActivitiesFound } from './rows.ts';
import { openQuestion } from './run.ts';
import { showThreads, threadOutput } from './thread-rows.ts';

const listings = ['members', 'activities', 'organizations', 'threads'] as const;

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
  threads: z
    .array(threadOutput.extend({ seconds: z.number().nullable().describe('What it brings to a median; null where threads are counted.') }))
    .describe('Where threads are counted: those that brought most first.'),
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
    'Opens one number of a report: the people behind it or their organizations, most active first, their activities, newest first, or threads.',
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
    const cursor = readCursor(input.cursor, 2);
    const after = cursor === undefined ? undefined : ([Number(cursor[0]), Number(cursor[1])] as const);
    if ('read' in definition && definition.openThreads !== undefined && input.as === 'threads') {
      const behind = await definition.openThreads(context, question.ask, input.row, input.column);
      if (behind === undefined) throw notFound('number', `${input.row} ${input.column}`);
      return listThreads(context.db, behind, input.limit, after);
    }
    if ('read' in definition) {
      const keys = await definition.openActivities(context, question.ask, census, input.row, input.column);
      if (keys === undefined) throw notFound('number', `${input.row} ${input.column}`);
      return listRead(context.db, keys, input, after);
    }
    const selection = definition.open(census, question.ask, input.row, input.column);
    if (selection === undefined) throw notFound('number', `${input.row} ${input.column}`);
    const { people, activities, ranking } = lookBehind(census, selection);
    const timeline = timelineFilter(census, selection) ?? null;
    const whole = { people, activities, as: input.as, timeline, members: [], rows: [], organizations: [], threads: [] };
    if (input.as === 'activities') {
      const found = activitiesOf(context.db, planActivities(census, selection), question.ask.timeZone);
      return { ...whole, ...(await pageOfActivities(context.db, found, input.limit, after)) };
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

type After = readonly [number, number] | undefined;

/** What is behind a number that was read from the database. Who belonged where on which day is not asked there. */
async function listRead(db: Db, keys: ActivityQuery, { as, limit }: { as: (typeof listings)[number]; limit: number }, after: After) {
  const { people, activities, ranking } = await readBehind(db, keys, limit + 1, as === 'members' ? after : undefined);
  const whole = { people, activities, as, timeline: null, members: [], rows: [], organizations: [], threads: [], next: null };
  if (as === 'activities') return { ...whole, ...(await pageOfActivities(db, activitiesIn(db, keys), limit, after)) };
  if (as === 'organizations') return whole;
  const shown = ranking.slice(0, limit);
  const last = ranking.length > shown.length ? shown.at(-1) : undefined;
  return { ...whole, members: await showMembers(db, shown), next: last === undefined ? null : writeCursor([last.amount, last.id]) };
}

/** Threads behind a number. Those who opened them are its people; there are as many activities as threads that they began. */
async function listThreads(db: Db, { found, openers }: ThreadsBehind, limit: number, after: After) {
  const { shown, next } = cutPage(
    found.toSorted((a, b) => b.amount - a.amount || a.id - b.id),
    limit,
    after,
  );
  const amounts = new Map(shown.map(({ id, amount }) => [showId('thread', id), amount]));
  const counted = found.every(({ amount }) => amount === 1);
  const threads = await showThreads(
    db,
    shown.map(({ id }) => id),
  );
  return {
    people: openers,
    activities: found.length,
    as: 'threads' as const,
    timeline: null,
    members: [],
    rows: [],
    organizations: [],
    threads: threads.map((thread) => ({ ...thread, seconds: counted ? null : (amounts.get(thread.id) ?? null) })),
    next,
  };
}

async function pageOfActivities(db: Db, found: ActivitiesFound, limit: number, after: After) {
  const rows = await readActivities(db, found, limit + 1, after);
  const shown = rows.slice(0, limit);
  const last = rows.length > shown.length ? shown.at(-1) : undefined;
  return { rows: shown, next: last === undefined ? null : writeCursor([last.at.getTime(), last.key]) };
}

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
