import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { readWorkspace } from '../access/index.ts';
import { showReport, showWindow } from './actions.ts';
import { dayIn } from './calendar.ts';
import { populations } from './counting.ts';
import { parameters } from './parameters.ts';
import { countedThings } from './report.ts';
import type { Report } from './report.ts';
import { growth } from './reports/growth.ts';
import { newAndReturning } from './reports/new-and-returning.ts';
import { timeToFirstResponse } from './reports/time-to-first-response.ts';

/** The tiles: one headline of a report each. */
const tiles: readonly { key: string; title?: string; report: Report; column: string; definition: string }[] = [
  { key: 'active', report: growth, column: 'active', definition: 'Different people with at least one activity. Bots left out.' },
  { key: 'new', report: growth, column: 'new', definition: 'People whose first activity ever falls in the window. Bots left out.' },
  {
    key: 'contributors',
    report: growth,
    column: 'contributors',
    definition: 'Different people with at least one contribution. Bots left out.',
  },
  {
    key: 'new_contributors',
    report: newAndReturning,
    column: 'new',
    definition: 'People whose first contribution ever falls in the window. Bots left out.',
  },
  {
    key: 'returning',
    report: newAndReturning,
    column: 'returning',
    definition: 'People who contributed in the window, and already before it. Bots left out.',
  },
  { key: 'activities', report: growth, column: 'activities', definition: 'Activities of all kinds but leaving. Those of bots left out.' },
  {
    key: 'answered',
    title: 'First responses',
    report: timeToFirstResponse,
    column: 'answered',
    definition: 'Threads opened in the window that somebody else than the opener answered. Bots left out.',
  },
  {
    key: 'first_response',
    title: 'First response, median',
    report: timeToFirstResponse,
    column: 'median',
    definition: 'Half of the threads opened in the window and answered got their first response within this time. Bots left out.',
  },
];

const reference = z.object({
  report: z.string(),
  row: z.string(),
  column: z.string(),
  from: z.string(),
  to: z.string(),
  population: z.enum(populations),
});
const windowOutput = z.object({ from: z.string(), to: z.string() });

export const home = defineAction({
  name: 'metrics.home',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows at a glance who was here in the last days, beside the days before, and whether the sources are well.',
  input: z.object({
    days: z.coerce.number().int().min(1).max(366).default(30).describe('Length of the window, today included.'),
    population: z.enum(populations).default('everyone'),
  }),
  output: z.object({
    window: windowOutput,
    previous: windowOutput,
    span: windowOutput.nullable().describe('First and last day that anything happened on; null while there is nothing.'),
    tiles: z.array(
      z.object({
        key: z.string(),
        title: z.string(),
        definition: z.string(),
        type: z.enum(['count', 'share', 'number', 'duration']).describe('A duration is in seconds.'),
        value: z.number().nullable().describe('Null where there is nothing to take a median of.'),
        previous: z.number().nullable(),
        spark: z.array(z.number()).describe('One number a day of the window.'),
        counts: z.enum(countedThings),
        opens: reference.describe('What metrics.rows takes to show the rows behind the value.'),
      }),
    ),
    excluded: z
      .object({ bots: z.number(), team: z.number(), suspectedBots: z.number() })
      .describe('People left out; suspected bots are still in.'),
    sources: z.object({
      all: z.number(),
      failing: z.number(),
      paused: z.number(),
      never: z.number().describe('Connected, but nothing was read yet.'),
    }),
  }),
  async run(context, { days, population }) {
    const { timeZone } = await readWorkspace(context.db);
    const today = dayIn(timeZone, context.clock.now());
    const window = showWindow({ from: today - days + 1, to: today });
    const given = z.object(parameters).parse({ ...window, population, granularity: 'day' });
    const answers = new Map<Report, Awaited<ReturnType<typeof showReport>>>();
    for (const report of new Set(tiles.map((tile) => tile.report))) answers.set(report, await showReport(context, report, given));
    const main = answers.get(growth);
    return {
      window,
      previous: main?.previous ?? window,
      span: main?.span ?? null,
      tiles: tiles.map(({ key, title, report, column, definition }) => {
        const answer = answers.get(report);
        const line = answer?.headline.find((candidate) => candidate.key === column);
        return {
          key,
          title: title ?? line?.title ?? key,
          definition,
          type: line?.type ?? 'count',
          value: line?.value ?? (line?.type === 'duration' ? null : 0),
          previous: line?.previous ?? (line?.type === 'duration' ? null : 0),
          spark: (answer?.rows ?? []).map((row) => Number(row.cells[column] ?? 0)),
          counts: line?.counts ?? line?.opens ?? 'people',
          opens: { report: report.id, row: '*', column, ...window, population },
        };
      }),
      excluded: {
        bots: main?.excluded.bots.people ?? 0,
        team: main?.excluded.team.people ?? 0,
        suspectedBots: main?.excluded.suspectedBots ?? 0,
      },
      sources: await countSources(context),
    };
  },
});

async function countSources(context: Context) {
  const row = await context.db
    .selectFrom('source')
    .select((e) => [
      e.fn.countAll<number>().as('all'),
      e.fn.countAll<number>().filterWhere('failing_since', 'is not', null).as('failing'),
      e.fn.countAll<number>().filterWhere('state', '=', 'paused').as('paused'),
      e.fn.countAll<number>().filterWhere('last_success_at', 'is', null).as('never'),
    ])
    .where('state', '<>', 'removing')
    .executeTakeFirstOrThrow();
  return row;
}
