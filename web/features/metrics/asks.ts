import type { Output } from '../../api.ts';
import type { Query } from '../../paths.ts';
import { isPreset } from './period.ts';
import { defaultPreset } from './question.ts';
import type { ReportInput } from './question.ts';

export type Dashboard = Output<'dashboards.get'>;
export type Card = Dashboard['cards'][number];
export type ReportCard = Extract<Card, { type: 'report' }>;
export type Ask = Dashboard['filters'];
export type CardAsk = Dashboard['asks'][string];

/** What a card asks, as `metrics.report` takes it: the server put it together. */
export function inputOf(ask: CardAsk): ReportInput {
  return ask as ReportInput;
}

/** The same question as the address of its report takes it. */
export function queryOf({ sources, kinds, ...rest }: Ask): Query {
  const plain = Object.entries(rest).filter((entry): entry is [string, string | number] => ['string', 'number'].includes(typeof entry[1]));
  return {
    ...Object.fromEntries(plain.filter(([name]) => name !== 'report')),
    ...(sources === undefined ? {} : { source: sources.join(',') }),
    ...(kinds === undefined ? {} : { kind: kinds.join(',') }),
  };
}

/** What is asked on a report's page; a window by name stays one, so that it moves along. */
export function askOnPage(input: ReportInput | undefined, params: Record<string, string>): Ask {
  const { report: _report, from, to, granularity, ...rest } = input ?? { report: '' };
  const named = params['from'] === undefined;
  return changed(rest, {
    ...(named ? { period: isPreset(params['period']) ? params['period'] : defaultPreset } : { from, to }),
    granularity: params['granularity'] === undefined ? undefined : granularity,
  });
}

/** What is left of an ask when some of it is taken away or set. */
export function changed(ask: Ask, change: Partial<Record<string, unknown>>): Ask {
  const all = { ...ask, ...change };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)),
  );
}

/** A window is one thing: by name, or by its days. */
export function withPeriod(ask: Ask, period: string | undefined): Ask {
  return changed(ask, { from: undefined, to: undefined, period });
}

let made = 0;

/** An id that no card of the dashboard has. */
export function freshId(cards: readonly Card[]): string {
  for (;;) {
    made += 1;
    const id = `c${Date.now().toString(36).slice(-5)}${made.toString(36)}`;
    if (!cards.some((card) => card.id === id)) return id;
  }
}
