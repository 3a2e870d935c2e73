import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import { reportOutput, showReport } from '../actions.ts';
import { shapeOf } from '../drawing/figures.ts';
import type { ShownReport } from '../drawing/figures.ts';
import { parameters } from '../parameters.ts';
import type { Report } from '../report.ts';
import type { StoredAsk } from './cards.ts';

export interface Answered {
  shown: ShownReport;
  /** The same for the window before, where the chart lays both together and there was something. */
  before: ShownReport | undefined;
}

const whole = z.object(parameters);

/** A report as a saved card or a schedule asks it. Errors: `not_found` for a segment that is gone, and those of the report. */
export async function answerAsk(context: Context, report: Report, ask: StoredAsk): Promise<Answered> {
  const given = whole.parse(ask);
  const shown = reportOutput.parse(await showReport(context, report, given));
  const shape = shapeOf(shown);
  const overTime = shape === 'line' || shape === 'stacked' || shape === 'bars';
  const known = shown.span !== null && shown.previous.to >= shown.span.from;
  if (!overTime || !known) return { shown, before: undefined };
  const { period: _window, ...rest } = given;
  const before = reportOutput.parse(await showReport(context, report, { ...rest, ...shown.previous, granularity: shown.granularity }));
  return { shown, before };
}

/** Who was there and is not in the figures, in words. */
export function leftOutWords({ excluded: { bots, team, widerCommunity, botsAreIn } }: Pick<ShownReport, 'excluded'>): string {
  const parts = [
    ...(botsAreIn === true ? [] : [bots.people === 0 ? 'no bots' : counted(bots.people, 'bot')]),
    ...(team.people === 0 ? [] : [counted(team.people, 'team member')]),
    ...(widerCommunity.people === 0 ? [] : [`${widerCommunity.people.toLocaleString('en')} of the wider community`]),
  ];
  if (parts.length === 0) return 'Nobody is left out.';
  return `${botsAreIn === true ? 'Bots are in. ' : ''}Left out: ${parts.join(', ')}.`;
}

function counted(value: number, one: string): string {
  return `${value.toLocaleString('en')} ${one}${value === 1 ? '' : 's'}`;
}
