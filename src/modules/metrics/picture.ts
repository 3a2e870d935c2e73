import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { readWorkspace } from '../access/index.ts';
import { reportCalled } from './actions.ts';
import { dayIn, showDay } from './calendar.ts';
import { answerAsk, leftOutWords } from './dashboards/answer.ts';
import type { Answered } from './dashboards/answer.ts';
import { askInput } from './dashboards/cards.ts';
import type { StoredAsk } from './dashboards/cards.ts';
import { formatDay, formatWindow } from './drawing/figures.ts';
import { paint } from './drawing/png.ts';
import { drawSlide } from './drawing/slide.ts';
import { filterWords } from './filter-words.ts';
import { windowTitle } from './windows.ts';

/** Wide enough for a large screen. */
const pixels = 2400;

export const reportPicture = defineAction({
  name: 'metrics.picture',
  kind: 'query',
  access: 'light_agent',
  summary: 'Draws a report as a picture of 16 to 9, with title, filters, date and where the figures come from: PNG or SVG.',
  input: z.object({
    report: z.string().max(60).describe('Id of the report, from metrics.reports.'),
    ask: askInput.default({}).describe('Window, filters and options, as metrics.report takes them.'),
    title: z.string().trim().max(120).optional().describe("In place of the report's own."),
    compare: z.boolean().default(true).describe('Whether the window before is drawn beside, where it can be.'),
    as: z.enum(['png', 'svg']).default('png'),
  }),
  output: z.object({
    name: z.string().describe('A name for the file.'),
    mediaType: z.enum(['image/png', 'image/svg+xml']),
    content: z.string().describe('The SVG document, or the PNG in base64.'),
  }),
  async run(context, input) {
    const answered = await answerAsk(context, reportCalled(input.report), input.ask);
    const drawn = input.compare ? answered : { ...answered, before: undefined };
    const svg = await pictureOf(context, drawn, input.ask, input.title);
    const { from, to } = answered.shown.window;
    const name = `${input.report}-${from}-${to}.${input.as}`;
    if (input.as === 'svg') return { name, mediaType: 'image/svg+xml' as const, content: svg };
    return { name, mediaType: 'image/png' as const, content: (await paint(svg, pixels)).toString('base64') };
  },
});

/** The picture of an answer, with its words around it: an SVG document. */
export async function pictureOf(context: Context, { shown, before }: Answered, ask: StoredAsk, title: string | undefined): Promise<string> {
  const workspace = await readWorkspace(context.db);
  const today = dayIn(workspace.timeZone, context.clock.now());
  const named = ask.period === undefined ? [] : [windowTitle(ask.period, today, workspace.fiscalYearStartMonth)];
  const definition = shown.report.source.title === 'Rapport' ? '' : ` Definition: ${shown.report.source.title}.`;
  return drawSlide(shown, before, {
    title,
    filters: [...named, formatWindow(shown.window), ...(await filterWords(context, ask))].join(' · '),
    source: `Source: Rapport, ${workspace.name}.${definition} ${leftOutWords(shown)}`,
    date: formatDay(showDay(today)),
  });
}
