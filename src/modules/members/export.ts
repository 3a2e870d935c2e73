import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import { idInput } from '../../platform/ids.ts';
import { conditionsOf, filterShape, requestedFilters } from './filter.ts';
import { readCardPage } from './card-page.ts';
import { showCard } from './list.ts';
import type { cardOutput } from './list.ts';

const columns = [
  'id',
  'name',
  'handles',
  'platforms',
  'organization',
  'team',
  'bot',
  'location',
  'firstAt',
  'lastAt',
  'activities',
  'engagement',
  'level',
  'identities',
  'tags',
] as const;

/** What one answer may hold; beyond that the answer says so. */
const most = 50_000;

export const exportMembers = defineAction({
  name: 'members.export',
  kind: 'query',
  access: 'agent',
  summary: 'Gives all members that a filter lets through as CSV or JSON Lines, up to 50,000.',
  input: z.object({ ...filterShape, segment: idInput('segment').optional(), format: z.enum(['csv', 'jsonl']).default('csv') }),
  output: z.object({ fileName: z.string(), mediaType: z.string(), content: z.string(), rows: z.number(), complete: z.boolean() }),
  async run(context, input) {
    const { format, ...rest } = input;
    const where = await conditionsOf(context, await requestedFilters(context.db, rest));
    const now = context.clock.now();
    const lines: string[] = format === 'csv' ? [columns.join(',')] : [];
    let rows = 0;
    let after: Parameters<typeof readCardPage>[4];
    do {
      const page = await readCardPage(context.db, where, 'activities', 5000, after);
      for (const row of page.rows) lines.push(format === 'csv' ? csvLine(showCard(row)) : JSON.stringify(showCard(row)));
      rows += page.rows.length;
      after = page.next;
    } while (after !== undefined && rows < most);
    const day = now.toISOString().slice(0, 10);
    return {
      fileName: `members-${day}.${format}`,
      mediaType: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      content: `${lines.join('\n')}\n`,
      rows,
      complete: after === undefined,
    };
  },
});

function csvLine(card: z.input<typeof cardOutput>): string {
  const cells = columns.map((column) => {
    const value = card[column];
    if (value === null) return '';
    if (Array.isArray(value)) return value.join('; ');
    if (value instanceof Date) return value.toISOString();
    return typeof value === 'object' ? value.name : String(value);
  });
  return cells.map(csvCell).join(',');
}

/** A cell that a spreadsheet would run as a formula is made text. */
function csvCell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
