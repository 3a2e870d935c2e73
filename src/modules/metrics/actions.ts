import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { notFound } from '../../platform/errors.ts';
import { granularities, showDay } from './calendar.ts';
import { findReport, reports } from './definitions.ts';
import { readNames, showColumn, showRow } from './names.ts';
import { parameters } from './parameters.ts';
import type { Parameters } from './parameters.ts';
import { columnTypes, countedThings, optionNames } from './report.ts';
import type { Report } from './report.ts';
import { runReport } from './run.ts';

const definitionOutput = z.object({
  id: z.string(),
  title: z.string(),
  question: z.string(),
  definition: z.string().describe('Formula, window, denominator and who is left out, in plain words.'),
  source: z.object({ title: z.string(), url: z.string().optional() }),
  kinds: z.enum(['contributions', 'activities', 'responses', 'reviews']).describe('What is looked at unless kinds are given.'),
  options: z
    .array(z.enum(optionNames))
    .describe('Which parameters have an effect, beside time, sources, kinds, population and organization.'),
  granularity: z.enum(granularities).optional(),
  chart: z.object({
    type: z.enum(['line', 'stacked', 'bars', 'ranking', 'heatmap', 'cohorts', 'share', 'funnel']),
    x: z.string(),
    y: z.array(z.string()).optional(),
  }),
  personal: z.boolean().describe('Names people or quotes them: never on a public page.'),
});

const windowOutput = z.object({ from: z.string(), to: z.string() });
const leftOut = z.object({ people: z.number(), activities: z.number() });
const excludedOutput = z.object({
  bots: leftOut,
  team: leftOut,
  widerCommunity: leftOut,
  suspectedBots: z.number().describe('People in the figures who are suspected of being bots; nobody decided yet.'),
  botsAreIn: z.literal(true).optional().describe('Bots are what the report is about: they are in its figures.'),
});
const counts = z.enum(countedThings).optional().describe('What the number counts, where metrics.rows opens it.');
const opens = z.enum(countedThings).optional().describe('What metrics.rows opens the number to, where it does not count those.');

export const reportOutput = z.object({
  report: definitionOutput,
  window: windowOutput,
  previous: windowOutput,
  granularity: z.enum(granularities),
  span: windowOutput.nullable().describe('First and last day that anything happened on, in the whole record.'),
  headline: z.array(
    z.object({
      key: z.string(),
      title: z.string(),
      type: z.enum(['count', 'share', 'number', 'duration']),
      value: z.number().nullable(),
      previous: z.number().nullable(),
      counts,
      opens,
    }),
  ),
  columns: z.array(
    z.object({
      key: z.string(),
      title: z.string(),
      type: z.enum(columnTypes),
      counts,
      opens,
      of: z.string().optional(),
      about: z.object({ type: z.enum(['source', 'kind']), id: z.string() }).optional(),
    }),
  ),
  rows: z.array(
    z.object({
      key: z.string(),
      cells: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
      ids: z.record(z.string(), z.string()).describe('By column: the id of the member, organization, source or kind in the cell.'),
    }),
  ),
  notes: z.array(z.string()),
  excluded: excludedOutput.describe('Who was there and is not in the figures.'),
});

export const reportInput = z.object({ report: z.string().max(60).describe('Id of the report, from metrics.reports.'), ...parameters });

export const listReports = defineAction({
  name: 'metrics.reports',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists the reports, each with its definition.',
  input: z.object({}),
  output: z.object({ reports: z.array(definitionOutput) }),
  run: () => Promise.resolve({ reports: reports.map(describeReport) }),
});

export const report = defineAction({
  name: 'metrics.report',
  kind: 'query',
  access: 'light_agent',
  summary: 'Runs a report: its headline beside the period before, its rows, who was left out, and how it is defined.',
  input: reportInput,
  output: reportOutput,
  run: (context, input) => showReport(context, reportCalled(input.report), input),
});

/** Runs a report and puts names in place of numbers. */
export async function showReport(context: Context, definition: Report, given: Parameters): Promise<z.input<typeof reportOutput>> {
  const { result, question } = await runReport(context, definition, given);
  const { answer } = result;
  const names = await readNames(context.db, answer.columns, answer.rows);
  return {
    report: describeReport(definition),
    window: showWindow(result.window),
    previous: showWindow(result.previous),
    granularity: question.ask.granularity,
    span: result.span === undefined ? null : showWindow(result.span),
    headline: answer.headline.map((line) => ({
      ...line,
      previous: result.before.find((before) => before.key === line.key)?.value ?? null,
    })),
    columns: answer.columns.map((column) => showColumn(column, names)),
    rows: answer.rows.map((row) => showRow(row, answer.columns, names)),
    notes: answer.notes,
    excluded: answer.excluded,
  };
}

/** Errors: `not_found`. */
export function reportCalled(id: string): Report {
  const found = findReport(id);
  if (found === undefined) throw notFound('report', id);
  return found;
}

export function showWindow({ from, to }: { from: number; to: number }): { from: string; to: string } {
  return { from: showDay(from), to: showDay(to) };
}

function describeReport({
  id,
  title,
  question,
  definition,
  source,
  kinds,
  options,
  granularity,
  chart,
  personal,
}: Report): z.input<typeof definitionOutput> {
  return {
    id,
    title,
    question,
    definition,
    source,
    kinds,
    options: [...options],
    chart,
    personal: personal === true,
    ...(granularity === undefined ? {} : { granularity }),
  };
}
